/** Programs that a setting of their own lets hold less. */
import { allOf, classed, messagesOf, workloadOf, worstClass } from './risks';

const id = 'program-bound-lowered';
const run = (image: string, container: string, pod = '') =>
  workloadOf({ name: 'x', container: `image: '${image}', ${container}`, pod }).replace(
    "image: 'example.com/x:1.4.0', ",
    '',
  );
const told = (name: string, value: string) => `env: [{ name: ${name}, value: ${JSON.stringify(value)} }]`;
const words = (...all: readonly string[]) => `args: ${JSON.stringify(all)}`;
const rabbit = (lines: readonly string[], { limit = '', image = 'rabbitmq:4.1' } = {}) =>
  allOf(
    run(
      image,
      `${limit && `resources: { limits: { memory: ${limit} } }, `}volumeMounts: [{ name: c, mountPath: /etc/rabbitmq }]`,
      'volumes: [{ name: c, configMap: { name: conf } }]',
    ),
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'shop' } },
      data: { 'rabbitmq.conf': lines.join('\n') },
    }),
  );
const HIGH = 'vm_memory_high_watermark';
const cluster = (config: string, group = 'rabbitmq.com') =>
  JSON.stringify({
    ...{ apiVersion: `${group}/v1beta1`, kind: 'RabbitmqCluster', metadata: { name: 'mq', namespace: 'shop' } },
    spec: { rabbitmq: { additionalConfig: config } },
  });

test.each([
  [
    'memcached',
    run('memcached:1.6', words('-m', '128')),
    run('memcached:1.6', words('-m', '96')),
    '96 MB in place of 128',
  ],
  ['its default', run('memcached:1.6', words('-m', '128')), run('memcached:1.6', words('-v')), '64 MB in place of 128'],
  [
    "Bitnami's",
    run('bitnami/memcached:1', told('MEMCACHED_CACHE_SIZE', '128')),
    run('bitnami/memcached:1', told('MEMCACHED_CACHE_SIZE', '32')),
    '32 MB in place of 128 MB: memcached makes room',
  ],
  [
    'which refuses',
    run('memcached:1.6', words('-M', '-m', '128')),
    run('memcached:1.6', words('-M', '-m', '96')),
    'refuses to store',
  ],
  ['RabbitMQ, a share', rabbit([`${HIGH}.relative = 0.6`]), rabbit([`${HIGH}.relative = 0.4`]), '0.4 in place of'],
  ['an amount', rabbit([`${HIGH}.absolute = 1GB`]), rabbit([`${HIGH}.absolute = 999MB`]), 'above it, RabbitMQ blocks'],
  ['in other units', rabbit([`${HIGH}.absolute = 1GiB`]), rabbit([`${HIGH}.absolute = 1GB`]), '1GB in place of'],
  [
    'a share of its limit',
    rabbit([`${HIGH}.absolute = 600MB`], { limit: '1G' }),
    rabbit([`${HIGH}.relative = 0.5`], { limit: '1G' }),
    '0.5 in place of',
  ],
  [
    'its disk',
    rabbit(['disk_free_limit.absolute = 1GB']),
    rabbit(['disk_free_limit.absolute = 2GB']),
    'less than that',
  ],
  ['its disk from now on', rabbit(['a = b']), rabbit(['disk_free_limit.absolute = 2GB']), '2GB in place of'],
  ["an operator's", cluster(`${HIGH}.relative = 0.6`), cluster(`${HIGH}.relative = 0.4`), '0.4 in place of'],
  ["an operator's disk", cluster(''), cluster('disk_free_limit.absolute = 3GB'), '3GB in place of'],
  [
    'Elasticsearch',
    run('elasticsearch:9.1.0', told('ES_JAVA_OPTS', '-Xms2g -Xmx2g')),
    run('elasticsearch:9.1.0', told('ES_JAVA_OPTS', '-Xms1g -Xmx1g')),
    '-Xmx1g in place of -Xmx2g: requests that would fill more than 95%',
  ],
  [
    "Bitnami's",
    run('bitnami/elasticsearch:9', told('ELASTICSEARCH_HEAP_SIZE', '2g')),
    run('bitnami/elasticsearch:9', told('ELASTICSEARCH_HEAP_SIZE', '1024m')),
    '-Xmx1024m in place of -Xmx2g',
  ],
  [
    'any JVM',
    run('example.com/x:1', 'command: [java, -Xmx512m, -jar, x.jar]'),
    run('example.com/x:1', 'command: [java, -Xmx256m, -jar, x.jar]'),
    'OutOfMemoryError',
  ],
  [
    'the last one counts',
    run('example.com/x:1', told('JAVA_OPTS', '-Xmx1g -Xmx3g')),
    run('example.com/x:1', told('JAVA_OPTS', '-Xmx4g -Xmx2g')),
    '-Xmx2g in place of -Xmx3g',
  ],
  [
    'Node.js',
    run('example.com/x:1', told('NODE_OPTIONS', '--max-old-space-size=1024')),
    run('example.com/x:1', told('NODE_OPTIONS', '--max-old-space-size=512')),
    'JavaScript heap out of memory',
  ],
])('%s', (_, before, after, message) => {
  expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
  expect(classed(id, after, before)).toEqual([]);
});

test.each([
  ['the same in other units', run('x:1', told('A', '-Xmx1g')), run('x:1', told('A', '-Xmx1024m'))],
  ['nothing that is a heap', run('x:1', told('A', 'a-Xmx2g')), run('x:1', told('A', 'a-Xmx1g'))],
  ['said at another place', run('x:1', told('A', '-Xmx2g')), run('x:1', words('-Xmx1g'))],
  [
    'another program of this image',
    run('memcached:1', 'command: [sh, -c, a]'),
    run('memcached:1', 'command: [sh, -c, b]'),
  ],
  ['a share of no known amount', rabbit([`${HIGH}.absolute = 1GB`]), rabbit([`${HIGH}.relative = 0.4`])],
  ['a comment', rabbit([`# ${HIGH}.relative = 0.6`]), rabbit([`${HIGH}.relative = 0.4`])],
  ['less of the disk', rabbit(['disk_free_limit.absolute = 2GB']), rabbit(['disk_free_limit.absolute = 1GB'])],
  [
    'an image that may bring a file of its own',
    rabbit(['a = b'], { image: 'bitnami/rabbitmq:4' }),
    rabbit(['disk_free_limit.absolute = 2GB'], { image: 'bitnami/rabbitmq:4' }),
  ],
  ['a kind of somebody else', cluster(`${HIGH}.relative = 0.6`, 'a.b'), cluster(`${HIGH}.relative = 0.4`, 'a.b')],
  [
    'buffers of PostgreSQL, which only begin anew',
    run('postgres:17', words('-c', 'shared_buffers=1GB')),
    run('postgres:17', words('-c', 'shared_buffers=512MB')),
  ],
])('not: %s', (_, before, after) => {
  expect(classed(id, before, after)).toEqual([]);
});

test('memcached that makes room costs hits, and one that does not refuses', () => {
  const of = (...more: readonly string[]) => [
    run('memcached:1.6', words(...more, '-m', '128')),
    run('memcached:1.6', words(...more, '-m', '64')),
  ];
  const [before, after] = of();
  expect(worstClass(before!, after!)).toBe('capacity');
  const [was, is] = of('-M');
  expect(worstClass(was!, is!)).toBe('disruption');
});

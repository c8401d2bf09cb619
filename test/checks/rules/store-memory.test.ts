import { all, findings, messages } from '../judging';

const id = 'store-fits-limit';
const pod = (container: string, { image = 'redis:7.4.1', limit = '1Gi', name = 'cache', more = '' } = {}) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop }, spec: { ${more}containers: [{ name: store, image: ${image}, resources: { limits: { memory: ${limit} } }, ${container} }] } }`;
const args = (...words: readonly string[]) => `args: [${words.map((word) => JSON.stringify(word)).join(', ')}]`;
const command = (...words: readonly string[]) => args(...words).replace('args', 'command');
const at = (path: string, value: string) => [
  `fail Pod/shop/cache spec.containers[0].${path} = ${JSON.stringify(value)}`,
];

describe('Redis is told in its arguments:', () => {
  test.each<[string, string, string]>([
    ['as two words', args('--maxmemory', '1gb'), 'args[1]'],
    ['after the program', command('redis-server', '--maxmemory', '1gb', '--appendonly', 'no'), 'command[2]'],
    ['by its path', command('/usr/local/bin/redis-server', '--maxmemory', '1gb'), 'command[2]'],
    ['as one of Valkey', command('valkey-server', '--maxmemory', '1gb'), 'command[2]'],
  ])('%s', (_, container, path) => expect(findings(id, pod(container))).toEqual(at(path, '--maxmemory 1gb')));
  test('in the words of a shell', () => {
    const script = 'exec redis-server --maxmemory 2048mb --port 6379';
    expect(findings(id, pod(command('sh', '-c', script), { image: 'shop/cache:1' }))).toEqual(
      at('command[2]', '--maxmemory 2048mb'),
    );
  });
  test('in a variable of the image', () =>
    expect(
      findings(id, pod("env: [{ name: REDIS_EXTRA_FLAGS, value: '--maxmemory 1gb' }]", { image: 'bitnami/redis:7.4' })),
    ).toEqual(at('env[0].value', '--maxmemory 1gb')));
  test('the last one counts', () => {
    expect(findings(id, pod(args('--maxmemory', '9gb', '--maxmemory', '1mb')))).toEqual([]);
    expect(findings(id, pod(args('--maxmemory', '1mb', '--maxmemory', '9gb')))).toEqual(
      at('args[3]', '--maxmemory 9gb'),
    );
  });
});

test('its units are those of redis.conf: 1gb is 1024 mb, 1g is 1000 m', () => {
  const verdict = (amount: string, limit: string) => findings(id, pod(args('--maxmemory', amount), { limit })).length;
  expect(verdict('1gb', '1Gi')).toBe(1);
  expect(verdict('1g', '1Gi')).toBe(0);
  expect(verdict('1g', '1G')).toBe(1);
  expect(verdict('1048576kb', '1Gi')).toBe(1);
  expect(verdict('1073741823', '1Gi')).toBe(0);
  expect(verdict('1073741824', '1Gi')).toBe(1);
  expect(verdict('1GB', '1Gi')).toBe(1);
  expect(verdict('0', '1Gi')).toBe(0);
  expect(messages(id, pod(args('--maxmemory', '2gb')))[0]).toContain(
    'fill 2Gi of memory, and its limit is 1Gi: it is killed (OOMKilled)',
  );
});

describe('Redis is told in a configuration file', () => {
  const config = (text: string, kind = 'ConfigMap') =>
    `{ apiVersion: v1, kind: ${kind}, metadata: { name: conf, namespace: shop }, ${kind === 'Secret' ? 'stringData' : 'data'}: { redis.conf: ${JSON.stringify(text)} } }`;
  const mounted = (container: string, volume = 'configMap: { name: conf }', mount = 'mountPath: /etc/redis') =>
    pod(`${container}, volumeMounts: [{ name: c, ${mount} }]`, { more: `volumes: [{ name: c, ${volume} }], ` });
  const fails = ['fail ConfigMap/shop/conf data["redis.conf"] = "maxmemory 1gb"'];

  test('that its arguments name', () => {
    const both = (text: string, ...words: readonly string[]) =>
      findings(id, all(config(text), mounted(args(...words))));
    expect(both('port 6379\nmaxmemory 1gb\n', '/etc/redis/redis.conf')).toEqual(fails);
    expect(both('maxmemory 1gb', 'redis-server', '/etc/redis/redis.conf')).toEqual(fails);
    expect(both('maxmemory 1gb\r\nmaxmemory 100mb\r\n', '/etc/redis/redis.conf')).toEqual([]);
    expect(both('# maxmemory 1gb\nmaxmemory-policy noeviction', '/etc/redis/redis.conf')).toEqual([]);
    // Not read, or overruled.
    expect(both('maxmemory 1gb', '--port', '6379')).toEqual([]);
    expect(both('maxmemory 1gb', '/etc/other/redis.conf')).toEqual([]);
    expect(both('maxmemory 1gb', '/etc/redis/redis.conf', '--maxmemory', '100mb')).toEqual([]);
  });
  test('that is one file of a volume, or stands in a Secret', () => {
    const file = mounted(args('/redis.conf'), undefined, 'mountPath: /redis.conf, subPath: redis.conf');
    expect(findings(id, all(config('maxmemory 1gb'), file))).toEqual(fails);
    const secret = mounted(args('/etc/redis/redis.conf'), 'secret: { secretName: conf }');
    expect(findings(id, all(config('maxmemory 1gb', 'Secret'), secret))).toEqual([
      'fail Secret/shop/conf stringData["redis.conf"] = "maxmemory 1gb"',
    ]);
  });
});

describe('other stores are told, too:', () => {
  test.each<[string, string, string, string, string]>([
    ['memcached:1.6', args('-m', '1024'), 'args[1]', '-m 1024', '1023'],
    ['memcached:1.6', args('-m1024'), 'args[0]', '-m1024', '-m1023'],
    ['memcached:1.6', args('--memory-limit=1024'), 'args[0]', '--memory-limit=1024', '--memory-limit=1023'],
    ['postgres:17.2', args('-c', 'shared_buffers=1GB'), 'args[1]', '-c shared_buffers=1GB', 'shared_buffers=1000MB'],
    [
      'postgres:17.2',
      args('-c', 'shared_buffers=131072'),
      'args[1]',
      '-c shared_buffers=131072',
      'shared_buffers=131071',
    ],
    [
      'mysql:8.4',
      args('--innodb-buffer-pool-size=1G'),
      'args[0]',
      '--innodb-buffer-pool-size=1G',
      '--innodb-buffer-pool-size=1023M',
    ],
  ])('%s %s', (image, container, path, written, less) => {
    expect(findings(id, pod(container, { image }))).toEqual(at(path, written));
    const lower = container.replace(/"[^"]*"\]$/, `"${less}"]`);
    expect(lower).not.toBe(container);
    expect(findings(id, pod(lower, { image }))).toEqual([]);
  });
});

test('what runs no store, or has no limit, is not judged', () => {
  expect(findings(id, pod(args('--maxmemory', '9gb'), { image: 'shop/web:1' }))).toEqual([]);
  expect(findings(id, pod(args('redis-cli', '--maxmemory', '9gb')))).toEqual([]);
  expect(findings(id, pod(args('--maxmemory', '9gb'), { image: 'oliver/redis_exporter:1' }))).toEqual([]);
  expect(findings(id, pod(args('--maxmemory', '9gb')).replace('limits', 'requests'))).toEqual([]);
  // A LimitRange gives a limit where none is written.
  const range =
    '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, default: { memory: 1Gi } }] } }';
  expect(findings(id, all(range, pod(args('--maxmemory', '9gb')).replace('limits: { memory: 1Gi }', '')))).toHaveLength(
    1,
  );
});

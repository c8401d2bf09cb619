import { readContent } from '../../upstream/prometheus/yaml';
import { addressesIn, configuredPrometheuses, configuredPrometheusOf, globOf } from '../../world/prometheus';
import { all, configMap, workload, workloadOf, worldOf } from './support';

const prometheus = ({
  image = 'prom/prometheus:v3.5.0',
  args = '',
  volume = 'configMap: { name: config }',
  mount = 'mountPath: /etc/prometheus',
} = {}) =>
  workload({
    name: 'prometheus',
    pod: `volumes: [{ name: other, emptyDir: {} }, { name: v, ${volume} }]`,
    containers: `{ name: side, image: 'a:1' }, { name: p, image: '${image}', args: [${args}], volumeMounts: [{ name: gone, mountPath: /x }, { name: v, ${mount} }] }`,
  });
const config = (text: string, more = '') => configMap('config', `prometheus.yml: ${JSON.stringify(text)}${more}`);
const rules = (name: string) => `, ${name}: '{ groups: [] }'`;

describe('the configuration of a Prometheus', () => {
  const pathOf = (...manifests: string[]) => {
    const world = worldOf(all(...manifests));
    expect(configuredPrometheusOf(world, workloadOf(world, 'prometheus'))).toBe(configuredPrometheuses(world)[0]);
    return configuredPrometheuses(world)[0]?.configuration.path.join('.');
  };
  test('is the file that its command line names, or the one of the image', () => {
    const here = config('{}', ', "other.yml": "{}"');
    expect(pathOf(here, prometheus())).toBe('data.prometheus.yml');
    expect(pathOf(here, prometheus({ args: '--config.file=/etc/prometheus/other.yml' }))).toBe('data.other.yml');
    expect(pathOf(here, prometheus({ args: '--config.file, /etc/prometheus/other.yml' }))).toBe('data.other.yml');
    expect(pathOf(here, prometheus({ args: '--log.level=debug' }))).toBe('data.prometheus.yml');
    expect(pathOf(here, prometheus({ args: '--config.file=/etc/prometheus/gone.yml' }))).toBeUndefined();
  });
  test.each(['prom/prometheus', 'prometheus:v3', 'quay.io/prometheus/prometheus@sha256:1'])(
    'image %s reads it',
    (image) => expect(pathOf(config('{}'), prometheus({ image }))).toBe('data.prometheus.yml'),
  );
  test.each(['prom/prometheus-adapter:1', 'quay.io/prometheus/node-exporter:1', 'my-prometheus:1'])(
    'image %s does not',
    (image) => expect(pathOf(config('{}'), prometheus({ image }))).toBeUndefined(),
  );
  test('is found through the volumes of the container', () => {
    expect(pathOf(config('{}'), prometheus({ mount: 'mountPath: /etc/prometheus/' }))).toBe('data.prometheus.yml');
    expect(
      pathOf(config('{}'), prometheus({ mount: 'mountPath: /etc/prometheus/prometheus.yml, subPath: prometheus.yml' })),
    ).toBe('data.prometheus.yml');
    expect(
      pathOf(config('{}'), prometheus({ mount: 'mountPath: /etc/prometheus/prometheus.yml, subPath: other.yml' })),
    ).toBeUndefined();
    expect(pathOf(config('{}'), prometheus({ mount: 'mountPath: /etc/other' }))).toBeUndefined();
    expect(
      pathOf(
        config('{}'),
        prometheus({ volume: 'projected: { sources: [{ secret: { name: a } }, { configMap: { name: config } }] }' }),
      ),
    ).toBe('data.prometheus.yml');
    expect(pathOf(config('{}').replace('shop', 'other'), prometheus())).toBeUndefined();
    expect(pathOf(prometheus())).toBeUndefined();
  });
  test('has the names that the volume gives to keys, and no other keys', () => {
    const items = (list: string) => prometheus({ volume: `configMap: { name: config, items: [${list}] }` });
    const named = configMap('config', "main: '{}', prometheus.yml: '{ a: b }'");
    expect(pathOf(named, items('{ key: main, path: prometheus.yml }'))).toBe('data.main');
    expect(pathOf(named, items('{ key: main, path: main.yml }'))).toBeUndefined();
  });
  test('names its rule files by patterns, from its own folder or from the root', () => {
    const read = (patterns: string) => {
      const files = config(`{ rule_files: [${patterns}] }`, rules('a.yml') + rules('b.yml') + rules('c.yaml'));
      return configuredPrometheuses(worldOf(all(files, prometheus())))[0]!.rules.map(({ path }) => path[1]);
    };
    expect(read("'*.yml'")).toEqual(['a.yml', 'b.yml']);
    expect(read("'?.yaml', 1")).toEqual(['c.yaml']);
    expect(read('/etc/prometheus/a.yml')).toEqual(['a.yml']);
    expect(read('/etc/a.yml, rules/a.yml')).toEqual([]);
    expect(read('')).toEqual([]);
  });
});

describe('the addresses of a configuration', () => {
  const addresses = (scrape: string) =>
    [...addressesIn(readContent(`{ scrape_configs: [${scrape}] }`).content)].map(({ host, port }) => `${host}:${port}`);
  test('are static targets', () => {
    expect(
      addresses("{ static_configs: [{ targets: ['web:80', '10.0.0.1:9100'] }, { targets: ['b.c:81'] }] }"),
    ).toEqual(['web:80', '10.0.0.1:9100', 'b.c:81']);
    expect(
      addresses("{ static_configs: [{ targets: ['web', 'http://web:80/', 80, '${A}:80'] }, text] }, text"),
    ).toEqual([]);
  });
  test('are DNS names of addresses, with their port', () => {
    const dns = (fields: string) => addresses(`{ dns_sd_configs: [{ names: [a, 1, b], ${fields} }, text] }`);
    expect(dns('type: A, port: 80')).toEqual(['a:80', 'b:80']);
    expect(dns('type: AAAA, port: 80')).toEqual(['a:80', 'b:80']);
    expect(dns('type: SRV, port: 80')).toEqual([]);
    expect(dns('port: 80')).toEqual([]);
    expect(dns('type: A')).toEqual([]);
  });
});

test('what is no YAML has no content, and a reason on one line', () => {
  expect(readContent('a: b')).toEqual({ content: { a: 'b' }, problem: undefined });
  const broken = readContent('a: [\nb');
  expect(broken.content).toBeUndefined();
  expect(broken.problem).toMatch(/^[^\n]+$/);
});

test.each([
  ['rules/*.yml', 'rules/a.yml', true],
  ['rules/*.yml', 'rules/b/a.yml', false],
  ['rules/*.yml', 'rules/axyml', false],
  ['rules/*.yml', 'my/rules/a.yml', false],
  ['rules/?.yml', 'rules/ab.yml', false],
  ['a+(1).yml', 'a+(1).yml', true],
])('pattern %s matches file %s: %s', (pattern, file, matches) =>
  expect([globOf(pattern)].flat().some((glob) => glob.test(file))).toBe(matches),
);
test('a pattern may name characters in brackets; one with a backslash is not told', () => {
  const matches = (pattern: string, file: string) => [globOf(pattern)].flat().some((glob) => glob.test(file));
  expect(matches('a[12].yml', 'a2.yml')).toBe(true);
  expect(matches('a[12].yml', 'a3.yml')).toBe(false);
  expect(matches('a[^12].yml', 'a3.yml')).toBe(true);
  expect(globOf('a[12.yml')).toEqual([]);
  expect(globOf('a[z-a].yml')).toEqual([]);
  expect(globOf('a\\*.yml')).toEqual([]);
});

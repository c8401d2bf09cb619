import type { Chain } from '../../../simulate/monitoring/metric-chains';
import { chainsOf, jobsAreKnown, jobsOf, recordings, usesOf } from '../../../simulate/monitoring/metric-chains';
import { configuredPrometheuses } from '../../../world/prometheus';
import { all, configMap, namespace, service, workload, worldOf } from '../../checks/judging';

const rules = (...entries: string[]) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [${entries.join(', ')}] }] } }`;
const recording = (name: string, expr: string) => `{ record: '${name}', expr: ${JSON.stringify(expr)} }`;
const prometheus = (config: string) =>
  all(
    configMap('config', `prometheus.yml: ${JSON.stringify(config)}`),
    workload({
      name: 'prometheus',
      pod: 'volumes: [{ name: c, configMap: { name: config } }]',
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
    }),
  );

describe('a rule that reads series of other rules', () => {
  test('leads to what those read; one that reads its own leads no further', () => {
    const world = worldOf(rules(recording('a:b', 'sum(up) + a:b'), '{ alert: A, expr: "a:b > 1" }'));
    const [chain] = chainsOf(world, usesOf(world).find(({ recorded }) => recorded === undefined)!);
    const inner = chain!.recordedBy[0]!.chains();
    expect(inner.map(({ selection, recordedBy }) => [selection.metric, recordedBy.length])).toEqual([
      ['up', 0],
      ['a:b', 0],
    ]);
    expect([...recordings(world).keys()]).toEqual(['a:b']);
  });
  test('may read each other in a circle', () => {
    const world = worldOf(rules(recording('a:b', 'c:d'), recording('c:d', 'a:b')));
    const depth = (chains: readonly Chain[]): number =>
      Math.max(0, ...chains.flatMap(({ recordedBy }) => recordedBy.map((by) => 1 + depth(by.chains()))));
    expect(depth(chainsOf(world, usesOf(world)[0]!))).toBe(2);
  });
});

describe('the jobs of a Prometheus', () => {
  const known = (config: string) => jobsAreKnown(configuredPrometheuses(worldOf(prometheus(config)))[0]!);
  const job = (more: string) => known(`{ scrape_configs: [{ job_name: a }, { job_name: b, ${more} }] }`);
  test('are known by the names that its configuration gives them', () => {
    expect(known('{}')).toBe(true);
    expect(known('text')).toBe(true);
    expect(job("static_configs: [{ targets: ['web:80'], labels: { team: a } }]")).toBe(true);
    expect(job('kubernetes_sd_configs: [{ role: pod }]')).toBe(true);
    expect(job('file_name: a')).toBe(true);
    expect(job('relabel_configs: [{ target_label: instance }, { action: drop }]')).toBe(true);
  });
  test.each([
    'honor_labels: true',
    'static_configs: [{ targets: [a] }, { labels: { job: c } }]',
    'file_sd_configs: [{ files: [a] }]',
    'http_sd_configs: [{ url: a }]',
    'relabel_configs: [{ target_label: job }]',
    'metric_relabel_configs: [{}, { target_label: job }]',
    'relabel_configs: [{ action: labelmap }]',
  ])('may have other names with %s', (more) => expect(job(more)).toBe(false));
  test('may stand in further files', () => expect(known('{ scrape_config_files: [more.yml] }')).toBe(false));

  test('lead to the targets that each of them names', () => {
    const world = worldOf(
      all(
        namespace,
        service('selector: { app: web }, ports: [{ port: 80 }, { port: 81 }]'),
        workload(),
        prometheus(
          "{ scrape_configs: [{ job_name: a, static_configs: [{ targets: ['web:80'] }] }, { job_name: b, dns_sd_configs: [{ names: [web], type: A, port: 81 }] }, { static_configs: [] }] }",
        ),
      ),
    );
    const jobs = jobsOf(world, configuredPrometheuses(world)[0]!);
    expect(
      [...jobs].map(([name, { scrapes, blocked }]) => [name, scrapes.map(({ value }) => value), blocked.length]),
    ).toEqual([
      ['a', ['web:80'], 0],
      ['b', ['web:81'], 0],
    ]);
  });
});

test('the expressions of Grafana dashboards are uses, their variables put in', () => {
  const panels = (expr: string) => JSON.stringify({ panels: [{ targets: [{ expr }, { expr }] }] });
  const world = worldOf(
    configMap(
      'boards',
      `web.json: ${JSON.stringify(panels('rate(a[$__rate_interval])'))}, notes.txt: ${JSON.stringify(panels('b'))}, other.json: '{"expr": "c"}', empty.json: '{"panels": []}'`,
    ),
  );
  expect(usesOf(world).map(({ name, expr, recorded }) => [name, expr, recorded])).toEqual([
    ['dashboard web.json', 'rate(a[5m])', undefined],
  ]);
});

test.each([
  ['x{job="$job"}', 'x{job=~".+"}'],
  ['x{namespace=~"$namespace", pod=~"web-${pod:regex}.*"}', 'x{namespace=~".+", pod=~".+"}'],
  ['x{a!="$a", b!~"[[b]]|c"}', 'x{a!="", b!=""}'],
  // An end of a regular expression, a class of it, and what stands in other quotes are none.
  ['x{code=~"^5..$", d=~"[[:alpha:]]+"}', 'x{code=~"^5..$", d=~"[[:alpha:]]+"}'],
  ["rate(x{a='$a'}[$__rate_interval]) > $bound", 'rate(x{a=~".+"}[5m]) > 5m'],
])('of a dashboard %s is read as %s', (expr, read) => {
  const board = JSON.stringify({ panels: [{ title: 'P', targets: [{ expr }] }] });
  const uses = usesOf(worldOf(configMap('d', `d.json: ${JSON.stringify(board)}`)));
  expect(uses.map((use) => use.expr)).toEqual([read]);
});

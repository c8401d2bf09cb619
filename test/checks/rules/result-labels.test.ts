import { queryOf } from '../../../upstream/prometheus/query';
import { droppedLabels, resultLabels } from '../../../upstream/prometheus/result-labels';
import { all, findings, messages, said } from '../judging';

const labels = (expr: string) => {
  const query = queryOf(expr);
  expect(query.problems).toEqual([]);
  const found = resultLabels(query);
  return found && [...found].sort().join(' ');
};

test.each([
  ['x', undefined],
  ['rate(x[5m]) > 1', undefined],
  ['sum(x)', ''],
  ['sum by (pod) (x)', 'pod'],
  ['sum(rate(x[5m])) by (pod, node) > 0.5', 'node pod'],
  ['2 * -sum by (pod) (x)', 'pod'],
  ['sum without (pod) (x)', undefined],
  ['sum without (pod) (sum by (pod, node) (x))', 'node'],
  ['sum by (node) (sum by (pod) (x))', ''],
  ['topk(3, sum by (pod) (x))', 'pod'],
  ['bottomk by (node) (3, sum by (pod, node) (x))', 'node pod'],
  ['limitk(3, sum by (pod) (x))', 'pod'],
  ['count_values("version", x)', 'version'],
  ['histogram_quantile(0.9, sum by (le, job) (rate(x[5m])))', 'job le'],
  ['max_over_time((sum by (a) (x))[5m:1m])', 'a'],
  ['sum by (a) (x offset 5m)', 'a'],
  ['absent(up{job="web", instance=~"a.*"})', 'job'],
  ['absent(sum(x))', ''],
  ['absent_over_time(up{job="web"}[5m])', 'job'],
  ['label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")', 'a b'],
  ['vector(1)', ''],
  // Operations: one to one by all labels, by some, many to one, and sets.
  ['sum by (a, b) (x) / sum by (a, b) (y)', 'a b'],
  ['x / sum by (a) (y)', 'a'],
  ['sum by (a, b) (x) / on (a) y', 'a'],
  ['sum by (a, b) (x) / ignoring (b) y', 'a'],
  ['sum by (a, b) (x) * on (a) group_left (c) y', 'a b c'],
  ['x * on (a) group_right () sum by (a, d) (y)', 'a d'],
  ['x * on (a) group_left (c) y', undefined],
  ['sum by (a) (x) and on (a) y', 'a'],
  ['sum by (a) (x) unless y', 'a'],
  ['sum by (a) (x) or sum by (b) (y)', 'a b'],
  ['sum by (a) (x) or y', undefined],
  ['sum by (a) (x) > time() - 5', 'a'],
])('%s has the labels %s', (expr, expected) => expect(labels(expr)).toBe(expected));

describe('labels that were aggregated away', () => {
  const dropped = (expr: string) => [...droppedLabels(queryOf(expr))].map(({ asks, of }) => `${asks}: ${of}`);
  test.each([
    ['sum by (pod) (x) * on (node) group_left (os) kube_node_info', ['on (node): sum by (pod) (x)']],
    ['kube_pod_info * on (pod) sum by (namespace) (x)', ['on (pod): sum by (namespace) (x)']],
    ['sum by (a) (x) / on (a, b) sum by (a, b) (y)', ['on (b): sum by (a) (x)']],
    ['avg by (node) (sum by (pod) (x))', ['by (node): sum by (pod) (x)']],
    ['label_replace(sum by (a) (x), "b", "$1", "node", "(.*)")', ['label_replace: sum by (a) (x)']],
  ])('%s', (expr, expected) => expect(dropped(expr)).toEqual(expected));
  test.each([
    'sum by (pod, node) (x) * on (node) group_left (os) kube_node_info',
    'sum by (pod) (x) * on (pod) group_left (node) kube_pod_info',
    // A label of the cluster may be on neither side.
    'sum by (pod) (x) * on (cluster, pod) kube_pod_info',
    'sum by (a) (x) / on (a, b) sum by (a) (y)',
    'sum by (pod) (x) unless on (node) y',
    'sum by (pod) (x) or on (node) y',
    'sum by (node) (x)',
    'sum by (pod) (sum without (node) (x))',
  ])('%s is fine', (expr) => expect(dropped(expr)).toEqual([]));
  test('are told of rules', () => {
    const rule =
      '{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: "a:b", expr: "sum by (pod) (x) * on (node) group_left() kube_node_info" }] }] } }';
    expect(messages('promql-meaning', rule)).toEqual([
      'rule a:b: on (node) needs the label node, and the series of sum by (pod) (x) do not have it: no series of the other side matches one without it, so it returns nothing',
    ]);
  });
});

describe('alert-labels-exist', () => {
  const id = 'alert-labels-exist';
  const rule = (expr: string, text: string, kind = 'annotations') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: c, expr: x }, { alert: A, expr: '${expr}', ${kind}: { summary: '${text}' } }] }] } }`;
  test.each([
    ['sum by (pod) (x) > 1', '{{ $labels.node }} is full'],
    ['absent(up{job="web"})', 'gone: {{ $labels.instance }}'],
    ['sum(x) > 1', '{{ index $labels "pod" }}'],
    ['sum by (pod) (x) > 1', '{{ .Labels.node }}'],
    ['sum by (pod) (x) > 1', '{{ if $labels.node }}{{ $labels.node | title }}{{ end }}'],
  ])('%s: %s', (expr, text) =>
    expect(findings(id, rule(expr, text))).toEqual([
      `fail PrometheusRule/shop/r spec.groups[0].rules[1].annotations.summary = ${JSON.stringify(text)}`,
    ]),
  );
  test.each([
    ['sum by (pod) (x) > 1', '{{ $labels.pod }}: {{ $value }} {{ $externalLabels.cluster }}'],
    ['x > 1', '{{ $labels.node }}'],
    ['absent(up{job="web"})', '{{ $labels.job }}'],
    ['sum by (pod) (x) > 1', '{{ range query "up" }}{{ .Labels.node }}{{ end }}'],
    ['sum by (pod) (x) > 1', 'labels.node and $labels.node'],
  ])('%s: %s is fine', (expr, text) => expect(findings(id, rule(expr, text))).toEqual([]));
  test('labels of alerts are templates as well, and files of rules are read', () => {
    expect(said(id, rule('sum by (pod) (x)', '{{ $labels.nod }}', 'labels'))[0]?.path).toBe(
      'spec.groups[0].rules[1].labels.summary',
    );
    const file =
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: p, namespace: shop }, data: { prometheus.yml: "rule_files: [r.yml]", r.yml: "groups: [{ name: g, rules: [{ alert: A, expr: sum(x), annotations: { s: \\"{{ $labels.pod }}\\" } }] }]" } }';
    const prometheus =
      '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: p, namespace: shop }, spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: p, image: "prom/prometheus:v3.5.0", volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }], volumes: [{ name: c, configMap: { name: p } }] } } } }';
    expect(said(id, all(file, prometheus)).map(({ path }) => path)).toEqual(['data["r.yml"]']);
  });
});

describe('the jobs of monitors', () => {
  const id = 'metric-exists';
  const service = (name: string, more = '') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop, labels: { scrape: all${more} } }, spec: { selector: { app: ${name} }, ports: [{ port: 80 }] } }`;
  const monitor = (spec: string, kind = 'ServiceMonitor', name = 'all') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
  const rule = (job: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: Down, expr: 'up{job="${job}"} == 0' }] }] } }`;
  const all_ = 'selector: { matchLabels: { scrape: all } }';
  const told = (job: string, ...others: string[]) => messages(id, all(...others, rule(job)));
  test('are called after the Service, its label, the PodMonitor or the Probe', () => {
    expect(told('ordrs', service('orders'), monitor(all_))[0]).toContain(
      'queries job ordrs, which no ServiceMonitor, PodMonitor or Probe here makes: the query returns nothing; did you mean "orders"?',
    );
    expect(told('orders', service('orders'), monitor(all_))).toEqual([]);
    const labelled = service('o', ', app: orders');
    expect(told('ordrs', labelled, monitor(`${all_}, jobLabel: app`))).toHaveLength(1);
    expect(told('orders', labelled, monitor(`${all_}, jobLabel: app`))).toEqual([]);
    expect(told('shop/workres', monitor(all_, 'PodMonitor', 'workers'))).toHaveLength(1);
    expect(told('shop/workers', monitor(all_, 'PodMonitor', 'workers'))).toEqual([]);
    expect(told('blackbxo', monitor('jobName: blackbox', 'Probe'))).toHaveLength(1);
  });
  test('may come from elsewhere where no name is near, and where a rule renames them', () => {
    expect(told('apiserver', service('orders'), monitor(all_))).toEqual([]);
    const renaming = `${all_}, endpoints: [{ relabelings: [{ targetLabel: job, replacement: ordrs }] }]`;
    expect(told('ordrs', service('orders'), monitor(renaming))).toEqual([]);
    expect(told('ordrs', service('orders'))).toEqual([]);
  });
  test('are what a fixed replacement says, and not known where anything else writes them', () => {
    const by = (endpoint: string) => monitor(`${all_}, endpoints: [{ ${endpoint} }]`);
    const fixed = 'relabelings: [{ targetLabel: job, replacement: orders }]';
    expect(told('ordrs', service('o'), by(fixed))).toHaveLength(1);
    expect(told('orders', service('o'), by(fixed))).toEqual([]);
    for (const open of [
      'honorLabels: true',
      'relabelings: [{ targetLabel: job, sourceLabels: [a] }]',
      'relabelings: [{ action: labelmap, regex: a }]',
      'metricRelabelings: [{ targetLabel: job, replacement: a }]',
    ])
      expect(told('ordrs', service('orders'), by(open))).toEqual([]);
    const config = (spec: string) => monitor(spec, 'ScrapeConfig');
    expect(told('ordrs', config('jobName: orders'))).toHaveLength(1);
    expect(told('ordrs', config('jobName: orders, staticConfigs: [{ labels: { job: other } }]'))).toEqual([]);
    expect(told('ordrs', config("jobName: orders, httpSDConfigs: [{ url: 'http://a' }]"))).toEqual([]);
    const probe = 'jobName: orders, targets: { staticConfig: { static: [a], labels: { job: other } } }';
    expect(told('ordrs', monitor(probe, 'Probe'))).toEqual([]);
  });
});

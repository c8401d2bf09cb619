import { all, configMap, findings, messages, namespace, said, service, workload } from '../judging';

const rulesFile = (expr: string, group = '') =>
  `rules.yml: ${JSON.stringify(`groups: [{ name: g, ${group} rules: [{ alert: A, expr: '${expr}' }] }]`)}`;

/** A program that exposes what it says, with a Service. */
const program = (name: string, metrics: string) =>
  all(
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop, annotations: { strata/metrics: '${metrics}' } }, spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: m, image: 'shop/${name}:1', ports: [{ name: metrics, containerPort: 80 }] }] } } } }`,
    service(`selector: { app: ${name} }, ports: [{ port: 80 }]`, name),
  );
const web = program('web', 'http_requests_total, queue_length');

/** A Prometheus that is configured by files: its global settings, its jobs in flow style, and its rules. */
const prometheus = (global: string, jobs: string, rules: string, args = '') =>
  all(
    namespace,
    configMap(
      'prometheus',
      `prometheus.yml: "{ global: { ${global} }, rule_files: [rules.yml], scrape_configs: [${jobs}] }", ${rules}`,
    ),
    workload({
      name: 'prometheus',
      pod: 'volumes: [{ name: config, configMap: { name: prometheus } }]',
      containers: `{ name: prometheus, image: 'prom/prometheus:v3.5.0', args: [${args}], volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }`,
    }),
  );
const job = (name: string, more = '') => `{ job_name: ${name}, ${more} static_configs: [{ targets: ['${name}:80'] }] }`;

const monitor = (endpoint: string, name = 'web') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: ${name} } }, podMetricsEndpoints: [{ port: metrics, ${endpoint} }] } }`;
const operated = (spec = '') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { podMonitorSelector: {}, ruleSelector: {}, ${spec} } }`;
const rule = (expr: string, group = '', what = 'alert: A') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, ${group} rules: [{ ${what}, expr: ${JSON.stringify(expr)} }] }] } }`;

describe('range-holds-samples', () => {
  const judged = (expr: string, global = 'scrape_interval: 60s', jobs = job('web'), more = web) =>
    messages('range-holds-samples', all(prometheus(global, jobs, rulesFile(expr)), more));

  test.each([
    ['rate(http_requests_total[30s]) > 1', 'never holds two of http_requests_total'],
    ['irate(http_requests_total[1m] offset 5m) > 1', 'it returns nothing'],
    ['increase(http_requests_total[90s]) > 1', 'not always holds two'],
    ['deriv(queue_length[45]) > 1', 'it returns nothing'],
    ['predict_linear((queue_length[1m]), 600) < 0', 'it returns nothing'],
    ['sum(changes(queue_length[1m])) > 3', 'it counts nothing'],
    ['avg_over_time(queue_length[30s]) > 5', 'the result comes and goes'],
    ['absent_over_time(queue_length[30s])', 'it says in between that the series is absent'],
    [
      'sum by (code) (rate(http_requests_total{code=~"5.."}[1m])) > 1',
      'which comes by job web of ConfigMap/shop/prometheus',
    ],
    ['changes(up{job="web"}[1m]) > 3', 'it counts nothing'],
    ['max_over_time(queue_length[5m:10m]) > 3', 'of its subquery, one every 10m'],
    ['rate(sum(queue_length)[5m:4m]) > 3', 'of its subquery, one every 4m'],
  ])('%s: %s', (expr, message) => expect(judged(expr)).toEqual([expect.stringContaining(message)]));

  test.each([
    'rate(http_requests_total[2m]) > 1',
    'avg_over_time(queue_length[1m]) > 5',
    'rate(queue_length[5m] @ end()) > 1',
    'max_over_time(rate(http_requests_total[4m])[10m:1m]) > 1',
    'queue_length > 5',
    'rate(http_requests_total[2m * 2]) > 1',
    'changes(up{job="other"}[1m]) > 3',
  ])('%s: enough', (expr) => expect(judged(expr)).toEqual([]));

  test('the interval of the job wins over the global one, and one that nobody writes is a minute', () => {
    const expr = 'rate(http_requests_total[1m])';
    expect(judged(expr, 'scrape_interval: 60s', job('web', 'scrape_interval: 15s,'))).toEqual([]);
    expect(judged(expr, 'scrape_interval: 15s', job('web', 'scrape_interval: 60s,'))).toHaveLength(1);
    expect(judged(expr, 'scrape_timeout: 5s')).toHaveLength(1);
  });
  test('one quick job of two is enough, of two programs it is not', () => {
    const jobs = `${job('web')}, { job_name: quick, scrape_interval: 10s, static_configs: [{ targets: ['web:80'] }] }`;
    expect(judged('rate(http_requests_total[1m])', 'scrape_interval: 60s', jobs)).toEqual([]);
    expect(judged('rate(http_requests_total{job="web"}[1m])', 'scrape_interval: 60s', jobs)).toHaveLength(1);
    const two = `${job('api', 'scrape_interval: 10s,')}, ${job('web')}`;
    const both = all(web, program('api', 'http_requests_total'));
    const of = (expr: string) => judged(expr, 'scrape_interval: 60s', two, both);
    expect(of('rate(http_requests_total{code="500"}[1m])')).toEqual([expect.stringContaining('job web')]);
    // Which of them a label is about nobody knows here.
    expect(of('rate(http_requests_total{app="api"}[1m])')).toEqual([]);
    expect(of('rate(http_requests_total{job="api"}[1m])')).toEqual([]);
  });
  test('what a rule records comes as often as its group is evaluated', () => {
    const rules = (interval: string, range: string) =>
      prometheus(
        'scrape_interval: 5s, evaluation_interval: 30s',
        job('web'),
        `rules.yml: "groups: [{ name: g, ${interval} rules: [{ record: 'web:queue', expr: queue_length }] }, { name: h, rules: [{ alert: A, expr: 'delta(web:queue[${range}]) > 1' }] }]"`,
      );
    const of = (interval: string, range: string) => messages('range-holds-samples', all(rules(interval, range), web));
    expect(of('', '1m')).toEqual([]);
    expect(of('', '30s')).toEqual([expect.stringContaining('which comes by rule web:queue every 30s')]);
    expect(of('interval: 2m,', '3m')).toHaveLength(1);
    expect(of('interval: 10s,', '30s')).toEqual([]);
  });
  test('a job that a relabeling renames is still the one of the file', () => {
    const jobs =
      '{ job_name: pods, scrape_interval: 10s, kubernetes_sd_configs: [{ role: pod }], relabel_configs: [{ target_label: job, replacement: shop }] }';
    expect(judged('rate(http_requests_total[1m])', 'scrape_interval: 60s', jobs)).toEqual([]);
    expect(judged('rate(http_requests_total[15s])', 'scrape_interval: 5s', jobs)).toEqual([
      expect.stringContaining('job pods'),
    ]);
  });

  test('a series of which nobody says who exposes it comes from one of the jobs', () => {
    const of = (jobs: string, expr: string, args = '') =>
      messages('range-holds-samples', prometheus('scrape_interval: 60s', jobs, rulesFile(expr), args));
    const slow = `${job('web')}, ${job('outside')}`;
    expect(of(slow, 'rate(foreign_total[1m])')).toEqual([expect.stringContaining('which comes by whichever job')]);
    expect(of(`${job('web')}, ${job('api', 'scrape_interval: 10s,')}`, 'rate(foreign_total[1m])')).toEqual([]);
    expect(of(slow, 'rate(foreign_total{job="outside"}[1m])')).toEqual([expect.stringContaining('job outside of')]);
    // Others send samples, too.
    expect(of(slow, 'rate(foreign_total[1m])', '--web.enable-remote-write-receiver')).toEqual([
      expect.stringContaining('is not known'),
    ]);
  });

  test('a range of a dashboard, unless Grafana makes it as long as it must be', () => {
    const dashboard = (expr: string) =>
      configMap('d', `d.json: '${JSON.stringify({ panels: [{ title: 'P', targets: [{ expr }] }] })}'`);
    const of = (expr: string) =>
      messages(
        'range-holds-samples',
        all(prometheus('scrape_interval: 4m', job('web'), rulesFile('up == 0')), web, dashboard(expr)),
      );
    expect(of('rate(http_requests_total[5m])')).toEqual([expect.stringContaining('dashboard d.json')]);
    for (const range of ['$__rate_interval', '$' + '{range}', '[range]'])
      expect(of(`rate(http_requests_total[${range}])`)).toEqual([]);
  });

  describe('of the operator', () => {
    const of = (...manifests: string[]) =>
      said('range-holds-samples', all(namespace, web, ...manifests)).map(
        ({ verdict, message }) => `${verdict} ${message}`,
      );
    const expr = 'rate(http_requests_total[1m])';
    test('by the interval of the monitor, of the Prometheus, or none', () => {
      expect(of(monitor('interval: 60s'), rule(expr))).toEqual([
        expect.stringMatching(/^fail .*PodMonitor\/shop\/web every 1m/),
      ]);
      expect(of(monitor('interval: 30s'), rule(expr))).toEqual([]);
      expect(of(monitor(''), operated('scrapeInterval: 60s'), rule(expr))).toHaveLength(1);
      expect(of(monitor('interval: 15s'), operated('scrapeInterval: 60s'), rule(expr))).toEqual([]);
      expect(of(monitor(''), operated(), rule(expr))).toEqual([]);
      expect(of(monitor(''), operated(), rule('rate(http_requests_total[45s])'))).toHaveLength(1);
    });
    test('of another Prometheus than the one that loads the rule nothing is said', () => {
      const other =
        '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: other, namespace: shop }, spec: { podMonitorSelector: { matchLabels: { a: b } }, ruleSelector: {}, scrapeInterval: 10s } }';
      expect(of(monitor('interval: 60s'), other, rule(expr))).toEqual([]);
    });
    test('where the job or its interval is not known it is open, if it would be wrong by default', () => {
      expect(of(monitor(''), rule('rate(http_requests_total[45s])'))).toEqual([
        expect.stringMatching(/^unknown .*which job brings it, and how often, is not known here/),
      ]);
      expect(of(operated('scrapeInterval: 60s'), rule('rate(foreign_total[1m])'))).toEqual([
        expect.stringMatching(/^unknown .*1m is the interval of most/),
      ]);
      expect(of(operated('scrapeInterval: 15s'), rule('rate(foreign_total[1m])'))).toEqual([]);
      expect(of(rule('rate(foreign_total[1m])'))).toEqual([]);
    });
  });
});

describe('interval-within-lookback', () => {
  const judged = (...manifests: string[]) => findings('interval-within-lookback', all(...manifests));
  const file = (global: string, jobs: string, rules = rulesFile('up == 0'), args = '') =>
    judged(prometheus(global, jobs, rules, args), web);

  test('a job of a file, by its own interval or the global one', () => {
    expect(file('scrape_interval: 30s', job('web', 'scrape_interval: 10m,'))).toEqual([
      'fail ConfigMap/shop/prometheus data["prometheus.yml"] = "10m"',
    ]);
    expect(file('scrape_interval: 301s', job('web'))).toEqual([
      'fail ConfigMap/shop/prometheus data["prometheus.yml"] = "301s"',
    ]);
    expect(file('scrape_interval: 10m', job('web', 'scrape_interval: 1m,'))).toEqual([]);
    expect(file('scrape_interval: 5m', job('web'))).toEqual([]);
  });
  test('as long as --query.lookback-delta says', () => {
    const slow = job('web', 'scrape_interval: 10m,');
    expect(file('', slow, undefined, '--query.lookback-delta=15m')).toEqual([]);
    expect(file('', job('web'), undefined, '--query.lookback-delta=30s')).toHaveLength(1);
    // What a variable says nobody knows.
    expect(file('', slow, undefined, '$(ARGS)')).toEqual([]);
  });
  test('objects of the operator, and monitors of a Prometheus that is not here', () => {
    const at = 'PodMonitor/shop/web spec.podMetricsEndpoints[0].interval = "6m"';
    expect(judged(monitor('interval: 6m'), operated())).toEqual([`fail ${at}`]);
    expect(judged(monitor('interval: 6m'))).toEqual([`unknown ${at}`]);
    expect(judged(monitor('interval: 6m'), operated('query: { lookbackDelta: 10m }'))).toEqual([]);
    expect(judged(monitor(''), operated('scrapeInterval: 1h'))).toEqual([
      'fail Prometheus/shop/main spec.scrapeInterval = "1h"',
    ]);
  });
  test('groups of rules that record, unless all who read it take a range', () => {
    const slow = (more = '', group = 'interval: 10m,') =>
      judged(operated(), rule('sum(x)', group, 'record: a:b'), more);
    const at = 'fail PrometheusRule/shop/r spec.groups[0].interval = "10m"';
    expect(slow('')).toEqual([at]);
    const reading = (expr: string) => rule(expr).replace('name: r,', 'name: other,');
    expect(slow(reading('a:b > 1'))).toEqual([at]);
    expect(slow(reading('last_over_time(a:b[20m]) > 1'))).toEqual([]);
    expect(slow(reading('last_over_time(a:b[1m]) > 1'))).toEqual([at]);
    expect(slow('', 'interval: 5m,')).toEqual([]);
    expect(judged(rule('sum(x)', 'interval: 10m,', 'record: a:b'))).toEqual([at.replace('fail', 'unknown')]);
    expect(judged(operated('evaluationInterval: 15m'), rule('sum(x)', '', 'record: a:b'))).toEqual([
      'fail Prometheus/shop/main spec.evaluationInterval = "15m"',
    ]);
    // An alert is no series that anybody has to see.
    expect(judged(operated(), rule('sum(x) > 1', 'interval: 10m,'))).toEqual([]);
  });
});

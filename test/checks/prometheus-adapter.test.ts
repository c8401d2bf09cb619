import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { all, messages, verdicts } from './judging';

const RESOLVES = 'adapter-rule-resolves';
const VALID = 'adapter-config-valid';
const UNIQUE = 'api-service-unique';

const apiService = (group: string, version: string, service = 'adapter') =>
  `{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: ${version}.${group} }, spec: { group: ${group}, version: ${version}, service: { name: ${service}, namespace: shop }, groupPriorityMinimum: 100, versionPriority: 100 } }`;

const indented = (text: string) => text.replace(/^(?=.)/gm, '    ');

const adapter = (config: string, image = 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0') =>
  all(
    apiService('custom.metrics.k8s.io', 'v1beta2'),
    apiService('external.metrics.k8s.io', 'v1beta1'),
    '{ apiVersion: v1, kind: Service, metadata: { name: adapter, namespace: shop }, spec: { selector: { app: adapter }, ports: [{ port: 443, targetPort: 6443 }] } }',
    `apiVersion: v1
kind: ConfigMap
metadata: { name: adapter, namespace: shop }
data:
  config.yaml: |
${indented(config)}`,
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: adapter, namespace: shop }
spec:
  selector: { matchLabels: { app: adapter } }
  template:
    metadata: { labels: { app: adapter } }
    spec:
      containers:
        - name: adapter
          image: ${image}
          args: [--config, /etc/adapter/config.yaml, '--prometheus-url=http://prometheus.shop.svc:9090/']
          volumeMounts: [{ name: config, mountPath: /etc/adapter }]
      volumes: [{ name: config, configMap: { name: adapter } }]`,
  );

const hpa = (metric: string) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, metrics: [${metric}] } }`;
const pods = (name: string) =>
  hpa(`{ type: Pods, pods: { metric: { name: ${name} }, target: { type: AverageValue, averageValue: '10' } } }`);
const external = (name: string) =>
  hpa(
    `{ type: External, external: { metric: { name: ${name} }, target: { type: AverageValue, averageValue: '10' } } }`,
  );
const object = (name: string, described: string) =>
  hpa(
    `{ type: Object, object: { metric: { name: ${name} }, describedObject: ${described}, target: { type: Value, value: '10' } } }`,
  );

const PODS_BY_LABELS = 'resources: { overrides: { namespace: { resource: namespace }, pod: { resource: pod } } }';
const RATE = 'metricsQuery: sum by (<<.GroupBy>>) (rate(<<.Series>>{<<.LabelMatchers>>}[2m]))';
const rule = (parts: readonly string[]) => `- ${parts.join('\n  ')}`;
const rules = (...parts: readonly string[]) => `rules:\n${rule(parts)}\n`;
const ofRequests = (...parts: readonly string[]) =>
  rules(`seriesQuery: 'http_requests_total{namespace!="",pod!=""}'`, ...parts);
const renamed = `name: { matches: '^(.*)_total$', as: '\${1}_per_second' }`;

const fails = (config: string, metric: string) => messages(RESOLVES, all(adapter(config), metric));

describe('a rule that gives the metric is found', () => {
  test.each<[string, string, string]>([
    ['by its series', ofRequests(PODS_BY_LABELS, RATE), pods('http_requests_total')],
    ['by one group', ofRequests(PODS_BY_LABELS, RATE, `name: { matches: '^(.*)_total$' }`), pods('http_requests')],
    ['by a new name', ofRequests(PODS_BY_LABELS, RATE, renamed), pods('http_requests_per_second')],
    ['by a fixed name', ofRequests(PODS_BY_LABELS, RATE, 'name: { as: hits }'), pods('hits')],
    [
      'among many series',
      rules(`seriesQuery: '{__name__=~"^http_.*",namespace!=""}'`, PODS_BY_LABELS, RATE, renamed),
      pods('http_requests_per_second'),
    ],
    [
      'by a template for resources',
      ofRequests('resources: { template: <<.Resource>> }', RATE, renamed),
      pods('http_requests_per_second'),
    ],
    [
      'for an Ingress, whose group nobody says',
      ofRequests(
        'resources: { overrides: { namespace: { resource: namespace }, ingress: { resource: ingress } } }',
        RATE,
      ),
      object('http_requests_total', '{ apiVersion: networking.k8s.io/v1, kind: Ingress, name: web }'),
    ],
    [
      'for a policy, by its plural',
      ofRequests(
        'resources: { overrides: { namespace: { resource: namespaces }, policy: { group: networking.k8s.io, resource: networkpolicies } } }',
        RATE,
      ),
      object('http_requests_total', '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, name: web }'),
    ],
    [
      'for a namespace, which is in none',
      ofRequests('resources: { overrides: { namespace: { resource: namespace } } }', RATE),
      object('http_requests_total', '{ apiVersion: v1, kind: Namespace, name: shop }'),
    ],
    [
      'for an object that the query names itself',
      ofRequests(
        'resources: { overrides: { namespace: { resource: namespace }, job: { resource: service } } }',
        `metricsQuery: 'label_replace(sum(rate(<<.Series>>{namespace="<<.LabelValuesByName.namespace>>"}[2m])), "job", "web", "", "")'`,
      ),
      object('http_requests_total', '{ apiVersion: v1, kind: Service, name: web }'),
    ],
    [
      'outside of namespaces',
      'externalRules:\n- seriesQuery: queue_length\n  resources: { namespaced: false }\n  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>})\n',
      external('queue_length'),
    ],
    [
      'by a group in the middle of a name that nobody can turn round',
      rules(`seriesQuery: '{namespace!=""}'`, PODS_BY_LABELS, RATE, `name: { matches: '^a(.*)b(.*)$', as: '$1$2' }`),
      pods('whatever'),
    ],
  ])('%s', (_, config, metric) => {
    expect(fails(config, metric)).toEqual([]);
    expect(messages(VALID, adapter(config))).toEqual([]);
  });
});

describe('a metric that no rule gives', () => {
  test.each<[string, string, string, string]>([
    [
      'is another one',
      ofRequests(PODS_BY_LABELS, RATE, renamed),
      pods('http_request_per_second'),
      'did you mean "http_requests_per_second"',
    ],
    [
      'is called as before it was renamed',
      ofRequests(PODS_BY_LABELS, RATE, renamed),
      pods('http_requests_total'),
      'none of the rules',
    ],
    [
      'has a name that Go reads otherwise',
      ofRequests(PODS_BY_LABELS, RATE, `name: { matches: '^(.*)_total$', as: '$1_per_second' }`),
      pods('http_requests_per_second'),
      'none of the rules',
    ],
    [
      'is filtered out',
      ofRequests(PODS_BY_LABELS, RATE, `seriesFilters: [{ isNot: '_total$' }]`),
      pods('http_requests_total'),
      'none of the rules',
    ],
    [
      'is not among the series',
      rules(`seriesQuery: '{__name__=~"^grpc_.*",namespace!=""}'`, PODS_BY_LABELS, RATE, renamed),
      pods('http_requests_per_second'),
      'none of the rules',
    ],
    [
      'has a name that the expression matches in part',
      rules(`seriesQuery: '{__name__=~"http",namespace!=""}'`, PODS_BY_LABELS, RATE, renamed),
      pods('http_requests_per_second'),
      'none of the rules',
    ],
    [
      'is excluded by name',
      rules(`seriesQuery: '{__name__!="http_requests_total",namespace!=""}'`, PODS_BY_LABELS, RATE),
      pods('http_requests_total'),
      'none of the rules',
    ],
    [
      'is an external one',
      'externalRules:\n- seriesQuery: queue_length\n  resources: { namespaced: false }\n  metricsQuery: sum(<<.Series>>)\n',
      pods('queue_length'),
      'among the externalRules',
    ],
    ['is a custom one', ofRequests(PODS_BY_LABELS, RATE), external('http_requests_total'), 'among the rules of'],
    [
      'is for pods without their label',
      ofRequests('resources: { overrides: { namespace: { resource: namespace } } }', RATE),
      pods('http_requests_total'),
      'no label that stands for pods',
    ],
    [
      'is for pods without a namespace',
      ofRequests('resources: { overrides: { pod: { resource: pod } } }', RATE),
      pods('http_requests_total'),
      'no label that stands for namespaces',
    ],
    [
      'is for series without pods',
      rules(`seriesQuery: 'http_requests_total{pod=""}'`, PODS_BY_LABELS, RATE),
      pods('http_requests_total'),
      'series without the label pod',
    ],
    [
      'is for another kind of object',
      ofRequests(PODS_BY_LABELS, RATE),
      object('http_requests_total', '{ apiVersion: v1, kind: Service, name: web }'),
      'no label that stands for services',
    ],
    [
      'is for a kind of another group',
      ofRequests(
        'resources: { overrides: { namespace: { resource: namespace }, ingress: { group: extensions, resource: ingress } } }',
        RATE,
      ),
      object('http_requests_total', '{ apiVersion: networking.k8s.io/v1, kind: Ingress, name: web }'),
      'no label that stands for ingresses',
    ],
    [
      'loses its label',
      ofRequests(PODS_BY_LABELS, 'metricsQuery: sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m]))'),
      pods('http_requests_total'),
      'drops the label pod',
    ],
    [
      'only grows',
      ofRequests(PODS_BY_LABELS, 'metricsQuery: sum by (<<.GroupBy>>) (<<.Series>>{<<.LabelMatchers>>})'),
      pods('http_requests_total'),
      'only grows',
    ],
    [
      'is asked for in braces',
      ofRequests(PODS_BY_LABELS, 'metricsQuery: sum by ({{.GroupBy}}) (rate({{.Series}}[2m]))'),
      pods('http_requests_total'),
      'Prometheus refuses',
    ],
    [
      'is asked for by a field that is not there',
      ofRequests(PODS_BY_LABELS, 'metricsQuery: sum by (<<.GroupBy>>) (rate(<<.Series>>{<<.Labels>>}[2m]))'),
      pods('http_requests_total'),
      'asks for .Labels',
    ],
    [
      'is external, in a namespace that no label names',
      'externalRules:\n- seriesQuery: queue_length\n  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>})\n',
      external('queue_length'),
      'namespaced: false',
    ],
  ])('%s', (_, config, metric, reason) => {
    const said = fails(config, metric);
    expect(said).toEqual([expect.stringContaining(reason)]);
    expect(said[0]).toContain('the rules are in ConfigMap/shop/adapter');
  });

  test('has a series that workloads of its kind do not declare', () => {
    const declared = `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, annotations: { strata/metrics: 'http_request_total, http_errors_total' } }, spec: { ports: [{ port: 80 }] } }`;
    const config = ofRequests(PODS_BY_LABELS, RATE, renamed);
    const metric = pods('http_requests_per_second');
    expect(messages(RESOLVES, all(adapter(config), metric, declared))).toEqual([
      expect.stringContaining('did you mean "http_request_total"'),
    ]);
  });

  test('is worked out of a series that workloads of its kind do not declare', () => {
    const declared = `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, annotations: { strata/metrics: http_requests_total } }, spec: { ports: [{ port: 80 }] } }`;
    const config = (metric: string) =>
      rules(
        `seriesQuery: 'up{namespace!="",pod!=""}'`,
        PODS_BY_LABELS,
        `metricsQuery: sum by (<<.GroupBy>>) (rate(${metric}{<<.LabelMatchers>>}[2m])) or 0 * sum by (<<.GroupBy>>) (up{<<.LabelMatchers>>})`,
        'name: { as: hits }',
      );
    const judged = (metric: string) => messages(RESOLVES, all(adapter(config(metric)), pods('hits'), declared)).join();
    expect(judged('http_requests_total')).toBe('');
    expect(judged('http_request_total')).toContain(
      'the metricsQuery of the rule for hits reads http_request_total, which is not among the declared metrics',
    );
    // Of another family nobody says anything.
    expect(judged('queue_requests_total')).toBe('');
  });
  test('is 0 by a part that drops the label of the pod', () => {
    const judged = (zero: string) =>
      fails(
        ofRequests(
          PODS_BY_LABELS,
          `metricsQuery: sum by (<<.GroupBy>>) (rate(<<.Series>>{<<.LabelMatchers>>}[2m])) or 0 * ${zero}`,
          renamed,
        ),
        pods('http_requests_per_second'),
      ).join();
    expect(judged('sum by (<<.GroupBy>>) (up{<<.LabelMatchers>>})')).toBe('');
    expect(judged('sum(up{<<.LabelMatchers>>})')).toContain(
      'a part of the metricsQuery of the rule for http_requests_per_second drops the label',
    );
    expect(judged('up{<<.LabelMatchers>>} or sum by (job) (up{<<.LabelMatchers>>})')).toContain('drops the label');
    expect(judged('up{<<.LabelMatchers>>}')).toBe('');
  });
  test('comes from a job that Prometheus does not scrape', () => {
    const prometheus = (job: string) =>
      all(
        '{ apiVersion: v1, kind: Service, metadata: { name: prometheus, namespace: shop }, spec: { selector: { app: prometheus }, ports: [{ port: 9090 }] } }',
        `apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs: [{ job_name: ${job}, static_configs: [{ targets: ['web:80'] }] }]`,
        `apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]`,
      );
    const config = rules(`seriesQuery: 'http_requests_total{job="web"}'`, PODS_BY_LABELS, RATE);
    const judged = (job: string) =>
      messages(RESOLVES, all(adapter(config), pods('http_requests_total'), prometheus(job)));
    expect(judged('web')).toEqual([]);
    expect(judged('wbe')).toEqual([
      expect.stringContaining('job web, which Prometheus does not scrape (it scrapes: wbe)'),
    ]);
  });
});

test('of several rules about one metric one that serves it is enough', () => {
  const both = `${ofRequests('resources: { overrides: { namespace: { resource: namespace } } }', RATE)}${rule([`seriesQuery: 'http_requests_total{pod!=""}'`, PODS_BY_LABELS, RATE])}\n`;
  expect(fails(both, pods('http_requests_total'))).toEqual([]);
});

test('what another program serves is not judged by the rules', () => {
  const other = adapter(ofRequests(PODS_BY_LABELS, RATE), 'ghcr.io/kedacore/keda-metrics-apiserver:2.21.0');
  expect(messages(RESOLVES, all(other, pods('nothing')))).toEqual([]);
  const elsewhere = adapter(ofRequests(PODS_BY_LABELS, RATE)).replaceAll(
    'service: { name: adapter',
    'service: { name: keda',
  );
  expect(messages(RESOLVES, all(elsewhere, pods('nothing')))).toEqual([]);
});

describe('a configuration that the adapter refuses', () => {
  test.each<[string, string, string]>([
    [
      'a field of another name',
      ofRequests(PODS_BY_LABELS, 'metricQuery: sum(x)'),
      'rules[0] has no field metricQuery; did you mean "metricsQuery"',
    ],
    [
      'a list of another name',
      ofRequests(PODS_BY_LABELS, RATE).replace('rules:', 'rule:'),
      'the file has no field rule; did you mean "rules"',
    ],
    [
      'an override of another name',
      ofRequests('resources: { overrides: { pod: { kind: pod } } }', RATE),
      'overrides.pod has no field kind',
    ],
    ['a name of another field', ofRequests(PODS_BY_LABELS, RATE, 'name: { match: x }'), 'name has no field match'],
    ['no YAML', 'rules: [\n', 'no YAML'],
    [
      'an expression that Go does not know',
      ofRequests(PODS_BY_LABELS, RATE, `name: { matches: '^(?!x)' }`),
      'no regular expression of Go',
    ],
    ['a filter that does nothing', ofRequests(PODS_BY_LABELS, RATE, 'seriesFilters: [{}]'), 'and not none'],
    [
      'a filter that does both',
      ofRequests(PODS_BY_LABELS, RATE, 'seriesFilters: [{ is: a, isNot: b }]'),
      'and not both',
    ],
    [
      'a template without resources',
      ofRequests(`resources: { template: 'kube_<<.Group>>' }`, RATE),
      'does not say <<.Resource>>',
    ],
    [
      'series that Prometheus refuses',
      rules(`seriesQuery: 'http_requests_total{pod}'`, PODS_BY_LABELS, RATE),
      'Prometheus refuses the seriesQuery',
    ],
    [
      'series that are a query',
      rules(`seriesQuery: 'sum(http_requests_total)'`, PODS_BY_LABELS, RATE),
      'no selector of series',
    ],
    ['no query', ofRequests(PODS_BY_LABELS), 'has no metricsQuery'],
  ])('by %s', (_, config, reason) => {
    expect(messages(VALID, adapter(config))).toEqual([expect.stringContaining(reason)]);
  });
});

describe('its own example', () => {
  const sample = readFileSync(join(__dirname, 'prometheus-adapter/sample-config.yaml'), 'utf8');
  // Double quotes within double quotes.
  const mended = sample.replace(/^(\s*metricsQuery: )"(.*)"$/gm, "$1'$2'");

  test('is no YAML as it is printed, and is right when it is', () => {
    expect(messages(VALID, adapter(sample))).toEqual([expect.stringContaining('it is no YAML')]);
    expect(fails(sample, pods('nothing'))).toEqual([]);
    expect(messages(VALID, adapter(mended))).toEqual([]);
  });

  test.each([pods('cpu_usage'), pods('fs_reads'), pods('http_requests'), pods('anything'), external('queue_depth')])(
    'serves %s',
    (metric) => {
      expect(fails(mended, metric)).toEqual([]);
    },
  );

  test('has a rule for queries that fails in every namespace', () => {
    // Read in `pkg/naming/metrics_query.go`: the namespace of whoever asks has no label there.
    expect(fails(mended, external('queue_consumer_lag'))).toEqual([expect.stringContaining('namespaced: false')]);
  });
});

describe('an API with two owners', () => {
  const here = apiService('external.metrics.k8s.io', 'v1beta1');
  const keda = apiService('external.metrics.k8s.io', 'v1beta1', 'keda');

  test.each([
    ['both here', all(here, keda), {}],
    ['one in the cluster', here, { facts: keda }],
    ['one declared', here, { declared: keda }],
  ])('is found: %s', (_, manifests, surroundings) => {
    expect(verdicts(UNIQUE, manifests, surroundings)).toEqual(['fail spec.service']);
  });

  test.each([
    ['the same twice', all(here, here), {}],
    ['the cluster has the same', here, { facts: here }],
    ['the cluster says nothing of who serves it', here, { facts: keda.replace(/service: \{[^}]*\},/, '') }],
    ['another version', all(here, apiService('external.metrics.k8s.io', 'v1beta2', 'keda')), {}],
  ])('is none: %s', (_, manifests, surroundings) => {
    expect(verdicts(UNIQUE, manifests, surroundings)).toEqual([]);
  });
});

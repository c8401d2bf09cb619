import { all, configMap, findings, namespace, said, service, workload } from '../judging';

describe('the Alertmanager that a Prometheus of the operator names', () => {
  const prometheus = (entry: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { alerting: { alertmanagers: [${entry}] } } }`;
  const judged = (entry: string, ports = 'ports: [{ name: web, port: 9093, targetPort: 8080 }]') =>
    findings(
      'monitoring-stack-complete',
      all(
        namespace,
        service(`selector: { app: alertmanager }, ${ports}`, 'alertmanager'),
        workload({ name: 'alertmanager', container: 'ports: [{ containerPort: 8080 }, { containerPort: 9094 }]' }),
        prometheus(entry),
      ),
    );
  const at = 'fail Prometheus/shop/main spec.alerting.alertmanagers[0]';
  test.each(['web', '8080', '9094'])(
    'has port %s: the name of a port of the Service, or the number of one that the pods declare',
    (port) => expect(judged(`{ name: alertmanager, port: ${port} }`)).toEqual([]),
  );
  test('has no other port', () => {
    expect(judged('{ name: alertmanager, port: wbe }')).toEqual([`${at}.port = "wbe"`]);
    // The operator keeps targets by the number of the container's port, not by that of the Service.
    expect(judged('{ name: alertmanager, port: 9093 }')).toEqual([`${at}.port = 9093`]);
    expect(judged('{ name: alertmanager, port: 9095 }')).toEqual([`${at}.port = 9095`]);
    // Names of the container are not those of the endpoints.
    expect(judged("{ name: alertmanager, port: '9093' }")).toEqual([`${at}.port = "9093"`]);
  });
  test('may have any port where its Service lists none, as a headless one may', () => {
    for (const ports of ['clusterIP: None', 'clusterIP: None, ports: []', 'ports: null'])
      expect(judged('{ name: alertmanager, port: web }', ports)).toEqual([]);
  });
  test.each(['{ name: alertmanager }', '{ port: web }', '{}', 'null', 'alertmanager', "{ name: '', port: web }"])(
    'is not judged where it is not named, or without a port: %s',
    (entry) => expect(judged(entry)).toEqual([]),
  );
  test('exists', () => {
    expect(judged('{ name: alertmanger, port: web }')).toEqual([`${at}.name = "alertmanger"`]);
    expect(judged('{ name: alertmanager, namespace: shop, port: web }')).toEqual([]);
    expect(judged('{ name: alertmanager, namespace: other, port: web }')).toEqual([
      `${at}.name = "alertmanager"`.replace('fail', 'unknown'),
    ]);
  });
});

describe('what metrics-server is told of the certificates of kubelets', () => {
  const facts =
    "{ apiVersion: v1, kind: Node, metadata: { name: a }, spec: { providerID: 'kind://docker/kind/kind-control-plane' }, status: { nodeInfo: { kubeletVersion: v1.35.0 } } }";
  const server = (fields: string, pod = '') =>
    workload({
      name: 'metrics-server',
      pod,
      containers: `{ name: m, image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0', ${fields} }`,
    });
  const judged = (...given: Parameters<typeof server>) =>
    findings('metrics-server-trusts-kubelets', server(...given), { facts });
  const at = 'fail Deployment/shop/metrics-server spec.template.spec.containers[0]';
  test.each([
    "command: [/metrics-server, '--kubelet-insecure-tls']",
    "command: [/metrics-server], args: ['--kubelet-insecure-tls']",
    "args: ['--secure-port=1', '--kubelet-insecure-tls=true']",
    "command: [/metrics-server, '--kubelet-certificate-authority', /ca.crt]",
    "args: ['--deprecated-kubelet-completely-insecure']",
    // A shell or a variable may say so.
    "command: [sh, -c, 'exec /metrics-server --secure-port=1']",
    "args: ['$(FLAGS)']",
  ])('stands in the command or the arguments: %s', (fields) => expect(judged(fields)).toEqual([]));
  test.each([
    ['command: [/metrics-server]', ' = "m"'],
    ["command: [/metrics-server], args: ['--secure-port=1']", '.args = ["--secure-port=1"]'],
    ["args: ['--kubelet-insecure-tls=false']", '.args = ["--kubelet-insecure-tls=false"]'],
    ["args: ['--no-kubelet-insecure-tls']", '.args = ["--no-kubelet-insecure-tls"]'],
    ['resources: {}', ' = "m"'],
  ])('or is missing: %s', (fields, place) => expect(judged(fields)).toEqual([at + place]));
});

describe('the pod that asks a data source', () => {
  const id = 'datasource-resolves';
  const source = (url: string) =>
    configMap(
      'sources',
      `a.yaml: ${JSON.stringify(`{ apiVersion: 1, datasources: [{ name: Metrics, type: prometheus, url: '${url}' }] }`)}`,
    );
  const running = (image: string, name = 'grafana', place = 'shop') =>
    workload({ name, containers: `{ name: g, image: '${image}' }` }).replaceAll(
      'namespace: shop',
      `namespace: ${place}`,
    );
  const web = service('selector: { app: web }, ports: [{ name: http, port: 80 }, { port: 9090 }]', 'prometheus');
  const judged = (url: string, ...more: string[]) =>
    said(id, all(namespace, web, source(url), ...more)).map(({ verdict, value }) => `${verdict} ${String(value)}`);
  const misspelt = 'http://promtheus:9090';

  test.each([
    'grafana/grafana:11.0.0',
    'grafana/grafana',
    'grafana/grafana-oss:11.0.0',
    'docker.io/grafana/grafana-enterprise@sha256:0a',
    'grafana:11',
  ])('runs the image %s', (image) => expect(judged(misspelt, running(image))).toEqual([`fail ${misspelt}`]));
  test.each([
    'grafana/loki:3',
    'grafana/grafana-image-renderer:1',
    'my-grafana:1',
    'nginx:1',
    'grafana/grafana/other:1',
  ])('does not run the image %s', (image) => expect(judged(misspelt, running(image))).toEqual([]));
  test('is the one of the namespace, or the only one', () => {
    const elsewhere = running('grafana/grafana:11', 'grafana', 'monitoring');
    // From another namespace the name means a Service of that one.
    expect(judged('http://prometheus:9090', elsewhere)).not.toEqual([]);
    expect(judged('http://prometheus:9090', elsewhere, running('grafana/grafana:11'))).toEqual([]);
    expect(judged(misspelt, elsewhere, running('grafana/grafana:11', 'second', 'blog'))).toEqual([]);
  });
  test.each([
    ['http://prometheus.shop', []],
    ['http://prometheus.shop:80/api', []],
    ['http://prometheus.shop:9090', []],
    ['https://prometheus.shop:9090', []],
    ['https://prometheus.shop', ['443']],
    ['http://prometheus.shop:8080', ['8080']],
  ])('connects to the port of the URL, or to that of its scheme: %s', (url, missing) =>
    expect(
      said(id, all(namespace, web, source(url))).map(({ message }) => /has no port (\d+) /.exec(message)?.[1]),
    ).toEqual(missing),
  );
});

test('a query that names a job alone, or series by a pattern, names no metric', () => {
  const rules = (expr: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: 'jobs:up', expr: up }, { record: 'plain', expr: up }, { alert: A, expr: ${JSON.stringify(expr)} }] }] } }`;
  for (const expr of ['count({job="web"})', 'count({__name__=~"web_.*"})', 'jobs:up > 1', 'plain > 1'])
    expect(findings('metric-exists', all(namespace, rules(expr)))).toEqual([]);
  expect(findings('metric-exists', all(namespace, rules('count({job="web"}) + jobs:gone')))).toEqual([
    'unknown PrometheusRule/shop/r spec.groups[0].rules[2].expr = "count({job=\\"web\\"}) + jobs:gone"',
  ]);
});

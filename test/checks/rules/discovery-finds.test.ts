import { all, configMap, findings, messages, namespace, service, workload } from '../judging';

const web = workload({
  container: 'ports: [{ name: http, containerPort: 8080 }, { name: metrics, containerPort: 9102 }]',
});
const behind = service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]');
const prometheus = (job: string) =>
  all(
    namespace,
    configMap('config', `prometheus.yml: ${JSON.stringify(`{ scrape_configs: [{ job_name: web, ${job} }] }`)}`),
    workload({
      name: 'prometheus',
      pod: 'volumes: [{ name: c, configMap: { name: config } }]',
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
    }),
  );
const discovery = (role: string, more = 'namespaces: { names: [shop] }') =>
  `kubernetes_sd_configs: [{ role: ${role}, ${more} }]`;
const keep = (source: string, regex: string, action = 'keep') =>
  `relabel_configs: [{ action: ${action}, source_labels: [__meta_kubernetes_${source}], regex: '${regex}' }]`;
const judged = (job: string, ...more: readonly string[]) =>
  findings('discovery-finds', all(prometheus(job), web, behind, ...more));
const FAIL = ['fail ConfigMap/shop/config data["prometheus.yml"] = "web"'];
const UNKNOWN = ['unknown ConfigMap/shop/config data["prometheus.yml"] = "web"'];

describe('a discovery finds something', () => {
  test.each([
    ['pod', 'pod_container_port_number', '9102', '9103'],
    ['pod', 'pod_container_port_name', 'metrics', 'metric'],
    ['pod', 'pod_label_app', 'web', 'wbe'],
    ['endpointslice', 'service_name', 'web', 'wbe'],
    ['endpoints', 'endpoint_port_name', 'http', 'https'],
    ['service', 'service_port_name', 'http', 'metrics'],
    ['pod', 'namespace', 'shop', 'shpo'],
  ])('role %s by %s', (role, source, right, wrong) => {
    expect(judged(`${discovery(role)}, ${keep(source, right)}`)).toEqual([]);
    expect(judged(`${discovery(role)}, ${keep(source, wrong)}`)).toEqual(FAIL);
  });
  test('by its namespaces and selectors', () => {
    expect(judged(discovery('pod'))).toEqual([]);
    expect(judged(discovery('pod', 'namespaces: { names: [shpo] }'))).toEqual(FAIL);
    expect(judged(discovery('pod', 'namespaces: { own_namespace: true }'))).toEqual([]);
    const selected = (label: string) =>
      judged(discovery('pod', `namespaces: { names: [shop] }, selectors: [{ role: pod, label: '${label}' }]`));
    expect(selected('app=web')).toEqual([]);
    expect(selected('app=wbe')).toEqual(FAIL);
    expect(selected('app in (web,other)')).toEqual([]);
    expect(selected('app!=web,app!=prometheus')).toEqual(FAIL);
  });
  test('and says what it looked at', () => {
    const job = `${discovery('pod')}, ${keep('pod_container_port_name', 'metric')}`;
    expect(messages('discovery-finds', all(prometheus(job), web)).join()).toContain(
      'keep metric of __meta_kubernetes_pod_container_port_name leaves no pod in namespace shop (they have: nothing, http, metrics); did you mean "metrics"?',
    );
  });
  test('what drops everything leaves nothing, too', () => {
    expect(judged(`${discovery('pod')}, ${keep('namespace', 'shop', 'drop')}`)).toEqual(FAIL);
    expect(judged(`${discovery('pod')}, ${keep('pod_label_app', 'prometheus', 'drop')}`)).toEqual([]);
  });
  test('one of several discoveries is enough for the rules, and each has its namespaces', () => {
    const two = (name: string) =>
      `kubernetes_sd_configs: [{ role: pod, namespaces: { names: [shop] } }, { role: service, namespaces: { names: [${name}] } }]`;
    expect(judged(`${two('shop')}, ${keep('pod_container_port_name', 'metrics')}`)).toEqual([]);
    expect(judged(`${two('shop')}, ${keep('pod_container_port_name', 'metric')}`)).toEqual(FAIL);
    expect(judged(two('shpo'))).toEqual(FAIL);
  });
});

describe('it is not told', () => {
  test('where more may stand elsewhere', () => {
    const wrong = `${discovery('pod', '')}, ${keep('pod_container_port_number', '9103')}`;
    expect(judged(wrong)).toEqual(UNKNOWN);
    expect(findings('discovery-finds', all(prometheus(wrong), web), { complete: true })).toEqual(FAIL);
    expect(judged(discovery('pod', 'namespaces: { names: [bank] }'))).toEqual(UNKNOWN);
    expect(judged(discovery('service', 'namespaces: { names: [kube-system] }'))).toEqual(UNKNOWN);
  });
  test('where an operator may make it', () => {
    const database = '{ apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: { name: pg, namespace: shop } }';
    const selected = discovery(
      'pod',
      "namespaces: { names: [shop] }, selectors: [{ role: pod, label: 'cnpg.io/cluster=pg' }]",
    );
    expect(judged(selected)).toEqual(FAIL);
    expect(judged(selected, database)).toEqual(UNKNOWN);
  });
  test('of what pods ask for themselves', () => {
    const annotated = keep('pod_annotation_prometheus_io_scrape', 'true');
    expect(judged(`${discovery('pod')}, ${annotated}`)).toEqual([]);
    expect(judged(`${discovery('pod')}, ${keep('pod_label_scrape', 'true')}`)).toEqual([]);
    expect(judged(`${discovery('pod')}, ${keep('pod_label_scrape', 'web')}`)).toEqual(FAIL);
  });
  test('of nodes, of other clusters, of the API server and of endpoints that are written by hand', () => {
    expect(judged(discovery('node', ''))).toEqual([]);
    expect(judged(discovery('pod', "api_server: 'https://other', namespaces: { names: [shpo] }"))).toEqual([]);
    const apiServers =
      "kubernetes_sd_configs: [{ role: endpoints }], relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_namespace, __meta_kubernetes_service_name, __meta_kubernetes_endpoint_port_name], regex: 'default;kubernetes;https' }]";
    expect(judged(apiServers)).toEqual([]);
    const manual = all(
      service('ports: [{ name: metrics, port: 9100 }]', 'hosts'),
      '{ apiVersion: v1, kind: Endpoints, metadata: { name: hosts, namespace: shop }, subsets: [{ addresses: [{ ip: 10.0.0.1 }], ports: [{ name: metrics, port: 9100 }] }] }',
    );
    expect(judged(`${discovery('endpoints')}, ${keep('service_name', 'hosts')}`, manual)).toEqual([]);
  });
});

test('a ScrapeConfig of the operator', () => {
  const config = (regex: string, place = 'shop') =>
    `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: ScrapeConfig, metadata: { name: web, namespace: shop }, spec: { kubernetesSDConfigs: [{ role: Pod, namespaces: { names: [${place}] } }], relabelings: [{ action: keep, sourceLabels: [__meta_kubernetes_pod_container_port_number], regex: '${regex}' }] } }`;
  const found = (text: string) => findings('discovery-finds', all(namespace, web, text));
  expect(found(config('9102'))).toEqual([]);
  const place = 'fail ScrapeConfig/shop/web spec.kubernetesSDConfigs[0] =';
  expect(found(config('9103'))).toEqual([expect.stringContaining(place)]);
  expect(found(config('9102', 'shpo'))).toEqual([expect.stringContaining(place)]);
});

import { all, messages, namespace, verdicts, workload } from './judging';

const ID = 'scrape-permitted';
const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const GROUP = 'apiVersion: monitoring.coreos.com/v1';
const TOKEN = 'credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token';
const granted = (rule: string) =>
  all(
    `{ ${RBAC}, kind: ClusterRole, metadata: { name: p }, rules: [{ ${rule} }] }`,
    `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: p }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: p }, subjects: [{ kind: ServiceAccount, name: prometheus, namespace: shop }] }`,
  );
const resources = (name: string, verbs = 'get') =>
  granted(`apiGroups: [''], resources: ['${name}'], verbs: [${verbs}]`);
const urls = (url: string, verbs = 'get') => granted(`nonResourceURLs: ['${url}'], verbs: [${verbs}]`);
const configured = (job: string) =>
  all(
    namespace,
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(`scrape_configs: [{ job_name: kubelet, ${job} }]`)} } }`,
    workload({
      name: 'prometheus',
      pod: 'serviceAccountName: prometheus, volumes: [{ name: c, configMap: { name: config } }]',
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
    }),
  );
const nodes = (more = '', authorization = TOKEN) =>
  configured(`scheme: https, authorization: { ${authorization} }, kubernetes_sd_configs: [{ role: node }] ${more}`);
const FAIL = ['fail data["prometheus.yml"]'];
const judged = (...manifests: readonly string[]) => verdicts(ID, all(...manifests));

/** `NodeRequestAttributes` of pkg/kubelet/server/auth.go. */
test.each([
  ['', 'nodes/metrics', 'nodes/stats'],
  ['metrics_path: /metrics/cadvisor', 'nodes/metrics', 'nodes/proxy'],
  ['metrics_path: /stats/summary', 'nodes/stats', 'nodes/metrics'],
  ['metrics_path: /metricsbut', 'nodes/proxy', 'nodes/metrics'],
  ['metrics_path: /pods', 'nodes/proxy', 'nodes/metrics'],
  ['', '*', 'nodes'],
  ['', '*/metrics', '*/stats'],
  [
    "relabel_configs: [{ target_label: __address__, replacement: '$1:10250', source_labels: [a] }]",
    'nodes/metrics',
    'nodes/proxy',
  ],
  [
    "relabel_configs: [{ target_label: __address__, replacement: 'kubernetes.default.svc:443' }, { target_label: __metrics_path__, source_labels: [a], replacement: '/api/v1/nodes/$1/proxy/metrics' }]",
    'nodes/proxy',
    'nodes/metrics',
  ],
])('a job of nodes { %s } needs get on %s, not %s', (more, enough, other) => {
  const job = nodes(more && `, ${more}`);
  expect(judged(job, resources(enough))).toEqual([]);
  expect(judged(job, resources(other))).toEqual(FAIL);
  expect(judged(job, resources(enough, 'list'))).toEqual(FAIL);
});
test.each([
  [
    'no kubelet',
    "kubernetes_sd_configs: [{ role: node }], relabel_configs: [{ target_label: __address__, replacement: '$1:9100' }]",
  ],
  [
    'a path that nobody knows',
    'kubernetes_sd_configs: [{ role: node }], relabel_configs: [{ target_label: __metrics_path__, source_labels: [a] }]',
  ],
  ['pods', 'kubernetes_sd_configs: [{ role: pod }]'],
  ['another cluster', "kubernetes_sd_configs: [{ role: node, api_server: 'https://other' }]"],
])('%s needs nothing', (_, job) => expect(judged(configured(`authorization: { ${TOKEN} }, ${job}`))).toEqual([]));
test('another token is another account', () => expect(judged(nodes('', 'credentials_file: /etc/token'))).toEqual([]));
test('bearer_token_file says the same', () => {
  const job = configured(
    'bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token, kubernetes_sd_configs: [{ role: node }]',
  );
  expect(judged(job)).toEqual(FAIL);
  expect(judged(job, resources('nodes/metrics'))).toEqual([]);
});
describe('a job of API servers', () => {
  const job = configured(
    `authorization: { ${TOKEN} }, kubernetes_sd_configs: [{ role: endpointslice }], relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_namespace, __meta_kubernetes_service_name], regex: default;kubernetes }]`,
  );
  test.each(['/metrics', '/metrics*', '*'])('may get %s', (url) => expect(judged(job, urls(url))).toEqual([]));
  test.each(['/metrics/*', '/healthz'])('may get %s, which is not enough', (url) =>
    expect(judged(job, urls(url))).toEqual(FAIL),
  );
  test('needs the verb, and a role of the cluster', () => {
    expect(judged(job, urls('/metrics', 'post'))).toEqual(FAIL);
    expect(judged(job, resources('*', "'*'"))).toEqual(FAIL);
    expect(
      judged(
        job,
        urls('/metrics').replace(
          'ClusterRoleBinding, metadata: { name: p',
          'RoleBinding, metadata: { namespace: shop, name: p',
        ),
      ),
    ).toEqual(FAIL);
  });
  test('may have its address written down', () => {
    const fixed = configured(
      `authorization: { ${TOKEN} }, static_configs: [{ targets: ['kubernetes.default.svc:443'] }]`,
    );
    expect(judged(fixed)).toEqual(FAIL);
    expect(judged(fixed, urls('/metrics'))).toEqual([]);
  });
});
describe('of the operator', () => {
  const prometheus = `{ ${GROUP}, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { serviceAccountName: prometheus, serviceMonitorSelector: {} } }`;
  const monitor = (endpoint: string, labels = 'k8s-app: kubelet', place = 'kube-system') =>
    `{ ${GROUP}, kind: ServiceMonitor, metadata: { name: m, namespace: shop }, spec: { selector: { matchLabels: { ${labels} } }, namespaceSelector: { matchNames: [${place}] }, endpoints: [{ ${endpoint} }] } }`;
  const token = 'bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token';
  const judge = (...manifests: readonly string[]) => judged(namespace, prometheus, ...manifests);
  test('a ServiceMonitor of kubelets is judged by the account of the Prometheus that selects it', () => {
    const kubelets = monitor(`port: https-metrics, ${token}, path: /metrics/cadvisor`);
    expect(judge(kubelets)).toEqual(['fail spec.endpoints[0]']);
    expect(judge(kubelets, resources('nodes/metrics'))).toEqual([]);
    expect(judge(monitor(`port: http-metrics, ${token}`))).toEqual([]);
    expect(judge(monitor('port: https-metrics'))).toEqual([]);
    expect(judge(monitor(`port: web, ${token}`, 'app: web'))).toEqual([]);
    expect(judged(namespace, prometheus.replace('serviceMonitorSelector: {}', 'ruleSelector: {}'), kubelets)).toEqual(
      [],
    );
  });
  test('a Service of the kubelets that is declared is found by its labels', () => {
    const declared =
      '{ apiVersion: v1, kind: Service, metadata: { name: kubelet, namespace: kube-system, labels: { k8s-app: kubelet } }, spec: { ports: [{ name: https-metrics, port: 10250 }] } }';
    const manifests = all(namespace, prometheus, monitor(`port: https-metrics, ${token}`));
    expect(verdicts(ID, manifests, { declared })).toEqual(['fail spec.endpoints[0]']);
    // One with a selector leads to pods that are only called so.
    expect(verdicts(ID, manifests, { declared: declared.replace('spec: {', 'spec: { selector: { a: b },') })).toEqual(
      [],
    );
  });
  test('one of API servers needs the path', () => {
    const api = monitor(`port: https, ${token}`, 'component: apiserver, provider: kubernetes', 'default');
    expect(judge(api, resources('nodes/metrics'))).toEqual(['fail spec.endpoints[0]']);
    expect(judge(api, urls('/metrics'))).toEqual([]);
  });
  test('a ScrapeConfig says who it is by a Secret of an account', () => {
    const config =
      '{ apiVersion: monitoring.coreos.com/v1alpha1, kind: ScrapeConfig, metadata: { name: c, namespace: shop }, spec: { kubernetesSDConfigs: [{ role: Node }], authorization: { credentials: { name: token, key: token } } } }';
    const secret =
      '{ apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: { name: token, namespace: shop, annotations: { kubernetes.io/service-account.name: prometheus } } }';
    expect(judge(config, secret)).toEqual(['fail spec']);
    expect(judge(config, secret, resources('nodes/metrics'))).toEqual([]);
    expect(judge(config)).toEqual([]);
  });
});
test('rights that may stand elsewhere make it unknown', () => {
  const alone = nodes().replace(namespace, '');
  expect(judged(alone)).toEqual(['unknown data["prometheus.yml"]']);
  expect(messages(ID, nodes())[0]).toBe(
    'ServiceAccount shop/prometheus may not get nodes/metrics: the kubelet refuses job kubelet with 403 and its targets are down (up is 0)',
  );
  const builtIn = all(
    `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: p }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:monitoring' }, subjects: [{ kind: ServiceAccount, name: prometheus, namespace: shop }] }`,
  );
  expect(judged(nodes(), builtIn)).toEqual([]);
});

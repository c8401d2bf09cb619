import { all, said, verdicts, workload } from './judging';

const ID = 'discovery-permitted';
const prometheus = (config: string, pod = 'serviceAccountName: prometheus,') =>
  all(
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(config)} } }`,
    workload({
      name: 'prometheus',
      pod: `${pod} volumes: [{ name: c, configMap: { name: config } }]`,
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
    }),
  );
const discovering = (discovery: string) =>
  prometheus(`scrape_configs: [{ job_name: a, kubernetes_sd_configs: [{ ${discovery} }] }]`);
const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const role = (rules: string, kind = 'ClusterRole', namespace = '') =>
  `{ ${RBAC}, kind: ${kind}, metadata: { name: discovery${namespace ? `, namespace: ${namespace}` : ''} }, rules: [${rules}] }`;
const rule = (resources: string, group = '', verbs = 'get, list, watch') =>
  `{ apiGroups: ['${group}'], resources: [${resources}], verbs: [${verbs}] }`;
const account = '{ kind: ServiceAccount, name: prometheus, namespace: shop }';
const binding = (subject = account, kind = 'ClusterRoleBinding', namespace = '', roleKind = 'ClusterRole') =>
  `{ ${RBAC}, kind: ${kind}, metadata: { name: discovery${namespace ? `, namespace: ${namespace}` : ''} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: discovery }, subjects: [${subject}] }`;
const granted = (...rules: readonly string[]) => all(role(rules.join(', ')), binding());
const judged = (...manifests: readonly string[]) => verdicts(ID, all(...manifests));
const FAIL = ['fail data["prometheus.yml"]'];

test.each([
  ['role: pod', [rule('pods')], [rule('services')]],
  ['role: service', [rule('services')], [rule('pods')]],
  ['role: endpoints', [rule('endpoints, services, pods')], [rule('endpoints, services')]],
  [
    'role: endpointslice',
    [rule('services, pods'), rule('endpointslices', 'discovery.k8s.io')],
    [rule('endpoints, services, pods')],
  ],
  ['role: ingress', [rule('ingresses', 'networking.k8s.io')], [rule('ingresses', 'extensions')]],
  ['role: node', [rule('nodes')], [rule("'nodes/metrics', 'nodes/proxy'")]],
  ['role: pod, attach_metadata: { node: true }', [rule('pods, nodes')], [rule('pods')]],
  ['role: pod', [rule("'*'", '*', "'*'")], [rule('pods', '', 'get')]],
  ['role: pod', [rule('pods', '', 'list, watch')], [rule('pods', '', 'list')]],
])('{ %s } needs its rights', (discovery, enough, tooFew) => {
  expect(judged(discovering(discovery), granted(...enough))).toEqual([]);
  expect(judged(discovering(discovery), granted(...tooFew))).toEqual(FAIL);
});
test('rights in a namespace are enough for that namespace only', () => {
  const inShop = all(role(rule('pods'), 'Role', 'shop'), binding(account, 'RoleBinding', 'shop', 'Role'));
  expect(judged(discovering('role: pod, namespaces: { names: [shop] }'), inShop)).toEqual([]);
  expect(judged(discovering('role: pod, namespaces: { own_namespace: true }'), inShop)).toEqual([]);
  expect(judged(discovering('role: pod, namespaces: { names: [shop, bank] }'), inShop)).toEqual(FAIL);
  expect(judged(discovering('role: pod'), inShop)).toEqual(FAIL);
  const clusterRole = all(role(rule('pods')), binding(account, 'RoleBinding', 'shop'));
  expect(judged(discovering('role: pod, namespaces: { names: [shop] }'), clusterRole)).toEqual([]);
});
test('a binding names the account, or a group or user that it is', () => {
  const through = (subject: string) => judged(discovering('role: pod'), role(rule('pods')), binding(subject));
  expect(through("{ kind: Group, name: 'system:serviceaccounts:shop' }")).toEqual([]);
  expect(through("{ kind: User, name: 'system:serviceaccount:shop:prometheus' }")).toEqual([]);
  expect(through('{ kind: ServiceAccount, name: prometheus, namespace: bank }')).toEqual([
    'unknown data["prometheus.yml"]',
  ]);
});
test('where no binding is here, one may be elsewhere; in a namespace that is whole there is none', () => {
  expect(judged(discovering('role: pod'))).toEqual(['unknown data["prometheus.yml"]']);
  expect(judged('{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }', discovering('role: pod'))).toEqual(
    FAIL,
  );
});
test('a role that is not known may give anything', () => {
  expect(judged(discovering('role: pod'), binding())).toEqual([]);
  const aggregated = role('').replace('rules: []', 'aggregationRule: { clusterRoleSelectors: [] }');
  expect(judged(discovering('role: pod'), aggregated, binding())).toEqual([]);
});
test('without an account the pod is that of its namespace; other clusters have rights of their own', () => {
  const config = 'scrape_configs: [{ job_name: a, kubernetes_sd_configs: [{ role: pod }] }]';
  const message = said(ID, all(prometheus(config, ''), granted(rule('pods'))))[0]?.message;
  expect(message).toContain('ServiceAccount shop/default may not list and watch pods of all namespaces');
  expect(judged(discovering('role: pod, api_server: "https://a"'), granted(rule('services')))).toEqual([]);
  expect(judged(discovering('role: pod, kubeconfig_file: /k'), granted(rule('services')))).toEqual([]);
});
test('Alertmanagers are discovered as well', () => {
  const config = 'alerting: { alertmanagers: [{ kubernetes_sd_configs: [{ role: endpoints }] }] }';
  expect(judged(prometheus(config), granted(rule('pods')))).toEqual(FAIL);
});
test("the operator's Prometheus discovers what its monitors select", () => {
  const operated = (kind: string, more = '') =>
    all(
      `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { serviceAccountName: prometheus, serviceMonitorSelector: {}, podMonitorSelector: {} ${more} } }`,
      `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { selector: {} } }`,
    );
  expect(judged(operated('ServiceMonitor'), granted(rule('endpoints, services, pods')))).toEqual([]);
  expect(judged(operated('ServiceMonitor'), granted(rule('services, pods')))).toEqual(['fail spec.serviceAccountName']);
  expect(judged(operated('PodMonitor'), granted(rule('pods')))).toEqual([]);
  expect(
    judged(
      operated('ServiceMonitor', ', serviceDiscoveryRole: EndpointSlice'),
      granted(rule('endpoints, services, pods')),
    ),
  ).toEqual(['fail spec.serviceAccountName']);
});

import { all, findings, messages, namespace, service, workload } from '../judging';

const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const GROUP = 'apiVersion: monitoring.coreos.com/v1';
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** A Prometheus with its file; more of the pod, and of the ConfigMap. */
const prometheus = (config: string, { pod = '', more = '' } = {}) =>
  all(
    namespace,
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(config)} ${more} } }`,
    workload({
      name: 'prometheus',
      pod: `serviceAccountName: prometheus, ${pod} volumes: [{ name: c, configMap: { name: c } }, { name: d, emptyDir: {} }]`,
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }, { name: d, mountPath: /data }] }",
    }),
    `{ ${RBAC}, kind: ClusterRole, metadata: { name: p }, rules: [{ apiGroups: [''], resources: [nodes, nodes/metrics, pods], verbs: [get, list, watch] }] }`,
    `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: p }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: p }, subjects: [{ kind: ServiceAccount, name: prometheus, namespace: shop }] }`,
  );
const file = 'fail ConfigMap/shop/c data["prometheus.yml"]';

describe('a kubelet', () => {
  const job = (more: string) =>
    prometheus(`scrape_configs: [{ job_name: k, kubernetes_sd_configs: [{ role: node }], ${more} }]`);
  const permitted = (more: string, ...others: string[]) => findings('scrape-permitted', all(job(more), ...others));
  test('answers nobody who shows no token', () => {
    expect(permitted('scheme: https')).toEqual([`${file} = "k"`]);
    expect(permitted(`scheme: https, authorization: { credentials_file: ${TOKEN} }`)).toEqual([]);
    // Who somebody is may be shown in other ways.
    for (const credentials of [
      'authorization: { credentials_file: /other }',
      'basic_auth: { username: a }',
      'bearer_token: a',
      'oauth2: {}',
      'tls_config: { cert_file: /a, key_file: /b }',
    ])
      expect(permitted(`scheme: https, ${credentials}`)).toEqual([]);
    expect(permitted('')).toEqual([]);
    expect(
      permitted(
        'scheme: https',
        `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: p }, subjects: [{ kind: User, name: 'system:anonymous' }] }`,
      ),
    ).toEqual([]);
  });
  const answered = (more: string) => messages('scrape-answered', job(more));
  test('speaks TLS alone, and shows its metrics at a few paths', () => {
    expect(answered('scheme: https')).toEqual([]);
    expect(answered('')[0]).toContain('the kubelet takes TLS alone');
    for (const path of ['/metrics/cadvisor', '/metrics/resource', '/metrics/probes', '/metrics/slis'])
      expect(answered(`scheme: https, metrics_path: ${path}`)).toEqual([]);
    expect(answered('scheme: https, metrics_path: /metrics/cadviser')[0]).toContain(
      'did you mean "/metrics/cadvisor"?',
    );
    // Another program there.
    const other = "relabel_configs: [{ target_label: __address__, source_labels: [a], replacement: '$1:9100' }]";
    expect(answered(other)).toEqual([]);
  });
  test('behind the API server has a longer path', () => {
    const proxied = (path: string) =>
      messages(
        'scrape-answered',
        prometheus(
          `scrape_configs: [{ job_name: k, scheme: https, metrics_path: ${path}, static_configs: [{ targets: ['kubernetes.default.svc:443'] }] }]`,
        ),
      );
    expect(proxied('/api/v1/nodes/a/proxy/metrics')).toEqual([]);
    expect(proxied('/metrics')).toEqual([]);
    expect(proxied('/metric')[0]).toContain('the API server shows its metrics at');
  });
  test('of the operator has a port of its own that is plain', () => {
    const kubelets = service('clusterIP: None, ports: [{ name: https-metrics, port: 10250 }]', 'kubelet').replace(
      'namespace: shop }',
      'namespace: kube-system, labels: { app.kubernetes.io/name: kubelet, app.kubernetes.io/managed-by: prometheus-operator } }',
    );
    const monitor = (endpoint: string) =>
      `{ ${GROUP}, kind: ServiceMonitor, metadata: { name: k, namespace: shop }, spec: { namespaceSelector: { matchNames: [kube-system] }, selector: { matchLabels: { app.kubernetes.io/name: kubelet } }, endpoints: [{ ${endpoint} }] } }`;
    const judged = (id: string, endpoint: string, more = kubelets) => findings(id, all(more, monitor(endpoint)));
    expect(judged('scrape-answered', 'port: http-metrics')).toEqual([]);
    expect(judged('scrape-answered', 'port: https-metrics')).toHaveLength(1);
    expect(judged('scrape-permitted', 'port: https-metrics, scheme: https')).toHaveLength(1);
    expect(
      judged(
        'scrape-permitted',
        'port: https-metrics, scheme: https, authorization: { credentials: { name: a, key: b } }',
      ),
    ).toEqual([]);
    expect(judged('monitor-resolves', 'port: metrics')).toEqual([
      'fail ServiceMonitor/shop/k spec.endpoints[0].port = "metrics"',
    ]);
    for (const port of ['https-metrics', 'http-metrics', 'cadvisor'])
      expect(judged('monitor-resolves', `port: ${port}`)).toEqual([]);
    // Of somebody else's endpoints the ports are not known.
    expect(judged('monitor-resolves', 'port: metrics', kubelets.replace('prometheus-operator', 'us'))).toEqual([]);
  });
});

describe('a Prometheus that discovers', () => {
  const config = 'scrape_configs: [{ job_name: k, kubernetes_sd_configs: [{ role: pod }] }]';
  const account = (more: string) =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: prometheus, namespace: shop } ${more} }`;
  const judged = (pod: string, more = '', text = config) =>
    findings('discovery-permitted', all(prometheus(text, { pod }), account(more)));
  const at = 'fail Deployment/shop/prometheus spec.template.spec';
  const off = 'automountServiceAccountToken: false';
  test('needs a token', () => {
    expect(judged('')).toEqual([]);
    expect(judged(`${off},`)).toEqual([`${at}.automountServiceAccountToken = false`]);
    expect(judged('', `, ${off}`)).toEqual([`${at}.serviceAccountName = "prometheus"`]);
    expect(judged('automountServiceAccountToken: true,', `, ${off}`)).toEqual([]);
    expect(judged(`${off},`, '', 'scrape_configs: [{ job_name: k }]')).toEqual([]);
  });
  test('may have it from a volume', () => {
    const manifests = prometheus(config, { pod: `${off},` }).replace(
      '{ name: d, emptyDir: {} }',
      '{ name: d, projected: { sources: [{ serviceAccountToken: { path: token } }] } }',
    );
    expect(findings('discovery-permitted', all(manifests, account('')))).toEqual([]);
  });
});

describe('the files that a prometheus.yml names', () => {
  const judged = (config: string) =>
    findings('config-file-exists', prometheus(config, { more: ", rules.yml: 'groups: []', ca.crt: a" }));
  const job = (tls: string) => judged(`scrape_configs: [{ job_name: k, tls_config: { ${tls} } }]`);
  test('are keys of what is mounted there', () => {
    expect(job('ca_file: ca.crt')).toEqual([]);
    expect(job('ca_file: /etc/prometheus/ca.crt')).toEqual([]);
    expect(job('ca_file: cert.crt')).toEqual([`${file} = "cert.crt"`]);
    expect(job('ca_file: /etc/prometheus/cert.crt, cert_file: /etc/prometheus/cert.crt')).toHaveLength(1);
  });
  test('are not known elsewhere', () => {
    for (const at of ['/data/ca.crt', '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt', '/other'])
      expect(job(`ca_file: ${at}`)).toEqual([]);
  });
  test('are patterns too', () => {
    expect(judged('rule_files: [rules.yml]')).toEqual([]);
    expect(judged("rule_files: ['*.yml']")).toEqual([]);
    expect(judged("rule_files: ['*.yaml']")).toEqual([`${file} = "*.yaml"`]);
    expect(judged("rule_files: ['/etc/prometheus/rule/*.yml']")).toHaveLength(1);
    // For rules of later, beside those that are loaded; or in a folder that is not known.
    expect(judged("rule_files: ['*.yml', 'more/*.yml']")).toEqual([]);
    expect(judged("rule_files: ['/etc/rules/*.yml']")).toEqual([]);
    expect(judged("rule_files: ['[.yml']")).toEqual([]);
    expect(judged('rule_files: [rules.yaml, rules.yaml]')).toEqual([`${file} = "rules.yaml"`]);
    expect(judged('scrape_config_files: [jobs.yml]')).toHaveLength(1);
  });
});

describe('a receiver at a Service', () => {
  const told = (url: string) =>
    findings(
      'receiver-reachable',
      all(
        namespace,
        service('selector: { app: web }, ports: [{ port: 8080 }]', 'hook'),
        `{ ${GROUP}, kind: Alertmanager, metadata: { name: main, namespace: shop }, spec: { alertmanagerConfigSelector: {} } }`,
        `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: { name: a, namespace: shop }, spec: { route: { receiver: a }, receivers: [{ name: a, webhookConfigs: [{ url: '${url}' }] }] } }`,
      ),
    );
  test.each([
    'http://hook:8080/a',
    'http://hook.shop.svc:8080',
    'https://hooks.example.com/a',
    'http://10.0.0.1',
    '$URL',
  ])('%s may be there', (url) => expect(told(url)).toEqual([]));
  test.each(['http://hook.shop.svc:9090', 'http://hook', 'http://hok.shop.svc:8080'])('%s is not', (url) =>
    expect(told(url)).toEqual([`fail AlertmanagerConfig/shop/a spec.receivers[0].webhookConfigs[0].url = "${url}"`]),
  );
});

describe('a Secret that an object of the operator names', () => {
  const judged = (kind: string, spec: string, key = 'a') =>
    findings(
      'operator-secret-exists',
      all(
        namespace,
        `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, stringData: { ${key}: b } }`,
        `{ ${GROUP}, kind: ${kind}, metadata: { name: m, namespace: shop }, spec: { ${spec} } }`,
      ),
    );
  const endpoint = (more: string) => `selector: {}, endpoints: [{ port: web, ${more} }]`;
  test('is there, with the key', () => {
    for (const auth of [
      'basicAuth: { username: { name: s, key: a } }',
      'authorization: { credentials: { name: s, key: a } }',
    ])
      expect(judged('ServiceMonitor', endpoint(auth))).toEqual([]);
    expect(judged('ServiceMonitor', endpoint('tlsConfig: { ca: { secret: { name: s, key: b } } }'))).toEqual([
      'fail ServiceMonitor/shop/m spec.endpoints[0].tlsConfig.ca.secret.key = "b"',
    ]);
    expect(judged('Prometheus', 'additionalScrapeConfigs: { name: t, key: a }')).toEqual([
      'fail Prometheus/shop/m spec.additionalScrapeConfigs.name = "t"',
    ]);
    expect(judged('Prometheus', 'additionalScrapeConfigs: { name: t, key: a, optional: true }')).toEqual([]);
    expect(judged('ThanosRuler', 'queryConfig: { name: s, key: a }')).toEqual([]);
    // A ConfigMap is another one.
    expect(judged('ServiceMonitor', endpoint('tlsConfig: { ca: { configMap: { name: s, key: a } } }'))).toHaveLength(1);
  });
});

test('what is looked up with a record of type SRV is a port with a name', () => {
  const judged = (id: string, host: string) =>
    findings(
      id,
      all(
        namespace,
        service('selector: { app: store }, ports: [{ name: grpc, port: 10901 }]', 'store'),
        workload({ name: 'store' }),
        workload({ container: `args: ['--endpoint=${host}']` }),
      ),
      { complete: true },
    );
  const found = (host: string) => [...judged('config-host-resolves', host), ...judged('config-port-exists', host)];
  for (const host of [
    'dnssrv+_grpc._tcp.store.shop.svc.cluster.local',
    'dnssrvnoa+_grpc._tcp.store',
    'dns+store.shop.svc:10901',
  ])
    expect(found(host)).toEqual([]);
  for (const host of [
    'dnssrv+_http._tcp.store.shop.svc',
    'dnssrv+_grpc._tcp.stores.shop.svc',
    'dns+store.shop.svc:10902',
  ])
    expect(found(host)).toHaveLength(1);
});

test('a role of the API server that is misspelt', () => {
  const judged = (name: string, more = '') =>
    findings(
      'rbac-roleref-exists',
      all(
        `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '${name}' }, subjects: [] }`,
        more,
      ),
    );
  for (const name of [
    'system:auth-delegator',
    'system:controller:node-controller',
    'system:openshift:something',
    'system:node',
  ])
    expect(judged(name)).toEqual([]);
  expect(judged('system:auth-delegatr')).toEqual(['fail ClusterRoleBinding/a roleRef.name = "system:auth-delegatr"']);
  expect(
    judged(
      'system:auth-delegatr',
      `{ ${RBAC}, kind: ClusterRole, metadata: { name: 'system:auth-delegatr' }, rules: [] }`,
    ),
  ).toEqual([]);
});

test('the accounts of controllers are there in every cluster', () => {
  const judged = (name: string, place = 'kube-system') =>
    findings(
      'rbac-subject-exists',
      `{ ${RBAC}, kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }, subjects: [{ kind: ServiceAccount, name: ${name}, namespace: ${place} }] }`,
      { complete: true },
    );
  expect(judged('horizontal-pod-autoscaler')).toEqual([]);
  expect(judged('horizontal-pod-autoscalers')).toHaveLength(1);
  expect(judged('horizontal-pod-autoscaler', 'shop')).toHaveLength(1);
});

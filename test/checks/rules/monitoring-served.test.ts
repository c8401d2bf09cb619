import { all, configMap, findings, messages, namespace, service, workload } from '../judging';

const at = 'fail Deployment/shop/web spec.template.spec.containers[0]';

describe('a program of monitoring listens', () => {
  const judged = (image: string, args: string, ports: string, more = '') =>
    findings(
      'listen-port-declared',
      workload({ containers: `{ name: m, image: '${image}', args: [${args}], ports: [${ports}]${more} }` }),
    );
  const port = (number: number) => `{ containerPort: ${number} }`;
  test.each([
    ['quay.io/prometheus/node-exporter:v1.12.1', '--web.listen-address=:9200', 9100],
    ['prom/node-exporter', "--web.listen-address, ':9200'", 9100],
    ['registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0', '--secure-port=6443', 443],
    ['registry.k8s.io/metrics-server/metrics-server:v0.9.0', '--secure-port=10250', 4443],
    ['prom/prometheus:v3.5.0', '--web.listen-address=0.0.0.0:9091', 9090],
    ['quay.io/prometheus-operator/prometheus-operator:v0.85.0', '-web.listen-address=:9090', 8080],
  ])('%s at another port than is declared', (image, args, declared) =>
    expect(judged(image, args, port(declared))).toEqual([expect.stringContaining(`${at}.args[0] = `)]),
  );
  test('at a default, and where arguments say it', () => {
    expect(judged('prom/node-exporter:v1', '', port(9200))).toEqual([`${at}.ports = [{"containerPort":9200}]`]);
    expect(judged('prom/node-exporter:v1', '', port(9100))).toEqual([]);
    expect(judged('prom/node-exporter:v1', "'--web.listen-address=[::]:9200'", port(9200))).toEqual([]);
    expect(judged('prom/alertmanager:v0.28.1', '', `${port(9093)}, ${port(9094)}`)).toEqual([]);
    // Repeated, and one more that is declared.
    const twice = '--web.listen-address=:9100, --web.listen-address=:9200';
    expect(judged('prom/node-exporter:v1', twice, `${port(9100)}, ${port(9200)}, ${port(9300)}`)).toEqual([]);
    // Another protocol is another port.
    expect(judged('prom/alertmanager:v1', '', `${port(9093)}, { containerPort: 9094, protocol: UDP }`)).toEqual([]);
    expect(judged('prom/node-exporter:v1', '', '{ containerPort: 9200, protocol: UDP }')).toEqual([]);
  });
  test('inside of the pod alone, and a proxy answers', () => {
    const [finding] = judged('prom/node-exporter:v1', '--web.listen-address=127.0.0.1:9100', port(9100));
    expect(finding).toContain(`${at}.args[0]`);
    expect(judged('prom/node-exporter:v1', '--web.listen-address=127.0.0.1:9101', '')).toEqual([]);
  });
  test.each([
    ['shop/web:1', '--web.listen-address=:9200'],
    ['prom/node-exporter:v1', '$(FLAGS)'],
    ['prom/node-exporter:v1', '--web.systemd-socket'],
    ['prom/node-exporter:v1', '--web.listen-address=$(ADDRESS)'],
    ['kube-state-metrics:v2', '--config=/etc/ksm/config.yaml'],
  ])('where nobody can tell: %s %s', (image, args) => expect(judged(image, `'${args}'`, port(9999))).toEqual([]));
  test('by a shell nobody knows where', () =>
    expect(
      findings(
        'listen-port-declared',
        workload({
          containers: `{ name: m, image: 'prom/node-exporter', command: [sh, -c, 'node_exporter --web.listen-address=:1'], ports: [${port(2)}] }`,
        }),
      ),
    ).toEqual([]));
});

describe('what is scraped answers', () => {
  const monitor = (endpoint: string, more = '') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: m, namespace: shop }, spec: { ${more} selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: web, ${endpoint} }] } }`;
  const pod = (image: string, more = '', name = 'web') =>
    workload({ containers: `{ name: m, image: '${image}', ports: [{ name: ${name}, containerPort: 8080 }] ${more} }` });
  const judged = (...manifests: string[]) => findings('scrape-answered', all(namespace, ...manifests));
  const field = 'PodMonitor/shop/m spec.podMetricsEndpoints[0]';
  const probe = (scheme: string, port: string | number = 'web') =>
    `, readinessProbe: { httpGet: { path: /, port: ${port}${scheme && `, scheme: ${scheme}`} } }`;

  test('by the scheme that kubelets probe the port by', () => {
    for (const port of ['web', 8080]) {
      expect(judged(pod('a:1', probe('HTTPS', port)), monitor(''))).toEqual([`fail ${field} = null`]);
      expect(judged(pod('a:1', probe('', port)), monitor('scheme: https'))).toEqual([`fail ${field}.scheme = "https"`]);
      expect(judged(pod('a:1', probe('HTTPS', port)), monitor('scheme: HTTPS'))).toEqual([]);
    }
    expect(judged(pod('a:1', probe('HTTPS', 9090)), monitor(''))).toEqual([]);
    expect(
      judged(pod('a:1', probe('HTTPS')), monitor('relabelings: [{ targetLabel: __scheme__, replacement: https }]')),
    ).toEqual([]);
    expect(judged(pod('a:1', probe('HTTPS')), monitor('', 'scrapeClass: mtls,'))).toEqual([]);
  });
  test('by what its program is known for and told', () => {
    const operator = (args: string) =>
      pod('quay.io/prometheus-operator/prometheus-operator:v0.85.0', `, args: [${args}]`);
    expect(judged(operator('--web.enable-tls=true'), monitor(''))).toHaveLength(1);
    expect(judged(operator('--web.enable-tls=false'), monitor(''))).toEqual([]);
    expect(judged(operator(''), monitor('scheme: https'))).toHaveLength(1);
    // A file says whether it is TLS.
    const exporter = pod(
      'prom/node-exporter:v1',
      ", args: ['--web.listen-address=:8080', '--web.config.file=/etc/web.yml']",
    );
    expect(judged(exporter, monitor('scheme: https'))).toEqual([]);
    expect(judged(exporter, monitor(''))).toEqual([]);
  });
  test('by the name of the port it may be known', () => {
    const named = (name: string, scheme: string) =>
      judged(pod('a:1', '', name), monitor(scheme).replace('port: web', `port: ${name}`));
    expect(named('https', '')).toEqual([`unknown ${field} = null`]);
    expect(named('https-metrics', 'scheme: https')).toEqual([]);
    expect(named('http-metrics', 'scheme: https')).toEqual([`unknown ${field}.scheme = "https"`]);
    expect(named('http', '')).toEqual([]);
    expect(named('metrics', 'scheme: https')).toEqual([]);
  });
  test('at the path of its program', () => {
    const exporter = (args = '') => pod('prom/node-exporter:v1', `, args: ['--web.listen-address=:8080'${args}]`);
    expect(judged(exporter(), monitor('path: /metric'))).toEqual([`fail ${field}.path = "/metric"`]);
    expect(judged(exporter(), monitor("path: '/metrics?collect[]=cpu'"))).toEqual([]);
    expect(judged(exporter(', --web.telemetry-path=/m'), monitor('path: /m'))).toEqual([]);
    expect(judged(exporter(', --web.telemetry-path=/m'), monitor(''))).toEqual([`fail ${field} = null`]);
    expect(judged(pod('shop/web:1'), monitor('path: /anything'))).toEqual([]);
    const prefixed = pod('prom/prometheus:v3', ", args: ['--web.listen-address=:8080', '--web.route-prefix=/p']");
    expect(judged(prefixed, monitor('path: /p/metrics'))).toEqual([]);
  });
  test('of a Prometheus of the operator by what its object says', () => {
    const prometheus = (spec = '') =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;
    const own = (endpoint = '') =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: m, namespace: shop }, spec: { selector: { matchLabels: { operated-prometheus: 'true' } }, endpoints: [{ port: web ${endpoint} }] } }`;
    expect(judged(prometheus(), own())).toEqual([]);
    expect(judged(prometheus(), own(', scheme: https'))).toHaveLength(1);
    expect(judged(prometheus('web: { tlsConfig: {} }'), own(', scheme: https'))).toEqual([]);
    expect(judged(prometheus('web: { tlsConfig: {} }'), own())).toHaveLength(1);
    expect(judged(prometheus('routePrefix: /p'), own())).toHaveLength(1);
    expect(judged(prometheus('routePrefix: /p'), own(', path: /p/metrics'))).toEqual([]);
  });
  test('of the file of a Prometheus, each job once', () => {
    const config = (job: string) =>
      all(
        service('selector: { app: web }, ports: [{ port: 8080 }]'),
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(`scrape_configs: [{ job_name: web, static_configs: [{ targets: ['web:8080', 'web.shop:8080'] }] ${job} }]`)} } }`,
        workload({
          name: 'prometheus',
          pod: 'volumes: [{ name: c, configMap: { name: c } }]',
          containers:
            "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
        }),
      );
    const https = pod('a:1', probe('HTTPS'));
    expect(judged(https, config(''))).toEqual(['fail ConfigMap/shop/c data["prometheus.yml"] = "web"']);
    expect(judged(https, config(', scheme: https'))).toEqual([]);
    expect(judged(https, config(', relabel_configs: [{ target_label: __scheme__, replacement: https }]'))).toEqual([]);
  });
});

describe('what is asked by HTTP answers it', () => {
  const alertmanager = (args = '') =>
    workload({
      name: 'alerts',
      labels: 'app: alerts',
      containers: `{ name: a, image: 'prom/alertmanager:v0.28.1', args: [${args}], ports: [{ containerPort: 9093 }, { containerPort: 9094 }] }`,
    });
  const headless = (name: string) => service(`clusterIP: None, selector: { app: ${name} }`, name);
  const prometheus = (told: string) =>
    all(
      namespace,
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(`{ ${told} }`)} } }`,
      workload({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: c } }]',
        containers:
          "{ name: p, image: 'prom/prometheus:v3.5.0', ports: [{ containerPort: 9090 }], volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
      }),
    );
  const judged = (...manifests: string[]) => findings('scrape-answered', all(...manifests));
  const lookup = (port: number) =>
    `alerting: { alertmanagers: [{ dns_sd_configs: [{ names: [alerts], type: A, port: ${port} }] }] }`;
  const file = 'fail ConfigMap/shop/c data["prometheus.yml"] =';

  test('an Alertmanager not at the port of its peers, and not where it does not listen', () => {
    const ask = (port: number, args = '') => judged(prometheus(lookup(port)), alertmanager(args), headless('alerts'));
    expect(ask(9093)).toEqual([]);
    expect(ask(9094)).toEqual([`${file} "alerts:9094"`]);
    expect(ask(9095)).toEqual([`${file} "alerts:9095"`]);
    expect(ask(9095, "'--web.listen-address=:9095'")).toEqual([]);
    expect(ask(9094, "'--cluster.listen-address='")).toEqual([]);
    const fixed = 'alerting: { alertmanagers: [{ static_configs: [{ targets: [PORT] }] }] }';
    const named = (port: number) =>
      judged(prometheus(fixed.replace('PORT', `'alerts:${port}'`)), alertmanager(), headless('alerts'));
    expect([named(9093), named(9094)]).toEqual([[], [`${file} "alerts:9094"`]]);
  });
  test('a scrape, too; of pods with programs that are not known nobody knows', () => {
    const job = "scrape_configs: [{ job_name: a, static_configs: [{ targets: ['alerts:PORT'] }] }]";
    const ask = (port: number, pods = alertmanager()) =>
      judged(prometheus(job.replace('PORT', String(port))), pods, headless('alerts'));
    expect([ask(9093), ask(9094), ask(9099)]).toEqual([[], [`${file} "a"`], [`${file} "a"`]]);
    const beside = alertmanager().replace('containers: [', "containers: [{ name: b, image: 'beside:1' }, ");
    expect(beside).not.toBe(alertmanager());
    expect([ask(9094, beside), ask(9099, beside)]).toEqual([[`${file} "a"`], []]);
  });
  test('the address of an adapter', () => {
    const adapter = (port: number, host = 'prometheus') =>
      workload({
        name: 'adapter',
        labels: 'app: adapter',
        pod: 'volumes: [{ name: c, configMap: { name: adapter } }]',
        containers: `{ name: a, image: 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0', args: ['--prometheus-url=http://${host}:${port}/', '--config=/etc/adapter/config.yaml'], volumeMounts: [{ name: c, mountPath: /etc/adapter }] }`,
      });
    const api = all(
      '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1beta1.custom.metrics.k8s.io }, spec: { group: custom.metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, service: { name: adapter, namespace: shop } } }',
      service('selector: { app: adapter }, ports: [{ port: 443 }]', 'adapter'),
      "{ apiVersion: v1, kind: ConfigMap, metadata: { name: adapter, namespace: shop }, data: { config.yaml: 'rules: []' } }",
    );
    const ask = (port: number) => judged(prometheus(''), adapter(port), headless('prometheus'), api);
    expect(ask(9090)).toEqual([]);
    expect(ask(9091)).toEqual([
      expect.stringContaining('fail Deployment/shop/adapter spec.template.spec.containers[0].args[0]'),
    ]);
    const operated = (port: number, spec = '') =>
      judged(
        namespace,
        `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`,
        adapter(port, 'prometheus-operated'),
        api,
      );
    expect(operated(9090)).toEqual([]);
    expect(operated(9091)).toHaveLength(1);
    expect(operated(9091, "containers: [{ name: proxy, image: 'proxy:1' }]")).toEqual([]);
  });
});

describe('kube-state-metrics', () => {
  const program = (args: string, more = '') =>
    workload({
      pod: `serviceAccountName: ksm${more}`,
      containers: `{ name: k, image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1', args: [${args}] }`,
    });
  const asking = (...exprs: string[]) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [${exprs.map((expr, i) => `{ record: 'a:b${i}', expr: ${JSON.stringify(expr)} }`).join(', ')}] }] } }`;
  const judged = (args: string, ...exprs: string[]) =>
    findings('allowlist-covers', all(program(args), asking(...exprs)));
  const labels = (value: string) => `'--metric-labels-allowlist=${value}'`;

  test('shows labels that are on its list alone', () => {
    const expr = 'count by (label_app_kubernetes_io_name) (kube_pod_labels)';
    expect(judged(labels('pods=[app.kubernetes.io/name]'), expr)).toEqual([]);
    expect(judged(labels('pods=[*]'), expr)).toEqual([]);
    expect(judged(labels('*=[*]'), expr)).toEqual([]);
    expect(judged(labels('nodes=[*],pods=[app,app.kubernetes.io/name]'), expr)).toEqual([]);
    expect(judged(labels('pods=[app]'), expr)).toEqual([`${at}.args[0] = "--metric-labels-allowlist=pods=[app]"`]);
    expect(judged(labels('nodes=[app.kubernetes.io/name]'), expr)).toHaveLength(1);
    expect(judged('', expr)).toEqual([`${at}.args = []`]);
    // Without any label on the list there is no series at all.
    expect(judged('', 'kube_pod_labels * 0')).toHaveLength(1);
    expect(judged(labels('pods=[teamName]'), 'kube_pod_labels{label_team_name="a"}')).toEqual([]);
    expect(judged("'--metric-annotations-allowlist=pods=[a]'", 'kube_pod_annotations{annotation_a="1"}')).toEqual([]);
    expect(judged(labels('pods=[a]'), 'kube_pod_annotations{annotation_a="1"}')).toHaveLength(1);
  });
  test('of several series each has its own labels', () => {
    const expr = 'kube_pod_labels{label_a="1"} * on (node) group_left (label_b) kube_node_labels';
    expect(judged(labels('pods=[a],nodes=[b]'), expr)).toEqual([]);
    expect(judged(labels('pods=[b],nodes=[b]'), expr)).toHaveLength(1);
  });
  test('lists what --resources names, or its defaults', () => {
    expect(judged('--resources=pods', 'kube_pod_info')).toEqual([]);
    expect(judged("'--resources=nodes,pods'", 'kube_pod_info')).toEqual([]);
    expect(judged('--resources=nodes', 'kube_pod_info')).toEqual([`${at}.args[0] = "--resources=nodes"`]);
    expect(
      judged('', 'kube_pod_info', 'kube_ingress_info', 'kube_networkpolicy_created', 'kube_storageclass_info'),
    ).toEqual([]);
    expect(judged('', 'kube_clusterrole_info')).toHaveLength(1);
    // Releases differ.
    expect(judged('', 'kube_endpoint_info')).toEqual([]);
    // Of others.
    expect(
      judged('--resources=nodes', 'kube_state_metrics_list_total', 'kube_apiserver_pod_logs', 'kube_customresource_x'),
    ).toEqual([]);
  });
  test('leaves series out', () => {
    expect(judged("'--metric-denylist=^kube_pod_info$'", 'kube_pod_info')).toHaveLength(1);
    expect(judged("'--metric-denylist=pod_in'", 'kube_pod_info')).toHaveLength(1);
    expect(judged("'--metric-denylist=^kube_node'", 'kube_pod_info')).toEqual([]);
    expect(judged("'--metric-allowlist=kube_node_.*'", 'kube_pod_info')).toHaveLength(1);
    expect(judged("'--metric-allowlist=kube_node_.*,kube_pod_.*'", 'kube_pod_info')).toEqual([]);
  });
  test('objects of a namespace that it does not watch', () => {
    const place = [expect.stringContaining('.args[0]')];
    const shop = 'kube_pod_info{namespace="shop"}';
    expect(judged("'--namespaces=till,desk'", shop)).toEqual(place);
    expect(judged("'--namespaces=till,shop'", shop)).toEqual([]);
    expect(judged("'--namespaces=till'", 'kube_pod_info{namespace=~"shop|till"}')).toEqual([]);
    expect(judged("'--namespaces=till'", 'kube_pod_info{namespace=~"shop|desk"}')).toEqual(place);
    expect(judged("'--namespaces=till'", 'kube_pod_info{namespace!="shop"}')).toEqual([]);
    expect(judged("'--namespaces=till'", 'kube_pod_info{namespace=~"s.*"}')).toEqual([]);
    expect(judged("'--namespaces-denylist=shop'", shop)).toEqual(place);
    expect(judged("'--namespaces-denylist=till'", shop)).toEqual([]);
    expect(judged("'--namespaces=shop', '--namespaces-denylist=shop'", shop)).toEqual([
      expect.stringContaining('.args[1]'),
    ]);
    // What a dashboard fills in may be any.
    const board = configMap(
      'd',
      `d.json: '${JSON.stringify({ panels: [{ title: 'P', targets: [{ expr: 'kube_pod_info{namespace="$namespace"}' }] }] })}'`,
    );
    expect(findings('allowlist-covers', all(program("'--namespaces=till'"), board))).toEqual([]);
    // What stands in none is listed all the same.
    expect(judged("'--namespaces=till'", 'kube_persistentvolume_info{namespace="shop"}')).toEqual([]);
  });
  test('is one of several, or told by a file', () => {
    expect(judged("'--config=/a.yaml', --resources=nodes", 'kube_pod_info')).toEqual([]);
    const two = all(program('--resources=nodes'), program('--resources=pods').replace('name: web', 'name: other'));
    expect(findings('allowlist-covers', all(two, asking('kube_pod_info')))).toEqual([]);
    expect(findings('allowlist-covers', asking('kube_pod_info'))).toEqual([]);
  });
  test('may list and watch it', () => {
    const rights = (rule: string, kind = 'ClusterRole') =>
      all(
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: ksm, namespace: shop }, rules: [${rule}] }`,
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}Binding, metadata: { name: ksm, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ksm }, subjects: [{ kind: ServiceAccount, name: ksm, namespace: shop }] }`,
      );
    const permitted = (args: string, ...given: string[]) =>
      findings('allowlist-covers', all(program(args), asking('kube_deployment_created'), ...given));
    const rule = (resource: string, verbs = 'list, watch') =>
      `{ apiGroups: [apps], resources: [${resource}], verbs: [${verbs}] }`;
    expect(permitted('', rights(rule('deployments')))).toEqual([]);
    expect(permitted('', rights(rule('daemonsets')))).toEqual([
      'fail Deployment/shop/web spec.template.spec.serviceAccountName = "ksm"',
    ]);
    expect(permitted('', rights(rule('deployments', 'list')))).toHaveLength(1);
    // In one namespace alone, and told so or not.
    expect(permitted('--namespaces=shop', rights(rule('deployments'), 'Role'))).toEqual([]);
    expect(permitted('', rights(rule('deployments'), 'Role'))).toHaveLength(1);
    expect(permitted('')).toEqual([]);
  });
  test.each(['node', 'namespace', 'persistentvolume', 'storageclass', 'ingressclass', 'volumeattachment'])(
    'may not list what stands in no namespace by a Role: kube_%s_…',
    (of) => {
      const kinds = `${of.replace(/class$/, 'classe')}s`;
      const rights = (kind: string) =>
        all(
          `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: ksm, namespace: shop }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }`,
          `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}Binding, metadata: { name: ksm, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ksm }, subjects: [{ kind: ServiceAccount, name: ksm, namespace: shop }] }`,
        );
      const judged = (kind: string) =>
        findings(
          'allowlist-covers',
          all(program(`'--namespaces=shop', '--resources=${kinds}'`), asking(`kube_${of}_created`), rights(kind)),
        );
      expect(judged('ClusterRole')).toEqual([]);
      expect(judged('Role')).toEqual(['fail Deployment/shop/web spec.template.spec.serviceAccountName = "ksm"']);
    },
  );
});

test.each([
  ['29s', 0],
  ['30s', 0],
  ['31s', 1],
  ['1m', 1],
])('a scrape may take as long as its interval of 30 seconds, and no longer: %s', (timeout, count) => {
  const monitor = `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: m, namespace: shop }, spec: { selector: {}, podMetricsEndpoints: [{ port: a, interval: 30s, scrapeTimeout: ${timeout} }] } }`;
  expect(findings('scrape-timeout-fits', monitor)).toHaveLength(count);
});

describe('the bucket of a rule', () => {
  const judged = (le: string, { buckets = 'x_seconds=0.1,0.5, 1; y=2', version = '', metric = 'x_seconds' } = {}) =>
    findings(
      'slo-bucket-exists',
      all(
        workload().replace(
          'name: web, namespace: shop',
          `name: web, namespace: shop, annotations: { strata/buckets: '${buckets}' }`,
        ),
        `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { version: '${version}' } }`,
        `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: 'a:b', expr: 'rate(${metric}_bucket{le="${le}"}[5m])' }] }] } }`,
      ),
    );
  test.each(['0.1', '0.5', '1', '1.0', '+Inf'])('is there: %s', (le) => expect(judged(le)).toEqual([]));
  test.each(['0.2', '2', 'fast', ''])('is not: %s', (le) => expect(judged(le)).toHaveLength(1));
  test('is not judged of a histogram of which nobody says the buckets', () => {
    expect(judged('7', { metric: 'z_seconds' })).toEqual([]);
    expect(judged('7', { buckets: 'x_seconds=many' })).toEqual([]);
  });
  test('is not judged of a histogram that a rule records', () => {
    const rules = (record: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: '${record}', expr: 'sum by (le) (up)' }, { record: 'a:b', expr: 'x_bucket{le="7"}' }] }] } }`;
    const buckets = workload().replace('namespace: shop', "namespace: shop, annotations: { strata/buckets: 'x=1' }");
    expect(findings('slo-bucket-exists', all(buckets, rules('x_bucket')))).toEqual([]);
    expect(findings('slo-bucket-exists', all(buckets, rules('y_bucket')))).toHaveLength(1);
  });
  test('is known of components', () => {
    expect(judged('0.4', { metric: 'apiserver_request_duration_seconds' })).toEqual([]);
    expect(judged('0.3', { metric: 'apiserver_request_duration_seconds' })).toHaveLength(1);
    expect(judged('0.025', { metric: 'apiserver_request_sli_duration_seconds' })).toHaveLength(1);
  });
  test('is written as Prometheus writes it', () => {
    expect(judged('1', { version: 'v3.5.0' })).toHaveLength(1);
    expect(judged('1.0', { version: 'v3.5.0' })).toEqual([]);
    expect(judged('1', { version: 'v2.53.0' })).toEqual([]);
    expect(judged('0.50')).toHaveLength(1);
    expect(judged('10', { version: 'v3.5.0', metric: 'z' })).toHaveLength(1);
  });
});

describe('an alert', () => {
  const rule = (labels = 'severity: page', name = 'Down', expr = 'sum(up) == 0') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: ${name}, expr: ${JSON.stringify(expr)}, labels: { ${labels} } }] }] } }`;
  const config = (spec: string, name = 'main', place = 'shop') =>
    `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
  const alertmanager = (spec = 'alertmanagerConfiguration: { name: main }') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;
  const judged = (...manifests: string[]) => findings('alert-routed', all(namespace, ...manifests), { complete: true });
  const people = "{ name: people, webhookConfigs: [{ url: 'https://a.example.com' }] }, { name: nobody }";
  const routed = (route: string, ...alert: Parameters<typeof rule>) =>
    judged(rule(...alert), alertmanager(), config(`route: ${route}, receivers: [${people}]`));
  const lost = 'fail AlertmanagerConfig/shop/main spec.receivers[1] = {"name":"nobody"}';

  test('comes to somebody, or to a receiver without anything', () => {
    expect(routed('{ receiver: people }')).toEqual([]);
    expect(routed('{ receiver: nobody }')).toEqual([lost]);
    expect(
      routed('{ receiver: people, routes: [{ receiver: nobody, matchers: [{ name: severity, value: page }] }] }'),
    ).toEqual([lost]);
    expect(
      routed('{ receiver: nobody, routes: [{ receiver: people, matchers: [{ name: severity, value: page }] }] }'),
    ).toEqual([]);
    expect(
      routed(
        '{ receiver: people, routes: [{ receiver: nobody, continue: true, matchers: [{ name: severity, value: page }] }, { receiver: people }] }',
      ),
    ).toEqual([]);
  });
  test('is silent on purpose', () => {
    expect(routed('{ receiver: nobody }', 'severity: none')).toEqual([]);
    expect(routed('{ receiver: nobody }', 'severity: page', 'Watchdog')).toEqual([]);
    expect(routed('{ receiver: nobody }', '', 'InfoInhibitor')).toEqual([]);
    expect(
      routed('{ receiver: people, routes: [{ receiver: nobody, matchers: [{ name: alertname, value: Down }] }] }'),
    ).toEqual([]);
  });
  test('is not judged where labels of series decide', () => {
    const byTeam = '{ receiver: nobody, routes: [{ receiver: people, matchers: [{ name: team, value: a }] }] }';
    expect(routed(byTeam, 'severity: page', 'Down', 'up == 0')).toEqual([]);
    // They are aggregated away.
    expect(routed(byTeam)).toEqual([lost]);
    expect(routed(byTeam, 'team: a')).toEqual([]);
  });
  test('is not judged where labels of its Prometheus decide', () => {
    const byTeam = '{ receiver: nobody, routes: [{ receiver: people, matchers: [{ name: team, value: a }] }] }';
    const labelled = (spec: string) =>
      judged(
        ...[rule(), alertmanager(), config(`route: ${byTeam}, receivers: [${people}]`)],
        `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { alerting: { alertmanagers: [{ namespace: shop, name: alertmanager-operated, port: web }] }, ${spec} } }`,
      );
    expect(labelled('externalLabels: { team: a }')).toEqual([]);
    expect(labelled('externalLabels: { cluster: a }')).toEqual([lost]);
  });
  test('of an AlertmanagerConfig that is selected is one of its namespace', () => {
    const selecting = (more = '') => alertmanager(`alertmanagerConfigSelector: {}${more}`);
    const own = config(`route: { receiver: people }, receivers: [${people}]`);
    expect(judged(rule('', 'Down', 'up == 0'), selecting(), own)).toEqual([]);
    expect(judged(rule('namespace: shop'), selecting(), own)).toEqual([]);
    expect(judged(rule('namespace: other'), selecting(), own)).toEqual(['fail Alertmanager/shop/main spec = null']);
    expect(judged(rule(), selecting(), own)).toEqual(['fail Alertmanager/shop/main spec = null']);
    expect(judged(rule(), selecting(', alertmanagerConfigMatcherStrategy: { type: None }'), own)).toEqual([]);
    const except = ', alertmanagerConfigMatcherStrategy: { type: OnNamespaceExceptForAlertmanagerNamespace }';
    expect(judged(rule(), selecting(except), own)).toEqual([]);
    expect(
      judged(
        rule(),
        selecting(`${except}, alertmanagerConfigNamespaceSelector: {}`),
        config(`route: { receiver: people }, receivers: [${people}]`, 'main', 'other'),
      ),
    ).toEqual(['fail Alertmanager/shop/main spec = null']);
    expect(messages('alert-routed', all(namespace, rule(), selecting(), own), { complete: true })[0]).toContain(
      'label namespace shop alone',
    );
  });
  test('is kept by a Prometheus that names no Alertmanager', () => {
    const prometheus = (spec: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { ruleSelector: {}, ${spec} } }`;
    const own = config(`route: { receiver: people }, receivers: [${people}]`);
    const told = [rule(), alertmanager(), own];
    expect(judged(...told, prometheus(''))).toHaveLength(1);
    expect(judged(...told, prometheus('alerting: { alertmanagers: [] }'))).toEqual([
      'fail Prometheus/shop/main spec.alerting = null',
    ]);
    expect(
      judged(...told, prometheus('alerting: { alertmanagers: [{ name: alertmanager-operated, port: web }] }')),
    ).toEqual([]);
    expect(judged(...told, prometheus('additionalAlertManagerConfigs: { name: a, key: b }'))).toEqual([]);
    expect(judged(rule(), prometheus(''))).toEqual([]);
    expect(judged(alertmanager(), own, prometheus(''))).toEqual([]);
  });
});

describe('a quantile that is compared', () => {
  const judged = (expr: string) =>
    findings(
      'slo-bucket-exists',
      all(
        workload().replace(
          'name: web, namespace: shop',
          "name: web, namespace: shop, annotations: { strata/buckets: 'x_seconds=0.1, 3' }",
        ),
        `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: A, expr: '${expr}' }] }] } }`,
      ),
    );
  const quantile = (metric = 'x_seconds') => `histogram_quantile(0.99, sum by (le) (rate(${metric}_bucket[5m])))`;
  test.each(['> 300', '> 3', '>= 3.1', '> bool 3'])('is never above all buckets: %s', (bound) => {
    expect(judged(`${quantile()} ${bound}`)).toHaveLength(1);
    expect(judged(`(${quantile()}) ${bound}`)).toHaveLength(1);
  });
  test.each(['> 0.5', '>= 3', '< 300', '> 2.9', '> scalar(a)'])('may be: %s', (bound) =>
    expect(judged(`${quantile()} ${bound}`)).toEqual([]),
  );
  test('is not judged of a histogram of which nobody says the buckets, or after arithmetic', () => {
    expect(judged(`${quantile('y_seconds')} > 300`)).toEqual([]);
    expect(judged(`${quantile()} * 1000 > 300`)).toEqual([]);
  });
});

import { all, findings, messages, namespace, service, workload } from '../judging';

const monitor = (spec: string, kind = 'ServiceMonitor') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
const labelled = (manifest: string, labels = 'app: web') =>
  manifest.replace('namespace: shop }', `namespace: shop, labels: { ${labels} } }`);
const rules = (entry: string, name = 'web') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: ${name}, namespace: shop }, spec: { groups: [{ name: web, rules: [${entry}] }] } }`;
const alert = (expr: string) => `{ alert: A, expr: ${JSON.stringify(expr)} }`;
const recording = (name: string, expr = 'up') => `{ record: '${name}', expr: ${JSON.stringify(expr)} }`;
/** A Prometheus with its files in a ConfigMap. */
const prometheus = (config: string, ...entries: string[]) =>
  all(
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(config)}${
      entries.length > 0
        ? `, rules.yml: ${JSON.stringify(`{ groups: [{ name: a, rules: [${entries.join(', ')}] }] }`)}`
        : ''
    } } }`,
    workload({
      name: 'prometheus',
      pod: 'volumes: [{ name: c, configMap: { name: prometheus } }]',
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', args: [--config.file=/etc/p/prometheus.yml], volumeMounts: [{ name: c, mountPath: /etc/p }] }",
    }),
  );
const scraping = (...jobs: string[]) => `{ rule_files: ['*.yml'], scrape_configs: [${jobs.join(', ')}] }`;
const webJob = "{ job_name: web, static_configs: [{ targets: ['web:80'] }] }";

describe('monitor-resolves', () => {
  const id = 'monitor-resolves';
  const selector = 'selector: { matchLabels: { app: web } }';
  const ports = 'selector: { app: web }, ports: [{ name: http, port: 80 }, { name: metrics, port: 9100 }]';
  const named = labelled(service(ports));
  const judged = (endpoints: string, ...more: string[]) =>
    findings(id, all(named, ...more, monitor(`${selector}, endpoints: [${endpoints}]`)));
  const at = 'ServiceMonitor/shop/web spec.endpoints[0]';

  test('a port that no Service has is reported with those that there are', () => {
    expect(judged('{ port: metric }')).toEqual([`fail ${at}.port = "metric"`]);
    expect(messages(id, all(named, monitor(`${selector}, endpoints: [{ port: metric }]`)))[0]).toBe(
      'Service web has no port named metric (it has: http (80), metrics (9100)), so nothing is scraped and its metrics are missing; did you mean "metrics"?',
    );
    const byNumber = messages(id, all(named, monitor(`${selector}, endpoints: [{ port: '80' }]`)))[0];
    expect(byNumber).toMatch(/; a ServiceMonitor finds ports by name only$/);
    const unnamed = labelled(service('selector: { app: web }, ports: [{ port: 80 }]'));
    expect(messages(id, all(unnamed, monitor(`${selector}, endpoints: [{ port: http }]`)))[0]).toContain(
      'by name only',
    );
  });
  test('a monitor without a selector is refused, and nothing more is said of it', () => {
    for (const [kind, endpoints] of [
      ['ServiceMonitor', 'endpoints: [{ port: http }]'],
      ['PodMonitor', 'podMetricsEndpoints: [{ port: http }]'],
      ['PodMonitor', 'selector: null, podMetricsEndpoints: [{ port: http }]'],
    ] as const) {
      expect(findings(id, all(namespace, monitor(endpoints, kind)))).toEqual([]);
      expect(findings('cr-schema', all(namespace, monitor(endpoints, kind)))).toHaveLength(1);
    }
    expect(findings(id, all(namespace, monitor('selector: {}, endpoints: [{ port: http }]')))).toHaveLength(1);
  });
  test('a regular expression, and a Service whose endpoints somebody writes, are left alone', () => {
    expect(judged("{ port: 'm.*' }")).toEqual([]);
    const manual = labelled(service('ports: [{ name: a, port: 80 }]', 'manual'));
    expect(judged('{ port: metric }', manual)).toEqual([]);
  });
  test('a Service without pods follows from its own finding, unless another one has the port', () => {
    expect(judged('{ port: http }', namespace)).toEqual([`fail ${at}.port = "http"`]);
    expect(messages(id, all(namespace, named, monitor(`${selector}, endpoints: [{ port: http }]`)))[0]).toBe(
      'Service web selects no pod, so nothing is scraped and its metrics are missing',
    );
    const second = labelled(service('selector: { app: api }, ports: [{ name: http, port: 80 }]', 'api'));
    expect(judged('{ port: http }', namespace, second, workload({ name: 'api' }))).toEqual([]);
  });
  test('a targetPort is one that a container declares, by name or number', () => {
    const pods = workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }, { containerPort: 80 }]' });
    expect(judged('{ targetPort: metrics }', pods)).toEqual([]);
    expect(judged('{ targetPort: 9100 }', pods)).toEqual([]);
    expect(judged('{ targetPort: metric }', pods)).toEqual([`fail ${at}.targetPort = "metric"`]);
    expect(judged('{ targetPort: 9101 }', pods)).toEqual([`fail ${at}.targetPort = 9101`]);
    expect(messages(id, all(named, pods, monitor(`${selector}, endpoints: [{ targetPort: metric }]`)))[0]).toContain(
      'no container of Deployment web declares port metric (they declare: metrics (9100), 80)',
    );
    expect(judged('{ targetPort: a }', workload())).toHaveLength(1);
    expect(messages(id, all(named, workload(), monitor(`${selector}, endpoints: [{ targetPort: a }]`)))[0]).toContain(
      '(they declare: none)',
    );
    expect(judged('{ targetPort: a }')).toEqual([]);
    expect(judged('{}', pods)).toEqual([]);
    const two = [pods, workload({ name: 'other', labels: 'app: web' })];
    expect(judged('{ targetPort: metrics }', ...two)).toEqual([]);
  });

  describe('what is selected', () => {
    const none = (spec: string, ...more: string[]) =>
      findings(id, all(...more, monitor(`${spec}, endpoints: [{ port: a }]`)));
    const wrong = 'selector: { matchLabels: { app: wbe } }';
    const field = 'ServiceMonitor/shop/web spec.selector = {"matchLabels":{"app":"wbe"}}';
    test('is looked for where the monitor looks, and certain where all of that is known', () => {
      expect(none(wrong, namespace, named)).toEqual([`fail ${field}`]);
      expect(none(wrong, named)).toEqual([`unknown ${field}`]);
      expect(none(`${wrong}, namespaceSelector: { matchNames: [shop, store] }`, namespace, named)).toEqual([
        `unknown ${field}`,
      ]);
      expect(
        messages(id, all(named, monitor(`${wrong}, namespaceSelector: { matchNames: [shop, store] }`)))[0],
      ).toContain('in namespace shop, store with these labels; judge it too, or --declare the Service');
      expect(none(`${wrong}, namespaceSelector: { any: true }`, namespace, named)).toEqual([`unknown ${field}`]);
      expect(messages(id, all(namespace, named, monitor(`${wrong}, namespaceSelector: { any: true }`)))[0]).toContain(
        'in any namespace',
      );
      expect(
        findings(id, all(namespace, named, monitor(`${wrong}, namespaceSelector: { any: true }`)), { declared: '' }),
      ).toEqual([`fail ${field}`]);
    });
    test('may be created by an operator', () => {
      const operator =
        '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: {} }';
      const known = 'selector: { matchLabels: { operated-prometheus: "true" } }, endpoints: [{ port: web }]';
      expect(findings(id, all(namespace, operator, monitor(known)))).toEqual([]);
      const made = 'selector: { matchLabels: { app: prometheus } }';
      expect(none(made, namespace, operator)).toEqual([
        'unknown ServiceMonitor/shop/web spec.selector = {"matchLabels":{"app":"prometheus"}}',
      ]);
      expect(messages(id, all(namespace, operator, monitor(made)))[0]).toContain(
        'whether Prometheus main creates one is not known: --declare the Service',
      );
      expect(none(`${made}, namespaceSelector: { any: true }`, namespace, operator)[0]).toMatch(/^unknown/);
    });
    test('must be labels of the Service, not of its pods', () => {
      const plain = service(ports);
      expect(messages(id, all(namespace, plain, workload(), monitor(selector)))[0]).toMatch(
        /; these are labels of the pods of Service web, and must be labels of the Service itself$/,
      );
      expect(messages(id, all(namespace, plain, workload(), monitor(wrong)))[0]).toMatch(/its metrics are missing$/);
    });
  });

  describe('a PodMonitor', () => {
    const pods = workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }]' });
    const of = (endpoint: string, ...more: string[]) =>
      findings(id, all(pods, ...more, monitor(`${selector}, podMetricsEndpoints: [{ ${endpoint} }]`, 'PodMonitor')));
    const field = 'PodMonitor/shop/web spec.podMetricsEndpoints[0]';
    test('names a port of the pods by any of three fields, the first of which counts', () => {
      expect(of('port: metric')).toEqual([`fail ${field}.port = "metric"`]);
      expect(of('portNumber: 9101')).toEqual([`fail ${field}.portNumber = 9101`]);
      expect(of('targetPort: 9101')).toEqual([`fail ${field}.targetPort = 9101`]);
      expect(of('targetPort: metrics')).toEqual([]);
      expect(of('port: metrics, portNumber: 9101')).toEqual([]);
      expect(of("port: '', portNumber: 9100")).toEqual([]);
      expect(of("port: 'm.*'")).toEqual([]);
      expect(of('path: /metrics')).toEqual([]);
      expect(of('port: metrics', workload({ name: 'b', labels: 'app: web' }))).toEqual([]);
    });
    test('that selects nothing asks for a workload', () => {
      const manifests = monitor('selector: { matchLabels: { app: b } }, podMetricsEndpoints: [{}]', 'PodMonitor');
      expect(messages(id, all(pods, manifests))[0]).toContain('none of the manifests is a pod in namespace shop');
      expect(messages(id, all(pods, manifests))[0]).toMatch(/--declare the workload$/);
      expect(messages(id, all(namespace, pods, manifests))[0]).toContain('no pod in namespace shop has these labels');
    });
  });
});

describe('metric-exists', () => {
  const id = 'metric-exists';
  const rulesAt = 'ConfigMap/shop/prometheus data["rules.yml"]';
  const verdictsOf = (manifests: string) => findings(id, manifests).map((finding) => finding.split(' = ')[0]);
  const declaring = (metrics: string) =>
    service('selector: { app: web }, ports: [{ port: 80 }]').replace(
      'namespace: shop',
      `namespace: shop, annotations: { strata/metrics: '${metrics}' }`,
    );

  test('a job that Prometheus does not scrape is reported once per expression', () => {
    expect(findings(id, prometheus(scraping(webJob), alert('up{job="wbe"} == 0 or up{job="wbe"} == 2')))).toEqual([
      `fail ${rulesAt} = "up{job=\\"wbe\\"} == 0 or up{job=\\"wbe\\"} == 2"`,
    ]);
    expect(messages(id, prometheus(scraping(webJob), alert('up{job="wbe"} == 0')))[0]).toContain('(it scrapes: web)');
    expect(messages(id, prometheus(scraping(), alert('up{job="wbe"} == 0')))[0]).toContain('(it scrapes: none)');
    expect(verdictsOf(prometheus(scraping(webJob), alert('up{job="web"} == 0')))).toEqual([]);
    expect(verdictsOf(prometheus(scraping(webJob), alert('up{job=""} == 0')))).toEqual([]);
  });
  test('a recorded series may have any job', () =>
    expect(
      verdictsOf(prometheus(scraping(webJob), recording('job:a:sum'), alert('job:a:sum{job="wbe"} == 0'))),
    ).toEqual([]));
  test('a recorded series must be recorded', () => {
    const reads = (config: string) => verdictsOf(prometheus(config, alert('job:a:sum == 0')));
    expect(reads(scraping(webJob))).toEqual([`fail ${rulesAt}`]);
    expect(reads(scraping('{ job_name: web, honor_labels: true }', '{ job_name: b }'))).toEqual([`unknown ${rulesAt}`]);
    expect(reads(scraping('{ job_name: web, metrics_path: /federate }', '{ job_name: b }'))).toEqual([
      `unknown ${rulesAt}`,
    ]);
    expect(reads(scraping('{ job_name: web, metrics_path: /metrics, honor_labels: false }'))).toEqual([
      `fail ${rulesAt}`,
    ]);
    expect(verdictsOf(rules(alert('job:a:sum == 0')))).toEqual([
      'unknown PrometheusRule/shop/web spec.groups[0].rules[0].expr',
    ]);
    // A rule may query its own result.
    expect(verdictsOf(prometheus(scraping(webJob), recording('job:a:sum', 'job:a:sum + 1')))).toEqual([]);
  });
  test('the series of Prometheus itself and of widespread exporters are known', () => {
    const known = [
      'up',
      'ALERTS',
      'scrape_duration_seconds',
      'node_load1',
      'kube_pod_info',
      'container_cpu_usage_seconds_total',
    ];
    for (const metric of known) expect(verdictsOf(rules(alert(`${metric} > 1`)))).toEqual([]);
    expect(verdictsOf(all(rules(recording('orders', 'up')), rules(alert('orders > 1'), 'b')))).toEqual([]);
  });
  test('what nobody declares is one unknown finding per rule file, with the first five names', () => {
    const many = 'f_a + e_a + d_a + c_a + b_a';
    expect(messages(id, rules(alert(many)))).toEqual([
      expect.stringContaining('whether any workload exposes b_a, c_a, d_a, e_a, f_a is not known'),
    ]);
    expect(messages(id, rules(alert(`${many} + a_a + g_a`)))[0]).toContain(
      'a_a, b_a, c_a, d_a, e_a and 2 more is not known',
    );
    expect(findings(id, prometheus(scraping(webJob), alert('z_a > 1'), alert('y_a > 1')))).toHaveLength(1);
    expect(messages(id, prometheus(scraping(webJob), alert('z_a > 1'), alert('y_a > 1')))[0]).toContain(
      'exposes y_a, z_a is',
    );
  });
  test('a declared family has no other metrics', () => {
    const judged = (metrics: string, expr: string) => verdictsOf(all(declaring(metrics), rules(alert(expr))));
    const place = 'PrometheusRule/shop/web spec.groups[0].rules[0].expr';
    expect(judged('http_requests_total', 'http_requests_total > 1')).toEqual([]);
    expect(judged('http_requests_total', 'http_request_total > 1')).toEqual([`fail ${place}`]);
    expect(judged('http_requests_total', 'shop_orders > 1')).toEqual([`unknown ${place}`]);
    expect(judged('http_*', 'http_anything > 1')).toEqual([]);
    expect(judged('http_req*', 'http_other > 1')).toEqual([`unknown ${place}`]);
    expect(judged('http_duration', 'rate(http_duration_bucket[5m]) > http_duration_sum + http_duration_count')).toEqual(
      [],
    );
    expect(judged('a_b, http_duration', 'http_duration_avg > 1')).toEqual([`fail ${place}`]);
    expect(
      messages(
        id,
        all(declaring('http_requests_total'), rules(alert('http_request_total > 1 or http_request_total < 0'))),
      ),
    ).toEqual([expect.stringContaining('which is not among the declared metrics (strata/metrics)')]);
  });
  test('a job whose every target is blocked follows from the policy', () => {
    const web = (name: string) =>
      all(service(`selector: { app: ${name} }, ports: [{ port: 80 }]`, name), workload({ name }));
    const deny = (name: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { podSelector: { matchLabels: { app: ${name} } }, policyTypes: [Ingress] } }`;
    const two = "{ job_name: web, static_configs: [{ targets: ['web:80', 'api:80'] }] }";
    const on = (...policies: string[]) =>
      messages(
        id,
        all(namespace, web('web'), web('api'), ...policies, prometheus(scraping(two), alert('up{job="web"} == 0'))),
      );
    expect(on(deny('web'), deny('api'))[0]).toContain('the only series of the job is up = 0');
    expect(on(deny('web'))).toEqual([]);
    expect(on()).toEqual([]);
  });
});

describe('promql-meaning', () => {
  const id = 'promql-meaning';
  const said = (expr: string) => messages(id, rules(alert(expr)));
  test.each(['rate', 'irate', 'increase', 'resets'])('%s is for counters', (name) => {
    expect(said(`${name}(go_goroutines[5m]) > 1`)).toEqual([
      `alert A: ${name} is for counters, and go_goroutines is a gauge: each decrease counts as a counter reset and is added`,
    ]);
    expect(said(`${name}(a_total[5m]) > 1`)).toEqual([]);
    expect(said(`${name}(unheard_of[5m]) > 1`)).toEqual([]);
    expect(said(`${name}({job="a"}[5m]) > 1`)).toEqual([]);
  });
  test.each(['delta', 'idelta', 'deriv'])('%s is for gauges', (name) => {
    expect(said(`${name}(a_total[5m]) > 1`)[0]).toContain(`${name} is for gauges, and a_total is a counter`);
    expect(said(`${name}(go_goroutines[5m]) > 1`)).toEqual([]);
  });
  test('so is predict_linear; of several functions each looks at its own range', () => {
    expect(said('predict_linear(a_total[1h], 60) > 1')[0]).toContain('predict_linear is for gauges');
    expect(said('max_over_time(a_total[5m]) > 1')).toEqual([]);
    expect(said('rate(a_total[5m]) + max_over_time(go_goroutines[5m]) > 1')).toEqual([]);
    expect(said('max_over_time(go_goroutines[5m]) + rate(a_total[5m]) > 1')).toEqual([]);
    expect(said('delta(go_goroutines[5m]) + rate(a_total[5m]) > 1')).toEqual([]);
    expect(said('rate(a_total[5m]) + delta(go_goroutines[5m]) > 1')).toEqual([]);
  });
  test('the same reason is given once', () =>
    expect(said('rate(go_goroutines[5m]) > rate(go_goroutines[5m])')).toHaveLength(1));
  test('a rate of an aggregate counts resets wrongly', () => {
    expect(said('rate(sum(a_total)[5m:1m]) > 1')[0]).toContain(
      'rate of sum(a_total) counts a reset of one counter as a reset of the aggregate',
    );
    expect(said('rate(sum by (b) (a_total)[5m:1m]) > 1')).toHaveLength(1);
    expect(said('rate(sum(go_goroutines)[5m:1m]) > 1')).toEqual([]);
    expect(said('max_over_time(sum(a_total)[5m:1m]) > 1')).toEqual([]);
    expect(said('rate(sum(rate(a_total[5m]))[5m:1m]) > 1')).toEqual([]);
    expect(said('rate(abs(a_total)[5m:1m]) > 1')).toEqual([]);
    expect(said('rate(sum(b)[5m:1m]) > sum(a_total)')).toEqual([]);
  });
  test('quantiles need the label le', () => {
    expect(said('histogram_quantile(0.9, sum(rate(a_bucket[5m]))) > 1')[0]).toContain('drops the label le');
    expect(said('histogram_quantile(0.9, sum without (le) (rate(a_bucket[5m]))) > 1')).toHaveLength(1);
    expect(said('histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) > 1')).toEqual([]);
    expect(said('clamp_max(sum(rate(a_bucket[5m])), 1) > 1')).toEqual([]);
    expect(said('histogram_quantile(0.9, sum(rate(native[5m]))) > max(a_bucket)')).toEqual([]);
    expect(said('max(a_bucket) > histogram_quantile(0.9, sum(rate(native[5m])))')).toEqual([]);
    expect(said('histogram_quantile(0.9, topk(3, rate(a_bucket[5m]))) > 1')).toEqual([]);
    expect(said('histogram_quantile(0.9, sum(a_bucket)) > 1')).toHaveLength(1);
    expect(said('histogram_quantile(0.9, sum(a_bucket + on () group_left b)) > 1')).toHaveLength(1);
    const long = `histogram_quantile(0.9, sum by (${'abcdefghij'.repeat(10)}) (rate(a_bucket[5m]))) > 1`;
    expect(said(long)[0]!.length).toBeLessThan(200);
  });
  test('two sides match only by the same labels', () => {
    expect(said('sum by (b, a) (x) / sum by (c) (y) > 1')).toEqual([
      'alert A: one side has the labels (a, b) and the other (c), and without on(…) only series with the same labels match: there are none, so it returns nothing',
    ]);
    expect(said('(sum by (a) (x)) / (sum by (b) (y))')).toHaveLength(1);
    expect(said('sum by (a) (x) / sum(y)')).toHaveLength(1);
    expect(said('sum by (a) (x) and sum by (b) (y)')).toHaveLength(1);
    expect(said('sum by (a) (x) or sum by (b) (y)')).toEqual([]);
    expect(said('sum by (a) (x) unless sum by (b) (y)')).toEqual([]);
    expect(said('sum by (a) (x) / on () group_left sum by (b) (y)')).toEqual([]);
    expect(said('sum without (a) (x) / sum by (b) (y)')).toEqual([]);
    expect(said('sum by (a) (x) / sum without (b) (y)')).toEqual([]);
    expect(said('sum by (a) (x) / topk(3, y)')).toEqual([]);
    expect(said('topk by (b) (3, x) / sum by (a) (y)')).toEqual([]);
    expect(said('sum by (a) (x) / 2')).toEqual([]);
    expect(said('sum by (a) (x) / rate(sum_total[5m])')).toEqual([]);
  });
});

describe('prom-config-rules-valid', () => {
  const id = 'prom-config-rules-valid';
  test('rules of other APIs, and declared files, are not judged', () => {
    const broken = rules(alert('up =='));
    expect(findings(id, broken)).toHaveLength(1);
    expect(findings(id, broken.replace('monitoring.coreos.com/v1', 'example.com/v1'))).toEqual([]);
    const files = prometheus('{ scrape_configs: [{ job_name: a, job_name2: b }] }', alert('up =='));
    expect(findings(id, files).length).toBeGreaterThan(0);
    const [configuration, pods] = files.split('\n---\n') as [string, string];
    expect(findings(id, pods, { declared: configuration })).toEqual([]);
  });
});

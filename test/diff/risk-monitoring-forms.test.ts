import { allOf, classed, MONITORING, messagesOf, workloadOf, worstClass } from './risks';

/** The same Prometheus as an object of the operator and by files: what it scrapes, by whom it is told, and where its samples are. */
const id = MONITORING;
const NAMESPACE = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const WEB = workloadOf({ container: 'ports: [{ name: http, containerPort: 8080 }]' });
const API = workloadOf({ name: 'api', container: 'ports: [{ name: http, containerPort: 9000 }]' });
const SERVICE =
  '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] } }';
const operator = (kind: string, name: string, spec: string) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const podMonitor = (name: string, more = '') =>
  operator(
    'PodMonitor',
    name,
    `selector: { matchLabels: { app: ${name} } }, podMetricsEndpoints: [{ port: http, ${more} }]`,
  );
const serviceMonitor = operator(
  'ServiceMonitor',
  'web',
  'selector: { matchLabels: { app: web } }, endpoints: [{ port: http }]',
);
const rule = (alert: string) =>
  operator('PrometheusRule', 'web', `groups: [{ name: web, rules: [{ alert: ${alert}, expr: up }] }]`);
const CLAIM = 'spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }';
const operated = (storage = `storage: { volumeClaimTemplate: { ${CLAIM} } }`, more = '') =>
  operator(
    'Prometheus',
    'main',
    `podMonitorSelector: {}, serviceMonitorSelector: {}, ruleSelector: {}, ${storage}, ${more}`,
  );

const pods = (app: string, more = '') =>
  `{ job_name: ${app}, kubernetes_sd_configs: [{ role: pod, namespaces: { names: [shop] } }], relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_pod_label_app], regex: ${app} }, { action: keep, source_labels: [__meta_kubernetes_pod_container_port_name], regex: http }], ${more} }`;
const KUBELET =
  '{ job_name: kubelet, scheme: https, authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }, kubernetes_sd_configs: [{ role: node }] }';
const ANNOTATED = (more = '') =>
  `{ job_name: annotated, kubernetes_sd_configs: [{ role: pod }], relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_pod_annotation_scrape], regex: 'true' }, ${more} { target_label: pod, source_labels: [__meta_kubernetes_pod_name] }] }`;
const files = (jobs: readonly string[], { alert = '', volume = 'emptyDir: {}', template = '' } = {}) =>
  allOf(
    `
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: ${JSON.stringify(`{ rule_files: [rules.yml], scrape_configs: [${jobs.join(', ')}] }`)}
  rules.yml: "groups: [{ name: web, rules: [${alert ? `{ alert: ${alert}, expr: up }` : ''}] }]"
`,
    `
apiVersion: apps/v1
kind: ${template ? 'StatefulSet' : 'Deployment'}
metadata: { name: prometheus, namespace: shop }
spec:
  ${template}
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }, { name: data, mountPath: /prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }${template ? '' : `, { name: data, ${volume} }`}]
`,
  );
const base = allOf(NAMESPACE, WEB, API, SERVICE);

describe('what is scraped before and after is the same in another form', () => {
  test.each([
    ['PodMonitors', allOf(operated(), podMonitor('web'), podMonitor('api')), files([pods('web'), pods('api')])],
    ['a ServiceMonitor', allOf(operated(), serviceMonitor), files([pods('web')])],
    [
      'by an address',
      allOf(operated(), serviceMonitor),
      files(["{ job_name: web, static_configs: [{ targets: ['web:80'] }] }"]),
    ],
    ['an alert', allOf(operated(), rule('WebIsDown')), files([], { alert: 'WebIsDown' })],
    [
      'a kubelet',
      allOf(
        operated(),
        `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: kubelet, namespace: shop }, spec: { namespaceSelector: { matchNames: [kube-system] }, selector: { matchLabels: { k8s-app: kubelet } }, endpoints: [{ port: https-metrics, scheme: https, bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token }] } }`,
      ),
      files([KUBELET]),
    ],
    [
      'a ScrapeConfig',
      allOf(
        operated(),
        `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: ScrapeConfig, metadata: { name: annotated, namespace: shop }, spec: { kubernetesSDConfigs: [{ role: Pod }], relabelings: [{ targetLabel: job, replacement: annotated }, { action: keep, sourceLabels: [__meta_kubernetes_pod_annotation_scrape], regex: 'true' }] } }`,
      ),
      files([ANNOTATED()]),
    ],
  ])('%s', (_, objects, written) => {
    expect(classed(id, allOf(base, objects), allOf(base, written))).toEqual([]);
    expect(classed(id, allOf(base, written), allOf(base, objects))).toEqual([]);
  });

  test('what the other form leaves out is lost all the same', () => {
    const objects = allOf(base, operated(), podMonitor('web'), podMonitor('api'), rule('WebIsDown'));
    expect(classed(id, objects, allOf(base, files([pods('web')], { alert: 'WebIsDown' })))).toEqual([
      'disruption PodMonitor/shop/api',
    ]);
    expect(messagesOf(id, objects, allOf(base, files([pods('web'), pods('api')], { alert: 'Other' })))).toEqual([
      'nobody is told any more by WebIsDown',
    ]);
    // Another page of the same port.
    expect(
      classed(
        id,
        allOf(base, operated(), podMonitor('web', 'path: /admin/metrics')),
        allOf(base, files([pods('web')])),
      ),
    ).toEqual(['disruption PodMonitor/shop/web']);
  });
  test('and from files to objects', () => {
    const written = allOf(base, files([pods('web'), pods('api'), KUBELET, ANNOTATED()], { alert: 'WebIsDown' }));
    expect(messagesOf(id, written, allOf(base, operated(), podMonitor('web')))).toEqual([
      'the metrics of Deployment/shop/api port 9000, the kubelet at /metrics, what job annotated finds are read no more',
      'nobody is told any more by WebIsDown',
    ]);
  });
  test('files that stay, with a job less or another rule in it', () => {
    const of = (jobs: readonly string[], alert = 'A') => allOf(base, files(jobs, { alert }));
    expect(messagesOf(id, of([pods('web'), pods('api')]), of([pods('web')]))).toEqual([
      'the metrics of Deployment/shop/api port 9000 are read no more',
    ]);
    expect(messagesOf(id, of([pods('web')]), of([pods('web', 'scrape_interval: 10s')]))).toEqual([]);
    expect(messagesOf(id, of([pods('web')]), of([pods('web')], 'B'))).toEqual(['nobody is told any more by A']);
    // Whom nobody reads because it is gone is told there.
    expect(messagesOf(id, allOf(base, files([pods('api')])), allOf(NAMESPACE, WEB, files([pods('web')])))).toEqual([]);
  });
  test('one alert of two of a name', () => {
    const second = rule('A').replace('name: web,', 'name: other,');
    expect(messagesOf(id, allOf(rule('A'), second), rule('A'))).toEqual(['nobody is told any more by A']);
    expect(messagesOf(id, rule('A'), second)).toEqual([]);
  });
});

describe('samples of a Prometheus whose form changes', () => {
  const removed = 'stateful-set-removed';
  const claims = 'prometheus-main-db-prometheus-main-0';
  test.each([
    ['without a volume', files([]), 'data-loss', 'has no volume: what it writes is lost with the pod'],
    [
      'with a claim',
      files([], { volume: 'persistentVolumeClaim: { claimName: data }' }),
      'disruption',
      'begins with empty volumes',
    ],
    ['not at all', WEB, 'disruption', 'nothing uses it'],
  ])('an object of the operator, and after it %s', (_, after, risk, message) => {
    expect(classed(removed, operated(), after)).toEqual([`${risk} Prometheus/shop/main`]);
    const [said] = messagesOf(removed, operated(), after);
    expect(said).toContain(`${claims} stays with all data, and nothing uses it`);
    expect(said).toContain(message);
  });
  test('with whenDeleted: Delete its volumes go with it', () => {
    const deleting = operated(undefined, 'persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }');
    expect(classed(removed, deleting, WEB)).toEqual(['data-loss Prometheus/shop/main']);
    expect(messagesOf(removed, deleting, WEB)[0]).toContain(`${claims} is deleted with it`);
  });
  test('its name is that of its template, of each shard, and of each kind', () => {
    const named = `storage: { volumeClaimTemplate: { metadata: { name: data }, ${CLAIM} } }, shards: 2`;
    expect(messagesOf(removed, operated(named), WEB)).toEqual([
      expect.stringContaining('data-prometheus-main-0 stays'),
      expect.stringContaining('data-prometheus-main-shard-1-0 stays'),
    ]);
    const of = (kind: string) => operator(kind, 'main', `storage: { volumeClaimTemplate: { ${CLAIM} } }, replicas: 2`);
    expect(messagesOf(removed, of('Alertmanager'), WEB)[0]).toContain(
      'alertmanager-main-db-alertmanager-main-0 and alertmanager-main-db-alertmanager-main-1 stay',
    );
    expect(messagesOf(removed, of('ThanosRuler'), WEB)[0]).toContain('thanos-ruler-main-data-thanos-ruler-main-0');
  });
  test('and a StatefulSet, with an object in its place', () => {
    const set = files([], {
      template: `serviceName: prometheus\n  volumeClaimTemplates: [{ metadata: { name: data }, ${CLAIM} }]`,
    });
    expect(classed(removed, set, operated('replicas: 1'))).toEqual(['data-loss StatefulSet/shop/prometheus']);
    expect(classed(removed, set, operated())).toEqual(['disruption StatefulSet/shop/prometheus']);
    // Another program is no successor.
    expect(messagesOf(removed, set, operator('Alertmanager', 'main', 'replicas: 1'))[0]).not.toContain('in its place');
  });
  test('without a claim there is nothing to lose', () =>
    expect(classed(removed, operated('replicas: 1'), files([]))).toEqual([]));
});

describe('what is left out of what is found and read', () => {
  const file = (job: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: mon }, data: { prometheus.yml: ${JSON.stringify(`scrape_configs: [{ job_name: pods, kubernetes_sd_configs: [{ role: pod }]${job && `, ${job}`} }]`)} } }`;
  const rule = (action: string, regex: string, label = 'a') =>
    `{ source_labels: [${label}], regex: '${regex}', action: ${action} }`;
  const targets = (...rules: string[]) => file(`relabel_configs: [${rules.join(', ')}]`);
  const series = (...rules: string[]) => file(`metric_relabel_configs: [${rules.join(', ')}]`);
  test.each([
    [
      'another value to keep',
      targets(rule('keep', 'true')),
      targets(rule('keep', 'yes')),
      'job pods may find less than before: it keeps only "yes" of a',
    ],
    ['fewer values to keep', targets(rule('keep', 'a|b')), targets(rule('keep', 'a')), 'it keeps only "a" of a'],
    ['something to drop', targets(), targets(rule('drop', 'a')), 'it drops "a" of a'],
    ['more to drop', targets(rule('drop', 'a')), targets(rule('drop', 'a|b')), 'it drops "a|b" of a'],
    [
      'series',
      series(),
      series(rule('drop', 'http_.*', '__name__')),
      'job pods keeps less of what it reads: it drops "http_.*" of __name__',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['more values to keep', targets(rule('keep', 'a')), targets(rule('keep', 'a|b'))],
    ['less to drop', targets(rule('drop', 'a|b')), targets(rule('drop', 'b'))],
    ['what writes labels alone', targets(), targets('{ source_labels: [a], target_label: b }')],
    [
      'the same in another order',
      targets(rule('keep', 'a'), rule('drop', 'b')),
      targets(rule('drop', 'b'), rule('keep', 'a')),
    ],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('of a monitor', () => {
    const monitor = (more: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: mon }, spec: { selector: {}, endpoints: [{ port: http${more} }] } }`;
    const drops = monitor(', metricRelabelings: [{ action: drop, sourceLabels: [__name__], regex: a }]');
    expect(messagesOf(id, monitor(''), drops)).toEqual(['it keeps less of what it reads: it drops "a" of __name__']);
    expect(classed(id, drops, monitor(''))).toEqual([]);
    expect(
      messagesOf(id, monitor(''), monitor(', relabelings: [{ action: Keep, sourceLabels: [b], regex: c }]')),
    ).toEqual(['it may find less than before: it keeps only "c" of b']);
  });
});

test('a few minutes more before an alert is told are in-place', () => {
  const rules = (time: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: mon }, spec: { groups: [{ name: g, rules: [{ alert: Down, expr: up, for: ${time} }] }] } }`;
  expect(classed(id, rules('5m'), rules('10m'))).toEqual(['in-place PrometheusRule/mon/r spec.groups[g].rules']);
  expect(classed(id, rules('5m'), rules('20m'))).toEqual(['disruption PrometheusRule/mon/r spec.groups[g].rules']);
  expect(classed(id, rules('20m'), rules('5m'))).toEqual([]);
});

test('a series that a rule file records no more, or that another one records', () => {
  const rules = (name: string, ...records: string[]) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: mon }, data: { rules.yml: ${JSON.stringify(`groups: [{ name: g, rules: [${records.map((record) => `{ record: ${record}, expr: up }`).join(', ')}] }]`)} } }`;
  expect(messagesOf(id, rules('a', 'x:up', 'y:up'), rules('a', 'x:up'))).toEqual([
    'y:up is recorded no more: what asks for it finds nothing',
  ]);
  expect(classed(id, allOf(rules('a', 'x:up'), rules('b')), allOf(rules('a'), rules('b', 'x:up')))).toEqual([]);
});

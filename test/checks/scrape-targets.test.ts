import { all, namespace, said, service, workload } from './judging';

const ID = 'scrape-target-resolves';
const selected = 'selector: { app: web }, ports: [{ name: http, port: 80 }]';
/** What is said of a prometheus.yml in namespace shop, which has a Service web, beside a Service exporter of namespace back. */
const judged = (config: string, ...more: readonly string[]) =>
  said(
    ID,
    all(
      ...more,
      service(selected),
      service('selector: { app: web }, ports: [{ port: 9100 }]', 'exporter').replace(
        'namespace: shop',
        'namespace: back',
      ),
      workload(),
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(config)} } }`,
      workload({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: prometheus } }]',
        containers:
          "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
      }),
    ),
  ).map(({ verdict, message }) => `${verdict}: ${message}`);
const scraped = (fields: string, ...more: readonly string[]) =>
  judged(`{ scrape_configs: [{ job_name: a, ${fields} }] }`, ...more);
const target = (text: string, ...more: readonly string[]) =>
  scraped(`static_configs: [{ targets: ['${text}'] }]`, ...more);

test.each([
  'web:80',
  'web',
  'web.shop:80',
  'web.shop.svc.cluster.local:80',
  'exporter.back:9100',
  'localhost:9090',
  '10.0.0.1:9100',
  'example.com:443',
])('the target %s is one that may answer', (text) => expect(target(text, namespace)).toEqual([]));

test('a target is a Service of the namespace, at a port of it', () => {
  expect(target('wbe:80', namespace)[0]).toMatch(/^fail: .*no Service wbe.*: the target of job a is down \(up is 0\)$/);
  expect(target('web:8080', namespace)[0]).toMatch(/^fail: Service web has no port 8080 \(it has: .*80/);
  expect(target('web.shop.svc:9100', namespace)[0]).toMatch(/^fail: Service web has no port 9100/);
  expect(target('exporter.back:9101', namespace)[0]).toMatch(/^fail: Service exporter has no port 9101/);
});
test('a Service of another namespace is found with its namespace only', () => {
  expect(target('exporter:9100')[0]).toMatch(/^fail: .*namespace shop has no Service exporter \(back has\)/);
});
test('a name that is nowhere is unknown in a namespace that is not whole, and wrong where it is misspelt', () => {
  expect(target('database:9100')[0]).toMatch(/^unknown: whether namespace shop has a Service database is not known/);
  expect(['weeb:80', 'exporrter.back:9100'].map((text) => target(text)[0]?.slice(0, 6))).toEqual(['fail: ', 'fail: ']);
});
test('what a relabeling writes as the address is the target', () => {
  const probe = (replacement: string) =>
    scraped(
      `static_configs: [{ targets: ['https://a.b/'] }], relabel_configs: [{ source_labels: [__address__], target_label: __param_target }, { target_label: __address__, replacement: '${replacement}' }]`,
      namespace,
    );
  expect(probe('web:80')).toEqual([]);
  expect(probe('blackbox:9115')[0]).toMatch(/^unknown: .*blackbox/);
  expect(probe('weba:80')[0]).toMatch(/^fail: .*weba/);
  expect(probe('$1:9115')).toEqual([]);
});
test('names that are looked up are those of Services', () => {
  expect(scraped('dns_sd_configs: [{ names: [web.shop], type: A, port: 8080 }]')[0]).toContain('has no port 8080');
  expect(scraped('dns_sd_configs: [{ names: [wbe.shop], type: A, port: 80 }]')[0]).toMatch(/^fail: /);
  expect(scraped('dns_sd_configs: [{ names: [_http._tcp.web.shop.svc.cluster.local] }]')).toEqual([]);
  expect(scraped('dns_sd_configs: [{ names: [_http._tcp.wbe.shop.svc.cluster.local] }]')[0]).toMatch(/^fail: /);
});
test('Alertmanagers and remote ends are judged as well', () => {
  expect(
    judged("{ alerting: { alertmanagers: [{ static_configs: [{ targets: ['wbe:80'] }] }] } }", namespace)[0],
  ).toMatch(/^fail: .*: no alert is sent there$/);
  expect(
    judged('{ alerting: { alertmanagers: [{ scheme: https, static_configs: [{ targets: [web] }] }] } }')[0],
  ).toContain('has no port 443');
  expect(judged("{ remote_write: [{ url: 'http://web:8080/api/v1/push' }] }")[0]).toMatch(
    /^fail: .*: remote_write fails$/,
  );
  expect(judged("{ remote_read: [{ url: 'http://web/api/v1/read' }] }")).toEqual([]);
});
test('a Service that an operator makes is there', () => {
  const operated =
    '{ apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: { name: main, namespace: shop } }';
  expect(target('alertmanager-operated:9093', namespace, operated)).toEqual([]);
  expect(target('alertmanager-operated:9093', namespace)[0]).toMatch(/^unknown: /);
});

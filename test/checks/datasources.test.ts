import { all, namespace, said, service, workload } from './judging';

const ID = 'datasource-resolves';
const web = service('selector: { app: web }, ports: [{ port: 9090 }]', 'prometheus');
const content = (url: string, more = '') =>
  `{ apiVersion: 1, datasources: [{ name: Metrics, type: prometheus, url: '${url}' ${more} }] }`;
const configMap = (text: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: sources, namespace: shop }, data: { a.yaml: ${JSON.stringify(text)} } }`;
const grafana = (pod = '') =>
  workload({ name: 'grafana', pod, containers: "{ name: g, image: 'grafana/grafana:11.0.0' }" });
const mounting = grafana('volumes: [{ name: s, configMap: { name: sources } }]');
const judged = (...manifests: readonly string[]) =>
  said(ID, all(namespace, web, ...manifests)).map(({ verdict, object, message }) => `${verdict} ${object}: ${message}`);

test.each([
  'http://prometheus.shop:9090',
  'http://prometheus.shop.svc.cluster.local:9090/prefix',
  'https://example.com',
  '$URL',
  'http://localhost:9090',
])('%s is a data source that may answer', (url) => expect(judged(configMap(content(url)))).toEqual([]));
test('a Service that does not exist, and a port that it does not have', () => {
  expect(judged(configMap(content('http://promtheus.shop.svc:9090')))[0]).toMatch(
    /^fail ConfigMap\/shop\/sources: data source Metrics: .*no Service promtheus/,
  );
  expect(judged(configMap(content('http://loki.shop.svc:3100')))[0]).toMatch(/^fail .*no Service loki/);
  expect(judged(configMap(content('http://prometheus.shop:9091')))[0]).toMatch(/^fail .*has no port 9091/);
  expect(judged(configMap(content('http://prometheus.shop')))[0]).toMatch(/^fail .*has no port 80 /);
});
test('a name without dots is looked up in the namespace of Grafana', () => {
  expect(judged(configMap(content('http://promtheus:9090')))).toEqual([]);
  expect(judged(configMap(content('http://promtheus:9090')), grafana())[0]).toMatch(/^fail .*no Service promtheus/);
  expect(judged(configMap(content('http://promtheus:9090')), mounting)[0]).toMatch(/^fail .*no Service promtheus/);
  expect(judged(configMap(content('http://loki:3100')), grafana())[0]).toMatch(/^unknown .*no Service loki/);
  expect(judged(configMap(content('http://prometheus:9090')), mounting)).toEqual([]);
});
test("names with dots in a mounted file are another check's", () => {
  expect(judged(configMap(content('http://promtheus.shop.svc:9090')), mounting)).toEqual([]);
  expect(judged(configMap(content('http://prometheus.shop.svc:9091')), mounting)).toEqual([]);
});
test('what browsers ask, and other lists of sources, are not judged', () => {
  expect(judged(configMap(content('http://promtheus.shop:9090', ', access: direct')))).toEqual([]);
  expect(judged(configMap("datasources: [{ url: 'http://promtheus.shop:9090' }]"))).toEqual([]);
});
test('a Secret holds data sources as well, and so does an object of the Grafana operator', () => {
  const secret = (field: string, text: string) =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: sources, namespace: shop }, ${field}: { a.yaml: ${JSON.stringify(text)} } }`;
  const bad = content('http://promtheus.shop:9090');
  expect(judged(secret('stringData', bad))).toHaveLength(1);
  expect(judged(secret('data', Buffer.from(bad).toString('base64')))).toHaveLength(1);
  const custom = (url: string) =>
    `{ apiVersion: grafana.integreatly.org/v1beta1, kind: GrafanaDatasource, metadata: { name: m, namespace: shop }, spec: { datasource: { name: m, type: prometheus, url: '${url}' } } }`;
  expect(judged(custom('http://promtheus.shop:9090'))[0]).toMatch(/^fail GrafanaDatasource\/shop\/m/);
  expect(judged(custom('http://prometheus.shop:9090'))).toEqual([]);
});
test('the URL of prometheus-adapter is that of a Service, which the checks of all configurations see', () => {
  const adapter = (url: string) =>
    all(namespace, web, workload({ name: 'adapter', container: `args: ['--prometheus-url=${url}']` }));
  const verdict = (id: string, url: string) => said(id, adapter(url)).map((finding) => finding.verdict);
  expect(verdict('config-host-resolves', 'http://promtheus.shop.svc:9090/')).toEqual(['fail']);
  expect(verdict('config-port-exists', 'http://prometheus.shop.svc:9091/')).toEqual(['fail']);
  expect(verdict('config-host-resolves', 'http://prometheus.shop.svc:9090/')).toEqual([]);
});

describe('a data source that a dashboard names', () => {
  const dashboard = (uid: string, more: object = {}) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: boards, namespace: shop }, data: { web.json: ${JSON.stringify(
      JSON.stringify({
        title: 'Web',
        schemaVersion: 39,
        panels: [
          { title: 'Requests', gridPos: {}, datasource: { type: 'prometheus', uid }, targets: [{ expr: 'up' }] },
        ],
        ...more,
      }),
    )} } }`;
  const sources = configMap(content('http://prometheus.shop.svc:9090', ', uid: prometheus'));

  test('has the uid of one that is provisioned', () => {
    expect(judged(sources, dashboard('prometheus'))).toEqual([]);
    expect(judged(sources, dashboard('promtheus'))).toEqual([
      expect.stringMatching(
        /^fail ConfigMap\/shop\/boards: web\.json, panel Requests names the data source promtheus.*did you mean "prometheus"\?/,
      ),
    ]);
    expect(judged(sources, dashboard('thanos'))).toEqual([
      expect.stringMatching(/^unknown .*made elsewhere is not known/),
    ]);
    expect(said(ID, all(namespace, web, sources, dashboard('thanos')), { complete: true })[0]?.verdict).toBe('fail');
  });
  test('may be any where none is provisioned, or where Grafana makes up the uid of one', () => {
    expect(judged(dashboard('thanos'))).toEqual([]);
    expect(
      judged(
        sources,
        configMap(content('http://prometheus.shop.svc:9090')).replace('name: sources', 'name: more'),
        dashboard('thanos'),
      ),
    ).toEqual([]);
  });
  test.each(['-- Mixed --', '-- Grafana --', 'grafana'])('may be %s, which Grafana has', (uid) =>
    expect(judged(sources, dashboard(uid))).toEqual([]),
  );
  test('may be a variable of the dashboard, and none that the form for imports asks for', () => {
    const templating = { templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] } };
    for (const uid of ['${datasource}', '$datasource']) expect(judged(sources, dashboard(uid, templating))).toEqual([]);
    const inputs = { __inputs: [{ name: 'DS_PROMETHEUS', type: 'datasource' }], ...templating };
    for (const uid of ['${DS_PROMETHEUS}', '$DS_PROMETHEUS'])
      expect(judged(dashboard(uid, inputs))).toEqual([expect.stringMatching(/^fail .*has no variable DS_PROMETHEUS/)]);
  });
  test('of queries, variables and folded rows is read, each once', () => {
    const folded = (uid: string) => ({
      panels: [{ type: 'row', panels: [{ title: 'Q', targets: [{ datasource: { uid } }] }] }],
    });
    expect(judged(sources, dashboard('x', folded('promtheus')))[0]).toContain('panel Q');
    expect(
      judged(
        sources,
        dashboard('x', {
          ...folded('prometheus'),
          templating: { list: [{ name: 'a', datasource: { uid: 'promtheus' } }] },
        }),
      ),
    ).toHaveLength(1);
    const twice = { panels: [1, 2].map(() => ({ title: 'T', gridPos: {}, datasource: { uid: 'promtheus' } })) };
    expect(judged(sources, dashboard('x', twice))).toHaveLength(1);
  });
});

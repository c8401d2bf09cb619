import { all, findings, verdicts } from './judging';

const config = (name: string, key: string, text: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { ${key}: ${JSON.stringify(text)} } }`;
const provider = (path: string, more = '') =>
  config('provider', 'p.yaml', `apiVersion: 1\nproviders: [{ name: a, ${more} options: { path: ${path} } }]\n`);
const sources = (...uids: string[]) =>
  config(
    'sources',
    's.yaml',
    `apiVersion: 1\ndatasources: [${uids.map((uid, i) => `{ name: d${i}, type: prometheus, url: 'http://p:9090'${uid && `, uid: ${uid}`} }`).join(', ')}]\n`,
  );
const panel = (datasource: string) => `{ "type": "stat", "title": "A", "datasource": ${datasource}, "targets": [] }`;
const board = (...panels: string[]) =>
  config('web', 'web.json', `{ "uid": "web", "title": "Web", "schemaVersion": 42, "panels": [${panels.join(', ')}] }`);
const of = (uid: string) => panel(`{ "type": "prometheus", "uid": "${uid}" }`);

interface Pod {
  readonly image?: string;
  readonly env?: string;
  readonly mounts?: readonly (readonly [volume: string, at: string])[];
  readonly volumes?: string;
  readonly more?: string;
}
const USUAL = [
  ['provider', '/etc/grafana/provisioning/dashboards'],
  ['sources', '/etc/grafana/provisioning/datasources'],
  ['web', '/boards/web'],
] as const;
const grafana = ({ image = 'grafana/grafana:12.3.0', env = '', mounts = USUAL, volumes = '', more = '' }: Pod = {}) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: grafana, namespace: shop }
spec:
  selector: { matchLabels: { app: grafana } }
  template:
    metadata: { labels: { app: grafana } }
    spec:
      volumes: [${['provider', 'sources', 'web'].map((name) => `{ name: ${name}, configMap: { name: ${name} } }`).join(', ')}${volumes && `, ${volumes}`}]
      containers:
        - name: grafana
          image: ${image}
          env: [${env}]
          volumeMounts: [${mounts.map(([name, at]) => `{ name: ${name}, mountPath: ${at} }`).join(', ')}]
        ${more}
`;
const said = (...manifests: string[]) => verdicts('grafana-provisioned', all(...manifests));
const except = (name: string, at?: string) =>
  USUAL.flatMap(([volume, usual]) =>
    volume === name ? (at ? [[volume, at] as const] : []) : [[volume, usual] as const],
  );

test('what stands where Grafana looks is right', () => {
  expect(said(provider('/boards'), sources('main'), board(of('main')), grafana())).toEqual([]);
  expect(said(provider('/boards/'), sources('main'), board(of('main')), grafana())).toEqual([]);
});

describe('files that Grafana does not look at', () => {
  test.each(['provider', 'sources'])('%s elsewhere', (name) => {
    const [one] = findings(
      'grafana-provisioned',
      all(provider('/boards'), sources('main'), board(of('main')), grafana({ mounts: except(name, '/etc/grafana') })),
    );
    expect(one).toMatch(new RegExp(`^fail ConfigMap/shop/${name} data\\["[ps].yaml"\\]`));
  });
  test('a provisioning folder of its own', () => {
    const elsewhere = USUAL.map(([name, at]) => [name, at.replace('/etc/grafana/provisioning', '/given')] as const);
    const text = [provider('/boards'), sources('main'), board(of('main'))];
    expect(said(...text, grafana({ mounts: elsewhere })).length).toBe(2);
    expect(
      said(...text, grafana({ mounts: elsewhere, env: '{ name: GF_PATHS_PROVISIONING, value: /given }' })),
    ).toEqual([]);
  });
  test('files of other programs are no provisioning', () => {
    const other = config('sources', 's.yaml', 'datasources: [a, b]\nproviders: { aws: {} }\n');
    expect(
      said(provider('/boards'), other, board(of('main')), grafana({ mounts: except('sources', '/etc/other') })),
    ).toEqual([]);
  });
});

describe('folders of dashboards', () => {
  const wrong = [provider('/board'), sources('main'), board(of('main'))];
  test('a provider of a folder where nothing is, and a dashboard in none', () => {
    expect(said(...wrong, grafana())).toEqual(['fail data["p.yaml"]', 'fail data["web.json"]']);
  });
  test('an image of somebody else may bring dashboards', () => {
    expect(said(...wrong, grafana({ image: 'registry.example.com/team/grafana:1' }))).toEqual([
      'fail data["web.json"]',
    ]);
  });
  test('a sidecar may write them', () => {
    const sidecar = '- { name: gather, image: k8s-sidecar:1, volumeMounts: [{ name: found, mountPath: /found }] }';
    const mounts = [...USUAL, ['found', '/found'] as const];
    expect(said(...wrong, grafana({ volumes: '{ name: found, emptyDir: {} }', mounts, more: sidecar }))).toEqual([
      'fail data["web.json"]',
    ]);
  });
  test('a provider that is not of files', () => {
    expect(said(provider('/board', 'type: other,'), sources('main'), board(of('main')), grafana())).toEqual([]);
  });
  test('a dashboard in a volume that no container mounts', () => {
    const text = [provider('/boards'), sources('main'), board(of('main'))];
    const mounts = [...except('web'), ['other', '/boards/other'] as const];
    const volumes = '{ name: other, emptyDir: {} }';
    expect(said(...text, grafana({ mounts, volumes }))).toEqual(['fail data["web.json"]']);
    const second = '- { name: b, image: b:1, volumeMounts: [{ name: web, mountPath: /web }] }';
    expect(said(...text, grafana({ mounts, volumes, more: second }))).toEqual([]);
  });
});

describe('data sources that panels name', () => {
  const text = (...panels: string[]) => [provider('/boards'), sources('main', 'logs'), board(...panels)];
  test('one that is not provisioned, once for each', () => {
    expect(said(...text(of('mian'), of('mian'), of('logs')), grafana())).toEqual(['fail data["web.json"]']);
    expect(said(...text(of('mian'), of('lgos')), grafana())).toHaveLength(2);
  });
  test('that of a panel in a row, and of a query', () => {
    expect(said(...text(`{ "type": "row", "title": "R", "panels": [${of('mian')}] }`), grafana())).toHaveLength(1);
    const query = '{ "type": "stat", "title": "A", "targets": [{ "refId": "A", "datasource": { "uid": "mian" } }] }';
    expect(said(...text(query), grafana())).toHaveLength(1);
  });
  test.each(['${source}', '$source', '-- Mixed --', 'grafana', '-- Grafana --', '__expr__'])(
    '%s is one that Grafana knows',
    (uid) => {
      expect(said(...text(of(uid)), grafana())).toEqual([]);
    },
  );
  test('where they are kept, somebody may have made it', () => {
    const volumes = '{ name: data, persistentVolumeClaim: { claimName: data } }';
    const mounts = [...USUAL, ['data', '/var/lib/grafana'] as const];
    expect(said(...text(of('mian')), grafana({ volumes, mounts }))).toEqual(['unknown data["web.json"]']);
    expect(said(...text(of('mian')), grafana({ env: '{ name: GF_DATABASE_HOST, value: db }' }))).toEqual([
      'unknown data["web.json"]',
    ]);
  });
  test('nobody knows the uid of a source that has none', () => {
    expect(said(provider('/boards'), sources('main', ''), board(of('mian')), grafana())).toEqual([]);
    expect(said(provider('/boards'), board(of('mian')), grafana({ mounts: except('sources') }))).toEqual([]);
  });
});

describe('variables of a dashboard', () => {
  const asking = (expr: string, templating = '"templating": { "list": [{ "name": "ns" }] },') =>
    verdicts(
      'dashboard-valid',
      config(
        'web',
        'web.json',
        `{ "uid": "web", "title": "Web", "schemaVersion": 42, ${templating} "panels": [{ "type": "stat", "title": "A", "datasource": { "type": "prometheus" }, "targets": [{ "expr": ${JSON.stringify(expr)} }] }] }`,
      ),
    );
  test.each(['up{ns=~"$nss"}', 'up{ns=~"${nss}"}', 'up{ns=~"${nss:regex}"}', 'up{ns=~"[[nss]]"}', 'rate(up[$step])'])(
    '%s names one that it has not',
    (expr) => expect(asking(expr)).toEqual(['fail data["web.json"]']),
  );
  test.each([
    'up{ns=~"$ns"}',
    'up{ns=~"${ns:regex}"}',
    'rate(up[$__rate_interval])',
    'rate(up[${__interval}])',
    'label_replace(up, "a", "$1", "b", "(.*)")',
    'label_replace(up, "a", "$host", "b", "(?P<host>.*)")',
    'up{ns=~"a$"}',
  ])('%s does not', (expr) => expect(asking(expr)).toEqual([]));
  test('nobody knows those of a dashboard that lists none', () => {
    expect(asking('up{ns=~"$nss"}', '')).toEqual([]);
  });
});

test('a port that neither a headless Service nor its pods name', () => {
  const service = (spec: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: p, namespace: shop }, spec: { selector: { app: p }, ports: [{ port: 9090 }]${spec} } }`;
  const pod =
    '{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: shop, labels: { app: p } }, spec: { containers: [{ name: p, image: p:1, ports: [{ containerPort: 9090 }, { containerPort: 9095 }] }] } }';
  const asked = (port: number, spec: string) => {
    const source = sources('main').replace('http://p:9090', `http://p.shop.svc:${port}`);
    return verdicts('datasource-resolves', all(source, service(spec), pod, grafana()));
  };
  expect(asked(9091, ', clusterIP: None')).toEqual(['unknown data["s.yaml"]']);
  expect(asked(9090, ', clusterIP: None')).toEqual([]);
  expect(asked(9095, ', clusterIP: None')).toEqual([]);
});

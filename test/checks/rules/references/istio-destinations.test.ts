import { all, messages, namespace, verdicts } from '../../judging';

const ID = 'istio-destination-resolves';
const pods = (version: string) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web, version: ${version} } }, spec: { containers: [{ name: web, image: web }] } } } }`;
const service =
  '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }';
const rule = (labels: string, name = 'web') =>
  `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: ${name}, namespace: shop }, spec: { host: web, subsets: [{ name: v1${labels && `, labels: { ${labels} }`} }] } }`;
const route = (weight = '') =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web.shop.svc.cluster.local, subset: v1 }${weight} }] }] } }`;
const PATH = 'spec.http[0].route[0].destination.subset';

describe('the pods of a subset', () => {
  test.each([
    ['have its labels', [pods('v1'), rule('version: v1')], []],
    ['have other ones', [pods('v2'), rule('version: v1')], [`fail ${PATH}`]],
    ['need none', [pods('v2'), rule('')], []],
    [
      'are those of one of several rules of the host',
      [pods('v1'), rule('version: v9', 'other'), rule('version: v1')],
      [],
    ],
    [
      'are not asked for by a weight of 0 beside another one',
      [pods('v2'), rule('version: v1'), route(', weight: 0 }, { destination: { host: web }, weight: 1')],
      [],
    ],
    [
      'are asked for by a weight of 0 alone, which gets everything',
      [pods('v2'), rule('version: v1'), route(', weight: 0')],
      [`fail ${PATH}`],
    ],
  ])('%s', (_, objects, found) => {
    const own = objects.some((each) => each.includes('VirtualService')) ? [] : [route()];
    expect(verdicts(ID, all(namespace, service, ...objects, ...own))).toEqual(found);
  });
  test('may stand elsewhere where the namespace is not here as a whole, and are not asked for where no pod is', () => {
    expect(verdicts(ID, all(service, pods('v2'), rule('version: v1'), route()))).toEqual([`unknown ${PATH}`]);
    expect(messages(ID, all(service, pods('v2'), rule('version: v1'), route()))[0]).toContain(
      'unless other pods have them',
    );
    expect(verdicts(ID, all(namespace, service, rule('version: v1'), route()))).toEqual([]);
    expect(verdicts(ID, all(namespace, pods('v2'), rule('version: v1'), route()))).toEqual([
      'fail spec.http[0].route[0].destination.host',
    ]);
  });
});

const routed = (destination: string, spec = '') =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { ${destination} } }] }]${spec} } }`;
const HOST = 'spec.http[0].route[0].destination.host';
const entry = (host: string) =>
  `{ apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: { name: e, namespace: shop }, spec: { hosts: ['${host}'] } }`;

describe('the host of a destination', () => {
  test.each([
    ['a Service by its name', 'host: web', []],
    ['a Service by its whole name', 'host: web.shop.svc.cluster.local', []],
    ['a Service in a cluster with a domain of its own', 'host: web.shop.svc.acme.example', []],
    ['a misspelt domain', 'host: web.shop.svc.cluster.locl', [`fail ${HOST}`]],
    ['a name that Istio does not complete', 'host: web.shop', [`fail ${HOST}`]],
    ['the same with svc', 'host: web.shop.svc', [`fail ${HOST}`]],
    ['no Service', 'host: wbe', [`fail ${HOST}`]],
    ['something outside that nobody has entered, or may have', 'host: api.example.com', [`unknown ${HOST}`]],
  ])('is %s', (_, destination, found) => {
    expect(verdicts(ID, all(namespace, service, routed(destination)))).toEqual(found);
  });
  test('is entered by a ServiceEntry, or by none where all are here', () => {
    const outside = routed('host: api.example.com');
    expect(verdicts(ID, all(namespace, service, outside, entry('*.example.com')))).toEqual([]);
    expect(verdicts(ID, all(namespace, service, outside), { complete: true })).toEqual([`fail ${HOST}`]);
    expect(messages(ID, all(namespace, service, routed('host: web.shop')))[0]).toContain(
      'Istio completes names without a dot alone',
    );
  });
  test('of copies is asked for, too, and what becomes of them is said', () => {
    const copied = routed('host: web').replace('route:', 'mirrors: [{ destination: { host: gone } }], route:');
    expect(messages(ID, all(namespace, service, copied))).toEqual([
      expect.stringContaining('has no Service gone, so the copies reach nobody'),
    ]);
  });
});

const two =
  '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: http-admin, port: 9090 }] } }';
const gateway = (host: string, port = 443, apiVersion = 'networking.istio.io/v1') =>
  `{ apiVersion: ${apiVersion}, kind: Gateway, metadata: { name: public, namespace: shop }, spec: { selector: { istio: ingress }, servers: [{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: ['${host}'] }] } }`;

describe('the port of a destination', () => {
  test('is one of the Service, not of its pods', () => {
    expect(verdicts(ID, all(namespace, two, routed('host: web, port: { number: 9090 }')))).toEqual([]);
    expect(messages(ID, all(namespace, two, routed('host: web, port: { number: 8080 }')))).toEqual([
      expect.stringContaining('8080 is the port of its pods, and a destination names the Service port, 80'),
    ]);
  });
  test('is one of the ServiceEntry, and a subset beside it is asked for, too', () => {
    const entered = entry('api.example.com').replace(
      "'] }",
      "'], ports: [{ number: 443, name: https, protocol: HTTPS }] }",
    );
    const outside = (more: string) => routed(`host: api.example.com${more}`);
    expect(verdicts(ID, all(namespace, entered, outside(', port: { number: 443 }')), { complete: true })).toEqual([]);
    expect(verdicts(ID, all(namespace, entered, outside(', port: { number: 80 }')), { complete: true })).toEqual([
      'fail spec.http[0].route[0].destination.port.number',
    ]);
    expect(
      verdicts(ID, all(namespace, two, pods('v1'), routed('host: web, port: { number: 81 }, subset: v1'))),
    ).toEqual(['fail spec.http[0].route[0].destination.port.number', `fail ${PATH}`]);
  });
  test('is named where the Service has several and a Gateway another one', () => {
    const bound = routed('host: web', ', gateways: [public]').replace('[web]', '[shop.example.com]');
    expect(verdicts(ID, all(namespace, two, gateway('*'), bound))).toEqual(['fail spec.http[0].route[0].destination']);
    expect(verdicts(ID, all(namespace, two, gateway('*', 80), bound))).toEqual([
      'unknown spec.http[0].route[0].destination',
    ]);
    expect(verdicts(ID, all(namespace, two, routed('host: web')))).toEqual([]);
  });
  test.each([
    ['name: http', []],
    ['name: web', []],
    ['name: tcp-web', ['fail spec.hosts[0]']],
    ['name: tcp-web, appProtocol: http', []],
    ['name: redis', ['fail spec.hosts[0]']],
    ['name: grpc-web-x', []],
    ['name: http, appProtocol: kubernetes.io/wss', ['fail spec.hosts[0]']],
  ])('%s is one of HTTP for the sidecars, or not', (port, found) => {
    const one = service.replace('port: 80', `port: 80, ${port}`);
    expect(verdicts(ID, all(namespace, one, routed('host: web')))).toEqual(found);
    // At a Gateway its own port decides.
    const bound = routed('host: web', ', gateways: [public]').replace('[web]', '[shop.example.com]');
    expect(verdicts(ID, all(namespace, one, gateway('*'), bound))).toEqual([]);
  });
});

describe('the Gateway that a VirtualService binds to', () => {
  const bound = (name: string, host = 'shop.example.com') =>
    routed('host: web', name && `, gateways: ['${name}']`).replace('[web]', `['${host}']`);
  const AT = 'fail spec.gateways[0]';
  test.each([
    ['has its host', 'public', '*.example.com', []],
    ['has it for its namespace', './public', 'shop/shop.example.com', []],
    ['has it for another namespace', 'shop/public', 'other/*', [AT]],
    ['has another host', 'public', 'other.example.com', [AT]],
    ['is named in the old way', 'public.shop.svc.cluster.local', '*', []],
    ['is not there', 'pubilc', '*', [AT]],
    ['is forgotten', '', '*', ['fail spec.hosts[0]']],
    ['is forgotten, and has no such host', '', 'other.example.com', ['unknown spec.hosts[0]']],
  ])('%s', (_, name, host, found) => {
    expect(verdicts(ID, all(namespace, service, gateway(host), bound(name)))).toEqual(found);
  });
  test('is of the Gateway API', () => {
    expect(
      messages(ID, all(namespace, service, gateway('*', 80, 'gateway.networking.k8s.io/v1'), bound('public'))),
    ).toEqual([expect.stringContaining('binds to Gateways of networking.istio.io alone')]);
  });
  test('is asked for its wider or narrower host, and is not missed where another VirtualService binds to it', () => {
    expect(verdicts(ID, all(namespace, service, gateway('a.example.com'), bound('public', '*.example.com')))).toEqual(
      [],
    );
    const other = bound('public').replace('name: web,', 'name: other,');
    expect(verdicts(ID, all(namespace, service, gateway('*'), bound(''), other))).toEqual([]);
    expect(verdicts(ID, all(namespace, service, bound(''), entry('shop.example.com')))).toEqual([]);
  });
});

test.each([
  ['mirror: { host: gone.shop.svc.cluster.local }', ['fail spec.http[0].mirror.host']],
  ['mirror: { host: gone.shop.svc.cluster.local }, mirrorPercentage: { value: 0 }', []],
  ['mirror: { host: gone.shop.svc.cluster.local }, mirrorPercent: 0', []],
  [
    'mirrors: [{ destination: { host: gone.shop.svc.cluster.local } }]',
    ['fail spec.http[0].mirrors[0].destination.host'],
  ],
  ['mirrors: [{ destination: { host: gone.shop.svc.cluster.local }, percentage: {} }]', []],
])('copies that are none reach nobody anyhow: %s', (copies, found) => {
  const mirrored = `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web } }], ${copies} }] } }`;
  expect(verdicts(ID, all(namespace, service, mirrored))).toEqual(found);
});

describe('a rule that delegates', () => {
  const virtualService = (name: string, spec: string, place = 'shop') =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
  const to = 'route: [{ destination: { host: web } }]';
  const root = (delegate: string, match = '', name = 'root') =>
    virtualService(name, `hosts: [web], http: [{ ${match && `match: [{ ${match} }], `}delegate: { ${delegate} } }]`);
  const inner = (more = '', rule = to, place = 'shop') => virtualService('inner', `${more}http: [{ ${rule} }]`, place);
  const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
  const AT = 'spec.http[0].delegate.name';
  const judged = (...objects: string[]) => verdicts(ID, all(namespace, other, service, ...objects));
  test.each([
    ['leads to rules', [inner(), root('name: inner')], []],
    [
      'leads to rules of another namespace',
      [inner('', 'redirect: { uri: / }', 'other'), root('name: inner, namespace: other')],
      [],
    ],
    ['leads to nothing', [root('name: inner')], [`fail ${AT}`]],
    [
      'leads to nothing in its own namespace',
      [inner('', 'redirect: { uri: / }', 'other'), root('name: inner')],
      [`fail ${AT}`],
    ],
    ['leads to what has hosts', [inner('hosts: [web], '), root('name: inner')], [`fail ${AT}`]],
    ['leads to what it does not see', [inner('exportTo: [other], '), root('name: inner')], [`fail ${AT}`]],
    ['leads to what it sees by name', [inner('exportTo: [shop], '), root('name: inner')], []],
    ['leads to what its own namespace sees', [inner("exportTo: ['.'], "), root('name: inner')], []],
    [
      'leads to another namespace that keeps it to itself',
      [inner("exportTo: ['.'], ", 'redirect: { uri: / }', 'other'), root('name: inner, namespace: other')],
      [`fail ${AT}`],
    ],
  ])('%s', (_, objects, found) => expect(judged(...objects)).toEqual(found));
  test('says what follows, and what is meant', () => {
    const [message] = messages(ID, all(namespace, service, inner(), root('name: iner')));
    expect(message).toMatch(
      /has no VirtualService iner, so Istio leaves this rule out: rules behind it get its requests, or nobody \(404\).*"inner"/,
    );
    expect(verdicts(ID, root('name: inner'))).toEqual([`unknown ${AT}`]);
  });
  test('whose conditions are not within those of any rule that leads there is never met', () => {
    const narrow = inner('', `match: [{ uri: { prefix: / } }], ${to}`);
    const conflict = (...roots: string[]) =>
      verdicts(ID, all(namespace, service, narrow, ...roots), { complete: true });
    const app = root('name: inner', 'uri: { prefix: /app }');
    expect(conflict(app)).toEqual(['fail spec.http[0].match']);
    expect(conflict(app, root('name: inner', '', 'all'))).toEqual([]);
    expect(conflict()).toEqual([]);
    // Each of two leaves it out.
    const api = root('name: inner', 'uri: { prefix: /api }', 'api');
    expect(conflict(app, api)).toEqual(['fail spec.http[0].match']);
    expect(messages(ID, all(namespace, service, narrow, app, api), { complete: true })[0]).toContain(
      'within what rule 1 of VirtualService/shop/root and rule 1 of VirtualService/shop/api delegates',
    );
    // Those without hosts delegate nothing, and the one that leads elsewhere is no matter.
    const nested = virtualService(
      'nested',
      `http: [{ match: [{ uri: { prefix: /app } }], delegate: { name: inner } }]`,
    );
    expect(conflict(nested)).toEqual([]);
    expect(conflict(app, root('name: other', '', 'other'), virtualService('other', `http: [{ ${to} }]`))).toEqual([
      'fail spec.http[0].match',
    ]);
    expect(verdicts(ID, all(namespace, service, narrow, app))).toEqual(['unknown spec.http[0].match']);
  });
});

import { all, configMap, findings, messages, namespace, service } from '../../judging';

const API = 'gateway.networking.k8s.io/v1';
const HTTP = '{ name: http, port: 80, protocol: HTTP }';
const gateway = (allowed = '{ from: All }', className = 'edge') =>
  `{ apiVersion: ${API}, kind: Gateway, metadata: { name: public, namespace: edge }, spec: { gatewayClassName: ${className}${allowed && `, allowedListeners: { namespaces: ${allowed} }`}, listeners: [${HTTP}] } }`;
const set = (name: string, listeners: string, parent = ', parentRef: { name: public, namespace: edge }') =>
  `{ apiVersion: ${API}, kind: ListenerSet, metadata: { name: ${name}, namespace: shop }, spec: { listeners: [${listeners}]${parent} } }`;
const listener = (hostname: string) => `{ name: a, port: 80, protocol: HTTP, hostname: ${hostname} }`;

describe('of the same listener in two ListenerSets', () => {
  const id = 'gateway-listeners-unique';
  const [a, b, c] = ['a', 'b', 'c'].map((name) => set(name, listener('shop.example.com'))) as [string, string, string];
  const loser = (name: string) => `fail ListenerSet/shop/${name} spec.listeners[0].hostname = "shop.example.com"`;
  test('the one whose name comes first is served, in whatever order they are written', () => {
    expect(findings(id, all(gateway(), a, b))).toEqual([loser('b')]);
    expect(findings(id, all(gateway(), b, a))).toEqual([loser('b')]);
    expect(findings(id, all(gateway(), c, a, b))).toEqual([loser('b'), loser('c')]);
    expect(findings(id, all(c, b, a, gateway()))).toEqual([loser('b'), loser('c')]);
  });
  test('the namespace counts before the name', () => {
    const elsewhere = a.replace('namespace: shop', 'namespace: web');
    expect(findings(id, all(gateway(), elsewhere, b))).toEqual([loser('a').replace('/shop/', '/web/')]);
  });
  test('each is by itself where the Gateway does not take them', () =>
    expect(findings(id, all(gateway(''), b, a))).toEqual([]));
});

describe('why a Gateway takes no listeners from a namespace is said', () => {
  const message = (allowed: string) =>
    messages(
      'listenerset-attached',
      all(
        '{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { team: a } } }',
        gateway(allowed),
        set('s', HTTP),
      ),
    );
  test.each([
    ['', /takes no ListenerSets \(the default\)/],
    ['{ from: None }', /takes no ListenerSets \(the default\)/],
    ['{ from: null }', /takes no ListenerSets \(the default\)/],
    ['{ from: Same }', /^(?!.*the default)Gateway edge\/public takes .*/],
    ['{ from: Selector, selector: { matchLabels: { team: b } } }', /^(?!.*the default)Gateway edge\/public takes .*/],
  ])('%s', (allowed, words) => expect(message(allowed)).toEqual([expect.stringMatching(words)]));
});

describe('a route to a ListenerSet', () => {
  const id = 'route-feature-supported';
  const traefik = `{ apiVersion: ${API}, kind: GatewayClass, metadata: { name: edge }, spec: { controllerName: traefik.io/gateway-controller } }`;
  const route = `{ apiVersion: ${API}, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ kind: ListenerSet, name: s }], rules: [{ filters: [{ type: CORS }] }] } }`;
  const found = (parent?: string) => findings(id, all(traefik, gateway(), set('s', HTTP, parent), route));
  test('is served by the Gateway above it', () =>
    expect(found()).toEqual(['fail HTTPRoute/shop/web spec.rules[0].filters[0].type = "CORS"']));
  test.each([
    ['nothing', ''],
    ['null', ', parentRef: null'],
    ['a Gateway that is not here', ', parentRef: { name: gone, namespace: edge }'],
    ['another kind', ', parentRef: { name: public, namespace: edge, kind: Mesh, group: example.com }'],
  ])('of %s is served by nobody that is known', (_, parent) => expect(found(parent)).toEqual([]));
});

describe('the targets of a BackendTLSPolicy', () => {
  const target = (ref: string) =>
    findings(
      'tls-authority-exists',
      all(
        namespace,
        service('selector: { app: web }, ports: [{ port: 443 }]'),
        configMap('ca', 'ca.crt: a'),
        `{ apiVersion: ${API}, kind: BackendTLSPolicy, metadata: { name: p, namespace: shop }, spec: { targetRefs: [${ref}], validation: { hostname: a, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } } }`,
      ),
    );
  test.each([
    "{ group: '', kind: Service, name: web }",
    "{ group: '', kind: Service }",
    "{ group: '', kind: Service, name: '' }",
    "{ group: '', kind: Service, name: 1 }",
    "{ group: '', kind: Bucket, name: gone }",
    '{ group: example.com, kind: Service, name: gone }',
    'null',
    'web',
  ])('%s is not reported', (ref) => expect(target(ref)).toEqual([]));
  test.each(["{ group: '', kind: Service, name: gone }", '{ kind: Service, name: gone }'])('%s is not there', (ref) =>
    expect(target(`{ kind: Service, name: web }, ${ref}`)).toEqual([
      'fail BackendTLSPolicy/shop/p spec.targetRefs[1].name = "gone"',
    ]),
  );
});

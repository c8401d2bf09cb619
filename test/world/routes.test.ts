import { allowsKind, allowsNamespace, holderOf, listenersOf } from '../../world/listeners';
import {
  backendRefsOf,
  hostnamesIntersect,
  hostnamesOf,
  ingressBackendsOf,
  ingressesOf,
  isGranted,
  listenersMeant,
  parentRefsOf,
  routesOf,
  servesHostname,
} from '../../world/routes';
import { all, namesOf, namespace, object, the, worldOf } from './support';

const api = 'gateway.networking.k8s.io/v1';
const gateway = (listeners: string, name = 'public') =>
  object(api, 'Gateway', name, `spec: { listeners: [${listeners}] }`);
const route = (spec: string, kind = 'HTTPRoute') => object(api, kind, 'web', `spec: { ${spec} }`);

test.each(['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'])(
  'a %s is a route, one of another API is none',
  (kind) => {
    expect(namesOf(routesOf(worldOf(route('', kind))))).toEqual(['web']);
    expect(routesOf(worldOf(object('example.com/v1', kind, 'web')))).toEqual([]);
  },
);

describe('the parents of a route', () => {
  const parents = (refs: string) => {
    const world = worldOf(route(`parentRefs: [${refs}]`));
    return parentRefsOf(world, the(world, 'web'));
  };
  test('are Gateways, in its own namespace unless another one is named', () => {
    expect(parents('{ name: a }, { name: b, namespace: edge, sectionName: http, port: 80 }')).toMatchObject([
      { name: 'a', namespace: 'shop', sectionName: undefined, port: undefined, path: ['spec', 'parentRefs', 0] },
      { name: 'b', namespace: 'edge', sectionName: 'http', port: 80, path: ['spec', 'parentRefs', 1] },
    ]);
    expect(parents(`{ name: a, kind: Gateway, group: gateway.networking.k8s.io, sectionName: '' }`)).toMatchObject([
      { name: 'a', sectionName: undefined },
    ]);
  });
  test.each([
    '{ kind: Gateway }',
    '{ name: a, kind: ListenerSet, group: example.com }',
    "{ name: a, group: '' }",
    'text',
  ])('%s is none', (ref) => expect(parents(ref)).toEqual([]));
  test('are found beside a kind of the same name of another API', () => {
    const istio = object('networking.istio.io/v1', 'Gateway', 'public');
    const found = (...manifests: string[]) => {
      const world = worldOf(all(...manifests, route('parentRefs: [{ name: public }]')));
      return holderOf(world, parentRefsOf(world, the(world, 'web'))[0]!)?.group;
    };
    expect(found(istio)).toBeUndefined();
    expect(found(gateway(''))).toBe('gateway.networking.k8s.io');
    expect(found(gateway(''), istio)).toBe('gateway.networking.k8s.io');
    expect(found(istio, gateway(''))).toBe('gateway.networking.k8s.io');
    expect(found(istio, gateway('', 'other'))).toBeUndefined();
    expect(found(istio, gateway('').replace('namespace: shop', 'namespace: other'))).toBeUndefined();
  });
});

describe('a listener', () => {
  const listener = (fields: string) => {
    const world = worldOf(
      all(gateway(`{ ${fields} }`), namespace.replace('name: shop', 'name: shop, labels: { a: b }')),
    );
    return { world, listener: listenersOf(the(world, 'public'))[0]! };
  };
  const takes = (fields: string, kind: string) => allowsKind(listener(fields).listener, kind);
  test.each([
    ['HTTP', ['HTTPRoute', 'GRPCRoute']],
    ['HTTPS', ['HTTPRoute', 'GRPCRoute']],
    ['TLS', ['TLSRoute', 'TCPRoute']],
    ['TCP', ['TCPRoute']],
    ['UDP', ['UDPRoute']],
    ['example.com/quic', ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']],
  ])('of protocol %s takes %s', (protocol, kinds) =>
    expect(
      ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].filter((kind) =>
        takes(`protocol: ${protocol}`, kind),
      ),
    ).toEqual(kinds),
  );
  test('takes the kinds that it names, of the group that it names', () => {
    const named = (entry: string) =>
      takes(`protocol: HTTP, allowedRoutes: { kinds: [{ kind: A }, ${entry}] }`, 'HTTPRoute');
    expect(named('{ kind: HTTPRoute }')).toBe(true);
    expect(named('{ kind: HTTPRoute, group: gateway.networking.k8s.io }')).toBe(true);
    expect(named('{ kind: HTTPRoute, group: example.com }')).toBe(false);
    expect(named('{ kind: TCPRoute }')).toBe(false);
  });
  test('takes the namespaces that it says; what it says and nobody knows is unknown', () => {
    const from = (namespaces: string, place = 'other') => {
      const { world, listener: one } = listener(`allowedRoutes: { namespaces: { ${namespaces} } }`);
      return allowsNamespace(world, one, place);
    };
    expect(from('')).toBe('no');
    expect(from('', 'shop')).toBe('yes');
    expect(from('from: Same', 'shop')).toBe('yes');
    expect(from('from: All')).toBe('yes');
    expect(from('from: None', 'shop')).toBe('no');
    expect(from('from: Somewhere', 'shop')).toBe('unknown');
    expect(from('from: Selector, selector: { matchLabels: { a: b } }', 'shop')).toBe('yes');
    expect(from('from: Selector, selector: { matchLabels: { a: c } }', 'shop')).toBe('no');
    expect(from('from: Selector, selector: { matchLabels: { a: b } }')).toBe('unknown');
  });
  test('is meant by its section, its port, both or neither', () => {
    const world = worldOf(
      all(
        gateway('{ name: a, port: 80 }, { name: b, port: 80 }, { name: c, port: 81 }, text'),
        route(
          'parentRefs: [{ name: public }, { name: public, sectionName: b }, { name: public, port: 80 }, { name: public, sectionName: b, port: 81 }]',
        ),
      ),
    );
    expect(
      parentRefsOf(world, the(world, 'web')).map((ref) =>
        listenersMeant(the(world, 'public'), ref).map(({ name }) => name),
      ),
    ).toEqual([['a', 'b', 'c'], ['b'], ['a', 'b'], []]);
  });
  test('without a host name serves any, and routes that have none take its own', () => {
    const serves = (hostname: string, spec: string, kind?: string) => {
      const world = worldOf(all(gateway(`{ name: a${hostname && `, hostname: '${hostname}'`} }`), route(spec, kind)));
      return servesHostname(listenersOf(the(world, 'public'))[0]!, the(world, 'web'));
    };
    expect(serves('', 'hostnames: [a.example.com]')).toBe(true);
    expect(serves('a.example.com', '')).toBe(true);
    expect(serves('a.example.com', 'hostnames: [b.example.com]')).toBe(false);
    expect(serves('a.example.com', 'hostnames: [b.example.com, a.example.com]')).toBe(true);
    expect(serves('a.example.com', 'hostnames: [b.example.com]', 'GRPCRoute')).toBe(false);
    expect(serves('a.example.com', 'hostnames: [b.example.com]', 'TLSRoute')).toBe(false);
    // A TCPRoute knows none.
    expect(serves('a.example.com', 'hostnames: [b.example.com]', 'TCPRoute')).toBe(true);
    const tcp = worldOf(route('hostnames: [a]', 'TCPRoute'));
    expect(hostnamesOf(the(tcp, 'web'))).toEqual([]);
    const world = worldOf(route('hostnames: [a, 1, b]'));
    expect(hostnamesOf(the(world, 'web'))).toEqual(['a', 'b']);
  });
});

test.each([
  ['a.example.com', 'A.example.com', true],
  ['a.example.com', 'b.example.com', false],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', 'a.example.org', false],
  ['*.example.com', 'notexample.com', false],
  ['*.example.com', '*.b.example.com', true],
  ['*.example.com', '*.example.com', true],
  ['*.example.com', '*.example.org', false],
  ['*.a.example.com', '*.b.example.com', false],
])('some host is %s as well as %s: %s', (a, b, expected) => {
  expect(hostnamesIntersect(a, b)).toBe(expected);
  expect(hostnamesIntersect(b, a)).toBe(expected);
});

test('a route sends to its backends and to mirrors, of a rule or of a backend', () => {
  const mirror = (name: string) => `filters: [{ type: X }, { requestMirror: { backendRef: { name: ${name} } } }]`;
  const world = worldOf(
    route(
      `rules: [{}, { ${mirror('first')}, backendRefs: [{ name: a, port: 80, ${mirror('second')} }, { name: b, group: g, kind: K, namespace: other }, { port: 1 }, text] }]`,
    ),
  );
  expect(
    backendRefsOf(world, the(world, 'web')).map(
      ({ group, kind, namespace, name, port, path }) =>
        `${group}/${kind} ${namespace}/${name}:${port} ${path.join('.')}`,
    ),
  ).toEqual([
    '/Service shop/first:undefined spec.rules.1.filters.1.requestMirror.backendRef',
    '/Service shop/a:80 spec.rules.1.backendRefs.0',
    '/Service shop/second:undefined spec.rules.1.backendRefs.0.filters.1.requestMirror.backendRef',
    'g/K other/b:undefined spec.rules.1.backendRefs.1',
  ]);
});

describe('a ReferenceGrant', () => {
  const grant = (from: string, to: string, kind = 'ReferenceGrant') =>
    object('gateway.networking.k8s.io/v1beta1', kind, 'g', `spec: { from: [{ ${from} }], to: [{ ${to} }] }`, 'db');
  const routes = 'group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop';
  const granted = (world: ReturnType<typeof worldOf>, to: Partial<Parameters<typeof isGranted>[2]> = {}) =>
    isGranted(
      world,
      { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' },
      { group: '', kind: 'Service', namespace: 'db', name: 'web', ...to },
    );
  const grants = (from: string, to: string) => granted(worldOf(grant(from, to)));
  test('holds for one kind of one namespace', () => {
    expect(grants(routes, 'kind: Service')).toBe(true);
    expect(grants(routes.replace('shop', 'blog'), 'kind: Service')).toBe(false);
    expect(grants(routes.replace('HTTPRoute', 'GRPCRoute'), 'kind: Service')).toBe(false);
    expect(grants(routes.replace('gateway.networking.k8s.io', 'example.com'), 'kind: Service')).toBe(false);
  });
  test('lets refer to one kind, or to one object of it', () => {
    expect(grants(routes, "group: '', kind: Service")).toBe(true);
    expect(grants(routes, 'group: example.com, kind: Service')).toBe(false);
    expect(grants(routes, 'kind: Secret')).toBe(false);
    expect(grants(routes, 'kind: Service, name: web')).toBe(true);
    expect(grants(routes, 'kind: Service, name: other')).toBe(false);
    expect(granted(worldOf(grant(routes, 'kind: Service')), { namespace: 'other' })).toBe(false);
  });
  test('may be declared; another kind of the same fields is none', () => {
    expect(granted(worldOf('', { declared: grant(routes, 'kind: Service') }))).toBe(true);
    expect(granted(worldOf('', { declared: grant(routes, 'kind: Service', 'ReferencePolicy') }))).toBe(false);
  });
});

describe('an Ingress', () => {
  test('is of one of two groups', () => {
    const found = (apiVersion: string) => ingressesOf(worldOf(object(apiVersion, 'Ingress', 'a'))).length;
    expect(found('networking.k8s.io/v1')).toBe(1);
    expect(found('extensions/v1beta1')).toBe(1);
    expect(found('config.openshift.io/v1')).toBe(0);
  });
  test('sends to Services by default and by path', () => {
    const to = (name: string, port: string) => `backend: { service: { name: ${name}, port: { ${port} } } }`;
    const world = worldOf(
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'a',
        `spec: { defaultB${to('d', 'number: 80').slice(1)}, rules: [{}, { http: { paths: [{ backend: { resource: { name: b } } }, { backend: { service: { port: { number: 1 } } } }, { ${to('p', 'name: http')} }] } }] }`,
      ),
    );
    expect(ingressBackendsOf(the(world, 'a'))).toEqual([
      { service: 'd', port: 80, path: ['spec', 'defaultBackend', 'service'] },
      { service: 'p', port: 'http', path: ['spec', 'rules', 1, 'http', 'paths', 2, 'backend', 'service'] },
    ]);
  });
});

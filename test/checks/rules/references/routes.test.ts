import { all, findings, messages, namespace, service, verdicts, workload } from '../../judging';

const gateway = (listeners: string, { name = 'public', place = 'shop', cls = 'traefik', metadata = '' } = {}) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: ${name}, namespace: ${place}${metadata} }, spec: { gatewayClassName: ${cls}, listeners: [${listeners}] } }`;
const listener = (more = '', name = 'http') => `{ name: ${name}, port: 80, protocol: HTTP${more ? `, ${more}` : ''} }`;
const route = (spec: string, kind = 'HTTPRoute') =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
const to = (ref = 'name: web, port: 80', parent = 'name: public') =>
  `parentRefs: [{ ${parent} }], rules: [{ backendRefs: [{ ${ref} }] }]`;
const web = service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]');

describe('gateway-cert-exists', () => {
  const id = 'gateway-cert-exists';
  const https = (ref: string, metadata = '') =>
    gateway(`{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [${ref}] } }`, { metadata });
  const at = 'Gateway/shop/public spec.listeners[0].tls.certificateRefs[0].name';
  const secret = (place = 'shop') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: cert, namespace: ${place} }, data: { tls.crt: YQ==, tls.key: YQ== } }`;
  test('a Secret is looked for in the namespace of the Gateway, or in the one that is named', () => {
    expect(findings(id, all(namespace, https('{ name: cert }')))).toEqual([`fail ${at} = "cert"`]);
    expect(findings(id, https('{ name: cert }'))).toEqual([`unknown ${at} = "cert"`]);
    expect(findings(id, all(namespace, secret(), https('{ name: cert }')))).toEqual([]);
    expect(findings(id, all(namespace, secret(), https('{ name: cert, namespace: other }')))).toEqual([
      `unknown ${at} = "cert"`,
    ]);
    expect(findings(id, all(secret('other'), https('{ name: cert, namespace: other }')))).toEqual([]);
  });
  test.each([
    ['another group', '{ name: cert, group: example.com }'],
    ['no name', '{ kind: Secret }'],
  ])('%s is not judged', (_, ref) => expect(findings(id, all(namespace, https(ref)))).toEqual([]));
  test('cert-manager creates it for an annotation or a Certificate', () => {
    expect(
      findings(id, all(namespace, https('{ name: cert }', ', annotations: { cert-manager.io/issuer: a }'))),
    ).toEqual([]);
    const certificate =
      '{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: c, namespace: shop }, spec: { secretName: cert } }';
    expect(findings(id, all(namespace, https('{ name: cert }'), certificate))).toEqual([]);
  });
});

describe('gateway-listeners-unique', () => {
  const id = 'gateway-listeners-unique';
  const at = 'Gateway/shop/public spec.listeners[1]';
  const two = (first: string, second: string) => findings(id, gateway(`{ ${first} }, { ${second} }`));
  test('names are unique', () =>
    expect(two('name: a, port: 80, protocol: HTTP', 'name: a, port: 81, protocol: HTTP')).toEqual([
      `fail ${at}.name = "a"`,
    ]));
  test('listeners of one port differ in hostname', () => {
    expect(two('name: a, port: 80, protocol: HTTP', 'name: b, port: 80, protocol: HTTP')).toEqual([
      `fail ${at} = null`,
    ]);
    expect(
      two(
        'name: a, port: 80, protocol: HTTP, hostname: A.example.com',
        'name: b, port: 80, protocol: HTTP, hostname: a.example.com',
      ),
    ).toEqual([`fail ${at}.hostname = "a.example.com"`]);
    expect(
      messages(id, gateway('{ name: a, port: 80, protocol: HTTP }, { name: b, port: 80, protocol: HTTP }'))[0],
    ).toContain('port 80 and no hostname either');
    expect(
      two('name: a, port: 80, protocol: HTTP', 'name: b, port: 80, protocol: HTTP, hostname: a.example.com'),
    ).toEqual([]);
    expect(two('name: a, port: 80, protocol: HTTP', 'name: b, port: 81, protocol: HTTP')).toEqual([]);
  });
  test('protocols of one port belong together', () => {
    expect(two('name: a, port: 80, protocol: HTTP', 'name: b, port: 80, protocol: HTTPS, hostname: b')).toEqual([
      `fail ${at}.protocol = "HTTPS"`,
    ]);
    expect(two('name: a, port: 80, protocol: TCP', 'name: b, port: 80, protocol: TLS')).toHaveLength(1);
    expect(
      two('name: a, port: 443, protocol: HTTPS, hostname: a', 'name: b, port: 443, protocol: TLS, hostname: b'),
    ).toEqual([]);
    expect(two('name: a, port: 53, protocol: TCP', 'name: b, port: 53, protocol: UDP')).toEqual([]);
    expect(two('name: a, port: 53, protocol: UDP', 'name: b, port: 53, protocol: UDP')).toHaveLength(1);
    expect(two('name: a, port: 53, protocol: TCP', 'name: b, port: 53, protocol: TCP')).toHaveLength(1);
  });
  test('a protocol of an implementation and a listener without a port follow their own rules', () => {
    expect(two('name: a, port: 80, protocol: example.com/a', 'name: b, port: 80, protocol: example.com/a')).toEqual([]);
    expect(two('name: a, protocol: HTTP', 'name: b, protocol: HTTP')).toEqual([]);
  });
});

describe('gatewayclass-exists', () => {
  const id = 'gatewayclass-exists';
  const gatewayClass = (name: string) =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: { name: ${name} } }`;
  test('it may come with the facts, the manifests or the declaration', () => {
    expect(findings(id, gateway(listener()), { facts: gatewayClass('traefik') })).toEqual([]);
    expect(findings(id, all(gateway(listener()), gatewayClass('traefik')))).toEqual([]);
    expect(findings(id, gateway(listener()), { declared: gatewayClass('traefik') })).toEqual([]);
    const other = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: traefik, namespace: shop } }';
    expect(findings(id, gateway(listener()), { declared: other })).toEqual([
      'unknown Gateway/shop/public spec.gatewayClassName = "traefik"',
    ]);
    expect(findings(id, gateway(listener()), { complete: true })).toEqual([
      'fail Gateway/shop/public spec.gatewayClassName = "traefik"',
    ]);
  });
  test('it is unknown where neither says which there are', () => {
    expect(findings(id, gateway(listener()))).toEqual([
      'unknown Gateway/shop/public spec.gatewayClassName = "traefik"',
    ]);
    expect(findings(id, gateway(listener(), { cls: 'null' }), { declared: '' })).toEqual([]);
  });
});

describe('route-parent-exists', () => {
  const id = 'route-parent-exists';
  const at = 'HTTPRoute/shop/web spec.parentRefs[0]';
  test('a Gateway is looked for in the namespace of the route, or in the one that is named', () => {
    expect(findings(id, all(namespace, route(to())))).toEqual([`fail ${at}.name = "public"`]);
    expect(findings(id, route(to()))).toEqual([`unknown ${at}.name = "public"`]);
    expect(findings(id, all(gateway(listener()), route(to())))).toEqual([]);
    const elsewhere = all(namespace, gateway(listener(), { place: 'gateways' }), route(to()));
    expect(messages(id, elsewhere)[0]).toContain(
      '; there is one in namespace gateways: set the namespace in the parentRef',
    );
    expect(messages(id, all(namespace, gateway(listener(), { name: 'publc' }), route(to())))[0]).toContain(
      'did you mean "publc"?',
    );
    expect(
      findings(
        id,
        all(gateway(listener(), { place: 'gateways' }), route(to(undefined, 'name: public, namespace: gateways'))),
      ),
    ).toEqual([]);
  });
  test('a section and a port belong to one listener', () => {
    const judged = (parent: string) =>
      findings(id, all(gateway(listener()), route(to(undefined, `name: public, ${parent}`))));
    expect(judged('sectionName: http')).toEqual([]);
    expect(judged('port: 80')).toEqual([]);
    expect(judged('sectionName: htp')).toEqual([`fail ${at}.sectionName = "htp"`]);
    expect(judged('port: 81')).toEqual([`fail ${at}.port = 81`]);
    expect(judged('sectionName: http, port: 81')).toEqual([`fail ${at}.sectionName = "http"`]);
    const message = (parent: string) =>
      messages(id, all(gateway(listener()), route(to(undefined, `name: public, ${parent}`))))[0];
    expect(message('sectionName: htp')).toContain('has no listener named htp (it has: http (80))');
    expect(message('sectionName: htp')).toContain('did you mean "http"?');
    expect(message('port: 81')).toContain('has no listener on port 81 (');
    expect(message('sectionName: htp, port: 81')).toContain('has no listener named htp on port 81 (');
  });
  test('a Gateway without listeners may get them from ListenerSets', () => {
    expect(findings(id, all(gateway(''), route(to())))).toEqual([]);
    expect(findings(id, all(gateway(''), route(to(undefined, 'name: public, sectionName: a'))))).toHaveLength(1);
    expect(messages(id, all(gateway(''), route(to(undefined, 'name: public, port: 1'))))[0]).toContain(
      '(it has: none)',
    );
  });
});

describe('route-allowed-by-listener', () => {
  const id = 'route-allowed-by-listener';
  const from = (allowed: string, place = 'gateways') =>
    all(
      gateway(listener(`allowedRoutes: { ${allowed} }`), { place }),
      route(to(undefined, `name: public, namespace: ${place}`)),
    );
  const at = 'HTTPRoute/shop/web spec.parentRefs[0] = "public"';
  test('routes of another namespace must be allowed', () => {
    expect(findings(id, from(''))).toEqual([`fail ${at}`]);
    expect(messages(id, from(''))[0]).toContain('allows only routes of its own namespace gateways (the default)');
    expect(findings(id, from('', 'shop'))).toEqual([]);
    expect(findings(id, from('namespaces: { from: All }'))).toEqual([]);
    expect(findings(id, from('namespaces: { from: None }'))).toEqual([`fail ${at}`]);
  });
  test('a selector is decided by the labels of the namespace', () => {
    const selector = from('namespaces: { from: Selector, selector: { matchLabels: { a: b } } }');
    const labelled = (labels: string) => namespace.replace('name: shop', `name: shop, labels: { ${labels} }`);
    expect(findings(id, all(labelled('a: b'), selector))).toEqual([]);
    expect(findings(id, all(labelled('a: c'), selector))).toEqual([`fail ${at}`]);
    expect(messages(id, all(labelled('a: c'), selector))[0]).toContain('whose labels its allowedRoutes do not select');
    expect(findings(id, selector)).toEqual([`unknown ${at}`]);
    expect(messages(id, selector)[0]).toContain('depends on the labels of the namespace');
  });
  test('the kind must be allowed, too', () => {
    const kinds = from('kinds: [{ kind: GRPCRoute }]', 'shop');
    expect(findings(id, kinds)).toEqual([`fail ${at}`]);
    expect(messages(id, kinds)[0]).toContain('does not allow HTTPRoutes');
    expect(findings(id, from('kinds: [{ kind: HTTPRoute }]', 'shop'))).toEqual([]);
  });
  test('one of several listeners is enough', () => {
    const two = (first: string, second: string) =>
      all(
        gateway(`${listener(first, 'a')}, ${listener(second, 'b').replace('80', '81')}`, { place: 'gateways' }),
        route(to(undefined, 'name: public, namespace: gateways')),
      );
    const open = 'allowedRoutes: { namespaces: { from: All } }';
    expect(findings(id, two('', open))).toEqual([]);
    expect(messages(id, two('', ''))[0]).toContain('listener a, b of Gateway gateways/public');
    // Of the second one the selector is the reason, not the default.
    const other = all(
      namespace,
      two('', 'allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { a: b } } } }'),
    );
    expect(messages(id, other)[0]).toContain('whose labels its allowedRoutes do not select');
  });
  test('a Gateway that is not known, or has no such listener, is reported elsewhere', () => {
    expect(findings(id, route(to()))).toEqual([]);
    expect(findings(id, all(gateway(listener()), route(to(undefined, 'name: public, port: 1'))))).toEqual([]);
  });
});

describe('route-hostname-intersects', () => {
  const id = 'route-hostname-intersects';
  const judged = (hostnames: string, own = "hostname: '*.example.com'", parents = '{ name: public }') =>
    findings(id, all(gateway(listener(own)), route(`parentRefs: [${parents}], hostnames: [${hostnames}]`)));
  const at = 'HTTPRoute/shop/web spec.hostnames';
  test('none that the listener serves is reported as a whole, one of several by itself', () => {
    expect(judged('example.com')).toEqual([`fail ${at} = ["example.com"]`]);
    expect(judged('a.example.com, example.com')).toEqual([`fail ${at}[1] = "example.com"`]);
    expect(judged('a.example.com')).toEqual([]);
    expect(judged('')).toEqual([]);
    expect(judged('example.com', '')).toEqual([]);
  });
  test('another parent may serve the rest', () =>
    expect(judged('a.example.com, example.com', undefined, '{ name: public }, { name: other }')).toEqual([]));
  test('a listener without hostname serves all, one that does not allow the route none', () => {
    const two = (second: string) =>
      findings(
        id,
        all(
          gateway(`${listener("hostname: '*.example.com'", 'a')}, ${listener(second, 'b').replace('80', '81')}`),
          route('parentRefs: [{ name: public }], hostnames: [a.example.com, b.example.org]'),
        ),
      );
    expect(two('')).toEqual([]);
    expect(two('hostname: b.example.org')).toEqual([]);
    expect(two('hostname: c.example.org')).toEqual([`fail ${at}[1] = "b.example.org"`]);
    expect(two('allowedRoutes: { namespaces: { from: None } }')).toEqual([`fail ${at}[1] = "b.example.org"`]);
  });
});

describe('route-backend', () => {
  const id = 'route-backend';
  const judged = (ref: string, ...more: string[]) => findings(id, all(...more, route(to(ref))));
  const at = 'HTTPRoute/shop/web spec.rules[0].backendRefs[0]';
  test('a Service that does not exist is reported by its name', () => {
    expect(judged('name: gone, port: 80', namespace)).toEqual([`fail ${at}.name = "gone"`]);
    expect(judged('name: gone, port: 80')).toEqual([`unknown ${at}.name = "gone"`]);
    expect(messages(id, all(namespace, route(to('name: gone, port: 80'))))[0]).toContain('requests get a 500 response');
  });
  test('the port is that of the Service', () => {
    expect(judged('name: web, port: 80', web, workload())).toEqual([]);
    expect(judged('name: web, port: 81', web, workload())).toEqual([`fail ${at}.port = 81`]);
    expect(messages(id, all(web, workload(), route(to('name: web, port: 81'))))[0]).toMatch(/get a 500 response$/);
    expect(messages(id, all(web, workload(), route(to('name: web, port: 8080'))))[0]).toMatch(
      /; 8080 is the port of its pods, and a route names the Service port, 80$/,
    );
    expect(judged('name: web', web, workload())).toEqual([`fail ${at} = null`]);
  });
  test('the protocol is that of the route', () => {
    const udp = service('selector: { app: web }, ports: [{ port: 80, protocol: UDP }]');
    expect(messages(id, all(udp, workload(), route(to())))[0]).toContain(
      'port 80 of Service web has protocol UDP only',
    );
    expect(findings(id, all(udp, workload(), route(to(), 'UDPRoute').replace('v1,', 'v1alpha2,')))).toEqual([]);
    expect(findings(id, all(udp, workload(), route(to(), 'TCPRoute').replace('v1,', 'v1alpha2,')))).toHaveLength(1);
  });
  test('a Service without pods follows from its own finding', () =>
    expect(messages(id, all(namespace, web, route(to())))[0]).toBe(
      'Service web selects no pod, so requests get a 503 response',
    ));
  test('other kinds, and an ExternalName, are left to the implementation', () => {
    expect(judged('name: gone, group: storage.example.com, kind: Bucket, port: 80', namespace)).toEqual([]);
    expect(judged('name: gone, group: example.com, port: 80', namespace)).toEqual([]);
    expect(judged('name: web, port: 80', service('type: ExternalName, externalName: a.example.com'))).toEqual([]);
  });
});

describe('referencegrant-present', () => {
  const id = 'referencegrant-present';
  const grant = (kind: string, target = 'Service', from = 'shop') =>
    `{ apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: { name: g, namespace: other }, spec: { from: [{ group: gateway.networking.k8s.io, kind: ${kind}, namespace: ${from} }], to: [{ group: '', kind: ${target} }] } }`;
  const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
  test('a backend in another namespace needs a grant there', () => {
    const at = 'HTTPRoute/shop/web spec.rules[0].backendRefs[0].namespace = "other"';
    const cross = route(to('name: web, namespace: other, port: 80'));
    expect(findings(id, all(other, cross))).toEqual([`fail ${at}`]);
    expect(findings(id, cross)).toEqual([`unknown ${at}`]);
    expect(messages(id, all(other, cross))[0]).toContain('so requests get a 500 response');
    expect(findings(id, all(other, cross, grant('HTTPRoute')))).toEqual([]);
    expect(findings(id, all(other, cross, grant('HTTPRoute', 'Service', 'b')))).toHaveLength(1);
    expect(findings(id, all(other, route(to('name: web, namespace: shop, port: 80'))))).toEqual([]);
  });
  test('so does a certificate', () => {
    const https = (ref: string) =>
      gateway(`{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [${ref}] } }`);
    const at = 'Gateway/shop/public spec.listeners[0].tls.certificateRefs[0].namespace = "other"';
    expect(findings(id, all(other, https('{ name: cert, namespace: other }')))).toEqual([`fail ${at}`]);
    expect(messages(id, all(other, https('{ name: cert, namespace: other }')))[0]).toContain(
      'refer to Secret cert, so listener https has no certificate and does not respond',
    );
    expect(findings(id, all(other, https('{ name: cert, namespace: other }'), grant('Gateway', 'Secret')))).toEqual([]);
    expect(
      findings(id, all(other, https('{ name: cert, namespace: other }'), grant('Gateway', 'ConfigMap'))),
    ).toHaveLength(1);
    expect(
      findings(id, all(other, https('{ name: cert, namespace: other, kind: ConfigMap }'), grant('Gateway', 'Secret'))),
    ).toHaveLength(1);
    expect(
      findings(id, all(other, https('{ name: cert, namespace: other, group: a.b }'), grant('Gateway', 'Secret'))),
    ).toHaveLength(1);
    expect(verdicts(id, all(other, https('{ name: cert }')))).toEqual([]);
  });
});

test.each([
  ['HTTPRoute', '', ['fail spec']],
  ['HTTPRoute', ', rules: []', ['fail spec.rules']],
  ['GRPCRoute', '', ['fail spec.rules']],
  ['GRPCRoute', ', rules: []', ['fail spec.rules']],
  ['HTTPRoute', ', rules: [{}]', ['fail spec.rules[0]']],
])('an %s without rules, or without backends, answers nobody: "%s"', (kind, rules, found) => {
  const route = `{ apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: public }]${rules} } }`;
  expect(verdicts('route-backend', route)).toEqual(found);
});

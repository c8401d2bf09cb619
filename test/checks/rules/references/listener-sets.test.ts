import { all, findings, messages, namespace } from '../../judging';

const API = 'gateway.networking.k8s.io';
const namespaceOf = (name: string, labels = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const gateway = (allowed: string, listeners = '{ name: http, port: 80, protocol: HTTP }', metadata = '') =>
  `{ apiVersion: ${API}/v1, kind: Gateway, metadata: { name: public, namespace: edge${metadata} }, spec: { gatewayClassName: a${allowed && `, allowedListeners: { namespaces: ${allowed} }`}, listeners: [${listeners}] } }`;
const set = (
  listeners = '{ name: shop, port: 80, protocol: HTTP, hostname: shop.example.com }',
  {
    name = 'more',
    place = 'shop',
    parent = 'name: public, namespace: edge',
    version = `${API}/v1`,
    metadata = '',
  } = {},
) =>
  `{ apiVersion: ${version}, kind: ${version.includes('x-k8s') ? 'X' : ''}ListenerSet, metadata: { name: ${name}, namespace: ${place}${metadata} }, spec: { parentRef: { ${parent} }, listeners: [${listeners}] } }`;
const route = (parent: string, place = 'shop', more = '') =>
  `{ apiVersion: ${API}/v1, kind: HTTPRoute, metadata: { name: web, namespace: ${place} }, spec: { parentRefs: [${parent}], ${more} rules: [] } }`;

describe('listenerset-attached', () => {
  const id = 'listenerset-attached';
  const refused = ['fail ListenerSet/shop/more spec.parentRef = "public"'];

  test.each([
    ['nothing is said', ''],
    ['None is said', '{ from: None }'],
    ['Same is said, and it is another one', '{ from: Same }'],
    ['the selector is of other labels', '{ from: Selector, selector: { matchLabels: { team: b } } }'],
  ])('a Gateway takes no listeners from the namespace where %s', (_, allowed) =>
    expect(findings(id, all(namespaceOf('shop', 'team: a'), gateway(allowed), set()))).toEqual(refused),
  );
  test.each([
    ['All', '{ from: All }', {}],
    ['Same', '{ from: Same }', { place: 'edge' }],
    ['a selector of its labels', '{ from: Selector, selector: { matchLabels: { team: a } } }', {}],
  ])('it takes them where it says %s', (_, allowed, where) =>
    expect(findings(id, all(namespaceOf('shop', 'team: a'), gateway(allowed), set(undefined, where)))).toEqual([]),
  );
  test('without a word it takes none, not even those of its own namespace', () =>
    expect(findings(id, all(gateway(''), set(undefined, { place: 'edge' })))).toEqual([
      'fail ListenerSet/edge/more spec.parentRef = "public"',
    ]));
  test('with a selector it depends on labels that may not be known', () =>
    expect(findings(id, all(gateway('{ from: Selector, selector: { matchLabels: { team: a } } }'), set()))).toEqual([
      'unknown ListenerSet/shop/more spec.parentRef = "public"',
    ]));
  test('the one that is not yet stable is judged alike', () =>
    expect(findings(id, all(gateway(''), set(undefined, { version: 'gateway.networking.x-k8s.io/v1alpha1' })))).toEqual(
      ['fail XListenerSet/shop/more spec.parentRef = "public"'],
    ));
  test('the Gateway is there, in its own namespace unless another one is named', () => {
    expect(findings(id, all(namespace, set(undefined, { parent: 'name: public' })))).toEqual([
      'fail ListenerSet/shop/more spec.parentRef.name = "public"',
    ]);
    expect(findings(id, set())).toEqual(['unknown ListenerSet/shop/more spec.parentRef.name = "public"']);
    expect(
      findings(id, all(gateway('{ from: All }'), set(undefined, { parent: 'name: publc, namespace: edge' }))),
    ).toEqual(['fail ListenerSet/shop/more spec.parentRef.name = "publc"']);
    // Istio's kind of the same name is not it.
    const istio = '{ apiVersion: networking.istio.io/v1, kind: Gateway, metadata: { name: public, namespace: edge } }';
    expect(findings(id, all(istio, gateway('{ from: All }'), set()))).toEqual([]);
  });
  test('a parent of another kind is not judged', () =>
    expect(findings(id, all(namespace, set(undefined, { parent: 'name: a, kind: Mesh, group: example.com' })))).toEqual(
      [],
    ));
});

describe('listeners of ListenerSets', () => {
  const open = '{ from: All }';

  test('give way to the same listener of their Gateway', () => {
    const twice = all(gateway(open), set('{ name: mine, port: 80, protocol: HTTP }'));
    expect(findings('gateway-listeners-unique', twice)).toEqual([
      'fail ListenerSet/shop/more spec.listeners[0] = null',
    ]);
    expect(messages('gateway-listeners-unique', twice)).toEqual([
      'listener http of Gateway/edge/public has the same port 80 and no hostname either, so listener mine conflicts with it and is not served',
    ]);
    const protocols = all(gateway(open), set('{ name: mine, port: 80, protocol: HTTPS, hostname: a.example.com }'));
    expect(findings('gateway-listeners-unique', protocols)).toEqual([
      'fail ListenerSet/shop/more spec.listeners[0].protocol = "HTTPS"',
    ]);
  });
  test('give way to those of an older ListenerSet of the Gateway', () => {
    const [said, ...others] = messages(
      'gateway-listeners-unique',
      all(gateway(open), set(), set(undefined, { name: 'other', place: 'blog' })),
    );
    expect(said).toContain('listener shop of ListenerSet/blog/other has the same port 80');
    expect(said).toContain('only that of the older ListenerSet is served');
    expect(others).toEqual([]);
  });
  test('may have a name that another one has, and a port of their own', () => {
    const named =
      '{ name: http, port: 80, protocol: HTTP, hostname: a.example.com }, { name: b, protocol: HTTP }, { name: c, protocol: HTTP }';
    expect(findings('gateway-listeners-unique', all(gateway(open), set(named)))).toEqual([]);
  });
  test('meet only those of the same Gateway, and none where it does not take them', () => {
    const same = '{ name: http, port: 80, protocol: HTTP }';
    expect(findings('gateway-listeners-unique', all(gateway(''), set(same)))).toEqual([]);
    expect(findings('gateway-listeners-unique', all(gateway(open), set(same, { parent: 'name: b' })))).toEqual([]);
    expect(findings('gateway-listeners-unique', set(`${same}, { name: a, port: 80, protocol: HTTP }`))).toHaveLength(1);
  });
  test('have certificates, in the own namespace or granted to a ListenerSet', () => {
    const https = (ref: string, metadata = '') =>
      set(`{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ ${ref} }] } }`, { metadata });
    const at = 'ListenerSet/shop/more spec.listeners[0].tls.certificateRefs[0]';
    expect(findings('gateway-cert-exists', all(namespace, https('name: cert')))).toEqual([`fail ${at}.name = "cert"`]);
    const issuer = ', annotations: { cert-manager.io/issuer: a }';
    expect(findings('gateway-cert-exists', all(namespace, https('name: cert', issuer)))).toEqual([]);
    expect(
      findings('gateway-cert-exists', all(namespace, gateway(open, undefined, issuer), https('name: cert'))),
    ).toEqual([]);
    const grant = (kind: string) =>
      `{ apiVersion: ${API}/v1beta1, kind: ReferenceGrant, metadata: { name: g, namespace: certs }, spec: { from: [{ group: ${API}, kind: ${kind}, namespace: shop }], to: [{ group: '', kind: Secret }] } }`;
    const foreign = all(namespaceOf('certs'), https('name: cert, namespace: certs'));
    expect(findings('referencegrant-present', all(foreign, grant('ListenerSet')))).toEqual([]);
    // What is granted to Gateways is not granted to their ListenerSets.
    expect(findings('referencegrant-present', all(foreign, grant('Gateway')))).toEqual([
      `fail ${at}.namespace = "certs"`,
    ]);
  });
});

describe('a route whose parent is a ListenerSet', () => {
  const parent = (more = '') => `{ kind: ListenerSet, group: ${API}, name: more${more} }`;

  test('needs one that is there, with the listener that it names', () => {
    expect(findings('route-parent-exists', all(namespace, route(parent())))).toEqual([
      'fail HTTPRoute/shop/web spec.parentRefs[0].name = "more"',
    ]);
    expect(findings('route-parent-exists', all(set(), route(parent(', sectionName: shp'))))).toEqual([
      'fail HTTPRoute/shop/web spec.parentRefs[0].sectionName = "shp"',
    ]);
    expect(findings('route-parent-exists', all(set(), route(parent(', sectionName: shop, port: 80'))))).toEqual([]);
    expect(findings('route-parent-exists', all(set(), route(parent(', port: 81'))))).toHaveLength(1);
    // The implementation chooses the port of a listener without one.
    expect(
      findings('route-parent-exists', all(set('{ name: a, protocol: HTTP }'), route(parent(', port: 81')))),
    ).toEqual([]);
    // A Gateway of the name is none, and neither is a ListenerSet for a route to a Gateway.
    expect(findings('route-parent-exists', all(namespace, set(), route('{ name: more }')))).toHaveLength(1);
  });
  test('is in its namespace unless its listeners allow others', () => {
    const elsewhere = route(parent(', namespace: shop'), 'blog');
    expect(findings('route-allowed-by-listener', all(set(), elsewhere))).toEqual([
      'fail HTTPRoute/blog/web spec.parentRefs[0] = "more"',
    ]);
    expect(messages('route-allowed-by-listener', all(set(), elsewhere))[0]).toContain(
      'of ListenerSet shop/more allows only',
    );
    const open = set('{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }');
    expect(findings('route-allowed-by-listener', all(open, elsewhere))).toEqual([]);
  });
  test('has a hostname that they serve', () =>
    expect(
      findings('route-hostname-intersects', all(set(), route(parent(), 'shop', 'hostnames: [blog.example.com],'))),
    ).toEqual(['fail HTTPRoute/shop/web spec.hostnames = ["blog.example.com"]']));
});

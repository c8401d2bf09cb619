import { all, findings, messages } from '../../judging';

const id = 'route-feature-supported';
const API = 'gateway.networking.k8s.io/v1';
const gatewayClass = (controller = 'traefik.io/gateway-controller', name = 'edge') =>
  `{ apiVersion: ${API}, kind: GatewayClass, metadata: { name: ${name} }, spec: { controllerName: ${controller} } }`;
const gateway = (className = 'edge') =>
  `{ apiVersion: ${API}, kind: Gateway, metadata: { name: public, namespace: shop }, spec: { gatewayClassName: ${className}, listeners: [{ name: http, port: 80, protocol: HTTP }] } }`;
const MIRROR = '{ type: RequestMirror, requestMirror: { backendRef: { name: audit, port: 80 } } }';
const route = (rule: string, kind = 'HTTPRoute', parents = '{ name: public }') =>
  `{ apiVersion: ${API}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { parentRefs: [${parents}], rules: [${rule}] } }`;
const rule = (filter: string) => `{ filters: [${filter}], backendRefs: [{ name: web, port: 80 }] }`;

describe('with Traefik,', () => {
  const traefik = all(gatewayClass(), gateway());

  test.each(['RequestMirror', 'CORS', 'ExternalAuth'])('the filter %s makes every request of the rule fail', (type) => {
    const manifests = all(traefik, route(`{ backendRefs: [] }, ${rule(`{ type: URLRewrite }, { type: ${type} }`)}`));
    expect(findings(id, manifests)).toEqual([`fail HTTPRoute/shop/web spec.rules[1].filters[1].type = "${type}"`]);
    expect(messages(id, manifests)[0]).toBe(
      `Traefik does not support the filter ${type}, so requests get a 500 response where this rule matches`,
    );
  });
  test('a filter of one backend fails its share', () => {
    const manifests = all(
      traefik,
      route(`{ backendRefs: [{ name: a, port: 80 }, { name: b, port: 80, filters: [${MIRROR}] }] }`),
    );
    expect(findings(id, manifests)).toEqual([
      'fail HTTPRoute/shop/web spec.rules[0].backendRefs[1].filters[0].type = "RequestMirror"',
    ]);
    expect(messages(id, manifests)[0]).toMatch(/ for the share of this backend$/);
  });
  test('a GRPCRoute has fewer filters, and calls fail', () => {
    const manifests = all(traefik, route(rule('{ type: ResponseHeaderModifier }'), 'GRPCRoute'));
    expect(messages(id, manifests)[0]).toContain('calls fail with status UNAVAILABLE');
    expect(findings(id, all(traefik, route(rule('{ type: RequestHeaderModifier }'), 'GRPCRoute')))).toEqual([]);
    // Those of its backends are not read.
    const ofBackend = route(`{ backendRefs: [{ name: a, port: 80, filters: [${MIRROR}] }] }`, 'GRPCRoute');
    expect(findings(id, all(traefik, ofBackend))).toEqual([]);
  });
  test.each(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'ExtensionRef'])(
    '%s works',
    (type) => expect(findings(id, all(traefik, route(rule(`{ type: ${type} }`))))).toEqual([]),
  );
  test('a route may come by a ListenerSet, and one finding is enough for two parents', () => {
    const set = `{ apiVersion: ${API}, kind: ListenerSet, metadata: { name: more, namespace: shop }, spec: { parentRef: { name: public }, listeners: [] } }`;
    const parents = '{ name: more, kind: ListenerSet }, { name: public }';
    expect(findings(id, all(traefik, set, route(rule(MIRROR), 'HTTPRoute', parents)))).toHaveLength(1);
    expect(
      findings(id, all(traefik, set, route(rule(MIRROR), 'HTTPRoute', '{ name: more, kind: ListenerSet }'))),
    ).toEqual(['fail HTTPRoute/shop/web spec.rules[0].filters[0].type = "RequestMirror"']);
  });
});

test('the class may come with the facts; one that is only called traefik may be it', () => {
  const manifests = all(gateway('traefik'), route(rule(MIRROR)));
  const at = 'HTTPRoute/shop/web spec.rules[0].filters[0].type = "RequestMirror"';
  const facts = gatewayClass(undefined, 'traefik');
  expect(findings(id, manifests, { facts })).toEqual([`fail ${at}`]);
  expect(findings(id, manifests)).toEqual([`unknown ${at}`]);
  expect(findings(id, manifests, { facts: gatewayClass('istio.io/gateway-controller', 'traefik') })).toEqual([]);
});

test('of controllers that lacked a filter when they were tested it is unknown, of others nothing is said', () => {
  const of = (controller: string) => findings(id, all(gatewayClass(controller), gateway(), route(rule(MIRROR))));
  expect(of('konghq.com/kic-gateway-controller')[0]).toMatch(/^unknown /);
  expect(of('gateway.envoyproxy.io/gatewayclass-controller')).toEqual([]);
  expect(findings(id, route(rule(MIRROR)))).toEqual([]);
});

describe('what Traefik does not do', () => {
  const deployment = (tag: string) =>
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik, namespace: edge }, spec: { template: { spec: { containers: [{ name: traefik, image: 'traefik:${tag}' }] } } } }`;
  const judged = (rules: string, ...more: readonly string[]) =>
    messages(id, all(gatewayClass(), gateway(), route(rules), ...more));
  test.each(['timeouts: { request: 5s }', 'retry: { attempts: 3 }', 'sessionPersistence: { sessionName: a }'])(
    'the field %s is ignored',
    (field) => expect(judged(`{ ${field} }`)[0]).toMatch(/^Traefik ignores /),
  );
  test('a match on the header Host, and an expression that does not compile, match nothing', () => {
    const match = (header: string) => judged(`{ matches: [{ headers: [${header}] }] }`)[0];
    expect(match('{ name: HOST, value: a }')).toContain('match hostnames instead');
    expect(match("{ name: a, value: '(', type: RegularExpression }")).toContain('(a ) is missing)');
    expect(match("{ name: a, value: '(' }")).toBeUndefined();
  });
  test('a backend of another kind', () => {
    const ref = (group: string, kind: string) =>
      judged(`{ backendRefs: [{ group: ${group}, kind: ${kind}, name: a }] }`);
    expect(ref('multicluster.x-k8s.io', 'ServiceImport')[0]).toContain('500 response for the share of this backend');
    expect(ref('traefik.io', 'TraefikService')).toEqual([]);
  });
  test('what came with 3.7 is missing before, and nothing is said where the version is not known', () => {
    const filter = '{ backendRefs: [{ name: a, port: 80, filters: [{ type: RequestHeaderModifier }] }] }';
    const redirect = '{ filters: [{ type: RequestRedirect, requestRedirect: { statusCode: 308 } }] }';
    for (const rules of [filter, redirect]) {
      expect(judged(rules, deployment('v3.6.4'))).toHaveLength(1);
      expect(judged(rules, deployment('v3.7'))).toEqual([]);
      expect(judged(rules)).toEqual([]);
    }
  });
  test('before 3.7 a name with a star takes the wider one of its listener', () => {
    const wild = (tag: string) =>
      findings(
        id,
        all(
          gatewayClass(),
          gateway().replace('protocol: HTTP', "protocol: HTTP, hostname: '*.test'"),
          route('{ backendRefs: [] }').replace('rules:', "hostnames: ['*.apps.test', '*.test', a.test], rules:"),
          deployment(tag),
        ),
      );
    expect(wild('v3.5.0')).toEqual(['fail HTTPRoute/shop/web spec.hostnames[0] = "*.apps.test"']);
    expect(wild('v3.7.9')).toEqual([]);
  });
});

test('what a GatewayClass lists as supported is believed, and what it does not is unknown', () => {
  const listing = (features: string) =>
    `{ apiVersion: ${API}, kind: GatewayClass, metadata: { name: edge }, spec: { controllerName: example.com/own }, status: { supportedFeatures: [${features}] } }`;
  const judged = (features: string) => findings(id, all(listing(features), gateway(), route(rule(MIRROR))));
  expect(judged('{ name: HTTPRouteRequestMirror }')).toEqual([]);
  expect(judged('HTTPRouteRequestMirror')).toEqual([]);
  expect(judged('{ name: HTTPRoute }')[0]).toMatch(/^unknown /);
  expect(judged('')).toEqual([]);
});

describe("Traefik's own kinds", () => {
  const traefikService = (spec: string, group = 'traefik.io') =>
    `{ apiVersion: ${group}/v1alpha1, kind: TraefikService, metadata: { name: split, namespace: shop }, spec: { ${spec} } }`;
  const weighted = 'weighted: { services: [{ name: web, port: 80 }] }';
  const mirroring = (percent: number) =>
    `mirroring: { name: web, port: 80, mirrors: [{ name: a, port: 80, percent: 0 }, { name: next, port: 80, percent: ${percent} }] }`;
  const at = 'TraefikService/shop/split spec';
  test.each([
    [mirroring(100), []],
    [mirroring(0), []],
    [mirroring(101), [`fail ${at}.mirroring.mirrors[1].percent = 101`]],
    [mirroring(-1), [`fail ${at}.mirroring.mirrors[1].percent = -1`]],
    [weighted, []],
  ])('%s', (spec, expected) => expect(findings(id, traefikService(spec))).toEqual(expected));
  test('one of several types counts', () => {
    expect(messages(id, traefikService(`${mirroring(150)}, ${weighted}`))).toEqual([
      expect.stringContaining('Traefik takes weighted and ignores mirroring'),
    ]);
    expect(messages(id, traefikService(`highestRandomWeight: { services: [] }, ${mirroring(10)}`))).toEqual([
      expect.stringContaining('Traefik takes mirroring and ignores highestRandomWeight'),
    ]);
    expect(messages(id, traefikService(`${mirroring(150)}`, 'example.com'))).toEqual([]);
  });
  test('a Gateway of another controller knows no TraefikService', () => {
    const to = (controller: string, kind = 'HTTPRoute') =>
      all(
        gatewayClass(controller),
        gateway(),
        route(
          '{ backendRefs: [{ name: web, port: 80 }, { group: traefik.io, kind: TraefikService, name: split }] }',
          kind,
        ),
      );
    for (const controller of ['istio.io/gateway-controller', 'konghq.com/kic-gateway-controller'])
      expect(findings(id, to(controller))).toEqual([
        'fail HTTPRoute/shop/web spec.rules[0].backendRefs[1].kind = "TraefikService"',
      ]);
    expect(messages(id, to('istio.io/gateway-controller'))[0]).toContain('requests get a 500 response');
    expect(findings(id, to('istio.io/gateway-controller', 'TCPRoute'))).toHaveLength(1);
    expect(findings(id, to('traefik.io/gateway-controller'))).toEqual([]);
    expect(findings(id, to('istio.io/gateway-controller').replace('kind: GatewayClass', 'kind: Other'))).toEqual([]);
  });
  test('Traefik 3 reads nothing of its older group', () => {
    const of = (tag: string, group: string) =>
      ['IngressRoute', 'Middleware', 'TraefikService'].flatMap((kind) =>
        findings(
          id,
          all(
            `{ apiVersion: ${group}/v1alpha1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: {} }`,
            `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik, namespace: edge }, spec: { template: { spec: { containers: [{ name: traefik, image: 'traefik:${tag}' }] } } } }`,
          ),
        ),
      );
    expect(of('v3.5.0', 'traefik.containo.us')).toEqual(
      ['IngressRoute', 'Middleware', 'TraefikService'].map(
        (kind) => `fail ${kind}/shop/web apiVersion = "traefik.containo.us/v1alpha1"`,
      ),
    );
    expect(of('v2.11', 'traefik.containo.us')).toEqual([]);
    expect(of('v3.5.0', 'traefik.io')).toEqual([]);
  });
  describe('the match of a rule', () => {
    const ofRoute = (match: string, more = '', kind = 'IngressRoute', group = 'traefik.io') =>
      `{ apiVersion: ${group}/v1alpha1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { routes: [{ match: '${match}', services: [{ name: web, port: 80 }]${more} }] } }`;
    const deployed = (tag: string, args = '') =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik, namespace: edge }, spec: { template: { spec: { containers: [{ name: traefik, image: 'traefik:${tag}', args: [${args}] }] } } } }`;
    const verdicts = (...manifests: readonly string[]) =>
      findings(id, all(...manifests)).map((text) => text.split(' ')[0]);
    const ofTwo = ofRoute('Host(`a.test`, `b.test`)');
    test('that no Traefik can read', () => {
      expect(findings(id, ofRoute('Host(shop.test)'))).toEqual([
        'fail IngressRoute/shop/web spec.routes[0].match = "Host(shop.test)"',
      ]);
      expect(messages(id, ofRoute('Hosts(`shop.test`)'))[0]).toContain('there is no matcher Hosts');
      expect(verdicts(ofRoute('Host(`shop.test`)', '', 'IngressRouteTCP'))).toEqual(['fail']);
      expect(verdicts(ofRoute('HostSNI(`*`)', '', 'IngressRouteTCP'), ofRoute('Host(`shop.test`)'))).toEqual([]);
    });
    test('that Traefik 2 alone reads', () => {
      expect(verdicts(ofTwo)).toEqual(['unknown']);
      expect(verdicts(ofTwo, deployed('v3.5.0'))).toEqual(['fail']);
      expect(verdicts(ofTwo, deployed('v2.11'))).toEqual([]);
      expect(verdicts(ofTwo, deployed('v3.5.0', '--core.defaultRuleSyntax=v2'))).toEqual([]);
      expect(verdicts(ofRoute('Host(`a.test`, `b.test`)', ', syntax: v2'), deployed('v3.5.0'))).toEqual([]);
      expect(verdicts(ofRoute('Host(`a.test`, `b.test`)', '', 'IngressRoute', 'traefik.containo.us'))).toEqual([]);
    });
  });
});

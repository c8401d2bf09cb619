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

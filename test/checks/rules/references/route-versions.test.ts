import { all, findings, messages, namespace } from '../../judging';

const API = 'gateway.networking.k8s.io/v1';
const NGINX = 'nginx.ingress.kubernetes.io/';
const version = (name: string, replicas: number) =>
  all(
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ port: 80 }] } }`,
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { replicas: ${replicas}, selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [] } } } }`,
  );
const gateway = all(
  `{ apiVersion: ${API}, kind: GatewayClass, metadata: { name: edge }, spec: { controllerName: traefik.io/gateway-controller } }`,
  `{ apiVersion: ${API}, kind: Gateway, metadata: { name: public, namespace: shop }, spec: { gatewayClassName: edge, listeners: [{ name: http, port: 80, protocol: HTTP, hostname: '*.test' }] } }`,
);
const traefik = (tag: string, args = '') =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik, namespace: edge }, spec: { template: { spec: { containers: [{ name: traefik, image: 'traefik:${tag}', args: [${args}] }] } } } }`;
const route = (rules: string, hosts = 'shop.test', name = 'web') =>
  `{ apiVersion: ${API}, kind: HTTPRoute, metadata: { name: ${name}, namespace: shop }, spec: { parentRefs: [{ name: public }], hostnames: ['${hosts}'], rules: [${rules}] } }`;
const ref = (name: string, weight?: number) =>
  `{ name: ${name}, port: 80${weight === undefined ? '' : `, weight: ${weight}`} }`;

describe('weighted-backend-has-pods', () => {
  const id = 'weighted-backend-has-pods';
  const of = (refs: string, ...more: readonly string[]) =>
    messages(id, all(namespace, version('web', 3), version('next', 0), route(`{ backendRefs: [${refs}] }`), ...more));
  const idle = 'Deployment next, the only workload of Service next, has replicas: 0, so';
  test('a share for an idle Service fails, the only one and one of several', () => {
    expect(of(ref('next'))).toEqual([`${idle} requests get a 503 response`]);
    expect(of(`${ref('web', 90)}, ${ref('next', 10)}`)).toEqual([
      `${idle} requests get a 503 response for its share of the traffic`,
    ]);
  });
  test('two versions with pods, or a share of 0, are well', () => {
    expect(of(`${ref('web', 90)}, ${ref('next', 0)}`)).toEqual([]);
    expect(of(ref('web', 10))).toEqual([]);
    const scaler =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: next, namespace: shop }, spec: { scaleTargetRef: { name: next }, triggers: [] } }';
    expect(of(ref('next', 10), scaler)).toEqual([]);
  });
  test('all weights 0 are nobody', () => {
    expect(of(`${ref('web', 0)}, ${ref('next', 0)}`)[0]).toMatch(/^all weights of the rule are 0/);
    const redirect = route('{ filters: [{ requestRedirect: {} }], backendRefs: [{ name: web, port: 80, weight: 0 }] }');
    expect(messages(id, all(version('web', 1), redirect))).toEqual([]);
  });
  describe('of a TraefikService', () => {
    const service = (weight: number) =>
      `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: canary, namespace: shop }, spec: { weighted: { services: [${ref('web', 9)}, ${ref('next', weight)}] } } }`;
    const at = 'TraefikService/shop/canary spec.weighted.services[1].name = "next"';
    const judged = (weight: number, ...more: readonly string[]) =>
      findings(id, all(namespace, version('web', 3), version('next', 0), service(weight), ...more));
    test('an idle Service takes the whole rule away, whatever its weight', () => {
      expect(judged(1)).toEqual([`fail ${at}`]);
      expect(judged(0)).toEqual([`unknown ${at}`]);
      expect(judged(0, traefik('v3.5.0'))).toEqual([`fail ${at}`]);
    });
    test('unless Traefik allows it: then its share alone fails', () => {
      const allows = traefik('v3.5.0', '--providers.kubernetescrd.allowEmptyServices');
      expect(judged(1, allows)).toEqual([`fail ${at}`]);
      expect(judged(0, allows)).toEqual([]);
    });
  });
  test('of a canary Ingress', () => {
    const canary = (weight: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: next, namespace: shop, annotations: { ${NGINX}canary: 'true', ${NGINX}canary-weight: '${weight}' } }, spec: { ingressClassName: nginx, rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: next, port: { number: 80 } } } }] } }] } }`;
    const judged = (weight: string) => findings(id, all(version('next', 0), canary(weight)));
    expect(judged('5')).toEqual(['fail Ingress/shop/next spec.rules[0].http.paths[0].backend.service.name = "next"']);
    expect(judged('0')).toEqual([]);
  });
});

describe('route-precedence-agrees', () => {
  const THREE = ', headers: [{ name: a, value: b }, { name: c, value: d }, { name: e, value: f }]';
  const match = (path: string, service: string, more = '') =>
    `{ matches: [{ path: { type: PathPrefix, value: ${path} }${more} }], backendRefs: [${ref(service)}] }`;
  const of = (...rules: readonly string[]) =>
    messages('route-precedence-agrees', all(gateway, route(rules.join(', '))));
  test.each([
    ['a method', [match('/a', 'x', ', method: GET'), match('/a/b', 'y')]],
    [
      'headers',
      [
        match('/a', 'x', ', headers: [{ name: a, value: b }, { name: c, value: d }, { name: e, value: f }]'),
        match('/a/b', 'y'),
      ],
    ],
  ])('%s beside a longer path', (_, rules) => {
    expect(of(...rules)).toEqual([
      expect.stringMatching(/^the Gateway API puts this match before rule 1 .* Traefik puts it behind/),
    ]);
  });
  test.each([
    ['do the same', [match('/a', 'x', ', method: GET'), match('/a/b', 'x')]],
    ['meet in no request: paths', [match('/a', 'x', ', method: GET'), match('/ab', 'y')]],
    ['meet in no request: methods', [match('/a', 'x', `, method: GET${THREE}`), match('/a/b', 'y', ', method: POST')]],
    [
      'meet in no request: headers',
      [
        match('/a', 'x', ', method: GET, headers: [{ name: X, value: a }]'),
        match('/a/b', 'y', ', headers: [{ name: x, value: b }]'),
      ],
    ],
    ['are ranked alike', [match('/', 'x'), match('/a', 'y'), match('/a', 'z', ', headers: [{ name: X, value: a }]')]],
  ])('nothing is said of rules that %s', (_, rules) => expect(of(...rules)).toEqual([]));
  test('two routes with the same match have no order', () => {
    const two = [route(match('/', 'x'), 'shop.test', 'a'), route(match('/', 'y'), 'shop.test', 'b')];
    expect(messages('route-precedence-agrees', all(gateway, ...two))[0]).toMatch(/one or the other answers/);
    expect(
      messages('route-precedence-agrees', all(gateway, two[0]!, two[1]!.replace('shop.test', 'other.test'))),
    ).toEqual([]);
  });
  test('a name with a star gives way to the name itself, but a longer path does not count for Traefik', () => {
    const two = [route(match('/api', 'x'), '*.test', 'wild'), route(match('/', 'y'), 'shop.test', 'own')];
    expect(findings('route-precedence-agrees', all(gateway, ...two))).toEqual([
      'fail HTTPRoute/shop/own spec.rules[0].matches[0].path.value = "/"',
    ]);
  });
});

describe('header-rule-covers-paths', () => {
  const id = 'header-rule-covers-paths';
  const rule = (path: string, service: string, header = '') =>
    `{ matches: [{ path: { type: PathPrefix, value: ${path} }${header && `, headers: [{ name: X-Group, value: ${header} }]`} }], backendRefs: [${ref(service)}] }`;
  const of = (...rules: readonly string[]) => findings(id, route(rules.join(', ')));
  const found = ['fail HTTPRoute/shop/web spec.rules[2].matches[0].path.value = "/api"'];
  test('a longer path of the same Service has the header, too', () => {
    const base = [rule('/', 'next', 'beta'), rule('/', 'web'), rule('/api', 'web')];
    expect(of(...base)).toEqual(found);
    expect(of(...base, rule('/api/', 'next', 'beta'))).toEqual([]);
    expect(of(...base, rule('/api', 'next', 'alpha'))).toEqual(found);
  });
  test('another Service, and a header that leads to the same one, are none of it', () => {
    expect(of(rule('/', 'next', 'beta'), rule('/', 'web'), rule('/api', 'api'))).toEqual([]);
    expect(of(rule('/', 'web', 'beta'), rule('/', 'web'), rule('/api', 'web'))).toEqual([]);
    expect(of(rule('/', 'next', 'beta'), rule('/api', 'web'))).toEqual([]);
  });
  test('a canary of ingress-nginx by header stands on every path of the main one', () => {
    const ingress = (name: string, service: string, annotations: string, ...paths: readonly string[]) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }, spec: { ingressClassName: nginx, rules: [{ host: shop.test, http: { paths: [${paths.map((path) => `{ path: ${path}, pathType: Prefix, backend: { service: { name: ${service}, port: { number: 80 } } } }`).join(', ')}] } }] } }`;
    const main = ingress('web', 'web', '', '/', '/api');
    const canary = (...paths: readonly string[]) =>
      ingress('next', 'next', `${NGINX}canary: 'true', ${NGINX}canary-by-header: x-next`, ...paths);
    expect(findings(id, all(main, canary('/')))).toEqual([
      'fail Ingress/shop/web spec.rules[0].http.paths[1].path = "/api"',
    ]);
    expect(findings(id, all(main, canary('/', '/api')))).toEqual([]);
    expect(findings(id, all(main, canary('/').replace('canary-by-header', 'canary-weight')))).toEqual([]);
  });
});

describe('route-backend: a rule needs somebody who answers', () => {
  const filters = (...types: readonly string[]) => `{ filters: [${types.map((type) => `{ type: ${type} }`).join()}] }`;
  test.each([
    ['{}', 1],
    ['{ matches: [{ path: { value: / } }] }', 1],
    ['{ backendRefs: [] }', 1],
    [filters('RequestHeaderModifier', 'RequestMirror'), 1],
    [filters('RequestHeaderModifier', 'RequestRedirect'), 0],
    [filters('ExtensionRef'), 0],
    ['{ backendRefs: [{ name: web, port: 80 }] }', 0],
  ])('%s', (rule, count) => {
    const judged = (text: string) => messages('route-backend', all(namespace, version('web', 1), text));
    expect(judged(route(rule))).toHaveLength(count);
    expect(judged(route(`{ backendRefs: [{ name: web, port: 80 }] }, ${rule}`))).toHaveLength(count);
    expect(judged(route(rule).replace('HTTPRoute', 'GRPCRoute'))).toHaveLength(count);
    expect(judged(route(rule).replace('HTTPRoute', 'VirtualService'))).toEqual([]);
  });
  test('of HTTP and of gRPC', () => {
    const judged = (kind: string) => findings('route-backend', all(namespace, route('{}').replace('HTTPRoute', kind)));
    expect(judged('HTTPRoute')).toEqual(['fail HTTPRoute/shop/web spec.rules[0] = null']);
    expect(messages('route-backend', route('{}'))[0]).toContain('requests get a 500 response (Traefik: 503)');
    expect(messages('route-backend', route('{}').replace('HTTPRoute', 'GRPCRoute'))[0]).toContain('UNAVAILABLE');
  });
});

describe('route-backend follows a route into a TraefikService', () => {
  const id = 'route-backend';
  const service = (refs: string) =>
    `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: canary, namespace: shop }, spec: { weighted: { services: [${refs}] }, mirroring: { name: web, port: 80, mirrors: [{ name: web, port: 81 }] } } }`;
  const toService = route('{ backendRefs: [{ group: traefik.io, kind: TraefikService, name: canary }] }');
  test('that has to be there, with Services and ports that are there', () => {
    expect(messages(id, all(namespace, toService))[0]).toContain('Traefik leaves out the rules that name it');
    const judged = findings(
      id,
      all(namespace, version('web', 1), toService, service(`${ref('web', 1)}, ${ref('gone', 1)}`)),
    );
    expect(judged).toEqual([
      'fail TraefikService/shop/canary spec.mirroring.mirrors[0].port = 81',
      'fail TraefikService/shop/canary spec.weighted.services[1].name = "gone"',
    ]);
  });
  test('a TraefikService that leads to itself, also by another', () => {
    const named = (name: string, to: string, more = '') =>
      `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: ${name}, namespace: shop }, spec: { weighted: { services: [${ref('web', 1)}, { name: ${to}, kind: TraefikService }] }${more} } }`;
    const judged = (...services: readonly string[]) => messages(id, all(namespace, version('web', 1), ...services));
    expect(judged(named('a', 'a'))).toEqual([expect.stringMatching(/^TraefikService a leads to itself, which/)]);
    expect(judged(named('a', 'b'), named('b', 'c'), named('c', 'a'))).toEqual([
      expect.stringMatching(/^TraefikService a leads to itself \(by b, c\)/),
      expect.stringMatching(/^TraefikService b leads to itself \(by c, a\)/),
      expect.stringMatching(/^TraefikService c leads to itself \(by a, b\)/),
    ]);
    // Who names a loop is no part of it.
    expect(judged(named('a', 'b'), named('b', 'b'))).toHaveLength(1);
    expect(judged(named('a', 'b'), named('b', 'api@internal'))).toEqual([]);
  });
  test('one of Traefik itself is none of it', () =>
    expect(findings(id, all(namespace, toService.replace('name: canary', 'name: api@internal')))).toEqual([]));
});

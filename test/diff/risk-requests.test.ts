/** What becomes of requests on their way: limits, faults, rewriting, snippets, and a mesh whose sides do not fit. */
import { allOf, classed, messagesOf, worstClass } from './risks';

const object = (api: string, kind: string, spec: string) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
const istio = (...http: readonly string[]) =>
  object(
    'networking.istio.io/v1',
    'VirtualService',
    `hosts: [web], http: [${http.map((rule) => `{ route: [{ destination: { host: web } }]${rule && `, ${rule}`} }`).join(', ')}]`,
  );
const route = (rule: string, path = '/') =>
  object(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    `parentRefs: [{ name: gw }], rules: [{ matches: [{ path: { value: ${path} } }], backendRefs: [{ name: web, port: 80 }]${rule && `, ${rule}`} }]`,
  );
const ingress = (annotations: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { team: a${annotations && `, ${annotations}`} } }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
const nginx = (name: string, value: string) => ingress(`nginx.ingress.kubernetes.io/${name}: '${value}'`);

describe('requests-limited', () => {
  const id = 'requests-limited';
  const host = (pool: string) =>
    object('networking.istio.io/v1', 'DestinationRule', `host: web, trafficPolicy: { connectionPool: { ${pool} } }`);
  const middleware = (spec: string) => object('traefik.io/v1alpha1', 'Middleware', spec);
  test.each([
    [
      'a shorter timeout',
      istio('timeout: 10s'),
      istio('timeout: 0.5s'),
      'longer than 0.5s gets an error (504), and it was 10s before',
    ],
    ['a timeout where none was', istio(''), istio('timeout: 1s'), 'it was no limit before'],
    ['one in the place of none', istio('timeout: 0s'), istio('timeout: 1s'), 'it was no limit before'],
    ['fewer tries', istio('retries: { attempts: 3 }'), istio('retries: { attempts: 0 }'), '0 times in place of 3'],
    ['fewer tries than by default', istio(''), istio('retries: { attempts: 1 }'), '1 times in place of 2'],
    [
      'a fault',
      istio(''),
      istio('fault: { abort: { percentage: { value: 50 }, httpStatus: 503 } }'),
      '50% of them get 503 on purpose',
    ],
    ['a fault of all', istio(''), istio('fault: { delay: { fixedDelay: 5s } }'), '100% of them wait 5s on purpose'],
    [
      'a fault of a new rule',
      istio(''),
      istio('name: new, match: [{ uri: { prefix: /a } }], fault: { abort: { httpStatus: 500 } }', ''),
      'requests for /a: 100%',
    ],
    [
      'a timeout of the Gateway API',
      route(''),
      route('timeouts: { request: 1s }'),
      'it was up to its controller before',
    ],
    [
      'a shorter one of the backend',
      route('timeouts: { backendRequest: 2m }'),
      route('timeouts: { backendRequest: 30s }'),
      'requests for /: what takes longer than 30s',
    ],
    [
      'a smaller body',
      nginx('proxy-body-size', '50m'),
      nginx('proxy-body-size', '1m'),
      'more than 1m are refused (413), and it was 50m',
    ],
    [
      'the size by default',
      nginx('proxy-body-size', '0'),
      ingress(''),
      'more than 1m are refused (413), and it was no limit',
    ],
    [
      'less time to answer',
      ingress(''),
      nginx('proxy-read-timeout', '10'),
      'longer than 10s gets an error (504), and it was 60s',
    ],
    ['a rate', ingress(''), nginx('limit-rps', '5'), '5 requests of one client in a second'],
    ['fewer connections', host(''), host('tcp: { maxConnections: 10 }'), 'more than 10 connections of one client'],
    [
      'a middleware',
      middleware('rateLimit: { average: 0 }'),
      middleware('rateLimit: { average: 10 }'),
      'more than 10 in a period',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
    expect(classed(id, after, before)).toEqual([]);
  });
  test.each([
    ['the same in other words', istio('timeout: 1s'), istio('timeout: 1000ms')],
    ['more than controllers wait', route(''), route('timeouts: { request: 5m }')],
    ['a size that is the same', nginx('proxy-body-size', '1m'), nginx('proxy-body-size', '1024k')],
    ['a new rule with a timeout', istio(''), istio('name: new, timeout: 1s', '')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('requests-rewritten', () => {
  const id = 'requests-rewritten';
  const rewrite = (path: string) => `filters: [{ type: URLRewrite, urlRewrite: { path: ${path} } }]`;
  test.each([
    ['a path', ingress(''), nginx('rewrite-target', '/$1'), 'the path /$1, and with their own before'],
    ['a protocol', ingress(''), nginx('backend-protocol', 'HTTPS'), 'the protocol HTTPS'],
    [
      'a prefix of the Gateway API',
      route(''),
      route(rewrite('{ type: ReplacePrefixMatch, replacePrefixMatch: /v2 }')),
      'the path /v2 for the prefix',
    ],
    [
      'another host',
      istio('rewrite: { authority: a.example.com }'),
      istio('rewrite: { authority: b.example.com }'),
      'the host b.example.com, and with a.example.com before',
    ],
    ['a path of Istio', istio(''), istio('rewrite: { uri: / }'), 'the path / for what matched'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
    expect(classed(id, after, before)).toHaveLength(1);
  });
  test('a header that was kept from the program', () => {
    const modifier = (what: string) => `filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { ${what} } }]`;
    for (const what of ['remove: [X-User]', 'set: [{ name: x-user, value: nobody }]'])
      expect(classed(id, route(modifier(what)), route(''))).toEqual(['exposure HTTPRoute/shop/web spec.rules']);
    expect(
      classed(id, route(modifier('remove: [X-User]')), route(modifier('set: [{ name: x-user, value: a }]'))),
    ).toEqual([]);
    expect(classed(id, route(modifier('add: [{ name: x-user, value: a }]')), route(''))).toEqual([]);
    expect(messagesOf(id, istio('headers: { request: { remove: [x-user] } }'), istio(''))).toEqual([
      expect.stringContaining('x-user'),
    ]);
  });
});

describe('snippet-changed', () => {
  const id = 'snippet-changed';
  const at = (name: string) => `Ingress/shop/web metadata.annotations["nginx.ingress.kubernetes.io/${name}"]`;
  test('what comes, and what goes', () => {
    for (const name of ['configuration-snippet', 'server-snippet', 'auth-snippet'])
      expect(classed(id, ingress(''), nginx(name, 'allow all;'))).toEqual([`privilege ${at(name)}`]);
    expect(classed(id, nginx('server-snippet', 'deny all;'), ingress(''))).toEqual([
      `exposure ${at('server-snippet')}`,
    ]);
    expect(classed(id, nginx('server-snippet', 'gzip on;'), ingress(''))).toEqual([`unknown ${at('server-snippet')}`]);
    expect(classed(id, '', nginx('server-snippet', 'gzip on;'))).toEqual(['privilege Ingress/shop/web']);
    expect(classed(id, nginx('server-snippet', 'gzip on;'), '')).toEqual([]);
  });
});

describe('mesh-refuses', () => {
  const id = 'mesh-refuses';
  const rule = (mode: string, host = 'web') =>
    object(
      'networking.istio.io/v1',
      'DestinationRule',
      `host: ${host}${mode && `, trafficPolicy: { tls: { mode: ${mode} } }`}`,
    );
  const peers = (mode: string, more = '', name = 'default') =>
    `{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: ${name}, namespace: shop }, spec: { mtls: { mode: ${mode} }${more} } }`;
  const pods =
    '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }\n---\n{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { containers: [{ name: web, image: w }] } }';
  const change = (was: string, is: string, ...more: readonly string[]): [string, string] => [
    allOf(was, ...more),
    allOf(is, ...more),
  ];
  test.each([
    ['none', change(rule('ISTIO_MUTUAL'), rule('DISABLE'), peers('STRICT'))],
    ['none where it found out by itself', change(rule(''), rule('DISABLE'), peers('STRICT'))],
    ['another certificate', change(rule('ISTIO_MUTUAL'), rule('SIMPLE'), peers('STRICT'))],
    [
      'by the whole name',
      change(
        rule('ISTIO_MUTUAL', 'web.shop.svc.cluster.local'),
        rule('DISABLE', 'web.shop.svc.cluster.local'),
        peers('STRICT'),
      ),
    ],
    [
      'by a policy of the pods',
      change(
        rule('ISTIO_MUTUAL'),
        rule('DISABLE'),
        pods,
        peers('PERMISSIVE'),
        peers('STRICT', ', selector: { matchLabels: { app: web } }', 'own'),
      ),
    ],
  ])('%s', (_, [before, after]) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(worstClass(before, after)).toBe('disruption');
    expect(classed('guard-removed', before, after)).toEqual([]);
    expect(classed('guard-tightened', after, before)).toEqual([]);
  });
  test.each([
    ['what is taken as well', change(rule('ISTIO_MUTUAL'), rule('DISABLE'), peers('PERMISSIVE'))],
    ['a host outside', change(rule('', 'api.example.com'), rule('SIMPLE', 'api.example.com'), peers('STRICT'))],
    [
      'where a port says otherwise',
      change(rule(''), rule('DISABLE'), peers('STRICT', ', portLevelMtls: { 8080: { mode: DISABLE } }')),
    ],
    [
      'where pods say otherwise',
      change(
        rule(''),
        rule('DISABLE'),
        pods,
        peers('STRICT'),
        peers('DISABLE', ', selector: { matchLabels: { app: web } }', 'own'),
      ),
    ],
  ])('not %s', (_, [before, after]) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('pods that take both are reached with the certificate', () => {
    const [before, after] = change(rule('DISABLE'), rule('ISTIO_MUTUAL'), peers('PERMISSIVE'));
    expect(classed('guard-tightened', before, after)).toEqual([]);
    expect(classed('guard-tightened', rule('DISABLE'), rule('ISTIO_MUTUAL'))).toHaveLength(1);
  });
});

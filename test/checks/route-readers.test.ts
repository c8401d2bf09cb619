/** Whoever asks what leads to a Service, or to its pods, follows every kind of route: each reader against each form. */
import { versionSwitches } from '../../checks/version-switches';
import { flowsOf } from '../../simulate/network/flows';
import { isBehindGateway } from '../../simulate/network/proxies';
import { messagesOf } from '../diff/risks';
import { ROLLOUT_WITH_NGINX, ROUTE_FORMS } from '../support/route-forms';
import { all, findings, messages, namespace, service, workload, worldOf } from './judging';

const web = workload({ container: 'ports: [{ containerPort: 8080 }]' });
const front = (more = '') =>
  service(`${more}selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]`);
const policy = (from: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: closed, namespace: shop }, spec: { podSelector: {}, ingress: [{ from: [${from}] }] } }`;
const closed = policy('{ podSelector: {} }');
const rollout: (typeof ROUTE_FORMS)[number] = [
  'Rollout',
  ROLLOUT_WITH_NGINX,
  'Rollout/shop/r spec.strategy.canary.canaryService',
];
const forms = [...ROUTE_FORMS, rollout];
/** By nobody’s field: what sends to another Service. */
const elsewhere = (manifests: string) =>
  manifests
    .replaceAll('name: web,', 'name: other,')
    .replaceAll(/host: web([.,} ])/g, 'host: other$1')
    .replaceAll('canaryService: web,', 'canaryService: other,');

describe.each(forms)('%s', (_, manifests, at) => {
  test('a policy that keeps gateways out is found at the field that leads there', () => {
    const judged = (text: string, by = closed) =>
      findings('gateway-flow-allowed', all(namespace, front(), web, by, text));
    expect(judged(manifests)).toEqual([expect.stringContaining(`fail ${at} = `)]);
    expect(judged(manifests, policy('{ namespaceSelector: {} }'))).toEqual([]);
    expect(judged(elsewhere(manifests))).toEqual([]);
  });

  test('a node port beside it is a second way in', () => {
    const judged = (text: string) => findings('exposure-minimal', all(front('type: NodePort, '), text));
    expect(judged(manifests)).toEqual(['fail Service/shop/web spec.type = "NodePort"']);
    expect(judged(elsewhere(manifests))).toEqual([]);
  });

  test('its pods are behind a gateway, and the flows say so', () => {
    const gateways = (text: string) => {
      const world = worldOf(all(namespace, front(), web, text));
      const flows = [...flowsOf(world)].filter(({ from }) => from === 'gateway').map(({ to }) => to);
      return [isBehindGateway(world, world.workloads[0]!), flows.length > 0];
    };
    expect(gateways(manifests)).toEqual([true, true]);
    expect(gateways(elsewhere(manifests))).toEqual([false, false]);
  });

  test('whoever removes the Service hears who calls it', () => {
    const removed = (text: string) => messagesOf('service-cut', all(front(), web, text), all(web, text)).join();
    expect(removed(manifests)).toContain(`${at.split(' ')[0]}`);
    expect(removed(elsewhere(manifests))).not.toContain(`${at.split(' ')[0]}`);
  });
});

test.each(ROUTE_FORMS)('%s needs endpoints of a Service without a selector', (_, manifests) => {
  const bare = service('ports: [{ port: 80 }]');
  const judged = (text: string) => findings('service-has-endpoints', all(namespace, bare, text));
  // What a mesh does with a Service is its own.
  expect(judged(manifests)).toEqual([expect.stringMatching(/^(fail|unknown) Service\/shop\/web spec.selector/)]);
  expect(judged(elsewhere(manifests))).toEqual([]);
});

test('a Service whose pods a Rollout selects needs no selector', () => {
  const bare = service('ports: [{ port: 80 }]');
  expect(findings('service-has-endpoints', all(namespace, bare, ROLLOUT_WITH_NGINX, ROUTE_FORMS[0]![1]))).toEqual([]);
});

test.each(ROUTE_FORMS)('%s to the other version is a way to it, so that no switch leaves it out', (_, manifests) => {
  const versions = ['blue', 'green'].map((name) =>
    workload({ name, labels: `app: web, version: ${name}`, container: "image: 'shop/web:1'" }).replace(
      /image: 'shop\/(blue|green):1.0.0', /,
      '',
    ),
  );
  const services = [
    service('selector: { app: web, version: blue }, ports: [{ port: 80 }]', 'live'),
    service('selector: { app: web, version: green }, ports: [{ port: 80 }]', 'web'),
  ];
  const switches = (text: string) =>
    versionSwitches(worldOf(all(...versions, ...services, text))).map(({ service: { name } }) => name);
  expect(switches(elsewhere(manifests).replaceAll('other', 'live'))).toEqual(['live']);
  expect(switches(manifests)).not.toContain('live');
});

test.each([
  [
    'a Rollout that switches to it',
    '{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: r, namespace: shop }, spec: { strategy: { blueGreen: { activeService: web } } } }',
  ],
  [
    'a VirtualService of the mesh',
    '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: r, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web, port: { number: 80 } } }] }] } }',
  ],
  [
    'a TraefikService that no route names',
    '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: r, namespace: shop }, spec: { mirroring: { name: web, port: 80 } } }',
  ],
])('%s is in use, and brings no requests from outside that are known', (_, manifests) => {
  expect(findings('gateway-flow-allowed', all(namespace, front(), web, closed, manifests))).toEqual([]);
  expect(findings('exposure-minimal', all(front('type: NodePort, '), manifests))).toEqual([]);
  expect(messagesOf('service-cut', all(front(), web, manifests), all(web, manifests)).join()).toContain('/shop/r');
});

test.each([
  ['registry.k8s.io/ingress-nginx/controller:v1.12.1', 0],
  ['docker.io/library/traefik:v3.5.0', 0],
  ['docker.io/library/nginx:1.28.0', 1],
  ['ghcr.io/acme/kongress:1.0.0', 1],
  ['ghcr.io/acme/api-gateway:1.0.0', 1],
])('a gateway behind another one is open on purpose: %s', (image, times) => {
  const pods = workload({ containers: `{ name: main, image: '${image}' }` });
  const route = ROUTE_FORMS.find(([form]) => form === 'IngressRoute')![1];
  expect(findings('exposure-minimal', all(front('type: LoadBalancer, '), pods, route))).toHaveLength(times);
});

test('what is said names what leads there, and what is lost', () => {
  const lost = (route: string) => messages('gateway-flow-allowed', all(namespace, front(), web, closed, route));
  const nested = ROUTE_FORMS.find(([form]) => form.includes('nested'))![1];
  expect(lost(nested)[0]).toMatch(
    /port 8080 \(port 80 of Service web\), which TraefikService second leads to, so requests time out/,
  );
  const mirror =
    '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: r, namespace: shop }, spec: { gateways: [edge], http: [{ mirror: { host: web, port: { number: 80 } } }] } }';
  expect(lost(mirror)[0]).toMatch(/so the copies of requests are lost$/);
  const idle = ROUTE_FORMS.find(([form]) => form === 'HTTPRoute')![1].replace('port: 80', 'port: 80, weight: 0');
  expect(lost(idle)[0]).toMatch(/will time out .* as soon as it has a share of them$/);
});

test('a subset whose pods are open is all that a gateway has to reach', () => {
  const closedV2 = policy('{ podSelector: {} }').replace(
    'podSelector: {},',
    'podSelector: { matchLabels: { version: v2 } },',
  );
  const version = (name: string) =>
    workload({ name, labels: `app: web, version: ${name}`, container: 'ports: [{ containerPort: 8080 }]' });
  const rule =
    '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] } }';
  const to = (subset: string) =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: r, namespace: shop }, spec: { gateways: [edge], http: [{ route: [{ destination: { host: web, subset: ${subset}, port: { number: 80 } } }] }] } }`;
  const judged = (subset: string) =>
    findings('gateway-flow-allowed', all(namespace, front(), version('v1'), version('v2'), rule, closedV2, to(subset)));
  expect(judged('v1')).toEqual([]);
  expect(judged('v2')).toHaveLength(1);
});

describe('what Traefik cannot use', () => {
  const traefik = (kind: string, spec: string) =>
    `{ apiVersion: traefik.io/v1alpha1, kind: ${kind}, metadata: { name: r, namespace: shop }, spec: { ${spec} } }`;
  const routed = (kind: string, entry: string) => traefik(kind, `routes: [{ services: [{ ${entry} }] }]`);
  const judged = (route: string) => findings('route-backend', all(namespace, front(), web, route));
  test.each(['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'])(
    'an %s to a Service or a port that is not there',
    (kind) => {
      const at = `fail ${kind}/shop/r spec.routes[0].services[0]`;
      expect(judged(routed(kind, 'name: web, port: http'))).toEqual([]);
      expect(judged(routed(kind, 'name: wep, port: 80'))).toEqual([`${at}.name = "wep"`]);
      expect(judged(routed(kind, 'name: web, port: 8080'))).toEqual([`${at}.port = 8080`]);
      expect(judged(routed(kind, 'name: web'))).toEqual([expect.stringContaining(`${at} = `)]);
      expect(judged(routed(kind, 'name: wep, kind: TraefikService'))).toEqual([`${at}.name = "wep"`]);
      expect(judged(routed(kind, 'name: api@internal, kind: TraefikService'))).toEqual([]);
    },
  );
  test('a Middleware with a page of errors that is not there', () => {
    expect(judged(traefik('Middleware', 'errors: { service: { name: wep, port: 80 } }'))).toEqual([
      'fail Middleware/shop/r spec.errors.service.name = "wep"',
    ]);
  });
  test('a rule whose Service has no pods is left out as a whole', () => {
    const asleep = workload({ spec: 'replicas: 0' });
    const awake = [workload({ name: 'next' }), service('selector: { app: next }, ports: [{ port: 80 }]', 'next')];
    const pods = (entries: string) =>
      messages(
        'weighted-backend-has-pods',
        all(namespace, front(), asleep, ...awake, traefik('IngressRoute', `routes: [{ services: [${entries}] }]`)),
      );
    expect(pods('{ name: web, port: 80 }')).toEqual([expect.stringContaining('Traefik leaves out the whole rule')]);
    expect(pods('{ name: next, port: 80 }, { name: web, port: 80, weight: 1 }')).toHaveLength(1);
    expect(pods('{ name: next, port: 80 }')).toEqual([]);
    // The weight of one alone is not looked at.
    expect(pods('{ name: next, port: 80, weight: 0 }')).toEqual([]);
    expect(pods('{ name: next, port: 80, weight: 0 }, { name: next, port: 80, weight: 0 }')).toEqual([
      expect.stringContaining('all weights are 0'),
    ]);
    expect(pods('{ name: web, port: 80, nativeLB: true }')).toEqual([
      expect.stringContaining('requests get a 502 response'),
    ]);
  });
});

describe('a changed TraefikService', () => {
  const route =
    '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: r, namespace: shop }, spec: { parentRefs: [{ name: edge }], hostnames: [shop.example.com], rules: [{ backendRefs: [{ group: traefik.io, kind: TraefikService, name: first }] }] } }';
  const direct = route.replace('group: traefik.io, kind: TraefikService, name: first', 'name: web, port: 80');
  const services = [front(), service('selector: { app: web }, ports: [{ port: 80 }]', 'admin')];
  const to = (...names: string[]) =>
    `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: first, namespace: shop }, spec: { weighted: { services: [${names.map((name) => `{ name: ${name}, port: 80 }`).join(', ')}] } } }`;
  const before = all(...services, route, to('web'));
  test('leads the requests of the routes that name it somewhere else', () => {
    expect(messagesOf('route-removed', before, all(...services, route, to('admin')))).toEqual([
      expect.stringMatching(/leads to shop\/admin:80 in place of shop\/web:80/),
    ]);
    expect(messagesOf('route-opened', before, all(...services, route, to('web', 'admin')))).toEqual([
      expect.stringMatching(/leads to shop\/admin:80/),
    ]);
  });
  test('that goes takes their requests with it', () => {
    expect(messagesOf('route-removed', before, all(namespace, ...services, route)).join()).toContain(
      'there is no TraefikService first',
    );
  });
  test('in place of the same Services by themselves changes nothing', () => {
    const straight = all(...services, direct);
    for (const rule of ['route-removed', 'route-opened']) {
      expect(messagesOf(rule, straight, before)).toEqual([]);
      expect(messagesOf(rule, before, straight)).toEqual([]);
    }
  });
});

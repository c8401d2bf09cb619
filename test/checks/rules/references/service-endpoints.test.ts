import { all, findings, messages, namespace, service, workload } from '../../judging';

const id = 'service-has-endpoints';
const at = 'Service/shop/web';
const silent = 'ports: [{ name: http, port: 80 }]';
const web = service(silent);
const ingress = `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }`;
const route = (parent = 'name: public') =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ ${parent} }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }`;
const caller = workload({ name: 'api', container: "env: [{ name: WEB_URL, value: 'http://web:80' }]" });
const webhook = `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: { name: guard }, webhooks: [{ name: guard.shop.example.com, clientConfig: { service: { name: web, namespace: shop, port: 80 } } }] }`;
const slice = (endpoints: string, name = 'web') =>
  `{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: ${name}-1, namespace: shop, labels: { kubernetes.io/service-name: ${name} } }, addressType: IPv4, ports: [{ name: http, port: 80 }], endpoints: [${endpoints}] }`;
const written =
  '{ apiVersion: v1, kind: Endpoints, metadata: { name: web, namespace: shop }, subsets: [{ addresses: [{ ip: 10.1.2.3 }], ports: [{ port: 80 }] }] }';
const of = (...manifests: string[]) => findings(id, all(...manifests));

describe('a Service without a selector and without endpoints is reported', () => {
  test.each([
    ['an Ingress', ingress],
    ['a route', route()],
    ['the environment of a container', caller],
    ['a webhook', webhook],
  ])('that %s sends traffic to', (_, referrer) => {
    expect(of(namespace, web, referrer)).toEqual([`fail ${at} spec.selector = null`]);
    expect(of(namespace, web, referrer, slice('{ addresses: [10.1.2.3] }'))).toEqual([]);
    expect(of(namespace, web, referrer, written)).toEqual([]);
  });
  test('with the consequence and who is hit', () => {
    expect(messages(id, all(namespace, web, ingress, route()))).toEqual([
      'the Service has neither a selector nor an EndpointSlice with addresses, so connections to it are refused (Ingress/shop/web and 1 more send traffic to it)',
    ]);
  });
  test.each(['selector: null, ', 'selector: {}, '])('whose selector is emptied (%s)', (selector) => {
    expect(of(namespace, service(`${selector}${silent}`), ingress)).toEqual([
      `fail ${at} spec.selector = ${selector.includes('{}') ? '{}' : 'null'}`,
    ]);
  });
  test('whose EndpointSlices have no address, or are those of another Service', () => {
    expect(of(namespace, web, ingress, slice(''))).toEqual([`fail ${at} spec.selector = null`]);
    expect(of(namespace, web, ingress, slice('{ addresses: [10.1.2.3] }', 'other'))).toEqual([
      `fail ${at} spec.selector = null`,
    ]);
  });
  test('and is the cause of what the Ingress, the route and the webhook report', () => {
    for (const [check, manifest, path] of [
      ['ingress-backend', ingress, 'spec.rules[0].http.paths[0].backend.service.name'],
      ['route-backend', route(), 'spec.rules[0].backendRefs[0].name'],
      ['webhook-service-resolves', webhook, 'webhooks[0].clientConfig.service.name'],
    ] as const)
      expect(findings(check, all(namespace, web, manifest))).toEqual([
        expect.stringMatching(new RegExp(`^fail .* ${path.replace(/[[\]]/g, '\\$&')} = "web"$`)),
      ]);
  });
});

describe('it is unknown', () => {
  test('where the manifests are not the whole of the namespace', () => {
    expect(of(web, ingress)).toEqual([`unknown ${at} spec.selector = null`]);
    expect(messages(id, all(web, ingress))[0]).toContain('--declare the EndpointSlice');
    expect(findings(id, all(web, ingress), { declared: slice('{ addresses: [10.1.2.3] }') })).toEqual([]);
    expect(findings(id, all(web, ingress), { declared: namespace })).toEqual([`fail ${at} spec.selector = null`]);
  });
  const rbac = (kind: 'Role' | 'ClusterRole', rule: string) =>
    all(
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: db${kind === 'Role' ? ', namespace: shop' : ''} }, rules: [{ ${rule} }] }`,
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: db, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: db }, subjects: [{ kind: ServiceAccount, name: db, namespace: shop }] }`,
    );
  test.each([
    ['a Role', 'Role', "apiGroups: [''], resources: [endpoints], verbs: [create, get]"],
    ['a Role for everything', 'Role', "apiGroups: ['*'], resources: ['*'], verbs: ['*']"],
    ['a ClusterRole', 'ClusterRole', 'apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [patch]'],
  ] as const)('where %s lets a program write endpoints, as Patroni does', (_, kind, rule) => {
    expect(of(namespace, web, ingress, rbac(kind, rule))).toEqual([`unknown ${at} spec.selector = null`]);
  });
  test('but not where a program may only read them, or may do everything everywhere', () => {
    for (const [kind, rule] of [
      ['Role', "apiGroups: [''], resources: [endpoints], verbs: [get, list, watch]"],
      ['ClusterRole', "apiGroups: ['*'], resources: ['*'], verbs: ['*']"],
    ] as const)
      expect(of(namespace, web, ingress, rbac(kind, rule))).toEqual([`fail ${at} spec.selector = null`]);
  });
  test('where a mesh or an operator leads to it', () => {
    const virtual = (host: string) =>
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: v, namespace: shop }, spec: { hosts: [${host}], http: [{ route: [{ destination: { host: api } }] }] } }`;
    expect(of(namespace, web, ingress, virtual('web'))).toEqual([`unknown ${at} spec.selector = null`]);
    expect(of(namespace, web, ingress, virtual('web.shop.svc.cluster.local'))).toEqual([
      `unknown ${at} spec.selector = null`,
    ]);
    expect(of(namespace, web, ingress, virtual('other'))).toEqual([`fail ${at} spec.selector = null`]);
    expect(of(namespace, web, route("group: '', kind: Service, name: web"))).toEqual([
      `unknown ${at} spec.selector = null`,
    ]);
    const custom =
      '{ apiVersion: databases.example.com/v1, kind: Database, metadata: { name: web, namespace: shop }, spec: {} }';
    expect(of(namespace, web, ingress, custom)).toEqual([`unknown ${at} spec.selector = null`]);
    const shared = web.replace('namespace: shop', "namespace: shop, annotations: { service.cilium.io/global: 'true' }");
    expect(of(namespace, shared, ingress)).toEqual([`unknown ${at} spec.selector = null`]);
  });
});

test('a Service to which nothing sends traffic, an ExternalName and one with a selector are left alone', () => {
  expect(of(namespace, web)).toEqual([]);
  expect(of(namespace, service('type: ExternalName, externalName: web.example.com'), ingress)).toEqual([]);
  expect(of(namespace, service(`selector: { app: gone }, ${silent}`), ingress)).toEqual([]);
});

import { manualEndpointsOf } from '../../world/manual-endpoints';
import { serviceOf } from '../../world/services';
import { all, namespace, object, worldOf } from './support';

const service = (metadata = '') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop${metadata && `, ${metadata}`} }, spec: { ports: [{ port: 80 }] } }`;
const endpoints = (manifest: string, ...more: string[]) => {
  const world = worldOf(all(manifest, ...more));
  const found = manualEndpointsOf(world, serviceOf(world, 'shop', 'web')!);
  return found.are === 'made' ? `made by ${world.idOf(found.by)}` : found.are;
};

test('are absent where all of the namespace is known and nobody writes them', () => {
  expect(endpoints(service())).toBe('unknown');
  expect(endpoints(service(), namespace)).toBe('absent');
});
test('are written in an EndpointSlice or in Endpoints', () => {
  const slice = (name: string, place?: string) =>
    object(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      'web-1',
      'addressType: IPv4, endpoints: [{ addresses: [10.1.2.3] }]',
      place,
    ).replace('name: web-1', `name: web-1, labels: { kubernetes.io/service-name: ${name} }`);
  expect(endpoints(service(), namespace, slice('web'))).toBe('written');
  expect(endpoints(service(), namespace, slice('other'))).toBe('absent');
  expect(endpoints(service(), namespace, slice('web', 'blog'))).toBe('absent');
  const old = (name: string) => object('v1', 'Endpoints', name, 'subsets: [{ addresses: [{ ip: 10.1.2.3 }] }]');
  expect(endpoints(service(), namespace, old('web'))).toBe('written');
  expect(endpoints(service(), namespace, old('other'))).toBe('absent');
});
test.each([
  'annotations: { service.cilium.io/global: "true" }',
  'labels: { service.kubernetes.io/service-proxy-name: mesh }',
  'labels: { topology.istio.io/network: a }',
  'ownerReferences: [{ kind: Gateway, name: a }]',
])('may be made by who answers for the Service: { %s }', (metadata) =>
  expect(endpoints(service(metadata), namespace)).toBe('made by Service/shop/web'),
);
test('may be led past by a route that hangs on the Service', () => {
  const route = (parent: string, place?: string) =>
    object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', `spec: { parentRefs: [null, { ${parent} }] }`, place);
  const parent = "group: '', kind: Service, name: web";
  expect(endpoints(service(), namespace, route(parent))).toBe('made by HTTPRoute/shop/r');
  expect(endpoints(service(), namespace, route(`${parent}, namespace: shop`, 'blog'))).toBe('made by HTTPRoute/blog/r');
  expect(endpoints(service(), namespace, route(parent, 'blog'))).toBe('absent');
  expect(endpoints(service(), namespace, route(`${parent}, namespace: blog`))).toBe('absent');
  expect(endpoints(service(), namespace, route("group: '', kind: Service, name: other"))).toBe('absent');
  expect(endpoints(service(), namespace, route('kind: Gateway, name: web'))).toBe('absent');
});
test('may be led past by a resource of a mesh that names it', () => {
  const mesh = (spec: string, place?: string, group = 'networking.istio.io') =>
    object(`${group}/v1`, 'VirtualService', 'v', `spec: ${spec}`, place);
  const made = (place: string) => `made by VirtualService/${place}/v`;
  expect(endpoints(service(), namespace, mesh('{ hosts: [web] }'))).toBe(made('shop'));
  expect(endpoints(service(), namespace, mesh('{ hosts: [web.shop.svc.cluster.local] }', 'blog'))).toBe(made('blog'));
  expect(endpoints(service(), namespace, mesh('{ hosts: [web.shop] }', 'blog'))).toBe(made('blog'));
  expect(endpoints(service(), namespace, mesh('{ hosts: [web] }', 'blog'))).toBe('absent');
  expect(endpoints(service(), namespace, mesh('{ hosts: [web.shopping] }', 'blog'))).toBe('absent');
  expect(endpoints(service(), namespace, mesh('{ hosts: [web.shop] }', 'blog', 'example.com'))).toBe('absent');
});
test('may be written by whoever has the right to', () => {
  const role = (rule: string, kind = 'Role', place = 'shop') =>
    all(
      object('rbac.authorization.k8s.io/v1', kind, 'w', `rules: [{ ${rule} }]`, kind === 'Role' ? place : ''),
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'w', `roleRef: { kind: ${kind}, name: w }`, place),
    );
  const write = "apiGroups: [''], resources: [endpoints], verbs: [patch]";
  expect(endpoints(service(), namespace, role(write))).toBe('made by RoleBinding/shop/w');
  expect(endpoints(service(), namespace, role(write, 'ClusterRole'))).toBe('made by RoleBinding/shop/w');
  expect(endpoints(service(), namespace, role("resources: ['*'], verbs: ['*']"))).toBe('made by RoleBinding/shop/w');
  expect(endpoints(service(), namespace, role("resources: ['*'], verbs: ['*']", 'ClusterRole'))).toBe('absent');
  expect(endpoints(service(), namespace, role(write, 'Role', 'blog'))).toBe('absent');
  expect(endpoints(service(), namespace, role('resources: [endpoints], verbs: [get, list]'))).toBe('absent');
  expect(endpoints(service(), namespace, role('resources: [pods], verbs: [create]'))).toBe('absent');
});

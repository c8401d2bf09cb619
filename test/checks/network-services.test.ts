import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { manualAddresses, serviceByHost, serviceOf, servicesOfWorkload } from '../../world/services';
import { World } from '../../world/world';

const world = (text: string) => new World(readSources([{ file: 'test.yaml', text }]).resources, new Facts([]));
const pods = (name: string, ports: string, labels = '{ app: web }') => `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec: { template: { metadata: { labels: ${labels} }, spec: { containers: [{ name: c, ports: ${ports} }] } } }`;
const service = (spec: string, name = 'web', namespace = 'shop') => `
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}`;
const targets = (text: string, port: number | string) => {
  const view = serviceOf(world(text), 'shop', 'web')!;
  return view
    .targets(view.port(port)!)
    .map(({ workload, number, declared }) => `${workload.resource.name} ${number}${declared ? '' : ' undeclared'}`);
};

test('a port without a target is the same at the pod, and need not be declared there', () => {
  expect(targets(service('{ selector: { app: web }, ports: [{ port: 80 }] }') + pods('web', '[]'), 80)).toEqual([
    'web 80 undeclared',
  ]);
});

test('a named target may be another number in each workload, and is left out where it has no such port', () => {
  const text =
    service('{ selector: { app: web }, ports: [{ name: http, port: 80, targetPort: web }] }') +
    pods('blue', '[{ name: web, containerPort: 8080 }]') +
    pods('green', '[{ name: web, containerPort: 9090 }]') +
    pods('other', '[]');
  expect(targets(text, 'http')).toEqual(['blue 8080', 'green 9090']);
});

test('a named target is looked up with its protocol', () => {
  expect(
    targets(
      service('{ selector: { app: web }, ports: [{ port: 53, targetPort: dns, protocol: UDP }] }') +
        pods('web', '[{ name: dns, containerPort: 5353 }, { name: dns, containerPort: 53, protocol: UDP }]'),
      53,
    ),
  ).toEqual(['web 53']);
});

test('a target in quotes is a name, not a number', () => {
  expect(
    targets(
      service("{ selector: { app: web }, ports: [{ port: 80, targetPort: '8080' }] }") +
        pods('web', '[{ containerPort: 8080 }]'),
      80,
    ),
  ).toEqual([]);
});

test('a port without a name is found by its number only', () => {
  const view = serviceOf(world(service('{ ports: [{ port: 80 }] }')), 'shop', 'web')!;
  expect([view.port(80)?.number, view.port('80'), view.port('http')]).toEqual([80, undefined, undefined]);
});

test('a headless Service leads to every port of its pods', () => {
  const view = serviceOf(
    world(
      service('{ clusterIP: None, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }') +
        pods('web', '[{ containerPort: 9100 }]'),
    ),
    'shop',
    'web',
  )!;
  expect(view.reachedBy(9100).map(({ number }) => number)).toEqual([9100]);
});

test('ExternalName has no pods, and without a selector somebody writes the endpoints', () => {
  const text =
    service('{ type: ExternalName, externalName: db.example.com, selector: { app: web } }', 'outside') +
    service('{ ports: [{ port: 5432 }] }') +
    `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [192.0.2.1, 192.0.2.2] }]
ports: [{ port: 5433 }]
---
apiVersion: v1
kind: Endpoints
metadata: { name: web, namespace: shop }
subsets: [{ addresses: [{ ip: 192.0.2.3 }], ports: [{ port: 5434 }] }]`;
  const known = world(text);
  expect([serviceOf(known, 'shop', 'outside')!.backing, serviceOf(known, 'shop', 'outside')!.workloads]).toEqual([
    'external',
    [],
  ]);
  const view = serviceOf(known, 'shop', 'web')!;
  expect(view.backing).toBe('manual');
  expect(manualAddresses(known, view).map(({ address, ports }) => `${address}:${ports[0]?.number}`)).toEqual([
    '192.0.2.1:5433',
    '192.0.2.2:5433',
    '192.0.2.3:5434',
  ]);
});

test('every label of the selector counts, and a workload knows the Services that lead to it', () => {
  const known = world(
    service('{ selector: { app: web, track: blue }, ports: [] }') +
      service('{ selector: { app: web } }', 'all') +
      pods('blue', '[]', '{ app: web, track: blue }') +
      pods('green', '[]', '{ app: web, track: green }'),
  );
  expect(serviceOf(known, 'shop', 'web')!.workloads.map(({ resource }) => resource.name)).toEqual(['blue']);
  expect(known.workloads.map((workload) => servicesOfWorkload(known, workload).map(({ name }) => name))).toEqual([
    ['web', 'all'],
    ['all'],
  ]);
});

test.each([
  ['web', 'shop', 'shop/web'],
  ['web', 'blog', undefined],
  ['web.shop', 'blog', 'shop/web'],
  ['web.shop.svc', 'blog', 'shop/web'],
  ['web.shop.svc.cluster.local', 'blog', 'shop/web'],
  ['web.shop.svc.cluster.local.', 'blog', 'shop/web'],
  ['pod-0.peers.shop.svc.cluster.local', 'blog', 'shop/peers'],
  ['pod-0.peers', 'shop', 'shop/peers'],
  ['pod-0.web', 'shop', undefined],
  ['www.web.example.com', 'shop', undefined],
])('%s means to a pod of namespace %s: %s', (host, from, expected) => {
  const found = serviceByHost(
    world(service('{ selector: { app: web } }') + service('{ clusterIP: None, selector: { app: web } }', 'peers')),
    host,
    from,
  );
  expect(found && `${found.namespace}/${found.name}`).toBe(expected);
});

test('a kind of another API that is also called Service is none', () => {
  expect(
    serviceOf(
      world('apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: web, namespace: shop }'),
      'shop',
      'web',
    ),
  ).toBeUndefined();
});

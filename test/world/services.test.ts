import { manualAddresses, serviceByHost, serviceOf, servicesOf, servicesOfWorkload } from '../../world/services';
import { all, namesOf, object, service, workload, workloadOf, worldOf } from './support';

const ports = 'ports: [{ port: 80 }]';

describe('a Service', () => {
  test('is that of Kubernetes, not the kind that Knative calls the same', () => {
    const knative = object('serving.knative.dev/v1', 'Service', 'web', 'spec: {}');
    const config = object('v1', 'ConfigMap', 'cfg');
    expect(serviceOf(worldOf(knative), 'shop', 'web')).toBeUndefined();
    expect(servicesOf(worldOf(all(knative, service('', 'api')))).map(({ name }) => name)).toEqual(['api']);
    expect(serviceOf(worldOf('', { declared: all(knative, config) }), 'shop', 'web')).toBeUndefined();
    expect(serviceOf(worldOf('', { declared: all(knative, config) }), 'shop', 'cfg')).toBeUndefined();
  });
  test('that is declared counts, and is not judged', () => {
    const world = worldOf(service('', 'api'), { declared: service('type: NodePort', 'web') });
    expect(serviceOf(world, 'shop', 'web')).toMatchObject({ type: 'NodePort' });
    expect(serviceOf(world, 'shop', 'api')).toMatchObject({ type: 'ClusterIP' });
    expect(servicesOf(world).map(({ name }) => name)).toEqual(['api']);
    const twice = worldOf(service('type: ClusterIP'), { declared: service('type: NodePort') });
    expect(serviceOf(twice, 'shop', 'web')!.type).toBe('ClusterIP');
  });
  test('has pods by its selector, addresses that somebody writes without one, or another name', () => {
    const backing = (spec: string) => serviceOf(worldOf(all(service(spec), workload())), 'shop', 'web')!;
    expect(backing('selector: { app: web }')).toMatchObject({ backing: 'pods', headless: false });
    expect(namesOf(backing('selector: { app: web }').workloads)).toEqual(['web']);
    expect(backing('selector: {}')).toMatchObject({ backing: 'manual', workloads: [] });
    expect(backing('selector: { app: web }, type: ExternalName, clusterIP: None')).toMatchObject({
      backing: 'external',
      headless: false,
      workloads: [],
    });
    expect(backing('clusterIP: None').headless).toBe(true);
  });
  test('leads to the port of the pods that has its number or name, and its protocol', () => {
    const world = worldOf(
      all(
        service(
          "selector: { app: web }, ports: [{ port: 80, targetPort: http }, { name: dns, port: 53, protocol: UDP }, { name: zero, port: 81, targetPort: 0 }, { name: empty, port: 82, targetPort: '' }]",
        ),
        workload({
          container:
            'ports: [{ name: http, containerPort: 8081, protocol: UDP }, { name: http, containerPort: 8080 }, { name: dns, containerPort: 53 }]',
        }),
      ),
    );
    const web = serviceOf(world, 'shop', 'web')!;
    const ends = (wanted: number | string) =>
      web.targets(web.port(wanted)!).map(({ number, declared }) => [number, declared?.name]);
    expect(ends(80)).toEqual([[8080, 'http']]);
    expect(ends('dns')).toEqual([[53, undefined]]);
    expect(ends('zero')).toEqual([[81, undefined]]);
    expect(ends('empty')).toEqual([[82, undefined]]);
    expect(web.port(80, 'UDP')).toBeUndefined();
    expect(web.reachedBy(80).map(({ number }) => number)).toEqual([8080]);
    expect(web.reachedBy(53)).toEqual([]);
    expect(web.reachedBy(53, 'UDP')).toHaveLength(1);
    expect(namesOf(servicesOfWorkload(world, workloadOf(world, 'web')).map(({ resource }) => resource))).toEqual([
      'web',
    ]);
  });
  test('without an address leads to whatever port a client names, by its protocol', () => {
    const world = worldOf(
      all(
        service(`clusterIP: None, selector: { app: web }, ${ports}`),
        workload({ container: 'ports: [{ name: u, containerPort: 9, protocol: UDP }, { name: t, containerPort: 9 }]' }),
      ),
    );
    const reached = (port: number, protocol?: string) =>
      serviceOf(world, 'shop', 'web')!
        .reachedBy(port, protocol)
        .map(({ number, declared }) => [number, declared?.name]);
    expect(reached(9)).toEqual([[9, 't']]);
    expect(reached(9, 'UDP')).toEqual([[9, 'u']]);
    expect(reached(10)).toEqual([[10, undefined]]);
  });
});

describe('addresses that somebody writes', () => {
  const addresses = (...manifests: string[]) => {
    const world = worldOf(all(service(ports), ...manifests));
    return manualAddresses(world, serviceOf(world, 'shop', 'web')!).map(({ address, ports }) => [
      address,
      ports.map(({ name, number, protocol, path }) => `${name} ${number} ${protocol} ${path.join('.')}`),
    ]);
  };
  const slice = (fields: string, owner = 'web') =>
    `{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: s, namespace: shop, labels: { kubernetes.io/service-name: ${owner} } }, ${fields} }`;
  test('stand in EndpointSlices that carry the name of the Service', () => {
    const fields =
      'endpoints: [{ addresses: [10.0.0.1, 10.0.0.2] }, {}], ports: [{ name: a, port: 8080 }, { name: b }]';
    expect(addresses(slice(fields))).toEqual([
      ['10.0.0.1', ['a 8080 TCP ports.0']],
      ['10.0.0.2', ['a 8080 TCP ports.0']],
    ]);
    expect(addresses(slice(fields, 'other'))).toEqual([]);
  });
  test('stand in Endpoints of its name', () => {
    const endpoints = (name: string) =>
      object(
        'v1',
        'Endpoints',
        name,
        'subsets: [{ addresses: [{ ip: 10.0.0.1 }, { hostname: a }], ports: [{ port: 53, protocol: UDP }] }, { addresses: [{ ip: 10.0.0.2 }] }]',
      );
    expect(addresses(endpoints('web'))).toEqual([
      ['10.0.0.1', ['undefined 53 UDP subsets.0.ports.0']],
      ['10.0.0.2', []],
    ]);
    expect(addresses(endpoints('other'))).toEqual([]);
  });
});

describe('a host name', () => {
  const headless = 'clusterIP: None, selector: { app: web }';
  const world = worldOf(
    all(service(ports, 'web'), service(headless, 'db'), service(ports, 'web').replace('shop', 'blog')),
  );
  const found = (host: string, from = 'shop') => {
    const view = serviceByHost(world, host, from);
    return view && `${view.namespace}/${view.name}`;
  };
  test.each([
    ['web', 'shop/web'],
    ['WEB', 'shop/web'],
    ['web.blog', 'blog/web'],
    ['web.blog.', 'blog/web'],
    ['web.shop.svc', 'shop/web'],
    ['web.shop.svc.cluster.local', 'shop/web'],
    ['db-0.db', 'shop/db'],
    ['db-0.db.shop', 'shop/db'],
    ['db-0.db.shop.svc.cluster.local', 'shop/db'],
  ])('%s means %s', (host, service) => expect(found(host)).toBe(service));
  test.each([
    'gone',
    'web.gone',
    // Only the pods of a headless Service have names.
    'pod.web',
    'pod.web.shop',
    'pod.web.shop.svc',
    // And those have no parts.
    'a.db-0.db.shop.svc',
    'a.b.web.shop.svc.cluster.local',
    'a.db-0.db.shop',
    'web.svc',
    'example.com',
  ])('%s means no Service', (host) => expect(found(host)).toBeUndefined());
  test('without a namespace is one of the pod that looks it up', () => {
    expect(found('web', 'blog')).toBe('blog/web');
    expect(found('db', 'blog')).toBeUndefined();
    expect(found('db-0.db', 'blog')).toBeUndefined();
  });
});

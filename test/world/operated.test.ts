import { knownServices } from '../../world/services';
import { all, object, worldOf } from './support';

const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';

const GROUP = 'monitoring.coreos.com/v1';
const of = (kind: string, spec = '', name = 'main') => object(GROUP, kind, name, `spec: { ${spec} }`);
const made = (...manifests: readonly string[]) => worldOf(all(namespace, ...manifests));
const ports = (manifest: string) => {
  const [workload] = made(manifest).operated;
  return workload?.ports.map(
    ({ container, name, number, protocol }) => `${container.name} ${name} ${number}/${protocol}`,
  );
};
const labels = (manifest: string) => made(manifest).operated[0]?.podLabels;

/** Labels, ports and names: `pkg/prometheus`, `pkg/alertmanager` and `pkg/thanos` of the operator's release 0.85. */
describe('what the Prometheus operator makes', () => {
  test.each([
    ['Prometheus', 'StatefulSet/shop/prometheus-main', 'prometheus-operated', ['web 9090']],
    ['PrometheusAgent', 'StatefulSet/shop/prom-agent-main', 'prometheus-agent-operated', ['web 9090']],
    [
      'Alertmanager',
      'StatefulSet/shop/alertmanager-main',
      'alertmanager-operated',
      ['web 9093', 'tcp-mesh 9094', 'udp-mesh 9094'],
    ],
    ['ThanosRuler', 'StatefulSet/shop/thanos-ruler-main', 'thanos-ruler-operated', ['web 10902', 'grpc 10901']],
  ])('of a %s is %s behind %s', (kind, workload, service, portsOfService) => {
    const world = made(of(kind));
    expect(world.operated.map(({ resource }) => world.idOf(resource))).toEqual([workload]);
    const [view] = knownServices(world);
    expect(view?.name).toBe(service);
    expect(view?.ports.map(({ name, number }) => `${name} ${number}`)).toEqual(portsOfService);
    // Every port of the Service leads to one of the pods.
    expect(view?.ports.map((port) => view.targets(port).length)).toEqual(portsOfService.map(() => 1));
    expect(view?.headless).toBe(true);
    expect(world.find('Service', 'shop', service).is).toBe('present');
    expect(world.isExternal(view!.resource)).toBe(true);
  });
  test('has the labels by which others select it, whatever podMetadata says', () => {
    expect(
      labels(of('Prometheus', 'version: v3.5.0, podMetadata: { labels: { team: a, prometheus: other } }')),
    ).toEqual({
      'app.kubernetes.io/version': '3.5.0',
      team: 'a',
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'app.kubernetes.io/name': 'prometheus',
      'app.kubernetes.io/instance': 'main',
      'operator.prometheus.io/name': 'main',
      'operator.prometheus.io/shard': '0',
      prometheus: 'main',
    });
    expect(labels(of('Alertmanager'))).toEqual({
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'app.kubernetes.io/name': 'alertmanager',
      'app.kubernetes.io/instance': 'main',
      alertmanager: 'main',
    });
    expect(labels(of('PrometheusAgent'))).not.toHaveProperty('prometheus');
    expect(labels(of('ThanosRuler'))).toMatchObject({
      'thanos-ruler': 'main',
      'app.kubernetes.io/name': 'thanos-ruler',
    });
  });
  test('has the ports of its containers', () => {
    const reloader = 'config-reloader reloader-web 8080/TCP';
    expect(ports(of('Prometheus'))).toEqual(['prometheus web 9090/TCP', reloader]);
    expect(ports(of('Prometheus', 'portName: http, thanos: {}'))).toEqual([
      'prometheus http 9090/TCP',
      reloader,
      'thanos-sidecar http 10902/TCP',
      'thanos-sidecar grpc 10901/TCP',
    ]);
    expect(ports(of('Alertmanager'))).toEqual([
      'alertmanager web 9093/TCP',
      'alertmanager mesh-tcp 9094/TCP',
      'alertmanager mesh-udp 9094/UDP',
      reloader,
    ]);
    // On localhost nothing of it is to be reached.
    expect(ports(of('Prometheus', 'listenLocal: true'))).toEqual([]);
    expect(ports(of('Alertmanager', 'listenLocal: true'))).toHaveLength(2);
  });
  test('has the containers that the object adds, or changes by their names', () => {
    const spec =
      "containers: [{ name: prometheus, ports: [{ name: more, containerPort: 1 }, { name: other, containerPort: 9090 }] }, { name: proxy, image: 'p:1', ports: [{ containerPort: 2 }] }]";
    expect(ports(of('Prometheus', spec))).toEqual([
      'prometheus more 1/TCP',
      'prometheus other 9090/TCP',
      'config-reloader reloader-web 8080/TCP',
      'proxy undefined 2/TCP',
    ]);
  });
  test('is one StatefulSet for each shard, and a DaemonSet where that is asked for', () => {
    const named = (manifest: string) =>
      made(manifest).operated.map(({ resource: { kind, name } }) => `${kind} ${name}`);
    expect(named(of('Prometheus', 'shards: 3'))).toEqual([
      'StatefulSet prometheus-main',
      'StatefulSet prometheus-main-shard-1',
      'StatefulSet prometheus-main-shard-2',
    ]);
    expect(named(of('Prometheus', 'shards: 0'))).toEqual(['StatefulSet prometheus-main']);
    expect(named(of('PrometheusAgent', 'mode: DaemonSet'))).toEqual(['DaemonSet prom-agent-main']);
  });
  test('runs as the account and with as many pods as the object says', () => {
    const [workload] = made(of('Prometheus', 'replicas: 2, serviceAccountName: p, hostNetwork: true')).operated;
    expect(workload?.replicas).toBe(2);
    expect(workload?.podSpec).toMatchObject({ serviceAccountName: 'p', hostNetwork: true });
  });
  test('has no Service of its own where the object names another', () =>
    expect(knownServices(made(of('Prometheus', 'serviceName: own')))).toEqual([]));
  test('is made of objects that stand elsewhere, too, and not beside what is here itself', () => {
    const declared = worldOf(namespace, { declared: of('Prometheus') });
    expect(declared.operated.map(({ resource }) => resource.name)).toEqual(['prometheus-main']);
    const real = object('apps/v1', 'StatefulSet', 'prometheus-main', 'spec: { template: { spec: {} } }');
    expect(made(of('Prometheus'), real).operated).toEqual([]);
    const service = object('v1', 'Service', 'prometheus-operated', 'spec: { ports: [{ port: 1 }] }');
    expect(knownServices(made(of('Prometheus'), service)).map(({ ports }) => ports[0]?.number)).toEqual([1]);
  });
  test('is nothing of other kinds, or of a kind of the same name', () => {
    expect(made(of('ServiceMonitor')).operated).toEqual([]);
    expect(made(object('example.com/v1', 'Prometheus', 'main')).operated).toEqual([]);
  });
});

import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string, strings } from '../manifests/resource';
import type { ContainerPort, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { podsMatching } from './pods';
import type { World } from './world';

/** A port of a Service. */
export interface ServicePort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
  /** The port at the pod: a number, or the name of a container's port. */
  readonly target: number | string;
  readonly nodePort: number | undefined;
  readonly path: Path;
}

/** Where a connection to a Service's port ends: a port of a workload's pods. */
export interface PodPort {
  readonly workload: WorkloadManifest;
  readonly number: number;
  /** The container's port that declares it; undefined where none does, which is allowed for numbers. */
  readonly declared: ContainerPort | undefined;
}

/** Where the endpoints of a Service come from. */
export type Backing =
  /** Its selector. */
  | 'pods'
  /** EndpointSlices or Endpoints that somebody writes. */
  | 'manual'
  /** A DNS name elsewhere: the Service itself has no ports or addresses. */
  | 'external';

/** A Service resolved as far as the manifests allow: Service → pods → ports. */
export class ServiceView {
  readonly ports: readonly ServicePort[];
  readonly backing: Backing;
  /** DNS gives the pods' addresses themselves, and no port is translated. */
  readonly headless: boolean;
  /** The workloads that the selector finds; empty without a selector. */
  readonly workloads: readonly WorkloadManifest[];

  constructor(
    readonly resource: Resource,
    readonly namespace: string,
    world: World,
  ) {
    const spec = record(resource.at(['spec'])) ?? {};
    const selector = strings(spec['selector']);
    this.backing = spec['type'] === 'ExternalName' ? 'external' : Object.keys(selector).length > 0 ? 'pods' : 'manual';
    this.headless = this.backing !== 'external' && spec['clusterIP'] === 'None';
    this.workloads = this.backing === 'pods' ? podsMatching(world, namespace, { matchLabels: selector }) : [];
    this.ports = list(spec['ports']).flatMap((entry, i) => {
      const port = record(entry);
      const own = number(port?.['port']);
      if (!port || own === undefined) return [];
      const target = number(port['targetPort']) ?? string(port['targetPort']);
      return [
        {
          name: string(port['name']),
          number: own,
          protocol: string(port['protocol']) ?? 'TCP',
          target: target === undefined || target === 0 || target === '' ? own : target,
          nodePort: number(port['nodePort']),
          path: ['spec', 'ports', i],
        },
      ];
    });
  }

  get name(): string {
    return this.resource.name;
  }

  get type(): string {
    return string(this.resource.at(['spec', 'type'])) ?? 'ClusterIP';
  }

  /** A port by number or by name. A port without a name is found by number only. */
  port(wanted: number | string, protocol?: string): ServicePort | undefined {
    return this.ports.find(
      (port) =>
        (typeof wanted === 'number' ? port.number === wanted : port.name === wanted) &&
        (protocol === undefined || port.protocol === protocol),
    );
  }

  /** Where a port leads: a target for each workload that has it. A named port may be another number in each, and none in some. */
  targets(port: ServicePort): readonly PodPort[] {
    return this.workloads.flatMap((workload) => {
      const declared = workload.ports.find(
        ({ name, number, protocol }) =>
          protocol === port.protocol &&
          (typeof port.target === 'number' ? number === port.target : name === port.target),
      );
      if (typeof port.target === 'number') return [{ workload, number: port.target, declared }];
      return declared ? [{ workload, number: declared.number, declared }] : [];
    });
  }

  /** Where a client that connects to this number ends up. A headless Service leads to that very port of the pods, whether it lists it or not. */
  reachedBy(wanted: number, protocol = 'TCP'): readonly PodPort[] {
    if (this.headless)
      return this.workloads.map((workload) => ({
        workload,
        number: wanted,
        declared: workload.ports.find((port) => port.number === wanted && port.protocol === protocol),
      }));
    const port = this.port(wanted, protocol);
    return port ? this.targets(port) : [];
  }

  /** `http (80), 9090`, for messages. */
  get portList(): string {
    return this.ports.map(({ name, number }) => (name ? `${name} (${number})` : String(number))).join(', ') || 'none';
  }
}

const byName = memo((world: World): ReadonlyMap<string, ServiceView> => {
  // Those that stand elsewhere count too, but what is judged comes first.
  const all = [...world.external.filter(isService), ...world.of('Service').filter(isService)];
  return new Map(
    all.map((service) => [
      `${world.namespaceOf(service)}/${service.name}`,
      new ServiceView(service, world.namespaceOf(service), world),
    ]),
  );
});

/** Knative has a kind of the same name. */
function isService({ kind, group }: Resource): boolean {
  return kind === 'Service' && group === '';
}

/** A Service by name. */
export function serviceOf(world: World, namespace: string, name: string): ServiceView | undefined {
  return byName(world).get(`${namespace}/${name}`);
}

/** Every Service: judged, declared, a fact of the cluster, or made by an operator. */
export const knownServices = memo((world: World): readonly ServiceView[] => [...byName(world).values()]);

/** Every Service that is judged. */
export const servicesOf = memo((world: World): readonly ServiceView[] =>
  world
    .of('Service')
    .filter(isService)
    .flatMap((service) => serviceOf(world, world.namespaceOf(service), service.name) ?? []),
);

/** Those of a namespace. */
export function servicesIn(world: World, namespace: string): readonly ServiceView[] {
  return servicesOf(world).filter((service) => service.namespace === namespace);
}

/** The Services that lead to a workload. */
export function servicesOfWorkload(world: World, workload: WorkloadManifest): readonly ServiceView[] {
  return byWorkload(world).get(workload) ?? [];
}

const byWorkload = memo((world: World): ReadonlyMap<WorkloadManifest, readonly ServiceView[]> => {
  const map = new Map<WorkloadManifest, ServiceView[]>();
  for (const service of byName(world).values()) for (const found of service.workloads) addTo(map, found, service);
  return map;
});

/** Addresses that EndpointSlices and Endpoints of a Service name, where somebody writes them himself. */
export function manualAddresses(
  world: World,
  { namespace, name }: ServiceView,
): readonly { readonly address: string; readonly ports: readonly ServicePort[]; readonly resource: Resource }[] {
  return [...(manualIndex(world).get(`${namespace}/${name}`) ?? [])].flatMap((resource) => {
    const slices =
      resource.kind === 'EndpointSlice'
        ? [
            {
              addresses: list(resource.at(['endpoints'])).flatMap((endpoint) => list(record(endpoint)?.['addresses'])),
              ports: resource.at(['ports']),
              path: ['ports'] as Path,
            },
          ]
        : list(resource.at(['subsets'])).map((subset, i) => ({
            addresses: list(record(subset)?.['addresses']).map((address) => record(address)?.['ip']),
            ports: record(subset)?.['ports'],
            path: ['subsets', i, 'ports'] as Path,
          }));
    return slices.flatMap(({ addresses, ports, path }) => {
      const read = list(ports).flatMap((entry, i): ServicePort[] => {
        const port = record(entry);
        const own = number(port?.['port']);
        return own === undefined
          ? []
          : [
              {
                name: string(port?.['name']),
                number: own,
                protocol: string(port?.['protocol']) ?? 'TCP',
                target: own,
                nodePort: undefined,
                path: [...path, i],
              },
            ];
      });
      return addresses.flatMap((address) => (typeof address === 'string' ? [{ address, ports: read, resource }] : []));
    });
  });
}

const manualIndex = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const map = new Map<string, Resource[]>();
  const elsewhere = world.external.filter(({ kind }) => kind === 'EndpointSlice' || kind === 'Endpoints');
  for (const resource of [...world.of('EndpointSlice'), ...world.of('Endpoints'), ...elsewhere]) {
    const name = resource.kind === 'Endpoints' ? resource.name : resource.labels['kubernetes.io/service-name'];
    addTo(map, `${world.namespaceOf(resource)}/${name}`, resource);
  }
  return map;
});

/** `redis.shop.svc.cluster.local`, `redis.shop`, `redis`, `redis-0.redis.shop`: the Service that a host name means to a pod of a namespace. */
export function serviceByHost(world: World, host: string, fromNamespace: string): ServiceView | undefined {
  const parts = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = parts.indexOf('svc');
  if (svc >= 2) {
    // A name with more parts is a pod of a headless Service.
    if (svc > 3) return undefined;
    const service = serviceOf(world, parts[svc - 1]!, parts[svc - 2]!);
    return svc === 3 && !service?.headless ? undefined : service;
  }
  switch (parts.length) {
    case 1:
      return serviceOf(world, fromNamespace, parts[0]!);
    case 2: {
      const service = serviceOf(world, parts[1]!, parts[0]!);
      if (service) return service;
      const own = serviceOf(world, fromNamespace, parts[1]!);
      return own?.headless ? own : undefined;
    }
    case 3: {
      const service = serviceOf(world, parts[2]!, parts[1]!);
      return service?.headless ? service : undefined;
    }
    default:
      return undefined;
  }
}

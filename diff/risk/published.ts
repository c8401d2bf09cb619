import { list, mappings, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { networkOf } from '../../simulate/network/network';
import type { ServicePort, ServiceView } from '../../world/services';
import { servicesOf } from '../../world/services';
import type { World } from '../../world/world';
import type { WorldChange } from './risk';

/** A port of pods that is reached from outside of the cluster, by one way. */
export interface PublishedPort {
  /** `nodes`, `nodes at 10.0.0.1`, `balancer`, `address 203.0.113.7`: who reaches one of them need not reach another. */
  readonly way: string;
  /** The Service that leads there. @default - the pods listen on their node */
  readonly service?: ServiceView;
  readonly port?: ServicePort;
  /** Whose pods they are. @default - pods that are not among the manifests */
  readonly workload?: WorkloadManifest;
  /** `Deployment/shop/web TCP 8080`; of pods that are not known the Service and its own port. */
  readonly end: string;
}

/**
 * What is reached from outside of the cluster by the nodes and by load balancers, whether or not policies let it pass: they may see the address of
 * a node. What gateways reach is told by flows.
 */
export const publishedPorts = memo((world: World): readonly PublishedPort[] => [
  ...servicesOf(world).flatMap((service) =>
    service.ports.flatMap((port) => waysOf(service).flatMap((way) => endsOf(world, service, port, way))),
  ),
  ...world.workloads.flatMap((workload) => onNodes(world, workload)),
]);

/** What is published after a change and was not before it, whichever Service or pods led there. */
export const newlyPublished = memo((diff: WorldChange): readonly PublishedPort[] => {
  const names = new Map(diff.changes.flatMap(({ was, id }) => (was === undefined ? [] : [[was.id, id] as const])));
  const now = (end: string) => {
    const [id = '', ...rest] = end.split(' ');
    return [names.get(id) ?? id, ...rest].join(' ');
  };
  const before = new Set(
    publishedPorts(diff.before).flatMap(({ way, end, service, port }) => [
      `${way} ${now(end)}`,
      // Where pods are no longer known, nobody knows that they are others.
      ...(service && port ? [`${way} ${now(portOf(diff.before, service, port))}`] : []),
    ]),
  );
  const isThere = (way: string, end: string) =>
    before.has(`${way} ${end}`) || before.has(`${way} ${end.split(' ')[0]} any`);
  return publishedPorts(diff.after).filter(
    ({ way, end }) => !isThere(way, end) && !(way.startsWith('nodes at ') && isThere('nodes', end)),
  );
});

/** How a Service is reached from outside of the cluster. */
function waysOf({ resource, type }: ServiceView): string[] {
  const addresses = list(resource.at(['spec', 'externalIPs'])).map((address) => `address ${String(address)}`);
  switch (type) {
    case 'NodePort':
      return ['nodes', ...addresses];
    case 'LoadBalancer':
      return resource.at(['spec', 'allocateLoadBalancerNodePorts']) === false
        ? ['balancer', ...addresses]
        : ['balancer', 'nodes', ...addresses];
    case 'ExternalName':
      return [];
    default:
      return addresses;
  }
}

/** Where a port of a Service ends; nowhere if its selector certainly selects no pods. */
function endsOf(world: World, service: ServiceView, port: ServicePort, way: string): PublishedPort[] {
  const base = { way, service, port };
  if (service.workloads.length > 0)
    return service
      .targets(port)
      .map(({ workload, number }) => ({ ...base, workload, end: endOf(world, workload, port.protocol, number) }));
  if (service.backing === 'pods' && networkOf(world).showsAllPods(service.namespace)) return [];
  return [{ ...base, end: portOf(world, service, port) }];
}

function portOf(world: World, { resource }: ServiceView, { protocol, number }: ServicePort): string {
  return `${world.idOf(resource)} ${protocol} ${number}`;
}

function endOf(world: World, { resource }: WorkloadManifest, protocol: string, number: number): string {
  return `${world.idOf(resource)} ${protocol} ${number}`;
}

/** The loopback of a node is reached by processes of the node alone, which reach its pods anyway. */
const LOOPBACK = /^(127\.|::1$)/;
const EVERY_ADDRESS: readonly (string | undefined)[] = [undefined, '', '0.0.0.0', '::'];

function onNodes(world: World, workload: WorkloadManifest): PublishedPort[] {
  const id = world.idOf(workload.resource);
  if (workload.podSpec['hostNetwork'] === true) return [{ way: 'nodes', workload, end: `${id} any` }];
  return workload.containers.flatMap(({ json }) =>
    mappings(json['ports']).flatMap(({ containerPort, hostPort, protocol, hostIP }) => {
      if (typeof hostPort !== 'number' || hostPort === 0 || typeof containerPort !== 'number') return [];
      const address = string(hostIP);
      if (address !== undefined && LOOPBACK.test(address)) return [];
      const way = EVERY_ADDRESS.includes(address) ? 'nodes' : `nodes at ${address}`;
      return [{ way, workload, end: endOf(world, workload, string(protocol) ?? 'TCP', containerPort) }];
    }),
  );
}

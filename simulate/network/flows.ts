import type { WorkloadManifest } from '../../manifests/workload';
import { servicesOfWorkload } from '../../world/services';
import type { World } from '../../world/world';
import { deciderName } from './explain';
import type { Network } from './network';
import { networkOf } from './network';
import type { Endpoint, Passage, Verdict } from './reach';

/** A square of the matrix: whether somebody may connect to a port of a workload, and who says so. */
export interface Flow {
  /** `Deployment/shop/web`, `any other pod`, `outside the cluster`. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly portName: string | undefined;
  readonly verdict: Verdict;
  /** The policies of the source and of the destination that allow, deny or leave it open; empty where none is about it. */
  readonly egress: readonly string[];
  readonly ingress: readonly string[];
}

interface Port {
  readonly number: number;
  readonly protocol: string;
  readonly name: string | undefined;
}

/** Workloads × ports of workloads, and who is no workload of the manifests × the same. */
export function* flowsOf(world: World): Iterable<Flow> {
  const network = networkOf(world);
  const workloads = network.workloads();
  const sources = [
    ...workloads.map((workload) => ({
      name: world.idOf(workload.resource),
      workload,
      endpoint: network.endpointOf(workload),
    })),
    { name: 'any other pod', workload: undefined, endpoint: network.externalPod() as Endpoint },
    { name: 'outside the cluster', workload: undefined, endpoint: { is: 'outside' } as Endpoint },
  ];
  for (const target of workloads) {
    const to = network.endpointOf(target);
    for (const port of portsOf(world, target)) {
      for (const { name, workload, endpoint } of sources) {
        // One pod alone connects to itself only, which nothing forbids.
        if (workload === target && target.replicas === 1) continue;
        const from = workload === target ? network.replicaOf(target) : endpoint;
        yield {
          from: name,
          to: world.idOf(target.resource),
          port: port.number,
          protocol: port.protocol,
          portName: port.name,
          ...verdictOf(network, from, to, port),
        };
      }
    }
  }
}

function verdictOf(
  network: Network,
  from: Endpoint,
  to: Endpoint,
  { number, protocol }: Port,
): Pick<Flow, 'verdict' | 'egress' | 'ingress'> {
  const { verdict, egress, ingress } = network.reach(from, to, number, protocol);
  return { verdict, egress: namesOf(egress), ingress: namesOf(ingress) };
}

function namesOf({ by }: Passage): string[] {
  return by.map(deciderName);
}

/** The ports that a workload declares, and those that Services lead to. */
function portsOf(world: World, workload: WorkloadManifest): Port[] {
  const ports = new Map<string, Port>();
  for (const { name, number, protocol } of workload.ports)
    ports.set(`${number}/${protocol}`, { name, number, protocol });
  for (const service of servicesOfWorkload(world, workload)) {
    for (const port of service.ports) {
      for (const target of service.targets(port)) {
        const key = `${target.number}/${port.protocol}`;
        if (target.workload === workload && !ports.has(key))
          ports.set(key, { name: port.name, number: target.number, protocol: port.protocol });
      }
    }
  }
  return [...ports.values()].sort((a, b) => a.number - b.number);
}

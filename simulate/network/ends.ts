import { isIPv6 } from 'node:net';
import type { WorkloadManifest } from '../../manifests/workload';
import type { ServiceView } from '../../world/services';
import { servicesOf } from '../../world/services';
import type { World } from '../../world/world';
import type { Block } from './addresses';
import { readBlock } from './addresses';
import type { Endpoint } from './endpoints';
import type { Network } from './network';
import { workloadName } from './one-per-workload';
import { gatewayElsewhere, gatewayWorkloads } from './proxies';

/** An end of flows, as it is called in lists of them. */
export interface End {
  readonly name: string;
  readonly is: 'workload' | 'pods' | 'outside' | 'nodes' | 'gateway' | 'service';
  /** Whoever it stands for; several where any of them may be meant. */
  readonly endpoints: readonly Endpoint[];
  readonly workload?: WorkloadManifest;
  readonly service?: ServiceView;
}

/** What `--from` and `--to` ask for. */
export interface Wanted {
  readonly is: 'name' | 'pods' | 'outside' | 'nodes' | 'gateway' | 'services' | 'address';
  readonly text: string;
  readonly block?: Block;
  readonly port?: string;
  readonly protocol?: string;
}

const WORDS: Readonly<Record<string, Wanted['is']>> = {
  pods: 'pods',
  outside: 'outside',
  internet: 'outside',
  nodes: 'nodes',
  gateway: 'gateway',
  gateways: 'gateway',
  services: 'services',
};

/** Reads `web`, `Deployment/shop/web:8080`, `outside`, `1.2.3.4:443`, `10.0.0.0/8`, `[2001:db8::1]:53/UDP`. */
export function readWanted(given: string): Wanted {
  const [, bare = given, port, protocol] = isIPv6(given.split('/')[0]!)
    ? []
    : (/^(.+?):(\d+|[a-z][a-z0-9-]*)(?:\/(tcp|udp|sctp))?$/i.exec(given) ?? []);
  const text = bare.replace(/^\[(.*)\]$/, '$1');
  const at = {
    ...(port === undefined ? {} : { port }),
    ...(protocol === undefined ? {} : { protocol: protocol.toUpperCase() }),
  };
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word) return { is: word, text, ...at };
  const block = readBlock(text);
  return block ? { is: 'address', text, block, ...at } : { is: 'name', text, ...at };
}

export const OUTSIDE = 'outside the cluster';
export const OTHER_POD = 'any other pod';
/** Gateways and Ingress controllers, wherever they run. */
export const GATEWAY = 'gateway';

export function workloadEnds(world: World, network: Network): readonly End[] {
  return network.workloads().map((workload) => ({
    name: workloadName(world, workload.resource),
    is: 'workload',
    endpoints: [network.endpointOf(workload)],
    workload,
  }));
}

export function otherPods(network: Network): End {
  return { name: OTHER_POD, is: 'pods', endpoints: [network.externalPod({ mayBeAdded: true })] };
}

export function outside(block?: Block, text = OUTSIDE): End {
  return { name: text, is: 'outside', endpoints: [{ is: 'outside', ...(block ? { addresses: [block] } : {}) }] };
}

export function nodes(network: Network): End {
  return { name: 'nodes', is: 'nodes', endpoints: [network.node()] };
}

/** Gateways and Ingress controllers: those among the manifests, else a pod that may be anywhere. */
export function gateway(world: World, network: Network): End {
  const known = gatewayWorkloads(world);
  return {
    name: GATEWAY,
    is: 'gateway',
    endpoints: known.length > 0 ? known.map((workload) => network.endpointOf(workload)) : [gatewayElsewhere(world)],
  };
}

export function serviceEnds(world: World): readonly End[] {
  return servicesOf(world)
    .filter(({ backing, ports }) => backing === 'pods' && ports.length > 0)
    .map((service) => ({
      name: world.idOf(service.resource),
      is: 'service',
      endpoints: [],
      service,
    }));
}

/** Whether an end has the name that is asked for: `web`, `shop/web`, `Deployment/shop/web`. */
export function isCalled({ name }: End, { text }: Wanted): boolean {
  return name.includes(text);
}

/** The names of all ends that `isCalled` may find. */
export function endNames(world: World, network: Network): readonly string[] {
  return [...workloadEnds(world, network), ...serviceEnds(world), otherPods(network), outside()].map(
    ({ name }) => name,
  );
}

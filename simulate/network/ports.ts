import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { servicesOfWorkload } from '../../world/services';
import type { World } from '../../world/world';
import type { Endpoint, PodEndpoint } from './endpoints';
import { isPeer, selectsPod } from './matching';
import type { Network } from './network';
import type { PolicyRule, PortRange } from './policy';

/** A port, or ports in a row of which policies say the same. */
export interface FlowPort {
  /** `any`: every port that is not listed by itself. */
  readonly number: number | 'any';
  /** The last of several. @default - one port */
  readonly end?: number;
  /** `any`: TCP, UDP and SCTP. */
  readonly protocol: string;
  readonly name: string | undefined;
}

export const ANY_PORT: FlowPort = { number: 'any', protocol: 'any', name: undefined };

/** The ports that a workload declares, those that Services lead to, and those that policies about it name; `any` if there are none. */
export function portsOf(world: World, network: Network, workload: WorkloadManifest): readonly FlowPort[] {
  const ports = new Map<string, FlowPort>();
  const add = (port: FlowPort) => {
    const key = `${port.number}/${port.protocol}`;
    if (!ports.has(key)) ports.set(key, port);
  };
  for (const { name, number, protocol } of workload.ports) add({ name, number, protocol });
  for (const service of servicesOfWorkload(world, workload)) {
    for (const port of service.ports) {
      for (const target of service.targets(port))
        if (target.workload === workload) add({ name: port.name, number: target.number, protocol: port.protocol });
    }
  }
  const own = network.endpointOf(workload);
  if (own.is === 'pod') {
    const isBare = ports.size === 0;
    for (const port of cut(namedByPolicies(network, own, isBare), [...ports.values()])) add(port);
  }
  return ports.size > 0 ? sorted([...ports.values()]) : [ANY_PORT];
}

/** The numbers that rules about a pod name: its own ingress; egress of others too where nothing else is known of its ports. */
function namedByPolicies(network: Network, own: PodEndpoint, isBare: boolean): PortRange[] {
  const ingress = [
    ...network.policiesAbout(own).flatMap(({ ingress: rules = [] }) => rules),
    ...network.adminPolicies.flatMap((policy) => policy.ingress),
  ].flatMap(({ ports = [] }) => ports);
  const egress = network
    .allPolicies()
    .flatMap((policy) =>
      (policy.egress ?? [])
        .filter((rule) => isMeant(rule, policy.namespace, own, isBare))
        .flatMap(({ ports = [] }) => ports),
    );
  return [...ingress, ...egress];
}

/** Whether a rule means these pods, and not everybody. */
function isMeant({ peers = [] }: PolicyRule, namespace: string, own: PodEndpoint, isBare: boolean): boolean {
  return peers.some(
    (peer) =>
      !peer.ipBlock &&
      (isBare || Object.keys(peer.podSelector ?? {}).length > 0) &&
      isPeer(peer, namespace, own) === 'yes',
  );
}

/** The ports that policies distinguish for what an endpoint sends to where no ports are declared, and all others. */
export function portsToward(network: Network, from: Endpoint): readonly FlowPort[] {
  if (from.is !== 'pod') return [ANY_PORT];
  const egress = network
    .allPolicies()
    .filter((policy) => selectsPod(policy, from) !== 'no')
    .flatMap(({ egress: rules = [] }) => rules);
  const ranges = [...egress, ...network.adminPolicies.flatMap((policy) => policy.egress)].flatMap(
    ({ ports = [] }) => ports,
  );
  return [...sorted(cut(ranges, [])), ANY_PORT];
}

/** Ranges cut where another one begins or ends, without what is there already. */
function cut(ranges: readonly PortRange[], known: readonly FlowPort[]): FlowPort[] {
  const numbered = ranges.flatMap(({ protocol, port, endPort }) =>
    typeof port === 'number' && protocol !== undefined ? [{ protocol, first: port, last: endPort ?? port }] : [],
  );
  const found = new Map<string, FlowPort>();
  for (const protocol of new Set(numbered.map((range) => range.protocol))) {
    const own = [
      ...numbered.filter((range) => range.protocol === protocol),
      ...known.flatMap((port) =>
        port.protocol === protocol && typeof port.number === 'number'
          ? [{ protocol, first: port.number, last: port.number }]
          : [],
      ),
    ];
    const starts = [...new Set(own.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
    for (const [i, first] of starts.slice(0, -1).entries()) {
      const last = starts[i + 1]! - 1;
      if (!numbered.some((range) => range.protocol === protocol && range.first <= first && last <= range.last))
        continue;
      const end = last > first ? { end: last } : {};
      found.set(`${first}/${protocol}`, { number: first, ...end, protocol, name: undefined });
    }
  }
  return [...found.values()];
}

function sorted(ports: readonly FlowPort[]): FlowPort[] {
  const at = ({ number }: FlowPort) => (number === 'any' ? Number.POSITIVE_INFINITY : number);
  return [...ports].sort((a, b) => at(a) - at(b) || a.protocol.localeCompare(b.protocol));
}

/** A number that no rule names: what holds for it holds for every other port. */
export const unnamedPort = memo((network: Network): number => {
  const ranges = [
    ...network.allPolicies().flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]),
    ...network.adminPolicies.flatMap(({ ingress, egress }) => [...ingress, ...egress]),
  ].flatMap(({ ports = [] }) => ports);
  const isNamed = (number: number) =>
    ranges.some(
      ({ port, endPort }) => typeof port === 'number' && port <= number && number <= Math.min(endPort ?? port, 65_535),
    );
  // A range that holds nearly all ports is named by itself, and says nothing of the few that are left.
  for (let number = 65_535; number > 0; number--) if (!isNamed(number)) return number;
  return 65_535;
});

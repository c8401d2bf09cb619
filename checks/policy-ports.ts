import type { Json, Path } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { networkOf } from '../simulate/network/network';
import type { Policy, PolicyPort, PolicyRule } from '../simulate/network/policy';
import type { Reach } from '../simulate/network/reach';
import { podsMatching } from '../world/pods';
import type { PodPort, ServicePort, ServiceView } from '../world/services';
import { servicesOfWorkload } from '../world/services';
import type { World } from '../world/world';
import type { Finding } from './check';

/** A policy that names the port of a Service where it should name that of its pods. */
export interface WrongPort {
  readonly policy: Policy;
  readonly path: Path;
  readonly port: number;
  readonly service: ServiceView;
  /** What the pods listen on. */
  readonly rightPort: number;
  /** Whether no other policy that is not here can let the connections pass. */
  readonly complete: boolean;
}

/** The first wrong port of each rule's entry. */
export const wrongPorts = memo((world: World): readonly WrongPort[] => [...find(world)]);

/** The finding behind a connection that is denied: a policy that would allow it if it named the right port. */
export function wrongPortBehind(world: World, { egress, ingress }: Reach, port: number): Finding['causedBy'] {
  const denying = new Set([egress, ingress].flatMap(({ verdict, by }) => (verdict === 'denied' ? by : [])));
  const wrong = wrongPorts(world).find(
    ({ policy, rightPort, complete: whole }) => whole && rightPort === port && denying.has(policy),
  );
  return wrong && { check: 'netpol-uses-pod-port', resource: wrong.policy.resource };
}

function* find(world: World): Iterable<WrongPort> {
  const network = networkOf(world);
  const anywhere = new Map<string, readonly WorkloadManifest[]>();
  for (const policy of network.judgedPolicies()) {
    const own = podsMatching(world, policy.namespace, policy.podSelector);
    for (const rule of policy.ingress ?? [])
      for (const port of rule.ports ?? []) yield* judge(policy, port, own, 'ingress', own);
    for (const rule of policy.egress ?? [])
      if (rule.ports && rule.peers)
        for (const port of rule.ports) yield* judge(policy, port, peersOf(policy, rule), 'egress', own);
  }

  function* judge(
    policy: Policy,
    entry: PolicyPort,
    receivers: readonly WorkloadManifest[],
    direction: 'ingress' | 'egress',
    own: readonly WorkloadManifest[],
  ): Iterable<WrongPort> {
    const { port, endPort, protocol } = entry;
    if (typeof port !== 'number' || endPort !== undefined) return;
    // Where some pod has this port, it is meant.
    if (receivers.length === 0 || receivers.some(({ ports }) => ports.some(({ number }) => number === port))) return;
    for (const receiver of receivers) {
      for (const service of servicesOfWorkload(world, receiver)) {
        const served: ServicePort | undefined = service.headless ? undefined : service.port(port, protocol);
        const target: PodPort | undefined =
          served && service.targets(served).find(({ workload }) => workload === receiver);
        if (!target || target.number === port) continue;
        if (
          service.ports.some((other) =>
            service.targets(other).some(({ workload, number }) => workload === receiver && number === port),
          )
        )
          continue;
        const subjects = direction === 'ingress' ? [receiver] : own;
        if (
          subjects.length > 0 &&
          subjects.every((subject) => isOpen(world, subject, receiver, target.number, protocol, direction))
        )
          continue;
        const [place] = subjects;
        yield {
          policy,
          path: [...entry.path, 'port'],
          port,
          service,
          rightPort: target.number,
          complete: place !== undefined && network.isComplete(network.endpointOf(place)),
        };
        return;
      }
    }
  }

  function peersOf(policy: Policy, { peers }: PolicyRule): WorkloadManifest[] {
    const found = new Set<WorkloadManifest>();
    for (const { ipBlock, namespaceSelector, podSelector } of peers!) {
      if (ipBlock) continue;
      const selected = namespaceSelector
        ? podsAnywhere(namespaceSelector, podSelector ?? {})
        : podsMatching(world, policy.namespace, podSelector ?? {});
      for (const workload of selected) if (workload.podSpec['hostNetwork'] !== true) found.add(workload);
    }
    return [...found];
  }

  /** Many policies name the same peers, such as the cluster's DNS. */
  function podsAnywhere(namespaceSelector: Json, podSelector: Json): readonly WorkloadManifest[] {
    const key = JSON.stringify([namespaceSelector, podSelector]);
    const known =
      anywhere.get(key) ??
      network.namespacesSelected(namespaceSelector).flatMap((place) => podsMatching(world, place, podSelector));
    anywhere.set(key, known);
    return known;
  }
}

/** Whether another rule covers the right port for somebody. */
function isOpen(
  world: World,
  subject: WorkloadManifest,
  receiver: WorkloadManifest,
  port: number,
  protocol: string,
  direction: 'ingress' | 'egress',
): boolean {
  const network = networkOf(world);
  const endpoint = network.endpointOf(subject);
  const isolating = network.policiesAbout(endpoint).filter((policy) => policy[direction] !== undefined);
  if (isolating.length === 0 || network.hasOtherPolicies(endpoint)) return true;
  if (direction === 'egress')
    return network.reach(endpoint, network.endpointOf(receiver), port, protocol).egress.verdict !== 'denied';
  const names = new Set(
    receiver.ports.filter((own) => own.number === port && own.protocol === protocol).map(({ name }) => name),
  );
  return isolating.some((policy) =>
    policy.ingress!.some(
      ({ ports }) =>
        ports === undefined ||
        ports.some(
          (entry) =>
            entry.protocol === protocol &&
            (entry.port === undefined ||
              (typeof entry.port === 'number'
                ? entry.port <= port && port <= (entry.endPort ?? entry.port)
                : names.has(entry.port))),
        ),
    ),
  );
}

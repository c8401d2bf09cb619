import { networkOf } from '../../simulate/network';
import type { Policy, PolicyPort, Rule } from '../../simulate/policy';
import { check } from '../check';
import { podsMatching } from '../pod-index';
import type { Json } from '../resource';
import type { ServicePort, Target } from '../services';
import { servicesOfWorkload } from '../services';
import type { Workload } from '../workloads';
import type { World } from '../world';

const manifests = (port: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: ${port} }] }] }
`;

export default check({
  id: 'netpol-uses-pod-port',
  meaning: "the ports of a NetworkPolicy are those of the pods, not those of their Service",
  severity: 'will-break',
  needs: ['elsewhere'],
  fix: "use the port that the pods listen on (the Service's targetPort): policies see a connection after the Service's port was replaced",
  example: { broken: manifests(80), mended: manifests(8080) },
  *judge(world) {
    const network = networkOf(world);
    const anywhere = new Map<string, readonly Workload[]>();
    for (const policy of network.judged()) {
      const own = podsMatching(world, policy.namespace, policy.podSelector);
      for (const rule of policy.ingress ?? []) for (const port of rule.ports ?? []) yield* judge(policy, port, own, 'ingress', own);
      for (const rule of policy.egress ?? []) if (rule.ports && rule.peers) for (const port of rule.ports) yield* judge(policy, port, peersOf(policy, rule), 'egress', own);
    }

    function* judge(policy: Policy, entry: PolicyPort, receivers: readonly Workload[], direction: 'ingress' | 'egress', own: readonly Workload[]) {
      const { port, endPort, protocol } = entry;
      if (typeof port !== 'number' || endPort !== undefined) return;
      // Where some pod has this port, it is meant.
      if (receivers.length === 0 || receivers.some(({ ports }) => ports.some(({ number }) => number === port))) return;
      for (const receiver of receivers) {
        for (const service of servicesOfWorkload(world, receiver)) {
          const served: ServicePort | undefined = service.headless ? undefined : service.port(port, protocol);
          const target: Target | undefined = served && service.targets(served).find(({ workload }) => workload === receiver);
          if (!served || !target || target.number === port) continue;
          if (service.ports.some((other) => service.targets(other).some(({ workload, number }) => workload === receiver && number === port))) continue;
          const subjects = direction === 'ingress' ? [receiver] : own;
          if (subjects.length > 0 && subjects.every((subject) => isOpen(world, subject, receiver, target.number, protocol, direction))) continue;
          const place = direction === 'ingress' ? receiver : subjects[0];
          const whole = place !== undefined && network.isWhole(network.endpointOf(place));
          yield {
            resource: policy.resource,
            path: [...entry.path, 'port'],
            value: port,
            verdict: whole ? ('fail' as const) : ('unknown' as const),
            message:
              `${port} is the port of Service ${service.name}, its pods listen on ${target.number}, and policies see the pods' port: ` +
              (whole ? `connections through the Service are dropped` : `connections through the Service are dropped unless a policy that is not here allows ${target.number}`),
            fix: `use port ${target.number}`,
          };
          return;
        }
      }
    }

    function peersOf(policy: Policy, { peers }: Rule): Workload[] {
      const found = new Set<Workload>();
      for (const { ipBlock, namespaceSelector, podSelector } of peers!) {
        if (ipBlock) continue;
        const selected = namespaceSelector ? podsAnywhere(namespaceSelector, podSelector ?? {}) : podsMatching(world, policy.namespace, podSelector ?? {});
        for (const workload of selected) if (workload.podSpec['hostNetwork'] !== true) found.add(workload);
      }
      return [...found];
    }

    /** Many policies name the same peers, such as the cluster's DNS. */
    function podsAnywhere(namespaceSelector: Json, podSelector: Json): readonly Workload[] {
      const key = JSON.stringify([namespaceSelector, podSelector]);
      const known = anywhere.get(key) ?? network.namespacesSelected(namespaceSelector).flatMap((place) => podsMatching(world, place, podSelector));
      anywhere.set(key, known);
      return known;
    }
  },
});

/** Whether another rule covers the right port for somebody. */
function isOpen(world: World, subject: Workload, receiver: Workload, port: number, protocol: string, direction: 'ingress' | 'egress'): boolean {
  const network = networkOf(world);
  const endpoint = network.endpointOf(subject);
  const isolating = network.policiesAbout(endpoint).filter((policy) => policy[direction] !== undefined);
  if (isolating.length === 0 || network.hasOtherPolicies(endpoint)) return true;
  if (direction === 'egress') return network.reach(endpoint, network.endpointOf(receiver), port, protocol).egress.verdict !== 'denied';
  const names = new Set(receiver.ports.filter((own) => own.number === port && own.protocol === protocol).map(({ name }) => name));
  return isolating.some((policy) =>
    policy.ingress!.some(({ ports }) => ports === undefined || ports.some((entry) => entry.protocol === protocol && (entry.port === undefined || (typeof entry.port === 'number' ? entry.port <= port && port <= (entry.endPort ?? entry.port) : names.has(entry.port))))),
  );
}

import type { PartFlow } from '../../../simulate/network/flows';
import { flowsOf } from '../../../simulate/network/flows';
import type { World } from '../../../world/world';
import { endsText } from '../flow-text';
import { flowWorlds } from '../flow-worlds';
import type { MovedPort } from '../moved-ports';
import { movedPorts } from '../moved-ports';
import { byNumber } from '../plural';
import { riskRule } from '../risk';

const web = (port: number, policy = 8080) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ name: http, containerPort: ${port} }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ ports: [{ port: ${policy} }] }] }
`;

export default riskRule({
  id: 'port-closed',
  class: 'disruption',
  description:
    'a port that pods serve at another number, which policies do not let those reach who reached the old one',
  reason:
    'A policy is about the port of the pods, not about that of their Service: packets to a number that it does not name are dropped, and clients wait until their connect timeout.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  advice: 'let the policies name the new port first, or name the port in them as the container does: strata flows',
  example: {
    before: web(8080),
    after: web(8081),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].ports[8081]'],
    harmless: web(8081, 8081),
  },
  *find(diff) {
    const moved = movedPorts(diff);
    if (!diff.after.resources.some(({ kind }) => kind.endsWith('Policy')) || moved.length === 0) return;
    const changes = new Set(moved.map(({ change }) => change));
    const worlds = flowWorlds(diff, (change) => changes.has(change));
    for (const port of moved) {
      const old = new Map(flowsTo(worlds.before, port, port.was).map((flow) => [flow.from, flow.verdict]));
      const closed = flowsTo(worlds.after, port, port.is).filter(
        ({ from, verdict }) => verdict === 'denied' && old.get(from) === 'allowed',
      );
      if (closed.length === 0) continue;
      const policies = [...new Set(closed.flatMap(({ egress, ingress }) => [...egress, ...ingress]))].sort();
      const { change, field } = port;
      yield {
        change,
        field,
        message: `${endsText(
          closed.map(({ from }) => from),
          'named first',
        )} cannot reach ${port.protocol} ${port.is} of ${diff.after.idOf(port.workload.resource)}, which is served in place of ${port.was}: ${byNumber(policies.length, 'policy', 'policies')} ${policies.join(', ')} ${byNumber(policies.length, 'does', 'do')} not name it`,
      };
    }
  },
});

/** Who may connect to one port of the pods, whether or not they declare it. */
function flowsTo(world: World, { workload, protocol }: MovedPort, number: number): readonly PartFlow[] {
  const id = world.idOf(workload.resource);
  const query = { to: { is: 'name', text: id } as const, alsoPorts: () => [{ number, protocol, name: undefined }] };
  return [...flowsOf(world, query)].filter(
    (flow) => flow.to === id && flow.protocol === protocol && flow.port === number && flow.endPort === undefined,
  );
}

import { workloadNamed } from '../../../world/autoscalers';
import { servicesOfWorkload } from '../../../world/services';
import type { IsolatedSide } from '../isolation';
import { isolatingPolicies, namesPort } from '../isolation';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const web = (types: string, labels = 'a: b') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [${types}], ingress: [{ ports: [{ port: 8080 }] }] }
`;

const ASK = 'look at who connects to it before that closes: strata flows diff';

export default riskRule({
  id: 'isolation-begins',
  class: 'disruption',
  description: 'the first policy about what pods connect to, or about who connects to them',
  reason:
    'Pods that no policy selects for a direction are open in it. The first one that does closes everything which it does not name, the look-up of names among it.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  advice: 'allow port 53 and everything that the program connects to in the same change: strata flows diff',
  example: {
    before: web('Ingress'),
    after: web('Ingress, Egress'),
    finds: ['NetworkPolicy/shop/web spec.policyTypes'],
    harmless: web('Ingress', 'a: c'),
  },
  *find(diff) {
    const told = new Set<string>();
    for (const change of changesOf(diff, 'NetworkPolicy')) {
      const { after: policy } = change;
      if (!policy) continue;
      for (const side of ['egress', 'ingress'] as const) {
        const closed: string[] = [];
        let isResolved = true;
        for (const workload of diff.after.workloadsIn(diff.after.namespaceOf(policy))) {
          const { resource, namespace } = workload;
          const was = workloadNamed(diff.before, resource.kind, namespace, resource.name);
          const now = isolatingPolicies(diff.after, workload, side);
          if (!was || !now.some((each) => each.resource === policy)) continue;
          if (isolatingPolicies(diff.before, was, side).length > 0) continue;
          // Nobody is known to connect to a workload without ports.
          if (
            side === 'ingress' &&
            workload.ports.length === 0 &&
            servicesOfWorkload(diff.after, workload).length === 0
          )
            continue;
          const rules = now.flatMap((each) => each[side] ?? []);
          // Everybody, on every port.
          if (rules.some(({ peers, ports }) => peers === undefined && ports === undefined)) continue;
          const id = diff.after.idOf(resource);
          if (told.has(`${side} ${id}`)) continue;
          told.add(`${side} ${id}`);
          closed.push(id);
          isResolved &&= rules.some((rule) => namesPort(rule, 53));
        }
        if (closed.length > 0)
          yield {
            change,
            field: fieldOf(change, side),
            message: text(side, closed, isResolved),
            ...(side === 'ingress' && { advice: ASK }),
          };
      }
    }
  },
});

function fieldOf(change: FoundRisk['change'], side: IsolatedSide): FoundRisk['field'] {
  return ['policyTypes', side, 'podSelector'].map((name) => fieldAt(change, ['spec', name])).find(Boolean);
}

function text(side: IsolatedSide, closed: readonly string[], isResolved: boolean): string {
  const who = firstNames(closed);
  const first = `it is the first ${side} policy about ${who}`;
  return side === 'ingress'
    ? `${first}: whoever it does not name cannot connect any more`
    : `${first}: all other egress is closed${isResolved ? '' : ', DNS too, so that no name resolves'}`;
}

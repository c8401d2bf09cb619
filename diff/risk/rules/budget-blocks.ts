import { evictionsOf } from '../budgets';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;
const budget = (bound: string) => `${WEB}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { ${bound}, selector: { matchLabels: { app: web } } }
`;

export default riskRule({
  id: 'budget-blocks',
  class: 'disruption',
  description: 'a PodDisruptionBudget that allows no eviction any more',
  reason:
    'A node with such a pod cannot be drained: an upgrade of the nodes waits there, or is forced and stops the pod without any grace.',
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
  advice: 'let one pod go: maxUnavailable: 1, or more replicas than minAvailable',
  example: {
    before: budget('minAvailable: 2'),
    after: budget('minAvailable: 3'),
    finds: ['PodDisruptionBudget/shop/web spec.minAvailable'],
    harmless: budget('minAvailable: 1'),
  },
  *find(diff) {
    for (const { change, workload, pods, before, after } of evictionsOf(diff)) {
      if (after > 0 || before === 0) continue;
      const field = ['minAvailable', 'maxUnavailable', 'selector'].map((name) => fieldAt(change, ['spec', name]));
      yield {
        change,
        field: field.find(Boolean),
        message:
          pods === 1
            ? `the only pod of ${diff.after.idOf(workload.resource)} may not be evicted: its node cannot be drained`
            : `none of ${pods} pods of ${diff.after.idOf(workload.resource)} may be evicted: their nodes cannot be drained`,
      };
    }
  },
});

import { record } from '../../../manifests/resource';
import { podsMatching } from '../../../world/pods';
import { evictionsOf } from '../budgets';
import { missedText } from '../missed';
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
  id: 'budget-loosened',
  class: 'disruption',
  description: 'a PodDisruptionBudget that lets more pods of a workload go at once than before, or that is removed',
  reason: 'Node drains, upgrades and the cluster autoscaler evict as many pods at once as the budget allows.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
  advice: 'keep as many pods as carry the load: minAvailable, or maxUnavailable: 1',
  example: {
    before: budget('minAvailable: 2'),
    after: budget('minAvailable: 1'),
    finds: ['PodDisruptionBudget/shop/web spec.minAvailable'],
    harmless: budget('maxUnavailable: 1'),
  },
  *find(diff) {
    for (const { change, workload, pods, before, after } of evictionsOf(diff)) {
      if (after <= before) continue;
      // One at a time is what a budget is for: where none could go, no node could be drained.
      if (before === 0 && after === 1 && pods > 1) continue;
      const is = change.after;
      const namespace = is && diff.after.namespaceOf(is);
      const selects = is?.at(['spec', 'selector']);
      const missed =
        is && namespace !== undefined && podsMatching(diff.after, namespace, selects).length === 0
          ? missedText(diff.after, namespace, record(selects)?.['matchLabels'], [workload])
          : undefined;
      const field = ['minAvailable', 'maxUnavailable', 'selector'].map((name) => fieldAt(change, ['spec', name]));
      yield {
        change,
        field: field.find(Boolean),
        ...(missed === undefined ? {} : { advice: 'select by labels that the pods have' }),
        message: `${missed === undefined ? '' : `it selects no pod any more${missed}; `}${pods === 1 ? 'the only pod' : `${after === pods ? 'all' : after} of ${pods} pods`} of ${diff.after.idOf(workload.resource)} may be evicted${pods === 1 ? '' : ' at once'}, and ${before === 0 ? 'none' : before} before`,
      };
    }
  },
});

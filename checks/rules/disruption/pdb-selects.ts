import { strings } from '../../../manifests/resource';
import { didYouMean } from '../../../model/near';
import { budgetsOf } from '../../../world/budgets';
import { misspeltLabels } from '../../../world/pods';
import { possiblePodCreatorOf } from '../../../world/possible-pod-creators';
import { check } from '../../check';
import { respeltLabel } from '../../respelt';

const manifests = (label: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: ${label} } } }
`;

export default check({
  id: 'pdb-selects',
  group: 'disruption',
  description: 'the selector of a PodDisruptionBudget selects pods',
  // The budget has no effect, and nothing fails because of it.
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  fix: 'set spec.selector to labels of the pods that the budget is for',
  example: {
    broken: manifests('website'),
    fails: ['PodDisruptionBudget/shop/web spec.selector'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const { resource, namespace, workloads } of budgetsOf(world)) {
      if (workloads.length > 0) continue;
      const maker = possiblePodCreatorOf(world, namespace, strings(resource.at(['spec', 'selector', 'matchLabels'])));
      const meant = misspeltLabels(world, namespace, strings(resource.at(['spec', 'selector', 'matchLabels'])));
      const at = { resource, path: ['spec', 'selector'], value: resource.at(['spec', 'selector']) };
      if (maker)
        yield {
          ...at,
          verdict: 'unknown',
          message: `no pod template in the manifests has these labels; whether the pods of ${maker.kind} ${maker.name} get them is not known: look at a running pod with kubectl get pods --show-labels, or --declare a Pod with its labels`,
        };
      else if (meant.length === 0 && !world.isComplete(namespace, 'Pod'))
        yield {
          ...at,
          verdict: 'unknown',
          message: `no pod template in the manifests has these labels; judge the manifests of namespace ${namespace} together, or --declare the workload that is defined elsewhere`,
        };
      else
        yield {
          ...at,
          message: `it selects no pods, so it protects nothing and a drain may evict all pods at once${didYouMean(meant)}`,
          ...respeltLabel(resource.at(['spec', 'selector', 'matchLabels']), meant, ['spec', 'selector', 'matchLabels']),
        };
    }
  },
});

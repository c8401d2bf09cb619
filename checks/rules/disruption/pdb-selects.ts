import { strings } from '../../../manifests/resource';
import { budgetsOf } from '../../../world/budgets';
import { podMakerOf } from '../../../world/pod-makers';
import { check } from '../../check';

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
  description: 'a PodDisruptionBudget finds pods',
  // It guards nothing, and nothing stops for that.
  severity: 'advice',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  fix: 'make the selector equal to labels of the pods that it is for',
  example: {
    broken: manifests('website'),
    fails: ['PodDisruptionBudget/shop/web spec.selector'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const { resource, namespace, workloads } of budgetsOf(world)) {
      if (workloads.length > 0) continue;
      const maker = podMakerOf(world, namespace, strings(resource.at(['spec', 'selector', 'matchLabels'])));
      const whole = world.isWhole(namespace) && !maker;
      yield {
        resource,
        path: ['spec', 'selector'],
        value: resource.at(['spec', 'selector']),
        verdict: whole ? 'fail' : 'unknown',
        message: whole
          ? 'no pod has these labels, so it guards nothing and a drain evicts all pods at once'
          : `none of the manifests has pods with these labels; ${maker ? `whether those that ${maker.kind} ${maker.name} stands for get them is not known: look at a running one with kubectl get pods --show-labels, or --declare a Pod with its labels` : `judge them along with namespace ${namespace}, or --declare the workload that stands elsewhere`}`,
      };
    }
  },
});

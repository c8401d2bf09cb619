import { budgetsOf } from '../../../world/budgets';
import { check } from '../../check';

const manifests = (policy: string) => `
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
spec: { maxUnavailable: 1, ${policy}selector: { matchLabels: { app: web } } }
`;

export default check({
  id: 'pdb-unhealthy-policy',
  group: 'disruption',
  description: 'pods that are not ready can be evicted regardless of the budget',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  fix: 'set unhealthyPodEvictionPolicy: AlwaysAllow',
  example: {
    broken: manifests(''),
    fails: ['PodDisruptionBudget/shop/web spec.unhealthyPodEvictionPolicy'],
    fixed: manifests('unhealthyPodEvictionPolicy: AlwaysAllow, '),
  },
  *judge(world) {
    for (const { resource, workloads } of budgetsOf(world)) {
      // The pods of a StatefulSet may hold data while they recover, so a budget may protect them on purpose.
      if (
        workloads.length === 0 ||
        workloads.some(({ resource: { kind } }) => kind === 'StatefulSet') ||
        resource.at(['spec', 'unhealthyPodEvictionPolicy']) === 'AlwaysAllow'
      )
        continue;
      yield {
        resource,
        path: ['spec', 'unhealthyPodEvictionPolicy'],
        value: resource.at(['spec', 'unhealthyPodEvictionPolicy']),
        message: 'a pod in CrashLoopBackOff blocks the drain of its node until it is deleted by hand',
      };
    }
  },
});

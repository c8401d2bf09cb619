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
  description: 'pods that are not ready may be evicted whatever the budget says',
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
      // A StatefulSet may count on pods that are not ready: they hold data while they recover.
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
        message: 'a pod that crashes again and again holds up the drain of its node until somebody deletes it by hand',
      };
    }
  },
});

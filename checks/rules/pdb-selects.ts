import { check } from '../check';
import { budgetsOf } from '../disruption';

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
  meaning: 'a PodDisruptionBudget finds pods',
  // It guards nothing, and nothing stops for that.
  severity: 'advice',
  needs: ['elsewhere'],
  fix: 'make the selector equal to labels of the pods that it is for',
  example: { broken: manifests('website'), mended: manifests('web') },
  *judge(world) {
    for (const { resource, namespace, workloads } of budgetsOf(world)) {
      if (workloads.length > 0) continue;
      const whole = world.isWhole(namespace);
      yield {
        resource,
        path: ['spec', 'selector'],
        value: resource.at(['spec', 'selector']),
        verdict: whole ? 'fail' : 'unknown',
        message: whole ? 'no pod has these labels, so it guards nothing and a drain evicts all pods at once' : `none of the manifests has pods with these labels; judge them along with namespace ${namespace}, or --declare the workload that stands elsewhere`,
      };
    }
  },
});

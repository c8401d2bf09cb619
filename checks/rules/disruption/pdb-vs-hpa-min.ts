import { allowedDisruptions, boundOf, budgetsOf, podsSelected } from '../../../world/budgets';
import { check } from '../../check';

const manifests = (least: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: ${least}
  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`;

export default check({
  id: 'pdb-vs-hpa-min',
  group: 'disruption',
  description: "a PodDisruptionBudget allows an eviction at the autoscaler's minimum too",
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  fix: "set maxUnavailable: 1 instead of minAvailable, or raise the autoscaler's minimum above it",
  example: { broken: manifests(2), fails: ['PodDisruptionBudget/shop/web spec.minAvailable'], fixed: manifests(3) },
  *judge(world) {
    for (const budget of budgetsOf(world)) {
      const pods = podsSelected(world, budget);
      const scaler = pods?.scalers[0];
      if (!pods || !scaler || pods.min === 0) continue;
      // pdb-allows-eviction reports a budget that blocks at any number of pods.
      if (allowedDisruptions(budget.resource, pods.min) !== 0 || allowedDisruptions(budget.resource, pods.max) === 0)
        continue;
      const { field, value } = boundOf(budget.resource);
      yield {
        resource: budget.resource,
        path: field ? ['spec', field] : ['spec'],
        value,
        message: `${scaler.kind} ${scaler.name} scales down to ${pods.min} pod${pods.min === 1 ? '' : 's'}, and ${field} ${String(value)} allows none of them to be evicted: draining a node never finishes while the load is low`,
      };
    }
  },
});

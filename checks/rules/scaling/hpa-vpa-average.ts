import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import { resourceMetrics } from '../../../world/utilizations';
import { verticalScalersOf } from '../../../world/vertical-scalers';
import { check } from '../../check';
import { sharedSignals } from '../../shared-signals';

const manifests = (mode: string) => `
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
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: AverageValue, averageValue: 300m } } }]
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  updatePolicy: { updateMode: '${mode}' }
`;

export default check({
  id: 'hpa-vpa-average',
  group: 'scaling',
  description:
    'a VerticalPodAutoscaler does not size pods by the same CPU or memory by which a HorizontalPodAutoscaler counts them',
  severity: 'advice',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md',
  fix: "remove the resource from the VerticalPodAutoscaler's controlledResources, or set its updateMode to Off",
  example: {
    broken: manifests('Recreate'),
    fails: ['VerticalPodAutoscaler/shop/web spec.targetRef.name'],
    fixed: manifests('Off'),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const workload = workloadScaled(world, scaler);
      const byAmount = resourceMetrics(scaler.resource).filter(({ target }) => target.by === 'amount');
      for (const vertical of workload ? verticalScalersOf(world, workload) : []) {
        const shared = sharedSignals(workload!, vertical, byAmount);
        if (shared.length === 0) continue;
        yield {
          resource: vertical.resource,
          path: ['spec', 'targetRef', 'name'],
          value: vertical.target.name,
          message: `${scaler.resource.kind} ${scaler.resource.name} scales by the ${shared.join(' and ')} that a pod uses, and this sets the requests by the same measurement: each new number of pods changes what this measures, so the requests follow the number of pods`,
        };
      }
    }
  },
});

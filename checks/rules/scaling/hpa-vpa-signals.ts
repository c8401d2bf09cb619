import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import type { ResourceTarget } from '../../../world/utilizations';
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
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  updatePolicy: { updateMode: '${mode}' }
`;

export default check({
  id: 'hpa-vpa-signals',
  group: 'scaling',
  description:
    'a VerticalPodAutoscaler does not change the requests of which a HorizontalPodAutoscaler takes a percentage (advice: nor size pods by what it counts them by)',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md',
  fix: "remove the resource from the VerticalPodAutoscaler's controlledResources, or set its updateMode to Off",
  example: {
    broken: manifests('Recreate'),
    fails: ['VerticalPodAutoscaler/shop/web spec.targetRef'],
    fixed: manifests('Off'),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const workload = workloadScaled(world, scaler);
      for (const vertical of workload ? verticalScalersOf(world, workload) : []) {
        const at = { resource: vertical.resource, path: ['spec', 'targetRef'], value: vertical.target.name };
        const metrics = resourceMetrics(scaler.resource);
        const sharedBy = (by: ResourceTarget['by']) =>
          sharedSignals(
            workload!,
            vertical,
            metrics.filter(({ target }) => target.by === by),
          );
        const scales = `${scaler.resource.kind} ${scaler.resource.name} scales by the`;
        const [shares, totals] = [sharedBy('share'), sharedBy('amount')];
        if (shares.length > 0)
          yield {
            ...at,
            message: `${scales} ${shares.join(' and ')} utilization of requests, and this changes those requests: the two work against each other and the number of pods fluctuates`,
          };
        // An amount does not depend on requests, so nothing turns in a circle.
        else if (totals.length > 0)
          yield {
            ...{ ...at, isAdvice: true as const },
            message: `${scales} ${totals.join(' and ')} that a pod uses, and this sets the requests by the same measurement: each new number of pods changes what this measures, so the requests follow the number of pods`,
          };
      }
    }
  },
});

import { list, record, string } from '../../../manifests/resource';
import { autoscalersOf, verticalScalersOf, workloadScaled } from '../../../world/autoscalers';
import { check } from '../../check';

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
  group: 'references',
  description: 'a HorizontalPodAutoscaler and a VerticalPodAutoscaler do not scale a workload by the same resource',
  severity: 'advice',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md',
  fix: "remove the resource from the VerticalPodAutoscaler's controlledResources, or set its updateMode to Off",
  example: {
    broken: manifests('Auto'),
    fails: ['VerticalPodAutoscaler/shop/web spec.targetRef'],
    fixed: manifests('Off'),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const workload = workloadScaled(world, scaler);
      const metrics = list(scaler.resource.at(['spec', 'metrics'])).map(
        (entry) => record(record(entry)?.['resource']) ?? record(record(entry)?.['containerResource']),
      );
      const used = metrics.flatMap((metric) => string(metric?.['name']) ?? []);
      const byShare = (name: string) =>
        metrics.some((metric) => metric?.['name'] === name && record(metric['target'])?.['type'] === 'Utilization');
      for (const vpa of workload && used.length > 0 ? verticalScalersOf(world, workload) : []) {
        const policies = list(vpa.at(['spec', 'resourcePolicy', 'containerPolicies'])).map(record);
        const controlled = (resource: string) =>
          policies.length === 0 ||
          policies.some(
            (policy) =>
              policy?.['mode'] !== 'Off' &&
              (!policy?.['controlledResources'] || list(policy['controlledResources']).includes(resource)),
          );
        const shared = [...new Set(used.filter(controlled))];
        if (shared.length === 0) continue;
        yield {
          resource: vpa,
          path: ['spec', 'targetRef'],
          value: vpa.at(['spec', 'targetRef', 'name']),
          message: shared.some(byShare)
            ? `${scaler.resource.kind} ${scaler.resource.name} scales by the ${shared.filter(byShare).join(' and ')} utilization of requests, and this changes those requests: the two work against each other and the number of pods fluctuates`
            : `${scaler.resource.kind} ${scaler.resource.name} scales by the ${shared.join(' and ')} that a pod uses, and this sets the requests by the same measurement: each new number of pods changes what this measures, so the requests follow the number of pods`,
        };
      }
    }
  },
});

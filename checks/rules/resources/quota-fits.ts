import { quantityText } from '../../../manifests/quantity';
import { objectsNeed, podsNeed, quotasWithPods } from '../../../world/quotas';
import { check } from '../../check';

const manifests = (cpu: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: compute, namespace: shop }
spec: { hard: { requests.cpu: '${cpu}' } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 250m } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default check({
  id: 'quota-fits',
  group: 'resources',
  description:
    'the workloads of a namespace fit its ResourceQuota with every autoscaler at its maximum and a rollout in progress',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  fix: 'raise the quota, or lower maxReplicas or the requests',
  example: {
    broken: manifests('2'),
    fails: ['ResourceQuota/shop/compute spec.hard["requests.cpu"]'],
    fixed: manifests('2250m'),
  },
  *judge(world) {
    for (const quota of quotasWithPods(world)) {
      const { resource } = quota;
      for (const [name, hard] of quota.hard) {
        const path = ['spec', 'hard', name];
        const value = resource.at(path);
        const pods = podsNeed(world, quota, name);
        const objects = pods ? undefined : objectsNeed(world, quota, name);
        if (objects !== undefined && objects > hard) {
          yield {
            resource,
            path,
            value,
            message: `the namespace needs ${quantityText(objects, name)} of ${name} and the quota is ${quantityText(hard, name)}: the last of them are rejected (exceeded quota)`,
          };
          continue;
        }
        if (!pods) continue;
        const { steady, surge, largest: most, scaled } = pods;
        const needed = `the pods need ${quantityText(steady, name)} of ${name}${scaled ? ' with the autoscalers at their maximum' : ''}`;
        if (steady > hard) {
          yield {
            resource,
            path,
            value,
            message: `${needed} and the quota is ${quantityText(hard, name)}: the pods beyond that are rejected (exceeded quota) and never start`,
          };
        } else if (steady + surge > hard && most) {
          yield {
            resource,
            path,
            value,
            message: `${needed}, and a rollout of ${most.resource.kind} ${most.resource.name} needs ${quantityText(surge, name)} more, because it starts new pods before it stops old ones; the quota is ${quantityText(hard, name)}: the rollout does not progress (exceeded quota)`,
          };
        }
      }
    }
  },
});

import { number } from '../../../manifests/resource';
import { ignoresReplicas } from '../../../world/argo';
import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import { check } from '../../check';

const manifests = (replicas: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 8
`;

export default check({
  id: 'hpa-replicas-unset',
  group: 'gitops',
  description: 'a workload that an autoscaler scales does not set spec.replicas',
  severity: 'advice',
  needs: [],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/best_practices/',
  fix: 'remove spec.replicas, or list /spec/replicas in ignoreDifferences of the Application (with RespectIgnoreDifferences=true)',
  example: { broken: manifests('replicas: 2'), fails: ['Deployment/shop/web spec.replicas'], fixed: manifests('') },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const workload = workloadScaled(world, scaler);
      const replicas = number(workload?.resource.at(['spec', 'replicas']));
      if (workload?.resource.isPrinted) continue;
      // 0 switches the autoscaler off, on purpose.
      if (
        !workload ||
        replicas === undefined ||
        replicas === 0 ||
        scaler.min === scaler.max ||
        ignoresReplicas(world, workload.resource, workload.namespace)
      )
        continue;
      yield {
        resource: workload.resource,
        path: ['spec', 'replicas'],
        value: replicas,
        message: `${scaler.resource.kind} ${scaler.resource.name} scales between ${scaler.min} and ${scaler.max} pods, and each time the manifest is applied the number is set to ${replicas}: under load, pods that are needed are stopped until the autoscaler scales up again`,
      };
    }
  },
});

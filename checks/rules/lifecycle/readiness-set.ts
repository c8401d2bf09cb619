import { servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';

const manifests = (probe: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ containerPort: 8080 }]${probe} }] }
`;

export default check({
  id: 'readiness-set',
  group: 'lifecycle',
  description: 'a container behind a Service has a readinessProbe',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  fix: 'add a readinessProbe that checks the program itself',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0]'],
    fixed: manifests(', readinessProbe: { httpGet: { path: /ready, port: 8080 } }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, running } = workload;
      if (['Job', 'CronJob', 'PodTemplate'].includes(resource.kind)) continue;
      const targets = servicesOfWorkload(world, workload).flatMap((service) =>
        service.ports.flatMap((port) => service.targets(port).filter((target) => target.workload === workload)),
      );
      for (const container of running) {
        if (
          container.json['readinessProbe'] ||
          !targets.some(({ declared }) => (declared ? declared.container === container : running.length === 1))
        )
          continue;
        yield {
          resource,
          path: container.path,
          message: `container ${container.name} has no readinessProbe: it gets requests as soon as its process runs, and some requests fail during each rollout`,
        };
      }
    }
  },
});

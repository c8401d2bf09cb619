import { isLongRunning } from '../../../world/requests';
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
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }${probe}
`;

export default check({
  id: 'liveness-set',
  group: 'lifecycle',
  description: 'a container behind a Service has a livenessProbe, which restarts it when it hangs',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  fix: 'add a livenessProbe that checks that the process answers, and none of its dependencies',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0]'],
    fixed: manifests('\n          livenessProbe: { httpGet: { path: /alive, port: 8080 } }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      // Without a Service the port to probe is not known; without a readinessProbe, that one comes first.
      if (!isLongRunning(workload) || servicesOfWorkload(world, workload).length === 0) continue;
      for (const container of workload.running) {
        if (container.json['livenessProbe'] || !container.json['readinessProbe']) continue;
        yield {
          resource: workload.resource,
          path: container.path,
          message: `container ${container.name} has no livenessProbe: if it hangs, it gets no requests and is not restarted`,
        };
      }
    }
  },
});

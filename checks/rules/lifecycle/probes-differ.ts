import { actionOf, probeOf } from '../../../manifests/probes';
import { check } from '../../check';

const manifests = (failures: number) => `
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
          readinessProbe: { httpGet: { path: /health, port: 8080 }, failureThreshold: 3 }
          livenessProbe: { httpGet: { path: /health, port: 8080 }, failureThreshold: ${failures} }
`;

export default check({
  id: 'probes-differ',
  group: 'lifecycle',
  description: 'a container is removed from Service endpoints well before it is restarted',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  fix: 'use a simpler check for the livenessProbe, or a higher failureThreshold than the readinessProbe has',
  example: {
    broken: manifests(3),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].livenessProbe'],
    fixed: manifests(10),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.running) {
        const [readiness, liveness] = [probeOf(container, 'readinessProbe'), probeOf(container, 'livenessProbe')];
        if (!readiness || !liveness || actionOf(readiness) !== actionOf(liveness)) continue;
        if (liveness.period * liveness.failures > readiness.period * readiness.failures) continue;
        yield {
          resource: workload.resource,
          path: liveness.path,
          value: liveness.json,
          message: `the livenessProbe of container ${container.name} is the same check as its readinessProbe and fails no later: a busy container is restarted instead of only getting no requests, and its load moves to the other pods`,
        };
      }
    }
  },
});

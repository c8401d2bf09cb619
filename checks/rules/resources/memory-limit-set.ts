import { record } from '../../../manifests/resource';
import { amounts } from '../../../world/pod-amounts';
import { isSized, resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (limits: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m, memory: 128Mi }${limits} } }] }
`;

export default check({
  id: 'memory-limit-set',
  group: 'resources',
  description: 'containers have a memory limit',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/',
  fix: 'set resources.limits.memory',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources'],
    fixed: manifests(', limits: { memory: 256Mi }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (!isSized(workload)) continue;
      if (amounts(record(record(workload.podSpec['resources'])?.['limits'])).has('memory')) continue;
      for (const container of workload.running) {
        if (resourcesOf(world, workload, container).limits.has('memory')) continue;
        yield {
          resource: workload.resource,
          path: container.json['resources'] ? [...container.path, 'resources'] : container.path,
          message: `container ${container.name} has no memory limit: a memory leak can use up the memory of the whole node, and the kernel then kills processes of any pod`,
        };
      }
    }
  },
});

import { hasPodResources, isSized, resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (resources: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0'${resources} }] }
`;

export default check({
  id: 'requests-set',
  group: 'resources',
  description: 'containers request CPU and memory',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'set resources.requests.cpu and resources.requests.memory to what the container uses',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0]'],
    fixed: manifests(', resources: { requests: { cpu: 100m, memory: 128Mi } }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (!isSized(workload) || hasPodResources(workload)) continue;
      for (const container of workload.running) {
        const { requests } = resourcesOf(world, workload, container);
        const missing = ['cpu', 'memory'].filter((name) => !requests.has(name));
        if (missing.length === 0) continue;
        yield {
          resource: workload.resource,
          path: container.json['resources'] ? [...container.path, 'resources'] : container.path,
          message: `container ${container.name} has no ${missing.join(' and no ')} request: the scheduler counts it as zero, and on a full node the container gets little CPU or is evicted first`,
        };
      }
    }
  },
});

import { quantityText } from '../../../manifests/quantity';
import { isLongRunning, resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (request: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: 'redis:7.4.1', resources: { requests: { cpu: 100m, memory: ${request} }, limits: { memory: 512Mi } } }] }
`;

export default check({
  id: 'memory-guaranteed',
  group: 'resources',
  description: 'the memory limit of a container is at most twice its request, so that the node is not overcommitted',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/',
  fix: 'raise the memory request towards the limit (to the limit where data is kept)',
  example: {
    broken: manifests('64Mi'),
    fails: ['StatefulSet/shop/redis spec.template.spec.containers[0].resources.requests.memory'],
    fixed: manifests('512Mi'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (!isLongRunning(workload)) continue;
      for (const container of workload.running) {
        const { requests, limits } = resourcesOf(world, workload, container);
        const [request, limit] = [requests.get('memory'), limits.get('memory')];
        // Up to twice the request is common; several times the request overcommits the node.
        if (request === undefined || limit === undefined || limit <= request * 2n || request === 0n) continue;
        yield {
          resource: workload.resource,
          path: [...container.path, 'resources', 'requests', 'memory'],
          value: quantityText(request, 'memory'),
          message: `container ${container.name} may use ${quantityText(limit, 'memory')} and requests ${quantityText(request, 'memory')}: when the node runs out of memory, it is among the first to be killed`,
        };
      }
    }
  },
});

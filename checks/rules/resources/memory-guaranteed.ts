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
  description: 'memory that a container may use is memory that it requests, nearly: no node is promised twice',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/',
  fix: 'raise the memory request towards the limit (up to it where data are kept)',
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
        // A little room is common sense; several times the request is a promise that a full node breaks.
        if (request === undefined || limit === undefined || limit <= request * 2n || request === 0n) continue;
        yield {
          resource: workload.resource,
          path: [...container.path, 'resources', 'requests', 'memory'],
          value: quantityText(request, 'memory'),
          message: `container ${container.name} may use ${quantityText(limit, 'memory')} and requests ${quantityText(request, 'memory')}: when the node runs out of memory it is among the first to be killed`,
        };
      }
    }
  },
});

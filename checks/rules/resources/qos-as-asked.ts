import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { hasPodResources, isLongRunning, resourcesOf, statedResources } from '../../../world/requests';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (resources: string) => `
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
          resources: { requests: { cpu: 500m, memory: 256Mi }, limits: { cpu: 500m, memory: 256Mi } }
        - { name: proxy, image: 'proxy:1.9.2', resources: { requests: { cpu: 20m, memory: 32Mi }${resources} } }
`;

const NAMES = ['cpu', 'memory'] as const;

export default check({
  id: 'qos-as-asked',
  group: 'resources',
  description: 'where one container is sized for the class Guaranteed, the others of its pod are too',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/',
  fix: 'give every container, init containers and sidecars included, limits of CPU and memory that equal its requests',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[1].name'],
    fixed: manifests(', limits: { cpu: 20m, memory: 32Mi }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      // Amounts of the pod as a whole decide by themselves.
      if (!isLongRunning(workload) || hasPodResources(workload)) continue;
      // Init containers count as well, and those of installers are rarely sized: a class that is lost by them alone is mostly not meant.
      const asking = workload.running.find((container) => container.role === 'container' && asksForIt(container));
      const other = asking && workload.running.find((container) => lackingOf(world, workload, container).length > 0);
      if (!other) continue;
      yield {
        ...{ resource: workload.resource, path: [...other.path, 'name'], value: other.name },
        message: `container ${asking.name} has limits that equal its requests, as the class Guaranteed asks for, and ${other.name} has none of ${lackingOf(world, workload, other).join(' and ')}: the pod is Burstable, gets no CPUs of its own, and is killed before those that are Guaranteed`,
      };
    }
  },
});

/** Requests and limits of both, written out and equal. */
function asksForIt(container: Container): boolean {
  const { requests, limits } = statedResources(container);
  return NAMES.every((name) => limits.has(name) && limits.get(name) === requests.get(name));
}

function lackingOf(world: World, workload: WorkloadManifest, container: Container): string[] {
  const { requests, limits } = resourcesOf(world, workload, container);
  return NAMES.filter((name) => !limits.has(name) || limits.get(name) !== requests.get(name));
}

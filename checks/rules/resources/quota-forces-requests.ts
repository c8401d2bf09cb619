import { quotasWithPods } from '../../../world/quotas';
import { hasPodResources, resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (resources: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: compute, namespace: shop }
spec: { hard: { requests.cpu: '10', limits.memory: 20Gi } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: ${resources} }] }
`;

/** The requests and limits that a quota requires of every container. */
const FORCED: ReadonlyMap<string, readonly ['requests' | 'limits', string]> = new Map(
  Object.entries({
    cpu: ['requests', 'cpu'],
    memory: ['requests', 'memory'],
    'requests.cpu': ['requests', 'cpu'],
    'requests.memory': ['requests', 'memory'],
    'limits.cpu': ['limits', 'cpu'],
    'limits.memory': ['limits', 'memory'],
  }),
);

export default check({
  id: 'quota-forces-requests',
  group: 'resources',
  description: 'where a ResourceQuota covers CPU or memory, every container sets it, or a LimitRange has a default',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  fix: 'set it on the container, or add a LimitRange with defaults to the namespace',
  example: {
    broken: manifests('{ requests: { cpu: 100m } }'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources'],
    fixed: manifests('{ requests: { cpu: 100m }, limits: { memory: 256Mi } }'),
  },
  *judge(world) {
    for (const quota of quotasWithPods(world)) {
      const forced = [...quota.hard.keys()].filter((name) => FORCED.get(name));
      for (const workload of forced.length > 0 ? quota.workloads : []) {
        // Pod-level resources are accepted instead.
        if (hasPodResources(workload)) continue;
        for (const container of workload.containers) {
          if (container.role === 'ephemeral') continue;
          const own = resourcesOf(world, workload, container);
          const missing = forced.filter((name) => !own[FORCED.get(name)![0]].has(FORCED.get(name)![1]));
          if (missing.length === 0) continue;
          yield {
            resource: workload.resource,
            path: container.json['resources'] ? [...container.path, 'resources'] : container.path,
            value: container.json['resources'],
            message: `ResourceQuota ${quota.resource.name} covers ${missing.join(' and ')}, and container ${container.name} does not set ${missing.length > 1 ? 'them' : 'it'}: no pod is admitted (must specify ${missing.join(', ')})`,
          };
        }
      }
    }
  },
});

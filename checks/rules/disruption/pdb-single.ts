import { budgetsOfWorkload } from '../../../world/budgets';
import { check } from '../../check';

const budget = (name: string, label: string) => `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { ${label} } } }
`;
const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, tier: front } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'pdb-single',
  group: 'disruption',
  description: 'a pod is selected by at most one PodDisruptionBudget',
  severity: 'will-break',
  needs: [],
  source: 'pkg/registry/core/pod/storage/eviction.go',
  fix: 'keep one PodDisruptionBudget for the pods, or make the selectors disjoint',
  example: {
    broken: `${workload}${budget('web', 'app: web')}${budget('front', 'tier: front')}`,
    fails: ['PodDisruptionBudget/shop/front spec.selector'],
    fixed: `${workload}${budget('web', 'app: web')}`,
  },
  *judge(world) {
    const reported = new Set<string>();
    for (const workload of world.workloads) {
      if (workload.resource.kind === 'DaemonSet') continue; // kubectl drain ignores their pods
      const [first, ...others] = budgetsOfWorkload(world, workload);
      for (const { resource } of others) {
        if (world.isSame(first!.resource, resource)) continue;
        const key = `${world.idOf(first!.resource)} ${world.idOf(resource)}`;
        if (reported.has(key)) continue;
        reported.add(key);
        yield {
          resource,
          path: ['spec', 'selector'],
          value: resource.at(['spec', 'selector']),
          message: `PodDisruptionBudget ${first!.resource.name} also selects the pods of ${workload.resource.kind} ${workload.resource.name}: the API server does not evict a pod with more than one PodDisruptionBudget, and draining its node never finishes`,
        };
      }
    }
  },
});

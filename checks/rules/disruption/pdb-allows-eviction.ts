import type { Budget } from '../../../world/budgets';
import { allowedDisruptions, boundOf, budgetsOf, podsGuarded, withoutScale } from '../../../world/budgets';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
import { check } from '../../check';

const manifests = (bound: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { ${bound}, selector: { matchLabels: { app: web } } }
`;

export default check({
  id: 'pdb-allows-eviction',
  group: 'disruption',
  description: 'a PodDisruptionBudget lets at least one healthy pod go, counted as Kubernetes rounds',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/disruption/disruption.go',
  fix: 'set maxUnavailable: 1, or run more pods than minAvailable',
  example: {
    broken: manifests('minAvailable: 80%'),
    fails: ['PodDisruptionBudget/shop/web spec.minAvailable'],
    fixed: manifests('minAvailable: 60%'),
  },
  *judge(world) {
    for (const budget of budgetsOf(world)) {
      const judgement = judgeBudget(world, budget);
      if (judgement) yield judgement;
    }
  },
});

const BLOCKED = 'no pod may ever be evicted, and draining a node that has one does not end';

function judgeBudget(world: World, budget: Budget): Judgement | undefined {
  const { resource, workloads } = budget;
  // A drain leaves DaemonSets' pods where they are.
  if (workloads.every(({ resource: { kind } }) => kind === 'DaemonSet')) return undefined;
  const { field, value } = boundOf(resource);
  if (field === undefined)
    return {
      resource,
      path: ['spec'],
      message: `it has neither minAvailable nor maxUnavailable, which lets none go: ${BLOCKED}`,
    };
  const path = ['spec', field];
  const unscaled = withoutScale(budget)[0];
  if (unscaled) {
    return {
      resource,
      path: ['spec', 'selector'],
      value: resource.at(['spec', 'selector']),
      message: `it finds pods of ${unscaled.resource.kind} ${unscaled.resource.name}, which has no scale that ${field} ${String(value)} could be taken of: the controller gives up (SyncFailed) and ${BLOCKED}`,
    };
  }
  const pods = podsGuarded(world, budget);
  if (!pods) return undefined;
  if (pods.most === 0) {
    // Scaled to nothing on purpose, or pods without an owner, which count as none.
    return workloads.some(({ resource: { kind } }) => kind === 'Pod')
      ? {
          resource,
          path,
          value,
          message: `its pods have no owner whose scale ${field} ${String(value)} could be taken of: ${BLOCKED}`,
        }
      : undefined;
  }
  if (allowedDisruptions(resource, pods.most) !== 0) return undefined;
  const rounded =
    typeof value === 'string' && value !== '100%' && value !== '0%' ? ` (${value} of ${pods.most}, rounded up)` : '';
  const needed =
    field === 'minAvailable'
      ? `${String(value)}${rounded} of ${pods.most} pod${pods.most === 1 ? '' : 's'} must stay`
      : `maxUnavailable ${String(value)} lets none of ${pods.most} go`;
  return {
    resource,
    path,
    value,
    message: `${needed}${pods.scalers.length > 0 ? ', even at the maximum of the autoscaler' : ''}: ${BLOCKED}`,
  };
}

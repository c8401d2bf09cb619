import type { Resource } from '../../../manifests/resource';
import { number, strings } from '../../../manifests/resource';
import type { Budget } from '../../../world/budgets';
import { allowedDisruptions, boundOf, budgetsOf, podsSelected, withoutScale } from '../../../world/budgets';
import { possiblePodCreatorOf } from '../../../world/possible-pod-creators';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
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
  description: 'a PodDisruptionBudget allows the eviction of at least one healthy pod, rounded as Kubernetes rounds',
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
    for (const budget of budgetsOf(world)) yield* judgeBudget(world, budget);
  },
});

/** The number of pods is not computed then. */
const COUNTED = 'set minAvailable to a number, the one bound that works for pods without a controller that has a scale';

/** Of a bound that leaves no room; of minAvailable the fix of the check says it. */
const roomFor = (field: string) => (field === 'maxUnavailable' ? { fix: 'set maxUnavailable: 1' } : {});

const BLOCKED = 'no pod can be evicted, and draining a node that runs one of them never finishes';

function* judgeBudget(world: World, budget: Budget): Iterable<Finding> {
  const { resource, workloads } = budget;
  if (workloads.length === 0) {
    const found = lone(world, resource);
    if (found) yield found;
    return;
  }
  // kubectl drain ignores the pods of DaemonSets.
  if (workloads.every(({ resource: { kind } }) => kind === 'DaemonSet')) return;
  const { field, value } = boundOf(resource);
  if (field === undefined) {
    yield {
      resource,
      path: ['spec'],
      message: `neither minAvailable nor maxUnavailable is set, which allows no disruption: ${BLOCKED}`,
      fix: 'set maxUnavailable: 1',
    };
    return;
  }
  const at = { resource, path: ['spec', field], value };
  const unscaled = withoutScale(budget)[0];
  if (unscaled) {
    yield {
      resource,
      path: ['spec', 'selector'],
      value: resource.at(['spec', 'selector']),
      message: `it selects pods of ${unscaled.resource.kind} ${unscaled.resource.name}, which has no scale subresource from which ${field} ${String(value)} could be computed: the disruption controller reports SyncFailed, and ${BLOCKED}`,
      fix: `${COUNTED}; or select pods of other controllers`,
    };
    return;
  }
  const pods = podsSelected(world, budget);
  if (!pods) return;
  if (pods.max === 0) {
    // Either scaled to zero on purpose, or pods without a controller, which the disruption controller counts as zero.
    if (workloads.some(({ resource: { kind } }) => kind === 'Pod'))
      yield {
        ...at,
        message: `its pods have no controller from whose scale ${field} ${String(value)} could be computed: ${BLOCKED}`,
        fix: `${COUNTED}; or put the pods in the care of a Deployment`,
      };
    return;
  }
  if (allowedDisruptions(resource, pods.max) !== 0) return;
  const even = pods.scalers.length > 0 ? ', even at the maximum of the autoscaler' : '';
  yield { ...at, message: `${requirement(field, value, pods.max)}${even}: ${BLOCKED}`, ...roomFor(field) };
}

/** A budget whose pods are not here: some bounds leave no room for any number of pods. */
function lone(world: World, resource: Resource): Finding | undefined {
  const { field, value } = boundOf(resource);
  const namespace = world.namespaceOf(resource);
  const maker = possiblePodCreatorOf(world, namespace, strings(resource.at(['spec', 'selector', 'matchLabels'])));
  if (field === undefined || (world.isComplete(namespace) && !maker)) return undefined;
  const never = field === 'maxUnavailable' ? value === 0 || /^0+%$/.test(String(value)) : value === '100%';
  if (never)
    return {
      resource,
      path: ['spec', field],
      value,
      message: `${field} ${String(value)} allows none of the pods that it selects to be unavailable, however many there are: ${BLOCKED}`,
      fix: 'set maxUnavailable: 1',
    };
  const pods = maker && podsMadeOf(maker);
  if (pods === undefined || pods === 0 || allowedDisruptions(resource, pods) !== 0) return undefined;
  return {
    resource,
    path: ['spec', field],
    value,
    message: `${requirement(field, value, pods)}, which is all that ${world.idOf(maker!)} makes: ${BLOCKED}`,
    ...roomFor(field),
  };
}

/** How many pods the Prometheus operator makes of an object: those of its StatefulSets, one for each shard. */
function podsMadeOf(maker: Resource): number | undefined {
  if (maker.group !== 'monitoring.coreos.com') return undefined;
  return (number(maker.at(['spec', 'replicas'])) ?? 1) * (number(maker.at(['spec', 'shards'])) ?? 1);
}

/** `80% (80% of 3, rounded up) of 3 pods must stay available` */
function requirement(field: string, value: unknown, pods: number): string {
  if (field === 'maxUnavailable') return `maxUnavailable ${String(value)} allows none of ${pods} to be unavailable`;
  const isRounded = typeof value === 'string' && value !== '100%';
  const rounded = isRounded ? ` (${value} of ${pods}, rounded up)` : '';
  return `${String(value)}${rounded} of ${pods} pod${pods === 1 ? '' : 's'} must stay available`;
}

import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import { allowanceOf, knownBudgets } from './budget';
import { podControllerOf } from './controller';
import type { RunningPod } from './known-pods';
import { runningPods } from './known-pods';
import type { Member } from './member';
import { standingPods } from './member';
import { missingOf } from './missing';
import type { PodPlacement } from './place';
import { placeAll } from './place';
import type { BudgetAllowance } from './preemption';
import type { QueuedPod } from './queue';
import { clusterOf, queueOf } from './queue';
import type { ClusterState } from './state';
import { NO_VOLUME } from './storage/filters';
import type { StorageState } from './storage/state';

const CLAIMS = 'the volumes of its claims may hold it to some of these nodes';
const SHARED = 'the volume that is made for the pod before it may be within reach of other nodes, too';

/** A pod that was queued, and what becomes of it. */
export interface SimulatedPod extends QueuedPod {
  readonly placement: PodPlacement;
}

/** What becomes of the pods that wait, in their order; undefined where the nodes are not known. */
export function simulateSchedule(world: World): SimulatedPod[] | undefined {
  const queue = missingOf(world, queueOf(world), ownRunning(world));
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  if (!cluster) return undefined;
  return placeQueue(queue, cluster, allowances(world)).map((each) => ({
    ...each,
    placement: withControllers(world, each.placement),
  }));
}

/**
 * Pods that run, and are shown along with what is placed: a dump. Where pods are among the facts, what is applied again makes others
 * beside them, as in a rollout.
 */
function ownRunning(world: World): RunningPod[] {
  return runningPods(world).filter(({ resource }) => !world.isExternal(resource));
}

/** Places them one after the other; the cluster is left with them on it. Pods go for them by the budgets. */
export function placeQueue(
  queue: readonly QueuedPod[],
  cluster: ClusterState,
  budgets: readonly BudgetAllowance[] = [],
): SimulatedPod[] {
  const placements = placeAll(
    queue.map(({ pod }) => pod),
    cluster,
    budgets,
  );
  return queue.map((each, i) => ({ ...each, placement: withVolumes(placements[i]!, cluster.storage) }));
}

/** What the budgets say while no pod has been placed. */
export function allowances(world: World): BudgetAllowance[] {
  const members = new Map<string, Member[]>();
  for (const { member, node } of standingPods(world))
    if (node !== undefined) addTo(members, member.pod.namespace, member);
  return knownBudgets(world).map((budget) => allowanceOf(budget, members.get(budget.namespace) ?? []));
}

/** Pods that go are made anew where a controller keeps them. */
function withControllers(world: World, placement: PodPlacement): PodPlacement {
  if (placement.preempts.length === 0) return placement;
  const controllers = placement.preempts.flatMap((pod) => {
    const found = runningPods(world).find((each) => each.pod === pod);
    return (found && podControllerOf(world, found.resource)?.name) ?? [];
  });
  const makers = [...new Set(controllers)];
  if (makers.length === 0) return placement;
  const again = `${makers.join(', ')} ${makers.length === 1 ? 'makes' : 'make'} ${controllers.length === 1 ? 'it' : 'them'} anew`;
  return { ...placement, reason: `${placement.reason} ${again}, which is not followed.` };
}

/** Where the volumes of a pod are is not always known. Volumes only ever take nodes away: what is pending without them is so with them. */
function withVolumes(placement: PodPlacement, storage: StorageState): PodPlacement {
  const { verdict, pod, reason } = placement;
  if (verdict !== 'pending') {
    if (!storage.isUnsure(pod)) return placement;
    const assumed = storage.assumedOf(pod);
    const why = assumed === undefined ? CLAIMS : `whether persistentvolumeclaim "${assumed}" exists is not known`;
    return { ...placement, verdict: 'depends', reason: reason || why };
  }
  const mayHaveRoom = reason.includes(NO_VOLUME) && storage.mayReachFurther(pod);
  return mayHaveRoom ? { ...placement, verdict: 'depends', reason: `${reason} ${SHARED}` } : placement;
}

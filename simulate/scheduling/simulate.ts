import type { World } from '../../world/world';
import type { PodPlacement } from './place';
import { placeAll } from './place';
import type { QueuedPod } from './queue';
import { clusterOf, queueOf } from './queue';

const CLAIMS = 'the volumes of its claims may hold it to some of these nodes';

/** What becomes of the pods that wait, in their order; undefined where the nodes are not known. */
export function simulateSchedule(world: World): (QueuedPod & { readonly placement: PodPlacement })[] | undefined {
  const cluster = clusterOf(world);
  if (!cluster) return undefined;
  const queue = queueOf(world);
  const placements = placeAll(
    queue.map(({ pod }) => pod),
    cluster,
  );
  return queue.map((each, i) => ({ ...each, placement: each.claims ? heldByVolumes(placements[i]!) : placements[i]! }));
}

/** Volumes only ever take nodes away: what is pending without them is so with them. */
function heldByVolumes(placement: PodPlacement): PodPlacement {
  if (placement.verdict === 'pending') return placement;
  return { ...placement, verdict: 'depends', reason: placement.reason || CLAIMS };
}

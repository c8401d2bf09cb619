import type { World } from '../../world/world';
import type { PodPlacement } from './place';
import { placeAll } from './place';
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
  const queue = queueOf(world);
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  return cluster && placeQueue(queue, cluster);
}

/** Places them one after the other; the cluster is left with them on it. */
export function placeQueue(queue: readonly QueuedPod[], cluster: ClusterState): SimulatedPod[] {
  const placements = placeAll(
    queue.map(({ pod }) => pod),
    cluster,
  );
  return queue.map((each, i) => ({ ...each, placement: withVolumes(placements[i]!, cluster.storage) }));
}

/** Where the volumes of a pod are is not always known. Volumes only ever take nodes away: what is pending without them is so with them. */
function withVolumes(placement: PodPlacement, storage: StorageState): PodPlacement {
  const { verdict, pod, reason } = placement;
  if (verdict !== 'pending')
    return storage.isUnsure(pod) ? { ...placement, verdict: 'depends', reason: reason || CLAIMS } : placement;
  const mayHaveRoom = reason.includes(NO_VOLUME) && storage.mayReachFurther(pod);
  return mayHaveRoom ? { ...placement, verdict: 'depends', reason: `${reason} ${SHARED}` } : placement;
}

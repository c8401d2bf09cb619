import { takersOf } from './filter';
import type { SchedulerPod } from './pod';
import { isPlain } from './pod';
import { takesWithoutLess } from './preemption';
import { RoomCount } from './room-count';
import type { ClusterState } from './state';
import { rejectionOf } from './storage/rejection';

/** Beyond so many pairs of pods and nodes it takes longer than it is worth. */
const MOST_PAIRS = 100_000;

/**
 * What is certain of pods without following any choice. Where pods come that others of them may keep away, but none helps, one that no
 * node takes without them is `pending`, and one that a node takes with each of them on every node where it may be is `placed`,
 * and so is one of which counting says it (RoomCount). From the
 * first pod on that may preempt others nothing is certain: those are gone, and it is where it could not be without.
 */
export function boundsOf(pods: readonly SchedulerPod[], cluster: ClusterState): ('placed' | 'pending' | undefined)[] {
  const crowded = pods.length * cluster.size > MOST_PAIRS ? undefined : cluster.copy();
  const room = new RoomCount(cluster);
  let isOpen = false;
  return pods.map((pod) => {
    if (pod.gates.length > 0) return 'pending';
    if (isOpen) return undefined;
    const isCounted = room.isCertain(pod);
    room.add(pod);
    if (!crowded) {
      if (isCounted) return 'placed';
      isOpen = mayPreempt({ ...pod, affinity: [], spread: [] }, cluster);
      return undefined;
    }
    const plain = isPlain(pod);
    // What keeps it away only from some others, or with others, does not bound where it may be.
    const loose = plain ? pod : { ...pod, affinity: [], spread: [] };
    const alone = takers(loose, cluster);
    if (isCounted || (plain && takers(pod, crowded).length > 0)) {
      for (const node of alone) crowded.add(pod, node);
      return 'placed';
    }
    isOpen = mayPreempt(loose, cluster);
    if (isOpen) return undefined;
    for (const node of alone) crowded.add(pod, node);
    return plain && alone.length === 0 ? 'pending' : undefined;
  });
}

/** Whether there is a node that takes it when all less important pods are gone from it. */
function mayPreempt(pod: SchedulerPod, cluster: ClusterState): boolean {
  if (!pod.preempts || !cluster.hasBelow(pod.priority)) return false;
  for (const node of cluster.nodes) if (takesWithoutLess(pod, node, cluster)) return true;
  return false;
}

/** The names of the nodes that take a pod, as the cluster is. */
function takers(pod: SchedulerPod, cluster: ClusterState): string[] {
  if (rejectionOf(pod, cluster.storage) !== undefined) return [];
  return takersOf(pod, cluster).map(({ name }) => name);
}

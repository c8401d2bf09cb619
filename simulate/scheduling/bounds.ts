import { takersOf } from './filter';
import type { SchedulerPod } from './pod';
import type { ClusterState } from './state';
import { rejectionOf } from './storage/rejection';

/** Beyond so many pairs of pods and nodes it takes longer than it is worth. */
const MOST_PAIRS = 100_000;

/**
 * What is certain of pods without following any choice. Where pods come that others of them may keep away, but none helps, one that no
 * node takes without them is `pending`, and one that a node takes with each of them on every node where it may be is `placed`.
 */
export function boundsOf(pods: readonly SchedulerPod[], cluster: ClusterState): ('placed' | 'pending' | undefined)[] {
  if (pods.length * cluster.size > MOST_PAIRS) return pods.map(() => undefined);
  const crowded = cluster.copy();
  return pods.map((pod) => {
    if (pod.gates.length > 0) return 'pending';
    const isPlain = pod.affinity.length === 0 && pod.spread.length === 0 && pod.volumes.claims.length === 0;
    // What keeps it away only from some others, or with others, does not bound where it may be.
    const alone = takers(isPlain ? pod : { ...pod, affinity: [], spread: [] }, cluster);
    const certain = isPlain && takers(pod, crowded).length > 0;
    for (const node of alone) crowded.add(pod, node);
    if (certain) return 'placed';
    return isPlain && alone.length === 0 ? 'pending' : undefined;
  });
}

/** The names of the nodes that take a pod, as the cluster is. */
function takers(pod: SchedulerPod, cluster: ClusterState): string[] {
  if (rejectionOf(pod, cluster.storage) !== undefined) return [];
  return takersOf(pod, cluster).map(({ name }) => name);
}

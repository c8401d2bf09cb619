import { boundsOf } from './bounds';
import { judgeNodes, takersOf, unavailability } from './filter';
import type { SchedulerNode } from './node';
import type { SchedulerPod } from './pod';
import type { ClusterState, NodeState } from './state';
import { rejectionOf } from './storage/rejection';
import { likenessesOf } from './symmetry';

/** What becomes of a pod, whatever legal choices the scheduler makes for the pods before it. */
export interface PodPlacement {
  readonly pod: SchedulerPod;
  /** `depends`: on those choices. */
  readonly verdict: 'placed' | 'pending' | 'depends';
  /** The nodes that take it, as the pods before it are placed in the example. */
  readonly feasible: readonly string[];
  /** Where it is in the example; undefined: nowhere. */
  readonly node: string | undefined;
  /** In the scheduler's own words where it is in no place, or may be in none. */
  readonly reason: string;
}

/** So many different states of the cluster are followed; where there are more, not every choice has been tried. */
const MOST_STATES = 400;

/** One way in which the pods so far may have been placed: a node for each of them, or none. */
type Choices = readonly (string | undefined)[];

/**
 * Places pods one after the other on a cluster. What is certain in any case is found first; for the pods of which it is not, every
 * choice that the scheduler may make is followed: of states that differ only in which of several equal nodes, or of equal pods, is
 * meant, one is. The first choice is the example.
 */
export function placeAll(pods: readonly SchedulerPod[], cluster: ClusterState): PodPlacement[] {
  const bounds = boundsOf(pods, cluster);
  const lastOpen = bounds.lastIndexOf(undefined);
  // Where everything is certain there is nothing to tell apart.
  const likeness = lastOpen < 0 ? () => '' : likenessesOf(pods, cluster);
  const placements: PodPlacement[] = [];
  /** Ways to place the pods so far, as long as all are followed; then the example alone, which stands on the cluster. */
  let ways: Choices[] | undefined = [[]];
  for (const [i, pod] of pods.entries()) {
    if (ways && i > lastOpen) {
      place(cluster, pods, ways[0]!);
      ways = undefined;
    }
    if (!ways) {
      const found = judgePod(pod, cluster);
      if (found.chosen) cluster.place(pod, found.chosen.name);
      placements.push(placementOf(pod, [found], bounds[i] ?? 'unfollowed'));
      continue;
    }
    const seen: NodeChoice[] = [];
    const next = new Map<string, Choices>();
    for (const way of ways) {
      const found = within(cluster, pods, way, () => judgePod(pod, cluster));
      seen.push(found);
      for (const node of choicesIn(found)) {
        const more = [...way, node?.name];
        const key = likeness(more);
        if (!next.has(key)) next.set(key, more);
      }
      if (next.size > MOST_STATES) break;
    }
    placements.push(placementOf(pod, seen, bounds[i]));
    ways = [...next.values()];
    if (ways.length <= MOST_STATES) continue;
    place(cluster, pods, ways[0]!);
    ways = undefined;
  }
  if (ways) place(cluster, pods, ways[0]!);
  return placements;
}

/** The nodes that the scheduler may choose, the example's own first; nowhere, where there is none. */
function choicesIn({ feasible, chosen }: NodeChoice): readonly (SchedulerNode | undefined)[] {
  return chosen ? [chosen, ...feasible.filter((each) => each !== chosen)] : [undefined];
}

/** `certain`: what holds in any case; else what was seen decides, if every way to place the pods before has been followed. */
function placementOf(
  pod: SchedulerPod,
  seen: readonly NodeChoice[],
  certain: 'placed' | 'pending' | 'unfollowed' | undefined,
): PodPlacement {
  const { feasible, chosen } = seen[0]!;
  const refused = seen.find((found) => found.feasible.length === 0);
  const taken = seen.find((found) => found.feasible.length > 0);
  const followed = refused && taken ? 'depends' : taken ? 'placed' : 'pending';
  const verdict = certain === 'unfollowed' ? 'depends' : (certain ?? followed);
  const unfollowed = certain === 'unfollowed' ? 'there are too many ways to place the pods before it to try all' : '';
  return {
    pod,
    verdict,
    feasible: feasible.map(({ name }) => name),
    node: chosen?.name,
    reason: refused?.reason ?? unfollowed,
  };
}

function place(cluster: ClusterState, pods: readonly SchedulerPod[], way: Choices): void {
  for (const [i, node] of way.entries()) if (node !== undefined) cluster.place(pods[i]!, node);
}

/** Runs something while the pods are placed in this way. */
function within<T>(cluster: ClusterState, pods: readonly SchedulerPod[], way: Choices, run: () => T): T {
  place(cluster, pods, way);
  try {
    return run();
  } finally {
    for (const [i, node] of way.entries()) if (node !== undefined) cluster.remove(pods[i]!, node);
  }
}

/** The nodes that take a pod, and the one that is chosen for the example. */
export interface NodeChoice {
  readonly feasible: readonly SchedulerNode[];
  readonly chosen: SchedulerNode | undefined;
  readonly reason: string;
}

/** What the scheduler says of a pod, as the cluster is now. */
export function judgePod(pod: SchedulerPod, cluster: ClusterState): NodeChoice {
  if (pod.gates.length > 0)
    return {
      feasible: [],
      chosen: undefined,
      reason: `Scheduling is blocked due to non-empty scheduling gates: ${pod.gates.join(', ')}`,
    };
  const rejection = cluster.size === 0 ? undefined : rejectionOf(pod, cluster.storage);
  if (rejection !== undefined)
    return { feasible: [], chosen: undefined, reason: `0/${cluster.size} nodes are available: ${rejection}.` };
  const feasible = takersOf(pod, cluster);
  const reason = feasible.length > 0 ? '' : unavailability(judgeNodes(pod, cluster).values());
  return { feasible, chosen: best(feasible), reason };
}

/** The node that has the largest share of its resources left, as the scheduler prefers; of equal ones the first. */
function best(nodes: readonly NodeState[]): SchedulerNode | undefined {
  let [chosen] = nodes;
  let most = chosen ? left(chosen) : 0;
  for (const node of nodes) {
    const share = left(node);
    if (share > most) [chosen, most] = [node, share];
  }
  return chosen;
}

const shares = new WeakMap<NodeState, { readonly version: number; readonly share: number }>();

function left(node: NodeState): number {
  const known = shares.get(node);
  if (known?.version === node.version) return known.share;
  const { allocatable, requested, version } = node;
  let share = 0;
  for (const name of ['cpu', 'memory']) {
    const all = Number(allocatable.get(name) ?? 0n);
    if (all > 0) share += 1 - Number(requested.get(name) ?? 0n) / all;
  }
  shares.set(node, { version, share });
  return share;
}

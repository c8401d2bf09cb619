import { judgePod } from '../scheduling/judge';
import type { SchedulerPod } from '../scheduling/pod';
import type { ClusterState } from '../scheduling/state';
import { likenessesOf } from '../scheduling/symmetry';
import { chosenFirst } from './follow';

/** A node for each pod, or none. */
export type PodPlaces = readonly (string | undefined)[];

/** The ways in which the scheduler may have placed pods that came in this order. Of ways that no pod can tell apart one is. */
export interface SettledWays {
  readonly ways: readonly PodPlaces[];
  /** Whether they are all there are. */
  readonly complete: boolean;
}

/** A pod that is queued, and the one before it, without which it is not made: by its place. */
export interface Comer {
  readonly pod: SchedulerPod;
  readonly after: number | undefined;
}

export function settledWays(comers: readonly Comer[], cluster: ClusterState, most: number): SettledWays {
  const pods = comers.map(({ pod }) => pod);
  const likenesses = likenessesOf(pods, cluster);
  let shown: PodPlaces = [];
  /** Places the pods so: those after the first that differs from the way before anew. */
  const show = (way: PodPlaces) => {
    let same = 0;
    while (same < shown.length && same < way.length && shown[same] === way[same]) same += 1;
    for (let j = shown.length - 1; j >= same; j--) if (shown[j] !== undefined) cluster.remove(pods[j]!, shown[j]!);
    for (let j = same; j < way.length; j++) if (way[j] !== undefined) cluster.place(pods[j]!, way[j]!);
    shown = way;
  };
  let ways: PodPlaces[] = [[]];
  let complete = true;
  for (const { pod, after } of comers) {
    const next = new Map<string, PodPlaces>();
    for (const way of ways) {
      show(way);
      const { takers, chosen } = judgePod(pod, cluster);
      const isMade = after === undefined || way[after] !== undefined;
      // Pods that go for others are not followed.
      if (chosen && takers.length === 0) complete = false;
      const nodes = isMade ? chosenFirst(takers, chosen?.node) : [];
      const choices = nodes.length === 0 ? [undefined] : complete ? nodes : nodes.slice(0, 1);
      for (const node of choices) {
        const more = [...way, node];
        const key = likenesses.textOf(
          more.map((name) => (name === undefined ? undefined : { node: name, victims: [] })),
        );
        if (!next.has(key)) next.set(key, more);
      }
      if (next.size > most) break;
    }
    ways = [...next.values()];
    if (ways.length <= most) continue;
    // From here on the example alone is followed.
    complete = false;
    ways = ways.slice(0, 1);
  }
  show([]);
  return { ways, complete };
}

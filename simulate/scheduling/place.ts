import { boundsOf } from './bounds';
import type { NodeChoice } from './judge';
import { chosenOf, judgePod } from './judge';
import type { SchedulerPod } from './pod';
import { isPlain } from './pod';
import type { BudgetAllowance, ChosenNode } from './preemption';
import { budgetsAfter } from './preemption';
import type { ClusterState } from './state';
import { likenessesOf, podShape } from './symmetry';

/** What becomes of a pod, whatever legal choices the scheduler makes for the pods before it. */
export interface PodPlacement {
  readonly pod: SchedulerPod;
  /** `depends`: on those choices. */
  readonly verdict: 'placed' | 'pending' | 'depends';
  /** The nodes that take it, as the pods before it are placed in the example. */
  readonly feasible: readonly string[];
  /** Where it is in the example; undefined: nowhere. */
  readonly node: string | undefined;
  /** The pods that go to make room for it in the example. */
  readonly preempts: readonly SchedulerPod[];
  /** In the scheduler's own words where it is in no place, or may be in none, or where others go for it. */
  readonly reason: string;
}

/** So many different states of the cluster are followed; where there are more, not every choice has been tried. */
const MOST_STATES = 400;

/** One way in which the pods so far may have been placed: a node for each of them, or none. */
type Choices = readonly (ChosenNode | undefined)[];

/**
 * Places pods one after the other on a cluster. What is certain in any case is found first; for the pods of which it is not, every
 * choice that the scheduler may make is followed: of states that differ only in which of several equal nodes, or of equal pods, is
 * meant, one is. The first choice is the example. A pod that no node takes may preempt others, by their `budgets`; those are gone then,
 * and what their controllers make in their places is not followed. One that waits for others, by its affinity or its spread, is tried
 * again whenever some have come.
 */
export function placeAll(
  pods: readonly SchedulerPod[],
  cluster: ClusterState,
  budgets: readonly BudgetAllowance[] = [],
): PodPlacement[] {
  const bounds = boundsOf(pods, cluster);
  const lastOpen = bounds.lastIndexOf(undefined);
  // Where everything is certain there is nothing to tell apart.
  const likenesses = lastOpen < 0 ? undefined : likenessesOf(pods, cluster);
  const placements: PodPlacement[] = [];
  /** Ways to place the pods so far, as long as all are followed; then the example alone, which stands on the cluster. */
  let ways: Choices[] | undefined = [[]];
  let gone: readonly SchedulerPod[] = [];
  const follow = (example: Choices): void => {
    place(cluster, pods, example);
    gone = goneIn(example);
    ways = undefined;
  };
  const judgeIn = (pod: SchedulerPod, way: Choices): NodeChoice =>
    within(cluster, pods, way, () => judgePod(pod, cluster, () => budgetsAfter(budgets, goneIn(way))));
  const stepsOf = (way: Choices, found: NodeChoice): Choices => {
    const choices = choicesIn(found);
    return likenesses?.differing(way, choices) ?? choices;
  };
  /** The same for ways that lead to the same; which pods wait for others is told apart, since each is tried again. */
  const keyOf = (way: Choices): string => `${likenesses?.textOf(way) ?? ''}\n${waitingIn(way, pods).join(' ')}`;
  const mayPreempt = new Set<number>();
  /** The ways, and those in which pods that waited for others are placed by now; `all`: none is left that could be. */
  const retried = (given: readonly Choices[], all: boolean): Choices[] => {
    const known = new Set<string>();
    const kept: Choices[] = [];
    // Those that come of the example come first.
    for (const one of given) {
      for (let open = [one], way = open.shift(); way; way = open.shift()) {
        const key = keyOf(way);
        if (known.has(key)) continue;
        known.add(key);
        let moves = false;
        for (const j of waitingIn(way, pods)) {
          const found = judgeIn(pods[j]!, way);
          // That pods which came after it go for it is not followed.
          if (found.candidates.length > 0) mayPreempt.add(j);
          if (found.takers.length === 0) continue;
          moves = true;
          for (const choice of stepsOf(way, found)) open.push(way.map((each, k) => (k === j ? choice : each)));
        }
        if (!all || !moves) kept.push(way);
      }
      if (kept.length > MOST_STATES) break;
    }
    return kept;
  };
  /** Pods for which there was no room in any case: as others only take more, there is none for any that is alike. */
  const without = new Map<string, PodPlacement>();
  for (const [i, pod] of pods.entries()) {
    const alike = without.get(podShape(pod));
    if (alike) {
      placements.push({ ...alike, pod });
      ways = ways?.map((way) => [...way, undefined]);
      continue;
    }
    if (ways && i > lastOpen && !ways.some((way) => waitingIn(way, pods).length > 0)) follow(ways[0]!);
    if (!ways) {
      const found = judgePod(pod, cluster, () => budgetsAfter(budgets, gone), true);
      if (found.chosen) {
        make(cluster, pod, found.chosen);
        gone = [...gone, ...found.chosen.victims];
      }
      placements.push(placementOf(pod, [found], bounds[i] ?? 'unfollowed'));
      continue;
    }
    const seen: NodeChoice[] = [];
    const next = new Map<string, Choices>();
    for (const way of ways) {
      const found = judgeIn(pod, way);
      seen.push(found);
      for (const choice of stepsOf(way, found)) {
        const more = [...way, choice];
        const key = keyOf(more);
        if (!next.has(key)) next.set(key, more);
      }
      if (next.size > MOST_STATES) break;
    }
    const placement = placementOf(pod, seen, bounds[i]);
    placements.push(placement);
    if (placement.verdict === 'pending' && isPlain(pod)) without.set(podShape(pod), placement);
    ways = [...next.values()];
    if (ways.length <= MOST_STATES) ways = retried(ways, i === pods.length - 1);
    if (ways.length > MOST_STATES) follow(ways[0]!);
  }
  if (ways) {
    const ends = ways;
    follow(ends[0]!);
    return placements.map((placement, j) => {
      const end = isForOthers(pods[j]!) ? inTheEnd(placement, ends, j) : placement;
      return end.verdict === 'pending' && mayPreempt.has(j) ? { ...end, verdict: 'depends' } : end;
    });
  }
  for (let moved = true; moved; ) {
    moved = false;
    for (const [j, placement] of placements.entries()) {
      if (placement.node !== undefined || !isForOthers(pods[j]!)) continue;
      const found = judgePod(pods[j]!, cluster, () => budgetsAfter(budgets, gone), true);
      // Others may come elsewhere than in the example.
      if (found.takers.length > 0 || placement.verdict !== 'pending')
        placements[j] = placementOf(pods[j]!, [found], 'unfollowed');
      if (found.takers.length === 0) continue;
      make(cluster, pods[j]!, found.chosen!);
      moved = true;
    }
  }
  return placements;
}

/** Whether pods that come later may help it, and not only take room. */
function isForOthers({ affinity, spread, gates }: SchedulerPod): boolean {
  return affinity.length + spread.length > 0 && gates.length === 0;
}

/** The pods of a way that wait for others. */
function waitingIn(way: Choices, pods: readonly SchedulerPod[]): number[] {
  return [...way.keys()].filter((j) => way[j] === undefined && isForOthers(pods[j]!));
}

/** What became of a pod that waited for others, in the end. */
function inTheEnd(placement: PodPlacement, ends: readonly Choices[], j: number): PodPlacement {
  const { verdict, reason, pod } = placement;
  const [first, ...others] = ends.map((end) => end[j]?.node);
  if (verdict === 'placed' || (first === undefined && others.every((node) => node === undefined))) return placement;
  const nodes = [...new Set([first, ...others])].flatMap((node) => node ?? []);
  const all = first !== undefined && others.every((node) => node !== undefined);
  return {
    pod,
    verdict: all ? 'placed' : 'depends',
    feasible: placement.node === undefined ? nodes : placement.feasible,
    node: first,
    preempts: ends[0]![j]?.victims ?? [],
    reason: all ? '' : reason,
  };
}

const NONE: readonly SchedulerPod[] = [];

/** What the scheduler may choose, the example's own first; nothing, where there is none. */
function choicesIn({ takers, candidates, chosen }: NodeChoice): Choices {
  if (!chosen) return [undefined];
  const choices =
    takers.length > 0 ? takers.map(({ name }) => ({ node: name, victims: NONE })) : candidates.map(chosenOf);
  return [chosen, ...choices.filter(({ node }) => node !== chosen.node)];
}

function goneIn(way: Choices): SchedulerPod[] {
  return way.flatMap((choice) => choice?.victims ?? []);
}

/** `certain`: what holds in any case; else what was seen decides, if every way to place the pods before has been followed. */
function placementOf(
  pod: SchedulerPod,
  seen: readonly NodeChoice[],
  certain: 'placed' | 'pending' | 'unfollowed' | undefined,
): PodPlacement {
  const { takers, chosen, reason } = seen[0]!;
  const refused = seen.find((found) => !found.chosen);
  const taken = seen.find((found) => found.chosen);
  const followed = refused && taken ? 'depends' : taken ? 'placed' : 'pending';
  const verdict = certain === 'unfollowed' ? 'depends' : (certain ?? followed);
  const unfollowed = certain === 'unfollowed' ? 'there are too many ways to place the pods before it to try all' : '';
  return {
    pod,
    verdict,
    // Not every caller asks for them, and there may be thousands.
    get feasible() {
      return takers.map(({ name }) => name);
    },
    node: chosen?.node,
    preempts: chosen?.victims ?? [],
    reason: refused?.reason || reason || unfollowed,
  };
}

function place(cluster: ClusterState, pods: readonly SchedulerPod[], way: Choices): void {
  for (const [i, choice] of way.entries()) if (choice) make(cluster, pods[i]!, choice);
}

function make(cluster: ClusterState, pod: SchedulerPod, { node, victims }: ChosenNode): void {
  for (const victim of victims) cluster.lift(victim, node);
  cluster.place(pod, node);
}

/** Runs something while the pods are placed in this way. */
function within<T>(cluster: ClusterState, pods: readonly SchedulerPod[], way: Choices, run: () => T): T {
  place(cluster, pods, way);
  try {
    return run();
  } finally {
    for (const [i, choice] of way.entries()) {
      if (!choice) continue;
      cluster.remove(pods[i]!, choice.node);
      for (const victim of choice.victims) cluster.add(victim, choice.node);
    }
  }
}

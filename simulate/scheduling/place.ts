import { boundsOf } from './bounds';
import { judgeNodes, takersOf, unavailability } from './filter';
import type { SchedulerPod } from './pod';
import type { BudgetAllowance, ChosenNode, Victims } from './preemption';
import { budgetsAfter, ineligibility, leastMissed, preemptionCandidates } from './preemption';
import { scoresOf } from './scores';
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
  for (const [i, pod] of pods.entries()) {
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
    placements.push(placementOf(pod, seen, bounds[i]));
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

/** What the scheduler may choose for a pod: nodes that take it or, where there is none, nodes on which others go for it. */
export interface NodeChoice {
  readonly takers: readonly NodeState[];
  readonly candidates: readonly Victims[];
  /** What is chosen for the example. */
  readonly chosen: ChosenNode | undefined;
  readonly reason: string;
}

const NOWHERE = { takers: [], candidates: [], chosen: undefined } as const;

/** What the scheduler says of a pod, as the cluster is now; `few`: it is not followed further, so that not every choice is needed. */
export function judgePod(
  pod: SchedulerPod,
  cluster: ClusterState,
  budgets: () => readonly BudgetAllowance[] = () => [],
  few = false,
): NodeChoice {
  if (pod.gates.length > 0)
    return {
      ...NOWHERE,
      reason: `Scheduling is blocked due to non-empty scheduling gates: ${pod.gates.join(', ')}`,
    };
  const rejection = cluster.size === 0 ? undefined : rejectionOf(pod, cluster.storage);
  if (rejection !== undefined) return { ...NOWHERE, reason: `0/${cluster.size} nodes are available: ${rejection}.` };
  const takers = takersOf(pod, cluster);
  if (takers.length === 0) return preempting(pod, cluster, budgets, few);
  return { takers, candidates: [], chosen: { node: best(pod, takers, cluster).name, victims: [] }, reason: '' };
}

/** No node takes the pod as it is: others may go for it. */
function preempting(
  pod: SchedulerPod,
  cluster: ClusterState,
  budgets: () => readonly BudgetAllowance[],
  few: boolean,
): NodeChoice {
  const refusals = judgeNodes(pod, cluster);
  const reason = unavailability(refusals.values());
  if (!cluster.hasBelow(pod.priority)) return { ...NOWHERE, reason };
  const ineligible = ineligibility(pod, cluster, refusals);
  if (ineligible !== undefined) return { ...NOWHERE, reason: `${reason} preemption: ${ineligible}` };
  const candidates = preemptionCandidates(pod, cluster, refusals, budgets(), few);
  const picked = leastMissed(candidates);
  if (!picked) return { ...NOWHERE, reason };
  return { takers: [], candidates, chosen: chosenOf(picked), reason: `${reason} ${preemptionText(picked)}` };
}

function chosenOf({ node, pods }: Victims): ChosenNode {
  return { node: node.name, victims: pods };
}

function preemptionText({ node, pods }: Victims): string {
  return `preemption: preempts ${pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')} on node ${node.name}.`;
}

/** Of more nodes than this the scheduler itself scores only some. */
const SCORED = 100;

/**
 * Which of the nodes that take a pod the example chooses: the one with the highest score, of equal ones the first. Where there are more
 * than 100, of which the scheduler scores a sample that begins anywhere, the one that has the largest share of its resources left.
 */
function best(pod: SchedulerPod, nodes: readonly NodeState[], cluster: ClusterState): NodeState {
  if (nodes.length > SCORED) return emptiest(nodes, cluster);
  const scores = nodes.length > 1 ? scoresOf(pod, nodes, cluster) : [0];
  return nodes[scores.indexOf(Math.max(...scores))]!;
}

/** How much of each node was left, by its index, and of which version of it. */
const shares = new WeakMap<ClusterState, { readonly versions: number[]; readonly shares: number[] }>();

function emptiest(nodes: readonly NodeState[], cluster: ClusterState): NodeState {
  let known = shares.get(cluster);
  if (!known) {
    known = { versions: [], shares: [] };
    shares.set(cluster, known);
  }
  let chosen = nodes[0]!;
  let most = -1;
  for (const node of nodes) {
    const { index, version } = node;
    if (known.versions[index] !== version) {
      known.versions[index] = version;
      known.shares[index] = left(node);
    }
    const share = known.shares[index]!;
    if (share > most) [chosen, most] = [node, share];
  }
  return chosen;
}

function left({ allocatable, requested }: NodeState): number {
  let share = 0;
  for (const name of ['cpu', 'memory']) {
    const all = Number(allocatable.get(name) ?? 0n);
    if (all > 0) share += 1 - Number(requested.get(name) ?? 0n) / all;
  }
  return share;
}

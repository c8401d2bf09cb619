import { judgeNodes, takersOf, unavailability } from './filter';
import type { SchedulerPod } from './pod';
import type { BudgetAllowance, ChosenNode, Victims } from './preemption';
import { ineligibility, leastMissed, preemptionCandidates } from './preemption';
import { scoresOf } from './scores';
import type { ClusterState, NodeState } from './state';
import { rejectionOf } from './storage/rejection';

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

export function chosenOf({ node, pods }: Victims): ChosenNode {
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

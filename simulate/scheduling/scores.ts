import { isEmptySelector, selects } from '../../manifests/selector';
import { matchesTerm, meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import { means } from './pod-affinity';
import type { SpreadConstraint } from './spread-constraint';
import type { ClusterState, NodeState } from './state';
import { toleratesTaint, untolerated } from './taints';

const HOSTNAME = 'kubernetes.io/hostname';
const MAX = 100;

/**
 * How the scheduler scores the nodes that take a pod, in their order: the sum of what the plugins of the default profile say, each from
 * 0 to 100 with its weight. Which images nodes have is not known, and counts for nothing.
 */
export function scoresOf(pod: SchedulerPod, nodes: readonly NodeState[], state: ClusterState): number[] {
  const parts: readonly (readonly [number, readonly number[]])[] = [
    [3, taintScores(pod, nodes)],
    [2, affinityScores(pod, nodes)],
    [2, spreadScores(pod, nodes, state)],
    [2, podAffinityScores(pod, nodes, state)],
    [1, nodes.map((node) => leastAllocated(pod, node))],
    [1, nodes.map((node) => balanced(pod, node))],
  ];
  return nodes.map((_, i) => parts.reduce((sum, [weight, scores]) => sum + weight * scores[i]!, 0));
}

/** plugins/tainttoleration: the fewer taints are there that it would rather avoid, the better. */
function taintScores({ tolerations }: SchedulerPod, nodes: readonly NodeState[]): number[] {
  const soft = tolerations.filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
  const counts = nodes.map(
    ({ taints }) =>
      taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !soft.some((each) => toleratesTaint(each, taint)))
        .length,
  );
  return shares(counts).map((share) => MAX - share);
}

/** plugins/nodeaffinity: the weights of the preferred terms that match. */
function affinityScores({ preferences }: SchedulerPod, nodes: readonly NodeState[]): number[] {
  return shares(
    nodes.map((node) =>
      preferences.nodes.reduce((sum, { weight, term }) => sum + (matchesTerm(term, node) ? weight : 0), 0),
    ),
  );
}

/** As shares of the largest, which becomes 100; all are 0 where it is. */
function shares(counts: readonly number[]): number[] {
  const largest = Math.max(...counts);
  return largest === 0 ? counts.map(() => 0) : counts.map((count) => Math.trunc((MAX * count) / largest));
}

/** plugins/podtopologyspread, defaults for all pods that say nothing of their spread. */
const BY_DEFAULT = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

function softConstraints({ preferences, alike }: SchedulerPod): readonly SpreadConstraint[] {
  if (preferences.saysSpread) return preferences.spread;
  if (alike === undefined) return [];
  return BY_DEFAULT.map((each) => ({
    ...each,
    selector: alike,
    minDomains: 1,
    honors: { affinity: true, taints: false },
  }));
}

/** plugins/podtopologyspread: the fewer pods like it are in the domains of a node, the better. */
function spreadScores(pod: SchedulerPod, nodes: readonly NodeState[], state: ClusterState): number[] {
  const constraints = softConstraints(pod);
  if (constraints.length === 0) return nodes.map(() => 0);
  const isWhole = (node: NodeState) =>
    !pod.preferences.saysSpread || constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
  const scored = nodes.filter(isWhole);
  const counted = constraints.map((constraint) => {
    const { topologyKey, maxSkew } = constraint;
    const counts = countsFor(pod, constraint, scored, state, isWhole);
    const size = topologyKey === HOSTNAME ? scored.length : counts.size;
    const weight = Math.log(size + 2);
    return (node: NodeState) => {
      const domain = node.labels[topologyKey];
      if (domain === undefined) return 0;
      return (counts.get(topologyKey === HOSTNAME ? node.name : domain) ?? 0) * weight + (maxSkew - 1);
    };
  });
  const sums = nodes.map((node) =>
    isWhole(node) ? Math.round(counted.reduce((sum, score) => sum + score(node), 0)) : undefined,
  );
  const there = sums.filter((sum) => sum !== undefined);
  const [least, most] = [Math.min(...there), Math.max(...there)];
  return sums.map((sum) =>
    sum === undefined ? 0 : most === 0 ? MAX : Math.trunc((MAX * (most + least - sum)) / most),
  );
}

/** The pods that a constraint counts, by domain, of those in which there is a node to score; by node where each is a domain. */
function countsFor(
  pod: SchedulerPod,
  { topologyKey, selector, honors }: SpreadConstraint,
  scored: readonly NodeState[],
  state: ClusterState,
  isWhole: (node: NodeState) => boolean,
): Map<string, number> {
  const byNode = topologyKey === HOSTNAME;
  const domainOf = (node: NodeState) => (byNode ? node.name : (node.labels[topologyKey] ?? ''));
  const counts = new Map(scored.map((node) => [domainOf(node), 0]));
  if (isEmptySelector(selector)) return counts;
  const isCounted = (node: NodeState) =>
    byNode ||
    (isWhole(node) &&
      !(honors.affinity && !meetsRequirement(pod.node, node)) &&
      !(honors.taints && untolerated(node.taints, pod.tolerations)));
  for (const { pod: other, nodes } of state.groupsIn(pod.namespace)) {
    if (other.terminating || !selects(selector, other.labels)) continue;
    for (const node of nodes) {
      const before = counts.get(domainOf(node));
      if (before !== undefined && isCounted(node)) counts.set(domainOf(node), before + 1);
    }
  }
  return counts;
}

/** plugins/interpodaffinity: what it and the pods that run prefer of each other; what one requires counts as well, with 1. */
function podAffinityScores(pod: SchedulerPod, nodes: readonly NodeState[], state: ClusterState): number[] {
  const sums = new Map<string, Map<string, number>>();
  const add = (topologyKey: string, on: readonly NodeState[], weight: number) => {
    let values = sums.get(topologyKey);
    if (!values) {
      values = new Map();
      sums.set(topologyKey, values);
    }
    for (const { labels } of on) {
      const value = labels[topologyKey];
      if (value !== undefined) values.set(value, (values.get(value) ?? 0) + weight);
    }
  };
  const { near, away } = pod.preferences;
  for (const { pod: other, nodes: on } of state.groups()) {
    for (const term of near) if (means(term, other, state)) add(term.topologyKey, on, term.weight);
    for (const term of away) if (means(term, other, state)) add(term.topologyKey, on, -term.weight);
    for (const term of other.affinity) if (means(term, pod, state)) add(term.topologyKey, on, 1);
    for (const term of other.preferences.near) if (means(term, pod, state)) add(term.topologyKey, on, term.weight);
    for (const term of other.preferences.away) if (means(term, pod, state)) add(term.topologyKey, on, -term.weight);
  }
  const scores = nodes.map(({ labels }) => {
    let sum = 0;
    for (const [key, values] of sums) {
      const value = labels[key];
      if (value !== undefined) sum += values.get(value) ?? 0;
    }
    return sum;
  });
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  return scores.map((score) => (range > 0 ? Math.trunc(MAX * ((score - least) / range)) : 0));
}

const RESOURCES = ['cpu', 'memory'];

/** plugins/noderesources, LeastAllocated: how much is left of CPU and memory when the pod is there. */
function leastAllocated({ weighed }: SchedulerPod, node: NodeState): number {
  let [sum, count] = [0, 0];
  for (const name of RESOURCES) {
    const all = node.allocatable.get(name) ?? 0n;
    if (all === 0n) continue;
    const left = all - (node.weighed.get(name) ?? 0n) - (weighed.comes.get(name) ?? 0n);
    sum += left < 0n ? 0 : Number((left * BigInt(MAX)) / all);
    count += 1;
  }
  return count === 0 ? 0 : Math.trunc(sum / count);
}

/** plugins/noderesources, BalancedAllocation: how near to each other the shares of CPU and memory are that are taken. */
function balanced({ requests }: SchedulerPod, node: NodeState): number {
  if (RESOURCES.every((name) => (requests.get(name) ?? 0n) === 0n)) return 0;
  const fractions = RESOURCES.flatMap((name) => {
    const all = Number(node.allocatable.get(name) ?? 0n);
    const taken = Number((node.requested.get(name) ?? 0n) + (requests.get(name) ?? 0n));
    return all === 0 ? [] : [Math.min(1, taken / all)];
  });
  const [cpu, memory] = fractions;
  const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs((cpu - memory) / 2);
  return Math.trunc((1 - deviation) * MAX);
}

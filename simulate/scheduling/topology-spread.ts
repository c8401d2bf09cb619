import { isEmptySelector, selects } from '../../manifests/selector';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import type { SpreadConstraint } from './spread-constraint';
import type { ClusterState, NodeState } from './state';
import { untolerated } from './taints';

/** What keeps a pod from a node by its spread; undefined: nothing (framework/plugins/podtopologyspread). */
export function spreadFilter(
  pod: SchedulerPod,
  state: ClusterState,
): ((node: NodeState) => 'no label' | 'skew' | undefined) | undefined {
  if (pod.spread.length === 0) return undefined;
  const counted = pod.spread.map((constraint) => ({
    constraint,
    counts: countsOf(pod, constraint, state),
    own: selects(constraint.selector, pod.labels) ? 1 : 0,
  }));
  const least = counted.map(({ constraint, counts }) =>
    counts.size < constraint.minDomains ? 0 : smallest(counts.values()),
  );
  return (node) => {
    for (const [i, { constraint, counts, own }] of counted.entries()) {
      const domain = node.labels[constraint.topologyKey];
      if (domain === undefined) return 'no label';
      if ((counts.get(domain) ?? 0) + own - least[i]! > constraint.maxSkew) return 'skew';
    }
    return undefined;
  };
}

/** The pods in each domain. Nodes count that have the labels of all constraints. */
function countsOf(pod: SchedulerPod, constraint: SpreadConstraint, state: ClusterState): Map<string, number> {
  const { topologyKey, selector, honors } = constraint;
  const counts = new Map<string, number>();
  const eligible = new Set<NodeState>();
  for (const node of state.nodes) {
    if (pod.spread.some((each) => node.labels[each.topologyKey] === undefined)) continue;
    if (honors.affinity && !meetsRequirement(pod.node, node)) continue;
    if (honors.taints && untolerated(node.taints, pod.tolerations)) continue;
    eligible.add(node);
    counts.set(node.labels[topologyKey]!, counts.get(node.labels[topologyKey]!) ?? 0);
  }
  // A selector that is there and empty counts no pod that runs, though it means the pod itself.
  if (isEmptySelector(selector)) return counts;
  for (const { pod: other, nodes } of state.groups()) {
    if (other.terminating || other.namespace !== pod.namespace || !selects(selector, other.labels)) continue;
    for (const node of nodes) {
      if (!eligible.has(node)) continue;
      const domain = node.labels[topologyKey]!;
      counts.set(domain, counts.get(domain)! + 1);
    }
  }
  return counts;
}

function smallest(counts: Iterable<number>): number {
  let least = Number.MAX_SAFE_INTEGER;
  for (const count of counts) least = Math.min(least, count);
  return least;
}

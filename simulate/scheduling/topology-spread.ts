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

/** The pods in each domain. */
function countsOf(pod: SchedulerPod, constraint: SpreadConstraint, state: ClusterState): Map<string, number> {
  const { topologyKey, selector } = constraint;
  const { nodes: eligible, domains } = eligibleFor(pod, constraint, state);
  const counts = new Map(domains.map((domain) => [domain, 0]));
  // A selector that is there and empty counts no pod that runs, though it means the pod itself.
  if (isEmptySelector(selector)) return counts;
  for (const { pod: other, nodes } of state.groupsIn(pod.namespace)) {
    if (other.terminating || !selects(selector, other.labels)) continue;
    for (const node of nodes) {
      if (!eligible.has(node)) continue;
      const domain = node.labels[topologyKey]!;
      counts.set(domain, counts.get(domain)! + 1);
    }
  }
  return counts;
}

interface EligibleNodes {
  readonly nodes: ReadonlySet<NodeState>;
  readonly domains: readonly string[];
}

/** The nodes that count: those that have the labels of all constraints, and that the constraint does not leave out. */
function eligibleFor(pod: SchedulerPod, constraint: SpreadConstraint, state: ClusterState): EligibleNodes {
  const { node: requirement, tolerations, spread } = pod;
  const asked = [requirement, tolerations, spread, state, state.nodesVersion];
  const known = lastEligible.get(constraint);
  if (known && asked.every((each, i) => each === known.asked[i])) return known.found;
  const { topologyKey, honors } = constraint;
  const nodes = [...state.nodes].filter(
    (node) =>
      spread.every((each) => node.labels[each.topologyKey] !== undefined) &&
      !(honors.affinity && !meetsRequirement(requirement, node)) &&
      !(honors.taints && untolerated(node.taints, tolerations)),
  );
  const found = { nodes: new Set(nodes), domains: [...new Set(nodes.map((node) => node.labels[topologyKey]!))] };
  lastEligible.set(constraint, { asked, found });
  return found;
}

/** Pods of one workload have the same constraints: for them it is found once. */
const lastEligible = new WeakMap<
  SpreadConstraint,
  { readonly asked: readonly unknown[]; readonly found: EligibleNodes }
>();

function smallest(counts: Iterable<number>): number {
  let least = Number.MAX_SAFE_INTEGER;
  for (const count of counts) least = Math.min(least, count);
  return least;
}

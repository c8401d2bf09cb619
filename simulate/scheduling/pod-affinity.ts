import { selects } from '../../manifests/selector';
import type { AffinityTerm } from './affinity-term';
import type { SchedulerPod } from './pod';
import type { ClusterState, NodeState, PodGroup } from './state';

/**
 * Whether a term means a pod. Kubernetes 1.35 takes a `namespaceSelector` with NotIn or DoesNotExist in a term of the pod that is to
 * be placed for one that selects every namespace, against its own documentation, which is followed here.
 */
export function means(term: AffinityTerm, pod: SchedulerPod, state: ClusterState): boolean {
  const inNamespace =
    term.namespaces.has(pod.namespace) ||
    (term.namespaceSelector !== undefined && selects(term.namespaceSelector, state.labelsOfNamespace(pod.namespace)));
  return inNamespace && selects(term.selector, pod.labels);
}

/** The domains, as pairs of a node label and its value, in which there are pods that terms mean. */
class Domains {
  private readonly byKey = new Map<string, Set<string>>();

  add(topologyKey: string, node: NodeState): void {
    const value = node.labels[topologyKey];
    if (value === undefined) return;
    const values = this.byKey.get(topologyKey);
    if (values) values.add(value);
    else this.byKey.set(topologyKey, new Set([value]));
  }

  has({ topologyKey }: AffinityTerm, node: NodeState): boolean {
    const value = node.labels[topologyKey];
    return value !== undefined && (this.byKey.get(topologyKey)?.has(value) ?? false);
  }

  /** Whether a node is in any of them. */
  holds(node: NodeState): boolean {
    for (const [key, values] of this.byKey) {
      const value = node.labels[key];
      if (value !== undefined && values.has(value)) return true;
    }
    return false;
  }

  get size(): number {
    return this.byKey.size;
  }
}

/** The pods that terms may mean: those of the namespaces that they name, where they name them all. */
function* groupsFor(terms: readonly AffinityTerm[], state: ClusterState): Iterable<PodGroup> {
  if (terms.some(({ namespaceSelector }) => namespaceSelector !== undefined)) yield* state.groups();
  else
    for (const namespace of new Set(terms.flatMap(({ namespaces }) => [...namespaces])))
      yield* state.groupsIn(namespace);
}

/** What keeps a pod from a node by affinity of pods; undefined: nothing (framework/plugins/interpodaffinity). */
export function podAffinityFilter(
  pod: SchedulerPod,
  state: ClusterState,
): ((node: NodeState) => 'affinity' | 'anti-affinity' | "others' anti-affinity" | undefined) | undefined {
  const [near, away, kept] = [new Domains(), new Domains(), new Domains()];
  for (const { pod: other, nodes } of groupsFor([...pod.affinity, ...pod.antiAffinity], state)) {
    const wanted = pod.affinity.length > 0 && pod.affinity.every((term) => means(term, other, state));
    const unwanted = pod.antiAffinity.filter((term) => means(term, other, state));
    for (const node of nodes) {
      if (wanted) for (const { topologyKey } of pod.affinity) near.add(topologyKey, node);
      for (const { topologyKey } of unwanted) away.add(topologyKey, node);
    }
  }
  for (const { pod: other, nodes } of state.groupsApart())
    for (const term of other.antiAffinity) {
      if (!means(term, pod, state)) continue;
      for (const node of nodes) kept.add(term.topologyKey, node);
    }
  if (kept.size === 0 && pod.affinity.length === 0 && pod.antiAffinity.length === 0) return undefined;
  // The first of pods that want to be near each other has nobody to be near to.
  const isFirst = near.size === 0 && pod.affinity.every((term) => means(term, pod, state));
  return (node) => {
    if (pod.affinity.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return 'affinity';
    if (!isFirst && pod.affinity.some((term) => !near.has(term, node))) return 'affinity';
    if (pod.antiAffinity.some((term) => away.has(term, node))) return 'anti-affinity';
    return kept.holds(node) ? "others' anti-affinity" : undefined;
  };
}

import { list, record, string } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { withLabelKeys } from './label-keys';

/** A term of inter-pod affinity: pods to be near to, or away from, in a domain of nodes. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: unknown;
  /** By name. */
  readonly namespaces: ReadonlySet<string>;
  /** By label; undefined: none. An empty one means all of them. */
  readonly namespaceSelector: unknown;
}

export function termsOf(terms: readonly unknown[], namespace: string, labels: Labels): AffinityTerm[] {
  return terms.flatMap((entry) => {
    const term = record(entry);
    if (!term) return [];
    const named = list(term['namespaces']).filter((name) => typeof name === 'string');
    const namespaceSelector = record(term['namespaceSelector']);
    return [
      {
        topologyKey: string(term['topologyKey']) ?? '',
        selector: withLabelKeys(term['labelSelector'], labels, term['matchLabelKeys'], term['mismatchLabelKeys']),
        namespaces: new Set(named.length === 0 && !namespaceSelector ? [namespace] : named),
        namespaceSelector,
      },
    ];
  });
}

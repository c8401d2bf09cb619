import type { Resource } from '../manifests/resource';
import { addTo } from '../model/multimap';

/**
 * What `kubectl get … -A -o yaml` printed of a running cluster: a List of objects that the API server has given a uid. Of the kinds
 * that it has, it has them all, so that what it does not show does not exist. Objects that were saved one by one are no dump, and a
 * dump whose objects all have one label in common may have been asked for by that label: neither is the whole of anything.
 */
export class LiveDump {
  private readonly byKind = new Map<string, Set<string>>();

  constructor(resources: readonly Resource[], namespaceOf: (resource: Resource) => string) {
    const listed = resources.filter(isListedLive);
    if (listed.length < 2 || haveALabelInCommon(listed)) return;
    const places = new Map<string, string[]>();
    for (const resource of listed) addTo(places, resource.kind, namespaceOf(resource));
    for (const [kind, namespaces] of places) this.byKind.set(kind, new Set(namespaces));
    this.namespaces = new Set([...places.values()].flat().filter((namespace) => namespace !== ''));
  }

  private readonly namespaces: ReadonlySet<string> = new Set<string>();

  /** Whether it shows every object of a kind in a namespace; empty for the cluster's own. */
  isWhole(kind: string, namespace: string): boolean {
    const places = this.byKind.get(kind);
    if (!places) return false;
    // A kind that it has of two namespaces was asked for in all of them; so was one that has no namespace.
    return places.has(namespace) || places.size > 1 || (this.namespaces.size > 1 && namespace !== '');
  }
}

/** Whether an object stands in a List, and the API server has stored it already. */
export function isListedLive(resource: Resource): boolean {
  return (
    resource.place[0] === 'items' &&
    ['uid', 'resourceVersion'].every((field) => typeof resource.at(['metadata', field]) === 'string')
  );
}

function haveALabelInCommon([first, ...others]: readonly Resource[]): boolean {
  return Object.entries(first?.labels ?? {}).some(([key, value]) =>
    others.every(({ labels }) => labels[key] === value),
  );
}

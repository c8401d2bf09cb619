import type { Resource } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { World } from './world';

const indexes = new WeakMap<World, Map<string, Map<string, Resource[]>>>();

/** The objects of a kind in a namespace, judged or declared; what is judged comes first. Empty namespace: the cluster's own. */
export function knownIn(world: World, kind: string, namespace: string): readonly Resource[] {
  let kinds = indexes.get(world);
  if (!kinds) indexes.set(world, (kinds = new Map()));
  let namespaces = kinds.get(kind);
  if (!namespaces) {
    namespaces = new Map();
    const names = new Set<string>();
    for (const resource of [...world.of(kind), ...world.elsewhere.filter((declared) => declared.kind === kind)]) {
      const place = world.namespaceOf(resource);
      const key = `${place}/${resource.group}/${resource.name}`;
      if (names.has(key)) continue;
      names.add(key);
      addTo(namespaces, place, resource);
    }
    kinds.set(kind, namespaces);
  }
  return namespaces.get(namespace) ?? [];
}

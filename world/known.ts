import type { Resource } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import type { World } from './world';

/** The objects of a kind in a namespace, judged or declared; what is judged comes first. Empty namespace: the cluster's own. */
export function knownIn(world: World, kind: string, namespace: string): readonly Resource[] {
  return byNamespace(world, kind).get(namespace) ?? [];
}

const byNamespace = memo((world: World, kind: string): ReadonlyMap<string, readonly Resource[]> => {
  const namespaces = new Map<string, Resource[]>();
  const names = new Set<string>();
  for (const resource of [...world.of(kind), ...world.external.filter((declared) => declared.kind === kind)]) {
    const place = world.namespaceOf(resource);
    const key = `${place}/${resource.group}/${resource.name}`;
    if (names.has(key)) continue;
    names.add(key);
    addTo(namespaces, place, resource);
  }
  return namespaces;
});

import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import type { World } from './world';

/** The objects of a kind in a namespace, judged or declared; what is judged comes first. Empty namespace: the cluster's own. */
export function knownIn(world: World, kind: string, namespace: string): readonly Resource[] {
  return byNamespace(world, kind).get(namespace) ?? [];
}

/** The objects of a kind wherever they are, each once: what is judged comes first, and stands for what is declared by its name. */
export const everyKnown = memo((world: World, kind: string): readonly Resource[] => {
  const names = new Set<string>();
  return [...world.of(kind), ...world.external.filter((declared) => declared.kind === kind)].filter((resource) => {
    // The API server makes up a name for each that has none.
    if (string(resource.at(['metadata', 'name'])) === undefined) return true;
    const key = `${world.namespaceOf(resource)}/${resource.group}/${resource.name}`;
    if (names.has(key)) return false;
    names.add(key);
    return true;
  });
});

const byNamespace = memo((world: World, kind: string): ReadonlyMap<string, readonly Resource[]> => {
  const namespaces = new Map<string, Resource[]>();
  for (const resource of everyKnown(world, kind)) addTo(namespaces, world.namespaceOf(resource), resource);
  return namespaces;
});

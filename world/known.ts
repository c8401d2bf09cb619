import type { Judgement } from '../checks/check';
import type { Path, Resource } from '../manifests/resource';
import { addTo } from '../model/multimap';
import { makerOf } from './makers';
import { near } from './near';
import type { World } from './world';
import { writerOf } from './writers';

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

/** A reference to an object by its name. */
export interface Named {
  readonly resource: Resource;
  readonly path: Path;
  readonly kind: string;
  /** Where the object is looked for; empty for the cluster's own. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * What is to say of a reference whose object is not there, nothing if it is: that it is absent and what follows from that
 * (`its pods are never made`), or that nobody knows: neither whether it stands elsewhere, nor what an operator makes.
 */
export function missing(
  world: World,
  { resource, path, kind, namespace, name }: Named,
  consequence: string,
): Judgement | undefined {
  const found = world.find(kind, namespace, name);
  if (found.is === 'present') return undefined;
  const place = namespace === '' ? 'the cluster' : `namespace ${namespace}`;
  if (found.is === 'unknown')
    return {
      resource,
      path,
      value: name,
      verdict: 'unknown',
      message: `whether ${place} has a ${kind} ${name} is not known; ${found.settledBy}`,
    };
  const maker =
    namespace === ''
      ? undefined
      : (makerOf(world, namespace, name) ?? writerOf(world, kind, namespace, name)?.resource);
  if (maker)
    return {
      resource,
      path,
      value: name,
      verdict: 'unknown',
      message: `whether ${world.idOf(maker)} makes ${kind} ${name} is not known; --declare the ${kind} if it does`,
    };
  return {
    resource,
    path,
    value: name,
    message: `${place} has no ${kind} ${name}, so ${consequence}${near(
      name,
      knownIn(world, kind, namespace).map((known) => known.name),
    )}`,
  };
}

import { nearest } from '../model/near';
import type { World } from './world';

const MANY = 200;
const indexes = new WeakMap<World, Map<string, readonly string[]>>();

/** `; did you mean "redis"?` where an object of this kind and namespace has nearly this name, else nothing. */
export function nearObject(world: World, kind: string, namespace: string, name: string): string {
  let index = indexes.get(world);
  if (!index) indexes.set(world, (index = new Map()));
  const key = `${kind}/${namespace}`;
  let names = index.get(key);
  if (!names) index.set(key, (names = world.namesOf(kind, namespace)));
  return near(name, names);
}

/** `; did you mean "redis"?` where one of the names is near enough to be meant, else nothing. */
export function near(name: string, names: readonly string[]): string {
  // Of very many names only those that begin alike, and not all of them.
  const candidates =
    names.length <= MANY ? names : names.filter((candidate) => candidate[0] === name[0]).slice(0, MANY);
  // A name that goes on from the other one is near as well: redis and redis-master.
  const meant =
    nearest(name, candidates) ??
    candidates.find(
      (candidate) =>
        candidate !== name &&
        candidate !== '' &&
        (candidate.startsWith(`${name}-`) || name.startsWith(`${candidate}-`)),
    );
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

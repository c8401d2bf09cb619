import { near } from '../model/near';
import type { World } from './world';

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

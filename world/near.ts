import { near } from '../model/near';
import type { World } from './world';

/** `; did you mean "redis"?` where an object of this kind and namespace has nearly this name, else nothing. */
export function nearObject(world: World, kind: string, namespace: string, name: string): string {
  return near(name, world.namesOf(kind, namespace));
}

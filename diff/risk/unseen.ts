import type { Resource } from '../../manifests/resource';
import { networkOf } from '../../simulate/network/network';
import { podsMatching } from '../../world/pods';
import type { World } from '../../world/world';
import type { ObjectChange } from '../object-change';
import type { WorldChange } from './risk';

/** What is said where nobody knows which pods are meant, as a clause. */
export const UNSEEN = 'its pods are not among the manifests';

/** Whom a rule lets in that asks for no label, neither of the namespace nor of the pod. */
export const EVERY_POD = 'every pod of the cluster';

/**
 * Whether a namespace may hold objects that are not among the manifests: they do not create it, or hold something of which a controller
 * makes pods, and nobody declared what stands elsewhere.
 */
export function mayHoldOthers(world: World, namespace: string): boolean {
  return world.declaredExternal === undefined && !networkOf(world).showsAllPods(namespace);
}

/** Whether the pods that a LabelSelector selects are not among the manifests, and may stand elsewhere. */
export function selectsUnseen(world: World, namespace: string, selector: unknown): boolean {
  return mayHoldOthers(world, namespace) && podsMatching(world, namespace, selector).length === 0;
}

/** Whether an object is, on every side that has it, about pods that are not among the manifests. */
export function isUnseen(
  diff: WorldChange,
  { before, after }: ObjectChange,
  selectorOf: (resource: Resource) => unknown,
): boolean {
  const sides = [...(before ? [[diff.before, before] as const] : []), ...(after ? [[diff.after, after] as const] : [])];
  return sides.every(([world, resource]) => selectsUnseen(world, world.namespaceOf(resource), selectorOf(resource)));
}

import { World } from '../world/world';
import type { TargetChange } from './fleet';
import { objectChanges } from './objects';
import { risksOf } from './risk/classify';
import { replacements } from './rollout';

/** What becomes of a target, and what that does. One that is there on one side only came or went. */
export function targetChange(target: string, before: World | undefined, after: World | undefined): TargetChange {
  const is = after ?? nothingBeside(before!);
  const was = before ?? nothingBeside(is);
  const change = { before: was, after: is, changes: objectChanges(was, is) };
  const risks = risksOf(change);
  const does = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { target, does, changes: change.changes, risks, replaced: replacements(change, risks) };
}

/** In what two environments differ. They are two things: what is another one there is no risk. */
export function environmentDifference(target: string, before: World, after: World): TargetChange {
  const changes = objectChanges(before, after, { acrossNamespaces: true });
  return { target, does: 'changed', changes, risks: [], replaced: [] };
}

/** Nothing is another one. */
export function unchanged(target: string): TargetChange {
  return { target, does: 'changed', changes: [], risks: [], replaced: [] };
}

/** The same cluster without any of the manifests. */
function nothingBeside(world: World): World {
  return new World([], world.facts, world.declaredExternal, undefined, [], world.appliedTo);
}

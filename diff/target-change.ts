import { World } from '../world/world';
import type { ComparableWorld } from './comparable';
import { comparable } from './comparable';
import type { SideTwice, TargetChange } from './fleet';
import { objectChanges } from './objects';
import { risksOf } from './risk/classify';
import { replacements } from './rollout';

/** What becomes of a target, and what that does. One that is there on one side only came or went. */
export function targetChange(target: string, before: World | undefined, after: World | undefined): TargetChange {
  const [old, now] = [before && comparable(before), after && comparable(after)];
  const is = now?.world ?? nothingBeside(old!.world);
  const was = old?.world ?? nothingBeside(is);
  const change = { before: was, after: is, changes: objectChanges(was, is) };
  const risks = risksOf(change);
  const does = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return {
    target,
    does,
    changes: change.changes,
    risks,
    replaced: replacements(change, risks),
    twice: twiceIn(old, now),
  };
}

function twiceIn(old: ComparableWorld | undefined, now: ComparableWorld | undefined): SideTwice[] {
  return [
    ...(old?.twice ?? []).map((each) => ({ ...each, side: 'before' as const })),
    ...(now?.twice ?? []).map((each) => ({ ...each, side: 'after' as const })),
  ];
}

/** In what two environments differ. They are two things: what is another one there is no risk. */
export function environmentDifference(target: string, before: World, after: World): TargetChange {
  const [old, now] = [comparable(before), comparable(after)];
  const changes = objectChanges(old.world, now.world, { acrossNamespaces: true });
  return { target, does: 'changed', changes, risks: [], replaced: [], twice: twiceIn(old, now) };
}

/** Nothing is another one. */
export function unchanged(target: string): TargetChange {
  return { target, does: 'changed', changes: [], risks: [], replaced: [] };
}

/** The same cluster without any of the manifests. */
function nothingBeside(world: World): World {
  return new World([], world.facts, world.declaredExternal, undefined, [], world.appliedTo);
}

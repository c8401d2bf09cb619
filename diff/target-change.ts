import { World } from '../world/world';
import type { ComparableWorld, TwiceSaid } from './comparable';
import { comparable } from './comparable';
import type { ObjectChange } from './object-change';
import { objectChanges } from './objects';
import { risksOf } from './risk/classify';
import type { Risk } from './risk/risk';
import type { WorkloadReplacement } from './rollout';
import { replacements } from './rollout';

/** What changes in one target. */
export interface TargetChange {
  /** `prod@cloud`, or how a set of manifests is called. */
  readonly target: string;
  /** What tells it from the others wherever its files stand. @default - its name */
  readonly place?: string;
  /** `added`: it was not there before; `removed`: it is there no more. */
  readonly does: 'added' | 'removed' | 'changed';
  readonly changes: readonly ObjectChange[];
  readonly risks: readonly Risk[];
  /** The workloads whose pods are replaced, in their order. */
  readonly replaced: readonly WorkloadReplacement[];
  /** Objects that stand several times on one side. @default - none */
  readonly twice?: readonly SideTwice[];
}

/** An object that stands several times on one side of a comparison. */
export interface SideTwice extends TwiceSaid {
  readonly side: 'before' | 'after';
}

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

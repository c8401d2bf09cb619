import { World } from '../world/world';
import type { ComparableWorld, TwiceSaid } from './comparable';
import { comparable } from './comparable';
import type { ObjectChange } from './object-change';
import { objectChanges } from './objects';
import { risksOf } from './risk/classify';
import type { DeliveredWorld, LivedWith, Risk } from './risk/risk';
import type { WorkloadReplacement } from './rollout';
import { replacements } from './rollout';
import { stableIdentity } from './stable-name';
import type { UnknownObject, UnreadSides } from './unknown';
import { withUnread } from './unknown';

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
  /** Objects of which nobody knows whether they come, go or stay. @default - everything was read */
  readonly unknown?: readonly UnknownObject[];
}

/** An object that stands several times on one side of a comparison. */
export interface SideTwice extends TwiceSaid {
  readonly side: 'before' | 'after';
}

/**
 * What becomes of a target, and what that does. One that is there on one side only came or went. `unread`: what could not be read of either
 * side, as far as it is not the same on both. `livedWith`: what a repository says of findings of checks. `delivered`: the targets that it
 * hands over.
 */
export function targetChange(
  target: string,
  before: World | undefined,
  after: World | undefined,
  unread: UnreadSides = { before: before?.unread ?? [], after: after?.unread ?? [] },
  livedWith?: LivedWith,
  delivered?: DeliveredWorld,
): TargetChange {
  const [old, now] = [before && comparable(before), after && comparable(after)];
  const own = now?.world ?? nothingBeside(old!.world);
  const { before: was, after: is, unknown } = withUnread(old?.world ?? nothingBeside(own), own, unread);
  const change = { before: was, after: is, changes: objectChanges(was, is), livedWith, delivered };
  const risks = risksOf(change);
  const does = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return {
    target,
    does,
    changes: change.changes,
    risks,
    replaced: replacements(change, risks),
    twice: twiceIn(old, now),
    unknown,
  };
}

/** Nothing is known but what one side has: the other one could not be read. */
export function unknownChange(target: string, world: World, side: UnknownObject['side']): TargetChange {
  const unknown = world.resources.map((each) => ({ object: stableIdentity(each, world.namespaceOf(each)).id, side }));
  return { ...unchanged(target), unknown };
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

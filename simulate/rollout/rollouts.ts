import type { WorkloadManifest } from '../../manifests/workload';
import { rolloutRunning, podsOf as scaleOf } from '../../world/autoscalers';
import { isMadeHere } from '../../world/owners';
import type { World } from '../../world/world';
import { isOfDefaultScheduler } from '../scheduling/fresh-pod';
import { ownerText } from '../scheduling/queue';
import { boundlessOf } from '../scheduling/unplaced';
import { canOnlyLoseRoom, isCertainToFinish, isCountedToFinish, isIndependent, isIndifferent } from './proof';
import type { RolledOut, RolloutEnd, RolloutOptions } from './rollout';
import { Rollout } from './rollout';
import type { Situation } from './situation';
import { aloneIn, exampleIn, settledIn, situationOf } from './situation';
import { isSpacious } from './spacious';
import type { Strategy } from './strategy';
import { freesRoomFirst, isPaused, strategyOf } from './strategy';

/** What comes of the rollout of a new revision of a workload. */
export interface WorkloadRollout {
  readonly workload: WorkloadManifest;
  /** `Deployment/shop/web` */
  readonly name: string;
  readonly replicas: number;
  readonly strategy: Strategy;
  /** `depends`: on what the scheduler chooses, or on what is not known. */
  readonly verdict: 'finishes' | 'stalls' | 'depends';
  /** Most pods at once, those that are stopping left aside, and fewest ready ones. */
  readonly peak: number | undefined;
  readonly lowest: number | undefined;
  /** Where it ends, for example: where it stalls, if it may. */
  readonly end: RolloutEnd | undefined;
  /** The ends that were found, and whether there are no others. */
  readonly ends: readonly RolloutEnd[];
  readonly isWhole: boolean;
  /** Why it stalls or may stall, in the words of those who refuse; empty: it does not. */
  readonly reason: string;
}

/** So many states of one rollout are followed, and so many of all situations that a rollout may begin in. */
const MOST_STATES = 3000;
const MOST_IN_ALL = 10_000;
/** So many where it must not take long. */
const FEW_STATES = 300;

/**
 * What comes of it when the template of each workload changes once, with the same requests, one workload after the other, each from the
 * settled state; undefined where the nodes are not known.
 */
export function simulateRollouts(
  world: World,
  { unready = false }: { readonly unready?: boolean } = {},
): WorkloadRollout[] | undefined {
  const situation = situationOf(world);
  return (
    situation &&
    world.workloads.flatMap((workload) => rolloutOf(world, situation, workload, { unready, most: MOST_STATES }) ?? [])
  );
}

/** Whether it has rollouts of its own, and nothing else makes it. */
function isRolledOut(world: World, workload: WorkloadManifest): boolean {
  return (
    strategyOf(workload, 1) !== undefined &&
    !isMadeHere(world, workload.resource) &&
    rolloutRunning(world, workload) === undefined
  );
}

/** Where every node is taken, or no quota is left: the rollout of a workload whose new pods come before old ones go. */
export interface CertainStall {
  readonly end: RolloutEnd;
  readonly peak: number;
}

/**
 * A rollout that stalls in any case, though all pods of the workload are ready before it; undefined: it may finish, or it is not certain.
 * Pods of other workloads that are queued are not looked at: they can only take room away.
 */
export function certainStall(world: World, workload: WorkloadManifest): CertainStall | undefined {
  if (boundlessOf(world).size > 0) return undefined;
  if (!isRolledOut(world, workload) || isPaused(workload) || isSpacious(world, workload)) return undefined;
  if (!isOfDefaultScheduler(workload)) return undefined;
  const situation = situationOf(world);
  if (!situation) return undefined;
  const rollout = new Rollout(world, situation, workload, { unready: false, most: FEW_STATES });
  if (freesRoomFirst(rollout.strategy) || rollout.replicas === 0 || !canOnlyLoseRoom(situation, rollout))
    return undefined;
  const alone = aloneIn(situation, rollout.name);
  const { ways, complete } = settledIn(world, alone);
  const { admission, replicas } = rollout;
  if (!complete || admission.pods < replicas || ways.some((places) => places.includes(undefined))) return undefined;
  const { found, isWhole } = followedFrom(world, alone, rollout);
  const ends = found.flatMap((each) => each.ends);
  const isCertain = isWhole && ends.every(({ done, wayOut }) => !done && wayOut === undefined);
  const [end] = ends;
  return isCertain && end ? { end, peak: Math.max(...found.map(({ peak }) => peak)) } : undefined;
}

function rolloutOf(
  world: World,
  situation: Situation,
  workload: WorkloadManifest,
  options: RolloutOptions,
): WorkloadRollout | undefined {
  if (!isRolledOut(world, workload)) return undefined;
  const rollout = new Rollout(world, situation, workload, options);
  const { replicas, strategy, name } = rollout;
  if (strategy.type === 'RollingUpdate' && isCountedToFinish(world, situation, rollout)) {
    const none = { ready: 0, unready: 0, pending: 0 };
    const numbers = { old: none, new: { ...none, ready: replicas }, missing: 0 };
    const end = { done: true, numbers, reason: '', wayOut: undefined };
    const [peak, lowest] = [replicas === 0 ? 0 : rollout.most, replicas - strategy.unavailable];
    const found = { peak, lowest, end, ends: [end], isWhole: true };
    return { workload, name, replicas, strategy, verdict: 'finishes', reason: '', ...found };
  }
  const { found, isWhole } = followedIn(world, situation, rollout);
  const ends = found.flatMap((each) => each.ends);
  const contested = contestedQuota(world, situation, rollout);
  const { verdict, reason } =
    contested === undefined
      ? judged(world, situation, rollout, ends, isWhole)
      : { verdict: 'depends' as const, reason: contested };
  return {
    workload,
    name,
    replicas,
    strategy,
    verdict,
    // Of pods that may not be there nothing is counted.
    ...(contested === undefined
      ? {
          peak: Math.max(...found.map(({ peak }) => peak)),
          lowest: Math.min(...found.map(({ lowest }) => lowest)),
          end: ends.find(({ done }) => !done) ?? ends[0],
        }
      : { peak: undefined, lowest: undefined, end: undefined }),
    ends,
    isWhole: isWhole && contested === undefined,
    reason,
  };
}

/** Follows a rollout from every way in which the pods may be placed before; from those of its own pods, where others do not matter. */
function followedIn(
  world: World,
  situation: Situation,
  rollout: Rollout,
): { readonly found: readonly RolledOut[]; readonly isWhole: boolean } {
  if (isIndependent(world, situation, rollout)) {
    const alone = aloneIn(situation, rollout.name);
    const found = isIndifferent(world, situation, rollout)
      ? followedFrom(world, alone, rollout, exampleIn(world, alone), true)
      : followedFrom(world, alone, rollout);
    if (found.isWhole) return found;
  }
  const all = followedFrom(world, situation, rollout);
  if (all.isWhole || !canOnlyLoseRoom(situation, rollout)) return all;
  const alone = followedFrom(world, aloneIn(situation, rollout.name), rollout);
  const isCertain = alone.isWhole && alone.found.every(({ ends }) => ends.every(({ done }) => !done));
  return isCertain ? alone : all;
}

function followedFrom(
  world: World,
  situation: Situation,
  rollout: Rollout,
  { ways, complete } = settledIn(world, situation),
  isOne = false,
): ReturnType<typeof followedIn> {
  const here = rollout.within(situation);
  const found: RolledOut[] = [];
  let states = 0;
  for (const places of ways) {
    if (states > MOST_IN_ALL) return { found, isWhole: false };
    for (const waits of rollout.mayWaitForVolume ? [true, false] : [false]) {
      const one = here.from(places, waits, isOne);
      found.push(one);
      states += one.states;
    }
  }
  return { found, isWhole: complete && found.every((each) => each.complete) };
}

function judged(
  world: World,
  situation: Situation,
  rollout: Rollout,
  ends: readonly RolloutEnd[],
  isWhole: boolean,
): Pick<WorkloadRollout, 'verdict' | 'reason'> {
  const { workload } = rollout;
  if (isPaused(workload)) return { verdict: 'stalls', reason: 'it is paused: spec.paused' };
  if (!isOfDefaultScheduler(workload))
    return {
      verdict: 'depends',
      reason: `${String(workload.podSpec['schedulerName'])} places its pods, which is not simulated`,
    };
  const stalled = ends.find(({ done }) => !done);
  const certain = stalled?.wayOut === undefined;
  if (isWhole && !stalled) {
    const unsure = rollout.volumeDoubt;
    return unsure === undefined ? { verdict: 'finishes', reason: '' } : { verdict: 'depends', reason: unsure };
  }
  if (isWhole && certain && ends.every(({ done }) => !done)) return { verdict: 'stalls', reason: stalled!.reason };
  if (!isWhole && isCertainToFinish(world, situation, rollout)) return { verdict: 'finishes', reason: '' };
  const unfollowed = 'there are too many ways to place the pods to try all';
  const why = [stalled?.reason, stalled?.wayOut, isWhole ? undefined : unfollowed];
  return { verdict: 'depends', reason: why.filter(Boolean).join('; ') };
}

/** Where pods are missing for a quota, or will be, it is not certain whose come first. */
function contestedQuota(world: World, { queue, standing }: Situation, rollout: Rollout): string | undefined {
  const { workload, admission, replicas, others } = rollout;
  if (admission.pods === Number.POSITIVE_INFINITY) return undefined;
  const text = 'the quota has no room for all pods of the namespace, and which of them are admitted is not certain';
  if (admission.pods < replicas && others.length > 0 && queue.some(({ owner }) => owner === workload)) return text;
  const there = new Map<string, number>();
  const names = [
    ...queue.map(({ controller }) => controller),
    ...standing.map(({ member }) => member.controller?.name),
  ];
  for (const name of names) if (name !== undefined) there.set(name, (there.get(name) ?? 0) + 1);
  const isShort = (other: WorkloadManifest) =>
    other !== workload &&
    !isMadeHere(world, other.resource) &&
    (there.get(ownerText(other)) ?? 0) < (scaleOf(world, other)?.min ?? 0) &&
    other.resource.kind !== 'Job' &&
    other.resource.kind !== 'Pod';
  return world.workloadsIn(workload.namespace).some(isShort) ? text : undefined;
}

import { int32, int32Sum, MAX_INT32 } from './go-numbers';
import type { HpaBehavior, HpaRules } from './spec';

/** A number of pods that metrics asked for, and when. */
export interface HpaRecommendation {
  readonly replicas: number;
  readonly at: number;
}

/** That pods came or went. */
export interface HpaScaleEvent {
  readonly change: number;
  readonly at: number;
  /** It is older than every policy asks for: its place is free. */
  readonly isOutdated: boolean;
}

/** What a rule makes of a number, and the reason and words of the controller. */
export interface HpaLimited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

/** The same once what was asked for lately is minded, with what will be asked for lately. */
export interface HpaStable extends HpaLimited {
  readonly recommendations: readonly HpaRecommendation[];
}

/** `--horizontal-pod-autoscaler-downscale-stabilization`, its default, in milliseconds. */
const DOWN_WINDOW = 300_000;

const WITHIN = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const TOO_MANY = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FEW = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const UP_LIMIT = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const DOWN_LIMIT = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};
const UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};

function told(
  replicas: number,
  { reason, message }: { readonly reason: string; readonly message: string },
): HpaLimited {
  return { replicas, reason, message };
}

/** Keeps a number in the place of one that nobody asks for any more, or at the end. */
function kept<T>(all: readonly T[], free: number, one: T): T[] {
  const next = all.slice();
  if (free < 0) next.push(one);
  else next[free] = one;
  return next;
}

/** `stabilizeRecommendation`, where there is no behavior: the most that was asked for within five minutes. */
export function stabilized(recommendations: readonly HpaRecommendation[], wanted: number, now: number): HpaStable {
  let replicas = wanted;
  let free = -1;
  for (let i = 0; i < recommendations.length; i++) {
    const each = recommendations[i]!;
    if (each.at < now - DOWN_WINDOW) free = i;
    else if (each.replicas > replicas) replicas = each.replicas;
  }
  const { reason, message } = DOWN_STABILIZED;
  return { replicas, reason, message, recommendations: kept(recommendations, free, { replicas: wanted, at: now }) };
}

/** `stabilizeRecommendationWithBehaviors`: each way has its window; the number stays as it is as long as both allow it. */
export function stabilizedBy(
  { up, down }: HpaBehavior,
  recommendations: readonly HpaRecommendation[],
  current: number,
  wanted: number,
  now: number,
): HpaStable {
  const upFrom = now - (up.window ?? 0) * 1000;
  const downFrom = now - (down.window === undefined ? DOWN_WINDOW : down.window * 1000);
  let lowest = wanted;
  let highest = wanted;
  let free = -1;
  for (let i = 0; i < recommendations.length; i++) {
    const { at, replicas } = recommendations[i]!;
    if (at > upFrom && replicas < lowest) lowest = replicas;
    if (at > downFrom && replicas > highest) highest = replicas;
    if (at < upFrom && at < downFrom) free = i;
  }
  let replicas = current;
  if (replicas < lowest) replicas = lowest;
  if (replicas > highest) replicas = highest;
  const { reason, message } = wanted >= current ? UP_STABILIZED : DOWN_STABILIZED;
  return { replicas, reason, message, recommendations: kept(recommendations, free, { replicas: wanted, at: now }) };
}

/** `convertDesiredReplicasWithRules`, where there is no behavior. */
export function limited(current: number, wanted: number, min: number, max: number): HpaLimited {
  const fastest = int32(Math.max(2 * current, 4));
  const most = Math.min(max, fastest);
  if (wanted < min) return told(min, TOO_FEW);
  if (wanted > most) return told(most, max > fastest ? UP_LIMIT : TOO_MANY);
  return told(wanted, WITHIN);
}

/** `convertDesiredReplicasWithBehaviorRate`: no faster than the policies, no further than the bounds. */
export function pacedBy(
  { up, down }: HpaBehavior,
  ups: readonly HpaScaleEvent[],
  downs: readonly HpaScaleEvent[],
  current: number,
  wanted: number,
  min: number,
  max: number,
  now: number,
): HpaLimited {
  if (wanted > current) {
    const fastest = Math.max(current, limitOf(up, 'up', ups, downs, current, now));
    const most = Math.min(max, fastest);
    if (wanted > most) return told(most, max > fastest ? UP_LIMIT : TOO_MANY);
  } else if (wanted < current) {
    const fastest = Math.min(current, limitOf(down, 'down', ups, downs, current, now));
    const least = Math.max(min, fastest);
    if (wanted < least) return told(least, min < fastest ? DOWN_LIMIT : TOO_FEW);
  }
  return told(wanted, WITHIN);
}

/** How far the policies of one way let the number go, from what it was at the beginning of each one's period. */
function limitOf(
  { select, policies }: HpaRules,
  way: 'up' | 'down',
  ups: readonly HpaScaleEvent[],
  downs: readonly HpaScaleEvent[],
  current: number,
  now: number,
): number {
  if (select === 'Disabled') return current;
  // The policy that changes least, or the one that changes most.
  const takesLower = (select === 'Min') === (way === 'up');
  let result = takesLower ? MAX_INT32 : -MAX_INT32 - 1;
  for (const { type, value, period } of policies) {
    const start = int32Sum(current, -changesWithin(ups, period, now), changesWithin(downs, period, now));
    const proposal = proposalOf(way, type, value, start);
    result = takesLower ? Math.min(result, proposal) : Math.max(result, proposal);
  }
  return result;
}

function proposalOf(way: 'up' | 'down', type: string, value: number, start: number): number {
  if (type === 'Pods') return way === 'up' ? int32Sum(start, value) : int32Sum(start, -value);
  return way === 'up' ? int32(Math.ceil(start * (1 + value / 100))) : int32(start * (1 - value / 100));
}

function changesWithin(events: readonly HpaScaleEvent[], period: number, now: number): number {
  const from = now - period * 1000;
  let sum = 0;
  for (const { at, change } of events) if (at > from) sum += change;
  return sum | 0;
}

/** `storeScaleEvent`: those that no policy asks for any more make room. */
export function withScaleEvent(
  events: readonly HpaScaleEvent[],
  { policies }: HpaRules,
  change: number,
  now: number,
): readonly HpaScaleEvent[] {
  let longest = 0;
  for (const { period } of policies) longest = Math.max(longest, period);
  const from = now - longest * 1000;
  let free = -1;
  const marked = events.map((event, i) => {
    const isOutdated = event.isOutdated || event.at < from;
    if (isOutdated) free = i;
    return isOutdated === event.isOutdated ? event : { ...event, isOutdated };
  });
  return kept(marked, free, { change, at: now, isOutdated: false });
}

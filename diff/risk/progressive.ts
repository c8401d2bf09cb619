import type { Json, Resource } from '../../manifests/resource';
import { mappings, number, record } from '../../manifests/resource';
import { byNumber } from './plural';

/** What a Rollout of Argo does not do any more before a new revision has all pods or all requests. */
export interface LostStep {
  readonly path: readonly string[];
  /** In a sentence without a full stop. */
  readonly message: string;
}

/** The safeguards that a Rollout gives up (argo-rollouts.readthedocs.io/en/stable/features/canary and bluegreen). */
export function* progressiveLost(before: Resource, after: Resource): Iterable<LostStep> {
  const of = (resource: Resource, name: string) => record(resource.at(['spec', 'strategy', name]));
  const [wasCanary, isCanary] = [of(before, 'canary'), of(after, 'canary')];
  const [wasBlue, isBlue] = [of(before, 'blueGreen'), of(after, 'blueGreen')];
  if (wasCanary && isCanary) yield* ofCanary(wasCanary, isCanary);
  if (wasBlue && isBlue) yield* ofBlueGreen(wasBlue, isBlue);
  if (wasCanary && isBlue)
    yield {
      path: ['spec', 'strategy'],
      message:
        'the strategy is blueGreen in place of canary: a new revision gets all requests at once, and twice the pods run until then',
    };
  if (wasBlue && isCanary)
    yield {
      path: ['spec', 'strategy'],
      message:
        'the strategy is canary in place of blueGreen: both revisions answer requests beside each other, and no previous one stands ready for the way back',
    };
}

function* ofCanary(was: Json, is: Json): Iterable<LostStep> {
  const [old, now] = [mappings(was['steps']), mappings(is['steps'])];
  const path = ['spec', 'strategy', 'canary', 'steps'];
  if (old.length > 0 && now.length === 0)
    yield {
      path,
      message:
        'there are no steps any more: a new revision replaces all pods as fast as maxSurge and maxUnavailable let it',
    };
  else {
    const [waited, waits] = [old, now].map((steps) => steps.filter(isEndless).length) as [number, number];
    if (waits < waited)
      yield {
        path,
        message:
          waits === 0
            ? 'it waits for nobody any more before it goes on (pause)'
            : `it waits for somebody ${byNumber(waits, 'once', `${waits} times`)} before it goes on, and did ${waited} times (pause)`,
      };
    const [tried, tries] = [old, now].map((steps) => steps.filter(isAnalysis).length) as [number, number];
    if (tries < tried)
      yield { path, message: `fewer analyses look at a new revision before it goes on: ${tries} in place of ${tried}` };
    const [first, isFirst] = [old, now].map(firstWeight);
    if (first !== undefined && (isFirst === undefined || isFirst > first))
      yield {
        path,
        message: `a new revision gets ${isFirst ?? 100} % at first, and got ${first} % before`,
      };
    const [paused, pauses] = [old, now].map((steps) => sum(steps.map(pauseSeconds))) as [number, number];
    if (pauses < paused && waits === waited)
      yield {
        path,
        message: `it pauses for ${pauses} s in all before a new revision has everything, and did for ${paused} s`,
      };
  }
  for (const [name, what] of [
    ['analysis', 'no analysis runs beside the rollout any more: nothing stops a revision that fails'],
    ['trafficRouting', 'requests are shared by the number of pods, and by no weight any more'],
  ] as const)
    if (record(was[name]) && !record(is[name])) yield { path: ['spec', 'strategy', 'canary', name], message: what };
}

function* ofBlueGreen(was: Json, is: Json): Iterable<LostStep> {
  const path = (name: string) => ['spec', 'strategy', 'blueGreen', name];
  if (was['autoPromotionEnabled'] === false && is['autoPromotionEnabled'] !== false)
    yield {
      path: path('autoPromotionEnabled'),
      message: 'a new revision gets all requests as soon as its pods are ready, and waited for somebody before',
    };
  for (const name of ['prePromotionAnalysis', 'postPromotionAnalysis'])
    if (record(was[name]) && !record(is[name]))
      yield { path: path(name), message: `no analysis looks at a new revision any more (${name})` };
  const [kept, keeps] = [was, is].map((each) => number(each['scaleDownDelaySeconds']) ?? 30) as [number, number];
  if (keeps < kept)
    yield {
      path: path('scaleDownDelaySeconds'),
      message: `the pods of the previous revision stop ${keeps} s after the switch, and did after ${kept} s: the way back starts them anew from then on`,
    };
}

function isEndless(step: Json): boolean {
  return step['pause'] !== undefined && record(step['pause'])?.['duration'] === undefined;
}

function isAnalysis(step: Json): boolean {
  return record(step['analysis']) !== undefined || record(step['experiment']) !== undefined;
}

function firstWeight(steps: readonly Json[]): number | undefined {
  return number(steps.find((step) => step['setWeight'] !== undefined)?.['setWeight']);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function pauseSeconds(step: Json): number {
  const duration = record(step['pause'])?.['duration'];
  const parts = [...String(duration ?? '').matchAll(/(\d+)([smh]?)/g)];
  return sum(parts.map(([, value, unit]) => Number(value) * (UNITS[unit || 's'] ?? 1)));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}

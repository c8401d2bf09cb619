import { StrataError } from '../../model/errors';
import type { Feature } from '../../model/feature';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { Patch } from '../../model/patch';
import type { Target } from '../../model/target';
import { stableKey } from './same';

/** What a target is rendered without. */
export type Cause<P> =
  | { readonly kind: 'setting'; readonly winner: LayeredValue }
  | { readonly kind: 'patch'; readonly patch: Patch }
  | { readonly kind: 'feature'; readonly feature: Feature<P> };

/** A render of the target in which one cause is left out. */
export interface Counterfactual<P> {
  readonly cause: Cause<P>;
  /** The objects by identity; a text says why there is no such render. */
  readonly objects: ReadonlyMap<string, KubernetesObject> | string;
}

/** A target as it is rendered, and every other way that it would be rendered. */
export interface Renders<P> {
  readonly target: Target<P>;
  readonly components: readonly Component[];
  readonly counterfactuals: readonly Counterfactual<P>[];
}

export type Compose<P> = (target: Target<P>) => readonly Component[];

/** Renders a target, and again without each value of a layer, each patch and each feature: what then differs, it moved. */
export function rendersOf<P>(target: Target<P>, compose: Compose<P>, progress?: (text: string) => void): Renders<P> {
  return {
    target,
    components: compose(target),
    counterfactuals: [...leftOut(target)].map(({ cause, without }) => {
      progress?.(`rendering ${target.name} without ${nameOf(cause)}`);
      return { cause, objects: inPlace(`${target.name} without ${nameOf(cause)}`, () => tryCompose(without, compose)) };
    }),
  };
}

/** The target with one thing left out: the winning value of each setting that a layer set, each patch, each feature. */
function* leftOut<P>(target: Target<P>): Generator<{ readonly cause: Cause<P>; readonly without: Target<P> }> {
  for (const [path, history] of target.history) {
    const [winner, next] = [history.at(-1)!, history.at(-2)];
    if (next) yield { cause: { kind: 'setting', winner }, without: withSetting(target, path, next.value) };
  }
  for (const patch of target.patches) {
    yield { cause: { kind: 'patch', patch }, without: withoutPatch(target, patch) };
  }
  for (const feature of target.features) {
    yield { cause: { kind: 'feature', feature }, without: withoutFeature(target, feature.name) };
  }
}

export function withoutPatch<P>(target: Target<P>, patch: Patch): Target<P> {
  return { ...target, patches: target.patches.filter((other) => other !== patch) };
}

/** The target without a feature and the patches that it brings. */
export function withoutFeature<P>(target: Target<P>, name: string): Target<P> {
  const features = target.features.filter((other) => other.name !== name);
  const own = target.features.filter((other) => other.name === name).flatMap(({ facts }) => facts.patches ?? []);
  return { ...target, features, patches: target.patches.filter((patch) => !own.includes(patch)) };
}

/** The target with another value of one setting: the one place that knows where settings stand in a target. */
export function withSetting<P>(target: Target<P>, path: string, value: unknown): Target<P> {
  const [group, field] = path.split('.') as [string, string];
  const groups = target.settings as unknown as Readonly<Record<string, object>>;
  const settings: unknown = { ...groups, [group]: { ...groups[group], [field]: value } };
  return { ...target, settings: settings as Target['settings'] };
}

/** The objects by stable key; a text says why there is no such render. */
export function tryCompose<P>(target: Target<P>, compose: Compose<P>): Counterfactual<P>['objects'] {
  const whole = attempt(target, compose);
  if (typeof whole !== 'string' || target.patches.length === 0) return whole;
  // Without what is left out, a patch may have nothing to change. Then it is left out, too. One may build on those before it.
  let fitting = attempt({ ...target, patches: [] }, compose);
  if (typeof fitting === 'string') return whole;
  const patches: Patch[] = [];
  for (const patch of target.patches) {
    const withIt = attempt({ ...target, patches: [...patches, patch] }, compose);
    if (typeof withIt === 'string') continue;
    patches.push(patch);
    fitting = withIt;
  }
  return fitting;
}

/** The objects by identity, or why the target cannot be rendered. */
function attempt<P>(target: Target<P>, compose: Compose<P>): ReadonlyMap<string, KubernetesObject> | string {
  try {
    return new Map(compose(target).flatMap(({ objects }) => objects.map((object) => [stableKey(object), object])));
  } catch (error) {
    if (error instanceof StrataError) return `${error.place}: ${error.found}`;
    throw error;
  }
}

/** What is no refusal is a fault of the code, which nobody would look for in a render that they did not ask for. */
function inPlace<T>(place: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error) error.message = `${place}: ${error.message}`;
    throw error;
  }
}

function nameOf<P>(cause: Cause<P>): string {
  if (cause.kind === 'setting') return cause.winner.path;
  return cause.kind === 'patch' ? `the patch of ${cause.patch.object}` : cause.feature.name;
}

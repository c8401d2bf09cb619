import type { Feature } from '../../model/feature';
import { isMap } from '../../model/is-map';
import type { KubernetesObject } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { Patch } from '../../model/patch';
import type { Target } from '../../model/target';
import type { Compose } from './counterfactual';
import { tryCompose, withoutFeature, withoutPatch, withSetting } from './counterfactual';
import type { FactValue } from './facts';
import { declaredFacts, withFact } from './facts';
import { isSame } from './same';

/** What two declarations of a target differ in, and what may therefore move what is rendered of it. */
export type ChangedCause =
  | { readonly kind: 'setting'; readonly before: LayeredValue; readonly after: LayeredValue }
  | { readonly kind: 'fact'; readonly before: FactValue; readonly after: FactValue }
  | { readonly kind: 'feature'; readonly does: 'added' | 'removed'; readonly feature: Feature<never> }
  | { readonly kind: 'patch'; readonly does: 'added' | 'removed'; readonly patch: Patch };

/** A cause, and the target without it. */
export interface Undone {
  readonly cause: ChangedCause;
  /** The side that was rendered without it: what was taken away is looked for in the target as it was. */
  readonly side: 'before' | 'after';
  /** The target of that side without it. */
  readonly target: Target<never>;
  /** The objects by their stable keys as they would be without it, rendered when they are asked for; undefined where the target cannot be rendered without it. */
  readonly objects: () => ReadonlyMap<string, KubernetesObject> | undefined;
}

/** A target with what renders it. */
export interface RenderedTarget<P> {
  readonly target: Target<P>;
  readonly compose: Compose<P>;
}

/** Renders a target again, when it is asked to, without each thing that it differs in from what it was: what then is otherwise, that moved. */
export function undoneCauses<P>(before: RenderedTarget<P>, after: RenderedTarget<P>): Undone[] {
  return changedCauses(before.target, after.target).map((cause): Undone => {
    const side = 'does' in cause && cause.does === 'removed' ? 'before' : 'after';
    const { target, compose } = side === 'before' ? before : after;
    const without =
      cause.kind === 'setting'
        ? withSetting(target, cause.after.path, cause.before.value)
        : cause.kind === 'fact'
          ? withFact(target, cause.before)
          : cause.kind === 'feature'
            ? withoutFeature(target, cause.feature.name)
            : withoutPatch(target, cause.patch);
    let rendered: ReturnType<typeof tryCompose> | undefined;
    const objects = () => {
      rendered ??= tryCompose(without, compose);
      return typeof rendered === 'string' ? undefined : rendered;
    };
    return { cause, side, target: without as Target<never>, objects };
  });
}

function changedCauses(before: Target<never>, after: Target<never>): ChangedCause[] {
  const settings = [...after.history].flatMap(([path, history]): ChangedCause[] => {
    const [was, is] = [before.history.get(path)?.at(-1), history.at(-1)!];
    return was === undefined || isSame(was.value, is.value) ? [] : [{ kind: 'setting', before: was, after: is }];
  });
  const features = (of: Target<never>, other: Target<never>, does: 'added' | 'removed') =>
    of.features
      .filter(({ name }) => !other.features.some((feature) => feature.name === name))
      .map((feature): ChangedCause => ({ kind: 'feature', does, feature }));
  const patches = (of: Target<never>, other: Target<never>, does: 'added' | 'removed') =>
    of.patches
      .filter((patch) => !other.patches.some((each) => isSame(said(each), said(patch))))
      .map((patch): ChangedCause => ({ kind: 'patch', does, patch }));
  return [
    ...settings,
    ...changedFacts(before, after),
    ...features(after, before, 'added'),
    ...features(before, after, 'removed'),
    ...patches(after, before, 'added'),
    ...patches(before, after, 'removed'),
  ];
}

function changedFacts(before: Target<never>, after: Target<never>): ChangedCause[] {
  const [was, is] = [declaredFacts(before), declaredFacts(after)];
  const changed = new Map<string, ChangedCause>();
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const path = sharedPath(was.get(key) ?? is.get(key)!, before, after);
    // A fact that one side alone knows has no place there but that of what it is a fact of.
    const [old, now] = [
      was.get(key) ?? unknownFact(before, is.get(key)!),
      is.get(key) ?? unknownFact(after, was.get(key)!),
    ];
    if (isSame(old.value, now.value)) continue;
    const [from, to] = [at(before, old, path), at(after, now, path)];
    changed.set([old.of, ...path].join('\0'), { kind: 'fact', before: from, after: to });
  }
  return [...changed.values()];
}

/** The path of a fact, or of what it is a part of that one side alone has: a pool of nodes comes and goes as one. */
function sharedPath({ of, path }: FactValue, before: Target<never>, after: Target<never>): readonly string[] {
  const shortest = path.findIndex((_, i) =>
    [before, after].some((target) => valueIn(target[of], path.slice(0, i + 1)) === undefined),
  );
  return shortest < 0 ? path : path.slice(0, shortest + 1);
}

function at(target: Target<never>, fact: FactValue, path: readonly string[]): FactValue {
  return path.length === fact.path.length ? fact : { ...fact, path, value: valueIn(target[fact.of], path) };
}

function valueIn(thing: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), thing);
}

function unknownFact(target: Target<never>, { of, path }: FactValue): FactValue {
  return { of, name: target[of].name, path, value: undefined, at: target[of].at };
}

/** A patch without the place where it is written. */
function said({ at: _, ...patch }: Patch): unknown {
  return patch;
}

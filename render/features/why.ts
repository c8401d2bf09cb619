import { capabilities } from '../../model/capability';
import { StrataError } from '../../model/errors';
import type { Feature } from '../../model/feature';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { TargetPair } from '../../model/matrix';
import type { Target } from '../../model/target';
import { stableKey } from '../explain/same';
import { asWritten } from '../plan';
import type { MovedField } from './moved-fields';
import { movedFields } from './moved-fields';
import type { Trials } from './trial';
import { isAmong } from './ways';

/** An object with the component that it is in. */
export interface PlacedObject {
  readonly component: string;
  readonly object: KubernetesObject;
}

/** What a feature brings to a target: how the target differs from a render without it. */
export interface Brought<P> {
  readonly pair: TargetPair<P>;
  readonly feature: Feature<P>;
  /** The target has it; else it is told what it would bring. */
  readonly has: boolean;
  readonly added: readonly PlacedObject[];
  /** What is there only without it. */
  readonly removed: readonly PlacedObject[];
  readonly changed: readonly (PlacedObject & { readonly changes: readonly MovedField[] })[];
  /** Its settings with their layers, the winner last. */
  readonly settings: ReadonlyMap<string, readonly LayeredValue[]>;
  /** The other features of the target that need what it provides. */
  readonly neededBy: readonly { readonly feature: string; readonly capability: string }[];
  /** Why the target cannot be rendered without it: what it brings is not known then. */
  readonly indispensable: string | undefined;
  /** Both renders. @default - there is none without it */
  readonly rendered?: {
    readonly target: Target<P>;
    readonly without: readonly Component[];
    readonly with: readonly Component[];
  };
}

/** What a feature brings to a pair; an error where it cannot have it. */
export function broughtBy<P>(trials: Trials<P>, pair: TargetPair<P>, feature: Feature<P>): Brought<P> {
  const own = pair.declared?.features ?? [];
  const others = own.filter(({ name }) => name !== feature.name);
  const has = isAmong(feature, own);
  const wanted = has ? own : [...own, feature];
  const [withIt, without] = [trials.of(pair, wanted), trials.without(pair, wanted, feature)];
  if ('failure' in withIt) throw withIt.failure;
  const { target, components } = withIt;
  const settings = new Map([...target.history].filter(([path]) => path.startsWith(`${feature.settings.name}.`)));
  const neededBy = others.flatMap(({ name, facts }) =>
    (facts.needs ?? [])
      .filter(
        (need) =>
          feature.facts.provides?.includes(need) &&
          !capabilities[need].on(pair.cluster) &&
          !others.some((other) => other.facts.provides?.includes(need)),
      )
      .map((capability) => ({ feature: name, capability })),
  );
  const about = { pair, feature, has, settings, neededBy };
  if (without instanceof StrataError)
    return { ...about, added: [], removed: [], changed: [], indispensable: `${without.place}: ${without.found}` };
  const [now, then] = [placed(components), placed(without)];
  const only = (these: typeof now, those: typeof now) =>
    [...these].flatMap(([key, at]) => (those.has(key) ? [] : [at]));
  return {
    ...about,
    added: only(now, then),
    removed: only(then, now),
    changed: [...now].flatMap(([key, at]) => {
      const changes = then.has(key) ? movedFields(then.get(key)!.object, at.object) : [];
      return changes.length > 0 ? [{ ...at, changes }] : [];
    }),
    indispensable: undefined,
    rendered: { target, without, with: components },
  };
}

function placed(components: readonly Component[]): Map<string, PlacedObject> {
  return new Map(
    components
      .map(asWritten)
      .flatMap(({ name, objects }) => objects.map((object) => [stableKey(object), { component: name, object }])),
  );
}

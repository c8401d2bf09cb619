import { deliveryFacts } from '../../model/delivered';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { memo } from '../../model/memo';
import type { Target } from '../../model/target';
import type { Undone } from '../../render/explain/changed-causes';
import { stableKey } from '../../render/explain/same';
import { planTarget } from '../../render/plan';
import type { ComparedPair, ComparedSource } from './compared';
import { inFolder } from './sides';
import { undoneOf, valuesOf } from './undone';

/** A difference of declarations, and a pair of targets that has it. */
export interface UndoneIn extends Omit<Undone, 'target'> {
  readonly pair: ComparedPair;
}

/** Of what hands the targets over: each difference of their declarations, undone in all targets that have it. */
export const undoneInDelivery = memo((pairs: ReadonlyMap<string, ComparedPair>): readonly UndoneIn[] => {
  const causes = new Map<
    string,
    { readonly first: Undone; readonly pair: ComparedPair; readonly without: Map<string, Target<never>> }
  >();
  for (const pair of pairs.values())
    for (const undone of undoneOf(pair) ?? []) {
      const key = JSON.stringify([undone.side, valuesOf(undone.cause)]);
      const known = causes.get(key) ?? { first: undone, pair, without: new Map<string, Target<never>>() };
      causes.set(key, known);
      known.without.set(pair.name, undone.target);
    }
  return [...causes.values()].map(({ first: { cause, side }, pair, without }): UndoneIn => {
    let known: { readonly objects: ReturnType<typeof deliveredWithout> } | undefined;
    return {
      cause,
      side,
      pair,
      objects: () => (known ??= { objects: deliveredWithout(pairs, side, without) }).objects,
    };
  });
});

/** The objects that would hand the targets of one side over if some were other ones; undefined where those cannot be rendered. */
function deliveredWithout(
  pairs: ReadonlyMap<string, ComparedPair>,
  side: Undone['side'],
  without: ReadonlyMap<string, Target<never>>,
): ReadonlyMap<string, KubernetesObject> | undefined {
  const sources = [...pairs.values()].flatMap((pair) => pair[side]?.source ?? []);
  const project = sources[0]?.project;
  if (!project) return undefined;
  try {
    return inFolder(project.root, () => {
      const delivered = sources.map((source) => {
        const other = without.get(source.target.name);
        return other ? deliveredTarget(project, other) : deliveredOf(source);
      });
      const objects = project.deliver(delivered).flatMap((file) => file.objects);
      return new Map(
        objects.map((object) => [stableKey(object), JSON.parse(JSON.stringify(object)) as KubernetesObject]),
      );
    });
  } catch (error) {
    if (error instanceof StrataError) return undefined;
    throw error;
  }
}

const deliveredOf = memo(({ project, target }: ComparedSource) => deliveredTarget(project, target));

function deliveredTarget(project: ComparedSource['project'], target: Target<never>) {
  const components = project.compose(target);
  const { objects } = planTarget(target, components);
  return { target, objects, facts: deliveryFacts(components.flatMap((component) => component.objects)) };
}

import { deliveryFacts } from '../../model/delivered';
import type { SecretOutline } from '../../model/secret-contract';
import type { Target } from '../../model/target';
import { planTarget } from '../../render/plan';
import { toYaml } from '../../render/yaml';
import type { Project } from '../command';
import { matchesAny } from './words';

/** What the sources render, as it would be written. */
export interface RenderedTexts {
  readonly targets: readonly TargetTexts[];
  /** What hands the targets to Argo CD and Flux, by file; empty where not all of them are rendered. */
  readonly delivery: ReadonlyMap<string, string>;
}

export interface TargetTexts {
  readonly name: string;
  /** The folder that it is written to. */
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
  readonly secrets: readonly SecretOutline[];
}

/** The targets that words name; those that there are not on this side are left out. Without words: all. */
export function targetsNamed<P>({ matrix }: Project<P>, words: readonly string[]): readonly Target<P>[] {
  const all = matrix.targets();
  const known = words.filter((word) => matchesAny(word, matrix.names));
  return words.length === 0 ? all : known.length === 0 ? [] : matrix.targets(known);
}

/** Renders targets in memory; `isAll`: they are all that there are. */
export function renderedTexts<P>(
  { compose, deliver }: Project<P>,
  targets: readonly Target<P>[],
  isAll: boolean,
  progress?: (text: string) => void,
): RenderedTexts {
  const rendered = targets.map((target) => {
    progress?.(`rendering ${target.name}`);
    const components = compose(target);
    const { files, objects, secrets } = planTarget(target, components);
    const facts = deliveryFacts(components.flatMap((component) => component.objects));
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    return { delivered: { target, objects, facts }, name: target.name, path: target.path, files: texts, secrets };
  });
  const delivery = isAll ? deliver(rendered.map(({ delivered }) => delivered)) : [];
  return {
    targets: rendered.map(({ delivered: _, ...texts }) => texts),
    delivery: new Map(delivery.map(({ file, objects }) => [file, objects.map(toYaml).join('---\n')])),
  };
}

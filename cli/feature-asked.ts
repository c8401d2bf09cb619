import { knownNames, StrataError } from '../model/errors';
import type { Feature } from '../model/feature';
import type { TargetPair } from '../model/matrix';
import { Trials } from '../render/features/trial';
import type { Host, Project } from './command';

/** What `why` and `why-not` are asked about. */
export interface FeatureAsked<P> {
  readonly trials: Trials<P>;
  /** Every feature that there is. */
  readonly known: readonly Feature<P>[];
  readonly pair: TargetPair<P>;
  readonly feature: Feature<P>;
}

/** Finds the target, or the environment and the cluster, and the feature that a user names; the nearest names where there is none. */
export function featureAsked<P>(project: Project<P>, [target, name]: readonly string[], host: Host): FeatureAsked<P> {
  const { matrix } = project;
  const known = knownFeatures(project);
  // Checked as a whole: of a matrix that cannot be, nothing can be said.
  matrix.targets([matrix.names[0] ?? '']);
  const pair = matrix.pair(target!);
  const feature =
    pair.declared?.features.find((each) => each.name === name) ?? known.find((each) => each.name === name);
  if (!feature)
    throw new StrataError(name!, 'no feature has this name', [
      `name a feature: ${knownNames(
        name!,
        known.map((each) => each.name),
      )}`,
    ]);
  return { trials: new Trials(matrix, project.compose, host.progress), known, pair, feature };
}

/** The features that the project lists, and those that only a target has. */
export function knownFeatures<P>({ features, matrix }: Project<P>): readonly Feature<P>[] {
  const names = new Set(features.map(({ name }) => name));
  return [...features, ...matrix.features.filter(({ name }) => !names.has(name))];
}

import type { Capability } from './capability';
import { capabilities, isOfClusters } from './capability';
import type { Cluster } from './cluster';
import { StrataError } from './errors';
import type { Feature } from './feature';

/** Why features cannot stand together in an environment on a cluster. */
export type FeatureProblem<Context = never> = {
  readonly feature: Feature<Context>;
  /** As a render of the target says it. */
  readonly error: StrataError;
} & (
  | { readonly kind: 'twice' }
  /** `what` is the environment, or another feature of the target. */
  | { readonly kind: 'excluded'; readonly what: string; readonly rival?: Feature<Context> }
  /** Two features provide the same. */
  | { readonly kind: 'rival'; readonly capability: Capability; readonly rival: Feature<Context> }
  /** The cluster provides it itself. */
  | { readonly kind: 'provided'; readonly capability: Capability }
  | { readonly kind: 'needed'; readonly capability: Capability }
);

/** Everything that keeps these features from standing together there; the first one is what a render is refused with. */
export function* featureProblems<Context>(
  environment: { readonly name: string },
  cluster: Cluster,
  features: readonly Feature<Context>[],
): Generator<FeatureProblem<Context>> {
  const target = `${environment.name}@${cluster.name}`;
  const names = features.map((feature) => feature.name);
  for (const feature of features) {
    const place = `${target}, feature ${feature.name}`;
    if (names.indexOf(feature.name) !== names.lastIndexOf(feature.name))
      yield {
        kind: 'twice',
        feature,
        error: new StrataError(place, 'the feature is switched on twice', ['remove one of the two']),
      };
    for (const { what, why } of feature.facts.excludes ?? []) {
      const rival = features.find(({ name }) => name === what);
      if (what !== environment.name && !rival) continue;
      yield {
        kind: 'excluded',
        feature,
        what,
        ...(what !== environment.name && rival ? { rival } : {}),
        error: new StrataError(place, `cannot be combined with ${what}: ${why}`, [
          `remove ${feature.name} from this target`,
          what === environment.name ? `move it to a target of another environment` : `remove ${what} from this target`,
        ]),
      };
    }
    for (const capability of feature.facts.provides ?? []) {
      const rival = features.find((other) => other !== feature && other.facts.provides?.includes(capability));
      if (rival)
        yield {
          kind: 'rival',
          feature,
          capability,
          rival,
          error: new StrataError(place, `provides ${capability}, and so does ${rival.name}; two would fight over it`, [
            `remove ${feature.name} from this target`,
            `remove ${rival.name} from this target`,
          ]),
        };
      if (capabilities[capability].on(cluster))
        yield {
          kind: 'provided',
          feature,
          capability,
          error: new StrataError(
            place,
            `cluster ${cluster.name} provides ${capability} itself (${capabilities[capability].meaning}); two would fight over it`,
            [
              `remove ${feature.name} from this target`,
              `state in clusters/${cluster.name}.ts that the cluster does not bring it`,
            ],
          ),
        };
    }
    for (const capability of feature.facts.needs ?? []) {
      if (capabilities[capability].on(cluster) || features.some((other) => other.facts.provides?.includes(capability)))
        continue;
      yield {
        kind: 'needed',
        feature,
        capability,
        error: new StrataError(
          place,
          `needs ${capability} (${capabilities[capability].meaning}), and ${isOfClusters(capability) ? `neither cluster ${cluster.name} nor a` : 'no'} feature of this target provides it`,
          [
            `add a feature that provides ${capability} (npx strata features)`,
            `remove ${feature.name} from this target${isOfClusters(capability) ? `, or move it to a cluster that provides ${capability} (npx strata clusters)` : ''}`,
          ],
        ),
      };
    }
  }
}

import type { Capability } from './capability';
import { capabilities } from './capability';
import type { Cluster } from './cluster';
import { StrataError } from './errors';
import type { Layer, Resolved } from './layers';
import { resolve } from './layers';
import type { Settings } from './settings';

/** A purpose. Holds only differences from the defaults, each with its reason. */
export interface Environment {
  readonly name: string;
  /**
   * Nothing in it is worth keeping or hiding: credentials are generated and stand in the manifests. Everywhere else
   * Secrets are only referenced.
   */
  readonly ephemeral: boolean;
  /** Why it does not exist on the clusters that it has no target on. @default - each such pair says so itself */
  readonly elsewhere?: string;
  readonly layer: Layer;
}

/** The groups of building blocks and features, which are the folders that they stand in. */
export type FeatureGroup =
  | 'app'
  | 'monitoring'
  | 'logging'
  | 'delivery'
  | 'scaling'
  | 'availability'
  | 'security'
  | 'recovery'
  | 'operators'
  | 'practice';

/** What is told of a feature. */
export interface FeatureFacts {
  /** The folder of features/ that it stands in. */
  readonly group: FeatureGroup;
  /** One line: what a target gains. */
  readonly summary: string;
  /** Its options with the values that they have when a target says nothing. Plain data. */
  readonly defaults: object;
  /** @default - nothing */
  readonly needs?: readonly Capability[];
  /** @default - nothing */
  readonly provides?: readonly Capability[];
  /** Names of features and environments that it can not be combined with, with the reason. @default - none */
  readonly excludes?: readonly { readonly what: string; readonly why: string }[];
}

/** An optional capability, switched on with its options. `Platform` is what it is applied to; the model need not know. */
export interface Feature<Platform = never> {
  readonly name: string;
  /** Plain data, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly facts: FeatureFacts;
  readonly apply: (platform: Platform) => void;
  /** Runs when every feature has been applied: for what follows from the whole. */
  readonly finish: (platform: Platform) => void;
}

/** One environment on one cluster with its features: the unit of rendering. */
export interface Target<Platform = never> {
  /** `dev@kind` */
  readonly name: string;
  /** `kind/dev`: its folder in the rendered tree. */
  readonly path: string;
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly features: readonly Feature<Platform>[];
  readonly settings: Settings;
  readonly said: Resolved['said'];
  /** The namespace of the app; further ones have it as their prefix, and so have cluster-scoped objects. */
  readonly namespace: string;
}

/** Resolves a target's settings and refuses what can not work there. */
export function resolveTarget<P>(
  environment: Environment,
  cluster: Cluster,
  features: readonly Feature<P>[],
  layer: Layer = {},
): Target<P> {
  const name = `${environment.name}@${cluster.name}`;
  const { settings, said } = resolve(name, {
    cluster: cluster.layer ?? {},
    environment: environment.layer,
    target: layer,
  });
  checkFeatures(name, environment, cluster, features);
  return {
    name,
    path: `${cluster.name}/${environment.name}`,
    environment,
    cluster,
    features,
    settings,
    said,
    namespace: `course-${environment.name}`,
  };
}

function checkFeatures(target: string, environment: Environment, cluster: Cluster, features: readonly Feature[]): void {
  const names = features.map((feature) => feature.name);
  for (const feature of features) {
    const place = `${target}, feature ${feature.name}`;
    if (names.indexOf(feature.name) !== names.lastIndexOf(feature.name)) {
      throw new StrataError(place, 'the feature is switched on twice', ['remove one of the two']);
    }
    for (const { what, why } of feature.facts.excludes ?? []) {
      if (what === environment.name || names.includes(what)) {
        throw new StrataError(place, `can not be combined with ${what}: ${why}`, [
          `remove ${feature.name} from this target`,
          what === environment.name ? `move it to a target of another environment` : `remove ${what} from this target`,
        ]);
      }
    }
    for (const provided of feature.facts.provides ?? []) {
      const rival = features.find((other) => other !== feature && other.facts.provides?.includes(provided));
      if (rival) {
        throw new StrataError(place, `provides ${provided}, and so does ${rival.name}; two would fight over it`, [
          `remove ${feature.name} from this target`,
          `remove ${rival.name} from this target`,
        ]);
      }
      if (capabilities[provided].on(cluster)) {
        throw new StrataError(
          place,
          `cluster ${cluster.name} provides ${provided} itself (${capabilities[provided].meaning}); two would fight over it`,
          [
            `remove ${feature.name} from this target`,
            `state in clusters/${cluster.name}.ts that the cluster does not bring it`,
          ],
        );
      }
    }
    for (const need of feature.facts.needs ?? []) {
      if (!capabilities[need].on(cluster) && !features.some((other) => other.facts.provides?.includes(need))) {
        throw new StrataError(
          place,
          `needs ${need} (${capabilities[need].meaning}), and neither cluster ${cluster.name} nor a feature of this target provides it`,
          [
            `add a feature that provides ${need} (npx strata features)`,
            `remove ${feature.name} from this target, or move it to a cluster that provides ${need} (npx strata clusters)`,
          ],
        );
      }
    }
  }
}

import type { Cluster } from './cluster';
import { declared } from './declared';
import { StrataError } from './errors';
import type { Feature } from './feature';
import { featureProblems } from './feature-check';
import type { Layer, Resolved } from './layers';
import { resolve } from './layers';
import { checkLabel } from './names';
import type { Patch } from './patch';
import { checkReason } from './reason';
import type { Settings, SettingsGroup } from './settings';

/** A purpose. Holds only differences from the defaults, each with its reason. */
export interface EnvironmentFacts {
  /**
   * Nothing in it is worth keeping or hiding: credentials are generated and stand in the manifests. Everywhere else
   * Secrets are only referenced.
   */
  readonly ephemeral: boolean;
  /** Why Secrets with values may be rendered although the environment is not ephemeral. @default - they may not */
  readonly secretsInGit?: string;
  /** Why it does not exist on the clusters that it has no target on. @default - each such pair says so itself */
  readonly elsewhere?: string;
  /** What differs from the defaults, of components and of features. @default - nothing */
  readonly settings?: Layer;
  /** Changes of final objects that hold in this environment. @default - none */
  readonly patches?: readonly Patch[];
}

export interface Environment extends EnvironmentFacts {
  readonly name: string;
  /** Where it is declared; an environment that is made of another one's fields does not take it over. @default - unknown */
  readonly at?: Error;
}

/** Declares an environment. */
export function environment(name: string, facts: EnvironmentFacts): Environment {
  checkLabel(`environment ${name}`, name, 40);
  if (typeof facts.ephemeral !== 'boolean')
    throw new StrataError(
      `environment ${name}, ephemeral`,
      `is ${JSON.stringify(facts.ephemeral)}, which is not true or false`,
      [
        'set ephemeral: true if nothing in it is worth keeping or hiding',
        'set ephemeral: false: Secrets are then only referenced',
      ],
    );
  if (facts.secretsInGit !== undefined) checkReason(`environment ${name}, secretsInGit`, facts.secretsInGit);
  if (facts.elsewhere !== undefined) checkReason(`environment ${name}, elsewhere`, facts.elsewhere);
  return declared({ name, ...facts });
}

/** A combination that exists: an environment on a cluster with its features, and what differs in this target alone. */
export interface TargetDeclaration<Context = never> {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly features: readonly Feature<Context>[];
  readonly settings?: Layer;
  readonly patches?: readonly Patch[];
  /** Where it stands. @default - unknown */
  readonly at?: Error;
}

/** One environment on one cluster with its features: the unit of rendering. */
export interface Target<Context = never> {
  /** `dev@kind` */
  readonly name: string;
  /** `kind/dev`: its folder in the rendered tree. */
  readonly path: string;
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly features: readonly Feature<Context>[];
  readonly settings: Settings;
  /** By setting, the values of all layers that set it: the winner last. */
  readonly history: Resolved['history'];
  /** Changes of final objects: those of the features, of the cluster, of the environment, and the target's own. */
  readonly patches: readonly Patch[];
}

/**
 * Resolves a target's settings and refuses what cannot work there. `components` are the settings of what every target has;
 * `elsewhere` names groups that only other targets have, which a cluster or an environment may set all the same.
 */
export function resolveTarget<Context>(
  { environment, cluster, features, settings: own = {}, patches = [] }: TargetDeclaration<Context>,
  components: readonly SettingsGroup[],
  elsewhere: readonly string[] = [],
): Target<Context> {
  const name = `${environment.name}@${cluster.name}`;
  for (const { error } of featureProblems(environment, cluster, features)) throw error;
  const groups = [...components, ...features.map((feature) => feature.settings)];
  const { settings, history } = resolve(
    name,
    groups,
    { cluster: cluster.settings ?? {}, environment: environment.settings ?? {}, target: own },
    elsewhere,
  );
  return {
    name,
    path: `${cluster.name}/${environment.name}`,
    environment,
    cluster,
    features,
    settings,
    history,
    patches: [
      ...features.flatMap(({ facts }) => facts.patches ?? []),
      ...(cluster.patches ?? []),
      ...(environment.patches ?? []),
      ...patches,
    ],
  };
}

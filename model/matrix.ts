import type { Cluster } from './cluster';
import { knownNames, StrataError } from './errors';
import type { Feature } from './feature';
import { checkReason } from './reason';
import type { SettingsGroup } from './settings';
import type { Environment, Target, TargetDeclaration } from './target';
import { resolveTarget } from './target';

/** A combination that does not exist, and why. */
interface Exclusion {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly why: string;
}

/** An environment on a cluster with its features; in `own`, settings and patches of this target alone. */
export function target<Context>(
  environment: Environment,
  cluster: Cluster,
  features: readonly Feature<Context>[],
  own: Pick<TargetDeclaration, 'settings' | 'patches'> = {},
): TargetDeclaration<Context> {
  return { environment, cluster, features, ...own };
}

/** A combination that shall not exist. Without it, the environment's own `elsewhere` is the reason. */
export function excluded(environment: Environment, cluster: Cluster, why: string): Exclusion {
  checkReason(`${environment.name}@${cluster.name}, excluded`, why);
  return { environment, cluster, why };
}

/** Every combination of environment and cluster: rendered, or excluded with the reason. */
export class Matrix<Context = never> {
  private readonly declared: readonly TargetDeclaration<Context>[];
  private readonly exclusions: readonly Exclusion[];

  constructor(
    /** The settings of what every target has. */
    readonly components: readonly SettingsGroup[],
    ...rows: readonly (TargetDeclaration<Context> | Exclusion)[]
  ) {
    this.declared = rows.filter((row): row is TargetDeclaration<Context> => 'features' in row);
    this.exclusions = rows.filter((row): row is Exclusion => 'why' in row);
  }

  /** Nothing is declared: the program judges manifests and renders none. */
  get isEmpty(): boolean {
    return this.declared.length === 0 && this.exclusions.length === 0;
  }

  /** The features that some target has. */
  get features(): Feature<Context>[] {
    return [...new Set(this.declared.flatMap(({ features }) => features))];
  }

  get clusters(): Cluster[] {
    return [...new Set([...this.declared, ...this.exclusions].map((row) => row.cluster))];
  }

  get environments(): Environment[] {
    return [...new Set([...this.declared, ...this.exclusions].map((row) => row.environment))];
  }

  /** The targets, resolved and checked, in the order of their declaration; all, or the named ones. */
  targets(names: readonly string[] = []): Target<Context>[] {
    this.checkPairs();
    this.checkSettings();
    const known = this.declared.map((row) => `${row.environment.name}@${row.cluster.name}`);
    for (const name of names) {
      if (known.includes(name)) continue;
      const exclusion = this.excludedPairs().find((pair) => pair.name === name);
      throw new StrataError(
        name,
        exclusion ? `excluded: ${exclusion.why}` : 'no target has this name',
        exclusion
          ? ['name another target (npx strata targets)', 'replace the exclusion by a target in environments/matrix.ts']
          : [`name a target: ${knownNames(name, known)}`],
      );
    }
    return this.declared
      .filter((_, i) => names.length === 0 || names.includes(known[i]!))
      .map((row) => resolveTarget(row, this.components, this.featureGroups));
  }

  /** The pairs that are not rendered, each with its reason. */
  excludedPairs(): { readonly name: string; readonly why: string }[] {
    return this.pairs().flatMap(({ name, targets, why }) =>
      targets === 0 && why !== undefined ? [{ name, why }] : [],
    );
  }

  /** Every environment with every cluster: how often it is a target, and why it is none. */
  private pairs() {
    return this.environments.flatMap((environment) =>
      this.clusters.map((cluster) => {
        const here = (row: { environment: Environment; cluster: Cluster }) =>
          row.environment === environment && row.cluster === cluster;
        const exclusion = this.exclusions.find(here);
        return {
          name: `${environment.name}@${cluster.name}`,
          targets: this.declared.filter(here).length,
          exclusion,
          why: exclusion?.why ?? environment.elsewhere,
        };
      }),
    );
  }

  /** The names of all features' settings. */
  private get featureGroups(): string[] {
    return [...new Set(this.declared.flatMap(({ features }) => features.map(({ settings }) => settings.name)))];
  }

  /** What an environment or a cluster sets, some target of it must have: else the value is read by nobody. */
  private checkSettings(): void {
    const components = this.components.map(({ name }) => name);
    const groups = [
      ...new Set([
        ...this.components,
        ...this.declared.flatMap(({ features }) => features.map(({ settings }) => settings)),
      ]),
    ];
    const twice = groups.find(({ name }, i) => groups.findIndex((other) => other.name === name) !== i)?.name;
    if (twice !== undefined)
      throw new StrataError(`settings ${twice}`, 'two components or features call their settings so', [
        'rename one of the two',
      ]);
    for (const [what, key, all] of [
      ['environment', 'environment', this.environments],
      ['cluster', 'cluster', this.clusters],
    ] as const) {
      for (const place of all) {
        const rows = this.declared.filter((row) => row[key] === place);
        if (rows.length === 0) continue;
        const known = [...components, ...rows.flatMap(({ features }) => features.map(({ settings }) => settings.name))];
        for (const group of Object.keys(place.settings ?? {})) {
          if (known.includes(group)) continue;
          const elsewhere = this.featureGroups.includes(group);
          throw new StrataError(
            `${what} ${place.name}, settings`,
            elsewhere ? `sets ${group}, and no target of it has that feature` : `there are no settings called ${group}`,
            elsewhere
              ? [`remove ${group} there`, 'add the feature to a target of it']
              : [`use settings that exist: ${knownNames(group, known)}`],
          );
        }
      }
    }
  }

  private checkPairs(): void {
    if (this.declared.length === 0)
      throw new StrataError('environments/matrix.ts', 'the matrix has no target, so there is nothing to render', [
        'add target(environment, cluster, [...])',
      ]);
    for (const [what, folder, all] of [
      ['environments', 'environments', this.environments],
      ['clusters', 'clusters', this.clusters],
    ] as const) {
      const names = all.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined)
        throw new StrataError(`environments/matrix.ts, ${twice}`, `two ${what} are called ${twice}`, [
          `give one of the two another name in ${folder}/`,
        ]);
    }
    for (const { name, targets, exclusion, why } of this.pairs()) {
      const place = `environments/matrix.ts, ${name}`;
      if (targets > 1) throw new StrataError(place, 'the target is declared twice', ['remove one of the two']);
      if (targets && exclusion)
        throw new StrataError(place, `the pair is a target and excluded ("${exclusion.why}")`, [
          'remove the target',
          'remove the exclusion',
        ]);
      if (!targets && why === undefined) {
        const [environment, cluster] = name.split('@');
        throw new StrataError(place, 'the pair is neither a target nor excluded', [
          `add target(${environment}, ${cluster}, [...])`,
          `add excluded(${environment}, ${cluster}, 'why'), or say in environments/${environment}.ts why it exists nowhere else`,
        ]);
      }
    }
  }
}

import type { Cluster } from './cluster';
import { knownNames, StrataError } from './errors';
import type { Layer } from './layers';
import type { Environment, Feature, Target } from './target';
import { resolveTarget } from './target';

/** A combination that exists. */
interface Declared<P> {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly features: readonly Feature<P>[];
  readonly layer: Layer;
}

/** A combination that does not exist, and why. */
interface Exclusion {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly why: string;
}

/** An environment on a cluster. `layer` holds differences of this target alone. */
export function target<P>(
  environment: Environment,
  cluster: Cluster,
  features: readonly Feature<P>[],
  layer: Layer = {},
): Declared<P> {
  return { environment, cluster, features, layer };
}

/** A combination that shall not exist. Without it, the environment's own `elsewhere` is the reason. */
export function excluded(environment: Environment, cluster: Cluster, why: string): Exclusion {
  return { environment, cluster, why };
}

/** Every combination of environment and cluster: rendered, or excluded with the reason. */
export class Matrix<P = never> {
  private readonly declared: readonly Declared<P>[];
  private readonly exclusions: readonly Exclusion[];

  constructor(...rows: readonly (Declared<P> | Exclusion)[]) {
    this.declared = rows.filter((row): row is Declared<P> => 'features' in row);
    this.exclusions = rows.filter((row): row is Exclusion => 'why' in row);
  }

  get clusters(): Cluster[] {
    return [...new Set([...this.declared, ...this.exclusions].map((row) => row.cluster))];
  }

  get environments(): Environment[] {
    return [...new Set([...this.declared, ...this.exclusions].map((row) => row.environment))];
  }

  /** The targets, resolved and checked, in the order of their declaration; all, or the named ones. */
  targets(names: readonly string[] = []): Target<P>[] {
    this.checkPairs();
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
      .map((row) => resolveTarget(row.environment, row.cluster, row.features, row.layer));
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

  private checkPairs(): void {
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

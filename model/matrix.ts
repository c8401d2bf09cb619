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

/** Combinations that do not exist, and why. */
interface Exclusion {
  readonly environment: Environment;
  /** @default - every cluster of the matrix that the environment has no target on */
  readonly cluster?: Cluster;
  readonly why: string;
}

/** An environment on a cluster. `layer` holds differences of this target alone. */
export function target<P>(environment: Environment, cluster: Cluster, features: readonly Feature<P>[], layer: Layer = {}): Declared<P> {
  return { environment, cluster, features, layer };
}

/** A combination that shall not exist. */
export function excluded(environment: Environment, cluster: Cluster, why: string): Exclusion {
  return { environment, cluster, why };
}

/** The environment exists nowhere else than on the clusters that it has a target on. */
export function excludedElsewhere(environment: Environment, why: string): Exclusion {
  return { environment, why };
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
    return [...new Set([...this.declared, ...this.exclusions].flatMap((row) => row.cluster ?? []))];
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
        exclusion ? `is excluded: ${exclusion.why}` : 'no target has this name',
        exclusion ? ['name another target (npx strata targets)', 'replace the exclusion by a target in environments/matrix.ts'] : [`name a target: ${knownNames(name, known)}`],
      );
    }
    return this.declared
      .filter((_, i) => names.length === 0 || names.includes(known[i]!))
      .map((row) => resolveTarget(row.environment, row.cluster, row.features, row.layer));
  }

  /** The pairs that are not rendered, each with its reason. */
  excludedPairs(): { readonly name: string; readonly why: string }[] {
    return this.pairs().flatMap(({ environment, cluster, rendered, exclusion }) =>
      !rendered && exclusion ? [{ name: `${environment.name}@${cluster.name}`, why: exclusion.why }] : [],
    );
  }

  private pairs() {
    return this.environments.flatMap((environment) =>
      this.clusters.map((cluster) => ({
        environment,
        cluster,
        rendered: this.declared.filter((row) => row.environment === environment && row.cluster === cluster).length,
        named: this.exclusions.find((row) => row.environment === environment && row.cluster === cluster),
        exclusion:
          this.exclusions.find((row) => row.environment === environment && row.cluster === cluster) ??
          this.exclusions.find((row) => row.environment === environment && row.cluster === undefined),
      })),
    );
  }

  private checkPairs(): void {
    for (const { environment, cluster, rendered, named, exclusion } of this.pairs()) {
      const place = `environments/matrix.ts, ${environment.name}@${cluster.name}`;
      if (rendered > 1) throw new StrataError(place, 'the target is declared twice', ['remove one of the two']);
      if (rendered && named) throw new StrataError(place, `the pair is a target and excluded ("${named.why}")`, ['remove the target', 'remove the exclusion']);
      if (!rendered && !exclusion) {
        throw new StrataError(place, 'the pair is neither a target nor excluded', [
          `add target(${environment.name}, ${cluster.name}, [...])`,
          `add excluded(${environment.name}, ${cluster.name}, 'why'), or excludedElsewhere(${environment.name}, 'why')`,
        ]);
      }
    }
  }
}

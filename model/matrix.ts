import type { Cluster } from './cluster';
import { knownNames, meantName, StrataError } from './errors';
import type { Feature } from './feature';
import { globMatcher, isGlob, nearestToGlob } from './glob';
import { addTo } from './multimap';
import { checkReason } from './reason';
import type { SettingsGroup } from './settings';
import type { Environment, Target, TargetDeclaration } from './target';
import { resolveTarget } from './target';

/** A combination that does not exist, and why. */
interface Exclusion {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly why: string;
  /** Where it stands. @default - unknown */
  readonly at?: Error;
}

/** A pair that is not rendered, and why. */
export interface ExcludedPair extends Exclusion {
  readonly name: string;
}

/** An environment on a cluster, whether or not there is such a target. */
export interface TargetPair<Context = never> {
  readonly name: string;
  readonly environment: Environment;
  readonly cluster: Cluster;
  /** The target; undefined where there is none. */
  readonly declared: TargetDeclaration<Context> | undefined;
  /** Why there is none, and where that is written. */
  readonly excluded: Pick<Exclusion, 'why' | 'at'> | undefined;
}

/** An environment on a cluster with its features; in `own`, settings and patches of this target alone. */
export function target<Context>(
  environment: Environment,
  cluster: Cluster,
  features: readonly Feature<Context>[],
  own: Pick<TargetDeclaration, 'settings' | 'patches'> = {},
): TargetDeclaration<Context> {
  return { environment, cluster, features, ...own, at: new Error('declared here') };
}

/** A combination that shall not exist. Without it, the environment's own `elsewhere` is the reason. */
export function excluded(environment: Environment, cluster: Cluster, why: string): Exclusion {
  checkReason(`${environment.name}@${cluster.name}, excluded`, why);
  return { environment, cluster, why, at: new Error('excluded here') };
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

  /** The targets, resolved and checked, in the order of their declaration; all, or those that names and globs (`prod@cloud-*`) stand for. */
  targets(words: readonly string[] = []): Target<Context>[] {
    this.checkPairs();
    this.checkSettings();
    const rows = words.length === 0 ? this.declared : this.named(words);
    const groups = this.featureGroups;
    return rows.map((row) => resolveTarget(row, this.components, groups));
  }

  /** The names of all targets, in the order of their declaration. */
  get names(): string[] {
    return this.declared.map(pairName);
  }

  /** The pair of this name: a target, or an environment and a cluster that there are. */
  pair(name: string): TargetPair<Context> {
    const found = this.pairs.find((pair) => pair.name === name);
    if (found) return found;
    const [environment = '', cluster = '', ...more] = name.split('@');
    const known = {
      environment: this.environments.map((each) => each.name),
      cluster: this.clusters.map((each) => each.name),
    };
    if (cluster === '' || more.length > 0) throw this.unknownTarget(name, this.names);
    const wrong = known.environment.includes(environment) ? 'cluster' : 'environment';
    const word = { environment, cluster }[wrong];
    throw new StrataError(name, `there is no ${wrong} ${word}`, [
      `name one that there is: ${knownNames(word, known[wrong])}`,
    ]);
  }

  /** Every environment on every cluster. */
  get pairs(): TargetPair<Context>[] {
    const declared = new Map(this.declared.map((row) => [pairName(row), row]));
    const exclusions = new Map(this.exclusions.map((row) => [pairName(row), row]));
    return this.environments.flatMap((environment) =>
      this.clusters.map((cluster) => {
        const name = pairName({ environment, cluster });
        const elsewhere = environment.elsewhere === undefined ? undefined : { why: environment.elsewhere };
        return {
          name,
          environment,
          cluster,
          declared: declared.get(name),
          excluded: declared.has(name) ? undefined : (exclusions.get(name) ?? elsewhere),
        };
      }),
    );
  }

  /** This matrix with one target more, or with another declaration of one that it has. */
  with(row: TargetDeclaration<Context>): Matrix<Context> {
    const isOther = (other: TargetDeclaration<Context> | Exclusion) => pairName(other) !== pairName(row);
    const place = this.declared.findIndex((other) => !isOther(other));
    const declared = place < 0 ? [...this.declared, row] : this.declared.with(place, row);
    return new Matrix(this.components, ...declared, ...this.exclusions.filter(isOther));
  }

  private named(words: readonly string[]): TargetDeclaration<Context>[] {
    const known = new Map(this.declared.map((row) => [pairName(row), row]));
    const chosen = new Set<string>();
    for (const word of words) {
      if (!isGlob(word)) {
        if (!known.has(word)) throw this.unknownTarget(word, [...known.keys()]);
        chosen.add(word);
        continue;
      }
      const matching = [...known.keys()].filter(globMatcher(word));
      if (matching.length === 0) throw noMatch(word, [...known.keys()]);
      for (const name of matching) chosen.add(name);
    }
    return [...known].flatMap(([name, row]) => (chosen.has(name) ? [row] : []));
  }

  private unknownTarget(name: string, known: readonly string[]): StrataError {
    const exclusion = this.excludedPairs().find((pair) => pair.name === name);
    if (exclusion)
      return new StrataError(name, `excluded: ${exclusion.why}`, [
        'name another target (npx strata targets)',
        'replace the exclusion by a target in environments/matrix.ts',
      ]);
    return new StrataError(name, 'no target has this name', [`name a target: ${knownTargets(name, known)}`]);
  }

  /** The pairs that are not rendered, each with its reason. */
  excludedPairs(): ExcludedPair[] {
    const declared = new Set(this.names);
    const own = new Map(this.exclusions.map((row) => [pairName(row), row.why]));
    return this.environments.flatMap((environment) =>
      this.clusters.flatMap((cluster) => {
        const name = pairName({ environment, cluster });
        const why = own.get(name) ?? environment.elsewhere;
        return declared.has(name) || why === undefined ? [] : [{ name, why, environment, cluster }];
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
      const rowsOf = new Map<Environment | Cluster, TargetDeclaration<Context>[]>();
      for (const row of this.declared) addTo(rowsOf, row[key], row);
      for (const place of all) {
        const rows = rowsOf.get(place);
        if (!rows || place.settings === undefined) continue;
        const known = [
          ...new Set([...components, ...rows.flatMap(({ features }) => features.map(({ settings }) => settings.name))]),
        ];
        for (const group of Object.keys(place.settings)) {
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
      const twice = firstTwice(all.map(({ name }) => name));
      if (twice !== undefined)
        throw new StrataError(`environments/matrix.ts, ${twice}`, `two ${what} are called ${twice}`, [
          `give one of the two another name in ${folder}/`,
          'if a function makes it, call it once, and give what it returns to every target',
        ]);
    }
    const declared = new Map<string, number>();
    for (const name of this.names) declared.set(name, (declared.get(name) ?? 0) + 1);
    const excludedFor = new Map(this.exclusions.map((row) => [pairName(row), row.why]));
    for (const environment of this.environments) {
      for (const cluster of this.clusters) {
        const name = pairName({ environment, cluster });
        const [targets, why] = [declared.get(name) ?? 0, excludedFor.get(name)];
        const place = `environments/matrix.ts, ${name}`;
        if (targets > 1) throw new StrataError(place, 'the target is declared twice', ['remove one of the two']);
        if (targets > 0 && why !== undefined)
          throw new StrataError(place, `the pair is a target and excluded ("${why}")`, [
            'remove the target',
            'remove the exclusion',
          ]);
        if (targets === 0 && why === undefined && environment.elsewhere === undefined)
          throw new StrataError(place, 'the pair is neither a target nor excluded', [
            `add target(${environment.name}, ${cluster.name}, [...])`,
            `add excluded(${environment.name}, ${cluster.name}, 'why'), or say in environments/${environment.name}.ts why it exists nowhere else`,
          ]);
      }
    }
  }
}

function pairName({ environment, cluster }: { readonly environment: Environment; readonly cluster: Cluster }): string {
  return `${environment.name}@${cluster.name}`;
}

function firstTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** More names than these are not shown in a message. */
const MANY_TARGETS = 20;
const NEAREST = 8;

/** The names of targets, led by the one that was probably meant; of very many only the nearest. */
export function knownTargets(word: string, known: readonly string[]): string {
  if (known.length <= MANY_TARGETS) return knownNames(word, known);
  return `${meantName(word, known)} nearest: ${nearestToGlob(word, known, NEAREST).join(', ')} (npx strata targets lists all ${known.length})`.trimStart();
}

function noMatch(glob: string, known: readonly string[]): StrataError {
  const nearest = nearestToGlob(glob, known, NEAREST).join(', ');
  return new StrataError(glob, `matches none of the ${known.length} targets`, [`write a pattern of these: ${nearest}`]);
}

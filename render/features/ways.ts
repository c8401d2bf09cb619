import type { Capability } from '../../model/capability';
import { capabilities } from '../../model/capability';
import type { StrataError } from '../../model/errors';
import type { Feature } from '../../model/feature';
import type { FeatureProblem } from '../../model/feature-check';
import { featureProblems } from '../../model/feature-check';
import type { TargetPair } from '../../model/matrix';
import { identifier } from '../../model/names';
import type { Trials } from './trial';

/** One way to let a target have a feature. */
export interface Way {
  /** A sentence that begins with a verb. */
  readonly does: string;
  /** What to write. @default - the sentence says it all */
  readonly line?: string;
  /** Where it is written now, or is to be written. */
  readonly at?: Error;
  readonly file?: string;
  /** Where the same can be written for every target. */
  readonly or?: Error;
  /** So many objects the target renders then; it was tried in memory. @default - it cannot be tried */
  readonly objects?: number;
}

const MATRIX = 'environments/matrix.ts';
/** So many other targets are tried. */
const TRIED = 12;

/** The ways to let a pair have a feature, the most likely first. Lines of the matrix are tried before they are named. */
export class Ways<P> {
  constructor(
    private readonly trials: Trials<P>,
    /** Every feature that there is. */
    private readonly known: readonly Feature<P>[],
    private readonly pair: TargetPair<P>,
    private readonly feature: Feature<P>,
  ) {}

  private get own(): readonly Feature<P>[] {
    return this.pair.declared?.features ?? [];
  }

  /** The line that switches the feature on, with what provides its needs. */
  withFeature(does: string, features: readonly Feature<P>[] = [...this.own, this.feature]): Way[] {
    return this.tried(does, this.pair, this.completed(features));
  }

  /** Why the pair does not render with the feature and what provides its needs, although all of them can stand together. */
  failure(): StrataError | undefined {
    const features = this.completed([...this.own, this.feature]);
    for (const _ of featureProblems(this.pair.environment, this.pair.cluster, features)) return undefined;
    const trial = this.trials.of(this.pair, features);
    return 'failure' in trial ? trial.failure : undefined;
  }

  /** Two ways out of a problem. */
  outOf(problem: FeatureProblem<P>): Way[] {
    return [...this.every(problem)].slice(0, 2);
  }

  /** Another target for the feature. */
  *elsewhere(): Generator<Way> {
    const { environment, cluster, name } = this.pair;
    const others = this.trials.matrix.pairs
      .filter((other) => other.declared && other.name !== name)
      .map((other) => ({ other, near: Number(other.cluster === cluster) + Number(other.environment === environment) }))
      .sort((a, b) => b.near - a.near)
      .slice(0, TRIED)
      .map(({ other }) => other);
    const having = others.find((other) => isAmong(this.feature, other.declared!.features));
    if (having) yield { does: `use ${having.name}, which has it`, ...this.placed(having, having.declared!.features) };
    for (const other of others)
      if (other !== having && !isAmong(this.feature, other.declared!.features))
        yield* this.tried(`switch it on in ${other.name}`, other, [...other.declared!.features, this.feature]);
  }

  private *every(problem: FeatureProblem<P>): Generator<Way> {
    const { cluster } = this.pair;
    if (problem.kind === 'needed') {
      const features = this.completed([...this.own, this.feature]);
      const added = features.filter((feature) => feature !== this.feature && !isAmong(feature, this.own));
      if (added.length > 0) yield* this.tried(`switch ${namesOf(added)} on as well`, this.pair, features);
      yield* this.stated(problem.capability, true);
      yield* this.elsewhere();
    } else if (problem.kind === 'provided') {
      yield {
        does: `leave it out: cluster ${cluster.name} provides ${problem.capability}`,
        ...this.placed(this.pair, this.own),
      };
      yield* this.stated(problem.capability, false);
    } else if (problem.kind === 'rival') {
      const rival = problem.rival === this.feature ? problem.feature : problem.rival;
      yield* this.instead(rival);
      yield { does: `leave it out: ${rival.name} provides ${problem.capability}`, ...this.placed(this.pair, this.own) };
      yield* this.elsewhere();
    } else if (problem.kind === 'excluded') {
      const rival = problem.rival === this.feature ? problem.feature : problem.rival;
      const [first, ...others] = rival ? this.instead(rival) : this.elsewhere();
      if (first) yield first;
      yield* this.withoutExclusion(problem.feature, problem.what);
      yield* rival ? this.elsewhere() : others;
    }
  }

  /** The line by which a cluster says that it has something, or has it not. */
  private *stated(capability: Capability, has: boolean): Generator<Way> {
    const { cluster } = this.pair;
    const line = capabilities[capability].line?.(cluster, has);
    if (line === undefined) return;
    yield {
      does: `say that cluster ${cluster.name} ${has ? 'provides' : 'does not provide'} ${capability}, if it does${has ? '' : ' not'}`,
      line,
      file: `clusters/${cluster.name}.ts`,
    };
  }

  /** The feature in the place of another one. */
  private instead(rival: Feature<P>): Way[] {
    const others = this.own.filter((other) => other !== rival);
    return this.withFeature(`switch ${rival.name} off`, [...others, this.feature]);
  }

  /** The exclusion taken back: where the feature is declared, or for this target alone. */
  private withoutExclusion(of: Feature<P>, what: string): Way[] {
    const facts = { ...of.facts, excludes: of.facts.excludes?.filter((other) => other.what !== what) ?? [] };
    const allowed = { ...of, facts };
    const features = [...this.own, this.feature].map((feature) => (feature === of ? allowed : feature));
    const trial = this.trials.fits(this.pair, this.completed(features));
    const id = identifier(of.name);
    return trial
      ? [
          {
            does: `name a feature of your own that does not exclude ${what}: ${id}Here`,
            line: `const ${id}Here = { ...${id}, facts: { ...${id}.facts, excludes: ${id}.facts.excludes?.filter(({ what }) => what !== '${what}') } };`,
            ...(of.at ? { or: of.at } : {}),
            file: MATRIX,
            objects: trial.objects,
          },
        ]
      : [];
  }

  /** These features, and those that provide what they need. */
  private completed(features: readonly Feature<P>[]): readonly Feature<P>[] {
    const { environment, cluster } = this.pair;
    const problems = [...featureProblems(environment, cluster, features)];
    for (const problem of problems) {
      if (problem.kind !== 'needed') continue;
      for (const provider of this.known) {
        if (isAmong(provider, features) || !provider.facts.provides?.includes(problem.capability)) continue;
        const more = this.completed([...features.filter((each) => each !== this.feature), provider, this.feature]);
        if ([...featureProblems(environment, cluster, more)].length < problems.length) return more;
      }
    }
    return features;
  }

  private tried(does: string, pair: TargetPair<P>, features: readonly Feature<P>[]): Way[] {
    const trial = this.trials.fits(pair, features);
    return trial ? [{ does, ...this.placed(pair, features), objects: trial.objects }] : [];
  }

  /** The pair's line of the matrix with these features. */
  placed(pair: TargetPair<P>, features: readonly Feature<P>[]): Required<Pick<Way, 'line' | 'file'>> & Pick<Way, 'at'> {
    const { environment, cluster, declared, excluded } = pair;
    const own = declared?.settings || declared?.patches ? ', { … }' : '';
    const names = features.map(({ name }) => identifier(name)).join(', ');
    const at = declared?.at ?? excluded?.at;
    return {
      line: `target(${identifier(environment.name)}, ${identifier(cluster.name)}, [${names}]${own}),`,
      file: MATRIX,
      ...(at ? { at } : {}),
    };
  }
}

function namesOf(features: readonly Feature[]): string {
  return features.map(({ name }) => name).join(' and ');
}

/** By name: a feature may stand in a target with other facts. */
export function isAmong(feature: { readonly name: string }, features: readonly { readonly name: string }[]): boolean {
  return features.some(({ name }) => name === feature.name);
}

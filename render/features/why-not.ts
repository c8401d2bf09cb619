import type { StrataError } from '../../model/errors';
import type { Feature } from '../../model/feature';
import { featureProblems } from '../../model/feature-check';
import type { TargetPair } from '../../model/matrix';
import type { Trials } from './trial';
import type { Way } from './ways';
import { isAmong, Ways } from './ways';

/** What keeps a target from having a feature. */
export interface Missing {
  readonly what: string;
  readonly ways: readonly Way[];
}

/** Why a pair does not have a feature. */
export interface WhyNot<P> {
  readonly pair: TargetPair<P>;
  readonly feature: Feature<P>;
  readonly has: boolean;
  readonly missing: readonly Missing[];
  /** The line to write; there is one where nothing is missing. */
  readonly add: Way | undefined;
}

/** What keeps a pair from having a feature, each with ways to mend it; a render that fails is among it. */
export function missingFor<P>(
  trials: Trials<P>,
  known: readonly Feature<P>[],
  pair: TargetPair<P>,
  feature: Feature<P>,
): WhyNot<P> {
  const { environment, cluster, declared } = pair;
  const own = declared?.features ?? [];
  const answer = { pair, feature, has: isAmong(feature, own), missing: [], add: undefined };
  if (answer.has) return answer;
  const ways = new Ways(trials, known, pair, feature);
  const features = [...own, feature];
  const problems = [...featureProblems(environment, cluster, features)].filter(
    (problem) => !(problem.kind === 'rival' && problem.rival === feature),
  );
  const failure = ways.failure();
  const missing = [
    ...(declared ? [] : [withoutTarget(pair, ways)]),
    ...problems.map((problem) => ({ what: textOf(problem.error), ways: ways.outOf(problem) })),
    ...(failure ? [{ what: textOf(failure), ways: failure.fixes.map((does) => ({ does })) }] : []),
  ];
  return {
    ...answer,
    missing,
    add: missing.length === 0 ? ways.withFeature(`switch it on in ${pair.name}`)[0] : undefined,
  };
}

/** No target: the matrix excludes the pair, for a reason. */
function withoutTarget<P>({ name, environment, cluster, excluded }: TargetPair<P>, ways: Ways<P>): Missing {
  const why = excluded === undefined ? 'the matrix does not have it' : `the matrix excludes it: ${excluded.why}`;
  const does = excluded?.at
    ? 'replace the exclusion by a target'
    : `add the target beside environment ${environment.name}'s others on cluster ${cluster.name}`;
  const made = ways.withFeature(does);
  return {
    what: `${name} is no target: ${why}`,
    ways: [...made, ...ways.elsewhere()].slice(0, 2),
  };
}

function textOf({ place, found }: StrataError): string {
  return `${place}: ${found}`;
}

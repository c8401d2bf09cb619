import type { Query, QueryProblem } from './query';
import type { Release } from './release';
import { isKnown, isOlderThan } from './release';

const FLAG = 'promql-experimental-functions';

/** Why a Prometheus of some release refuses a query. */
export function queryProblemsOf(query: Query, release: Release): readonly QueryProblem[] {
  const before = isOlderThan(release, 3);
  const plain =
    isKnown(release) && release.features && ![...release.features].some((name) => name.startsWith('promql-'));
  // What is not known here, a release without experimental functions does not have either.
  const problems = query.problems.map(
    (problem): QueryProblem =>
      problem.unknownFunction && plain ? { from: problem.from, reason: problem.reason } : problem,
  );
  if (problems.length > 0) return problems;
  const more: QueryProblem[] = [];
  if (query.usesHoltWinters && before !== true)
    more.push({
      from: 0,
      reason: 'Prometheus 3 has no function holt_winters: it is called double_exponential_smoothing there',
      ...(before === undefined ? { open: true } : {}),
    });
  const [experimental] = query.experimental;
  if (experimental !== undefined && !release.features?.has(FLAG))
    more.push({
      from: 0,
      reason: `${experimental} is experimental and needs --enable-feature=${FLAG}`,
      ...(release.features && isKnown(release) ? {} : { open: true }),
    });
  return more;
}

import { queryOf } from '../../upstream/prometheus/query';
import { regexProblem } from '../../upstream/prometheus/regex';

/** Why no Prometheus takes an expression, as the end of "it is not PromQL: …"; undefined where it does. */
export function expressionProblem(expr: string): string | undefined {
  return expr.trim() === '' ? 'it is empty' : queryOf(expr).problems.find(({ open }) => !open)?.reason;
}

/** The same for label matchers, as they stand between braces: `route!="/healthz",method="GET"`. */
export function labelMatchersProblem(matchers: string): string | undefined {
  const query = queryOf(`up{${matchers}}`);
  const reason = query.problems.find(({ open }) => !open)?.reason;
  // `} or up{` ends the braces and begins others.
  return reason ?? (query.root.firstChild?.name === 'VectorSelector' ? undefined : 'they end before the text does');
}

/** The same for an anchored regular expression and a value that it must match. */
export function matchingProblem(regex: string, example: string): string | undefined {
  const reason = regexProblem(regex);
  if (reason !== undefined) return reason;
  const query = queryOf(`up{a=~${JSON.stringify(regex)}}`).problems.find(({ open }) => !open)?.reason;
  if (query !== undefined) return query;
  let matches: boolean;
  try {
    matches = new RegExp(`^(?:${regex})$`).test(example);
  } catch {
    // What Go's regular expressions have and JavaScript's do not: the tests of the rules tell.
    return undefined;
  }
  return matches ? undefined : `it does not match the example ${JSON.stringify(example)}`;
}

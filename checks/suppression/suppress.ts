import { addTo } from '../../model/multimap';
import type { ReportedFinding } from '../finding';
import { namePattern } from './glob';
import type { Suppression } from './suppression';
import { ANYTHING } from './suppression';
import type { Suppressible } from './unused';
import { unusedFinding } from './unused';

export interface Suppressed {
  readonly findings: readonly ReportedFinding[];
  readonly suppressed: number;
}

/**
 * Takes away what is suppressed, and finds fault with suppressions that suppress nothing, as far as their check was asked.
 */
export function suppress(
  findings: readonly ReportedFinding[],
  suppressions: readonly Suppression[],
  asked: readonly string[],
  about: Suppressible,
): Suppressed {
  const used = new Set<Suppression>();
  const suppressorsOf = suppressorsAmong(
    suppressions.filter(({ reason, verb }) => reason.trim() !== '' && verb === undefined),
  );
  const kept = findings.filter((finding) => {
    const by = suppressorsOf(finding);
    for (const suppression of by) used.add(suppression);
    return by.length === 0;
  });
  const unused = suppressions.filter(
    (suppression) =>
      !used.has(suppression) &&
      // Other comments that begin with `strata:` are prose unless they name a check.
      (about.checks.includes(suppression.check) ? asked.includes(suppression.check) : suppression.verb === undefined),
  );
  return {
    findings: [...kept, ...unused.map((suppression) => unusedFinding(suppression, findings, about))],
    suppressed: findings.length - kept.length,
  };
}

/** Those that nobody lives with: neither what is judged says so, nor a list of suppressions. */
export function unsuppressed(
  findings: readonly ReportedFinding[],
  suppressions: readonly Suppression[],
): readonly ReportedFinding[] {
  return suppress(findings, suppressions, [], { checks: [] }).findings.filter((finding) => findings.includes(finding));
}

/** Finds those of a finding without trying each: there may be thousands of both. */
function suppressorsAmong(suppressions: readonly Suppression[]): (finding: ReportedFinding) => Suppression[] {
  const exact = new Map<string, Suppression[]>();
  const patterns = new Map<string, { readonly suppression: Suppression; readonly object: RegExp }[]>();
  for (const suppression of suppressions) {
    const { check, object } = suppression;
    if (object.includes('*'))
      addTo(patterns, check, { suppression, object: object === ANYTHING ? /^/ : namePattern(object) });
    else addTo(exact, `${check} ${object}`, suppression);
  }
  return (finding) => {
    const { check, object } = finding;
    const named = [
      ...(exact.get(`${check} ${object}`) ?? []),
      ...(patterns.get(check) ?? [])
        .filter((pattern) => pattern.object.test(object))
        .map(({ suppression }) => suppression),
    ];
    return named.filter(
      ({ container, line, at }) =>
        (container === undefined || finding.container === container) &&
        (line === undefined || (finding.file === at.file && finding.line === line)),
    );
  };
}

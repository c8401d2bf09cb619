import { meantName } from '../../model/errors';
import { addTo } from '../../model/multimap';
import type { ReportedFinding } from '../finding';
import { namePattern } from './glob';

/** A finding that somebody knows of and lives with. */
export interface Suppression {
  readonly check: string;
  /** As the finding names it; `*` stands for any part of a name. */
  readonly object: string;
  /** The name of a container that its findings stand in. @default - any place of the object */
  readonly container?: string;
  /** Of a comment: the line of its file that the findings stand on. @default - any */
  readonly line?: number;
  readonly reason: string;
  /** Where it stands. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number; readonly path: string };
}

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
  known: readonly string[],
): Suppressed {
  const used = new Set<Suppression>();
  const suppressorsOf = suppressorsAmong(suppressions.filter(({ reason }) => reason.trim() !== ''));
  const kept = findings.filter((finding) => {
    const by = suppressorsOf(finding);
    for (const suppression of by) used.add(suppression);
    return by.length === 0;
  });
  const unused = suppressions.filter(
    (suppression) =>
      !used.has(suppression) && (asked.includes(suppression.check) || !known.includes(suppression.check)),
  );
  return {
    findings: [...kept, ...unused.map((suppression) => unusedFinding(suppression, known))],
    suppressed: findings.length - kept.length,
  };
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

function unusedFinding({ check, object, reason, at }: Suppression, known: readonly string[]): ReportedFinding {
  return {
    check: 'unused-suppression',
    severity: 'advice',
    verdict: 'fail',
    object: object === ANYTHING ? at.file : object,
    path: at.path,
    value: check,
    ...whyUnused(check, object === ANYTHING ? 'this line' : object, reason, known),
    file: at.file,
    line: at.line,
    column: at.column,
  };
}

/** A comment is about what stands on its line, whichever object that is of. */
export const ANYTHING = '*';

function whyUnused(
  check: string,
  where: string,
  reason: string,
  known: readonly string[],
): Pick<ReportedFinding, 'message' | 'fix'> {
  if (reason.trim() === '')
    return {
      message: `the suppression of ${check} gives no reason, so it does not count`,
      fix: 'say why the finding is accepted',
    };
  if (known.includes(check))
    return {
      message: `${check} finds nothing at ${where} any more, and would go unnoticed if it came back`,
      fix: 'remove the suppression',
    };
  return {
    message: `there is no check ${check}, so nothing is suppressed`,
    fix: `name a check: ${meantName(check, known).replace(/\?$/, '') || 'strata checks lists them'}`,
  };
}

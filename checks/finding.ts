import type { PlacedRepair } from '../manifests/editing/repair';
import type { Unreadable } from '../manifests/reading/read';
import type { Settling, Severity } from './check';

/** What `strata verify` says, in the form that its JSON has. The schema is docs/finding.schema.json. */
export interface ReportedFinding {
  readonly check: string;
  readonly severity: Severity;
  readonly verdict: 'fail' | 'unknown';
  /** `Kind/namespace/name`, `Kind/name` for what stands in no namespace. */
  readonly object: string;
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  /** The name of the container that it stands in. */
  readonly container?: string;
  /** Null where something is missing, or where the field is shown by its path alone. */
  readonly value: unknown;
  /** A value stands there, though it is not shown. */
  readonly isSet?: true;
  readonly message: string;
  /** Of an unknown verdict: what would settle it. */
  readonly settledBy?: Settling;
  readonly fix: string;
  readonly file: string;
  /** Worked out when it is asked for, like the column: the document has to be parsed anew for it. */
  readonly line: number;
  readonly column: number;
  /** The change of the file that makes the finding go away: what `--fix` does. */
  readonly repair?: PlacedRepair;
  /** The finding that this one follows from: `check object`. */
  readonly causedBy?: string;
  /** Of our own render: where the object was made, `constructs/web.ts:12`, and from where that was called. */
  readonly origin?: readonly string[];
}

export interface Summary {
  /** Objects that were judged. */
  readonly objects: number;
  /** Checks that judged them. */
  readonly checks: number;
  readonly willBreak: number;
  readonly advice: number;
  readonly unknown: number;
  /** Findings that a suppression took away. */
  readonly suppressed: number;
  readonly unreadable: number;
  /** Files of folders in which there are no Kubernetes objects. */
  readonly skipped: number;
}

/** All that one call says. */
export interface Report {
  readonly findings: readonly ReportedFinding[];
  /** What could not be judged. */
  readonly unreadable: readonly Unreadable[];
  readonly summary: Summary;
}

export function report(
  findings: readonly ReportedFinding[],
  unreadable: readonly Unreadable[],
  counts: Pick<Summary, 'objects' | 'checks' | 'suppressed' | 'skipped'>,
): Report {
  const failed = findings.filter(({ verdict }) => verdict === 'fail');
  const willBreak = failed.filter(({ severity }) => severity === 'will-break').length;
  const summary = {
    ...counts,
    willBreak,
    advice: failed.length - willBreak,
    unknown: findings.length - failed.length,
    unreadable: unreadable.length,
  };
  return {
    findings,
    unreadable: unreadable.map(({ file, line, column, reason }) => ({ file, line, column, reason })),
    summary,
  };
}

/** From what on `strata verify` fails; each includes those before it. */
export const FAIL_ON = ['will-break', 'unknown', 'advice'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Whether a finding cannot be told and would break something: shown at once, and not only on request. */
export function isOpen({ severity, verdict }: ReportedFinding): boolean {
  return severity === 'will-break' && verdict === 'unknown';
}

/** `0` clean, `1` something will break, or what else is to fail, `2` something could not be judged. */
export function exitCodeOf({ summary, findings }: Report, failOn: FailOn = 'will-break'): number {
  if (summary.unreadable > 0) return 2;
  const fails =
    summary.willBreak > 0 ||
    (failOn !== 'will-break' && findings.some(isOpen)) ||
    (failOn === 'advice' && summary.advice > 0);
  return fails ? 1 : 0;
}

import type { Severity } from './check';

/** What `strata verify` says, in the form that its JSON has. The schema is docs/finding.schema.json. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly verdict: 'fail' | 'unknown';
  /** `Kind/namespace/name`, `Kind/name` for what stands in no namespace. */
  readonly object: string;
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  /** Null where something is missing. */
  readonly value: unknown;
  readonly message: string;
  readonly fix: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The finding that this one follows from: `check object`. */
  readonly causedBy?: string;
}

import { StrataError } from './errors';

/** The file in the project's root that says what was fetched. */
export const CHARTS_LOCK = 'charts.lock.yaml';

/** A chart that was fetched into the repository. */
export interface LockedChart {
  readonly name: string;
  readonly version: string;
  /** Where it came from. */
  readonly repository: string;
  /** The archive, relative to the project's root. */
  readonly file: string;
  /** `sha256:…` of the archive. */
  readonly digest: string;
}

const FIELDS = ['name', 'version', 'repository', 'file', 'digest'] as const;

/** The charts that a lock file's content names. */
export function lockedCharts(content: unknown): readonly LockedChart[] {
  const charts = (content as { readonly charts?: unknown } | null | undefined)?.charts ?? [];
  const refuse = (what: string) =>
    new StrataError(CHARTS_LOCK, what, [
      'put back what `strata vendor` wrote',
      'remove the file, and fetch the charts again',
    ]);
  if (!Array.isArray(charts)) throw refuse(`charts is ${JSON.stringify(charts)}, and must be a list`);
  for (const [i, chart] of charts.entries())
    for (const field of FIELDS)
      if (typeof (chart as Record<string, unknown> | null)?.[field] !== 'string')
        throw refuse(`charts[${i}] has no ${field}`);
  return charts as readonly LockedChart[];
}

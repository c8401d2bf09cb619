import type { JudgingRule } from '../checks/check';
import type { Report, ReportedFinding } from '../checks/finding';
import { github } from './github';
import { json } from './json';
import { junit } from './junit';
import { markdown } from './markdown';
import { sarif } from './sarif';
import { textReport } from './text';

export interface FormatOptions {
  readonly color: boolean;
  readonly all: boolean;
  /** Whether a person looks at it on a terminal. @default false */
  readonly terminal?: boolean;
  /** Whether the manifests were said to be all there is. @default false */
  readonly complete?: boolean;
  /** The findings that `--fix` would correct. @default - none */
  readonly repairable?: readonly ReportedFinding[];
  readonly checks: readonly JudgingRule[];
}

export const formats = {
  text: (report, options) => textReport(report, options),
  json: (report) => json(report),
  sarif: (report, { checks }) => sarif(report, checks),
  junit: (report) => junit(report),
  github: (report, { all }) => github(report, all),
  markdown: (report, { all }) => markdown(report, all),
} as const satisfies Record<string, (report: Report, options: FormatOptions) => string>;

export type Format = keyof typeof formats;

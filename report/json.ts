import type { Report } from '../checks/finding';

/** docs/finding.schema.json says what stands in it. */
export function json(report: Report): string {
  return JSON.stringify(report, null, 2);
}

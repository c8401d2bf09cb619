import type { JudgingRule } from '../checks/check';
import type { Report, ReportedFinding } from '../checks/finding';
import { paragraph } from './show';

/** SARIF 2.1.0, for code scanning. What is unknown is there as `open`. */
export function sarif({ findings, unreadable }: Report, checks: readonly JudgingRule[]): string {
  const ids = [...new Set([...checks.map(({ id }) => id), ...findings.map(({ check }) => check)])];
  const byId = new Map(checks.map((check) => [check.id, check]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'strata', rules: ids.map((id) => ruleOf(id, byId.get(id))) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: unreadable.length === 0,
            toolExecutionNotifications: unreadable.map((part) => ({
              level: 'error',
              message: { text: part.reason },
              locations: [locationOf(part)],
            })),
          },
        ],
        results: findings.map((finding) => ({
          ruleId: finding.check,
          ruleIndex: ids.indexOf(finding.check),
          ...(finding.verdict === 'unknown'
            ? { kind: 'open', level: 'none' }
            : { kind: 'fail', level: finding.severity === 'will-break' ? 'error' : 'warning' }),
          message: { text: paragraph(finding) },
          locations: [
            {
              ...locationOf(finding),
              logicalLocations: [
                { fullyQualifiedName: [finding.object, finding.path].filter(Boolean).join(' '), kind: 'resource' },
              ],
            },
          ],
          // The same finding after lines moved.
          partialFingerprints: { 'strata/v1': `${finding.check} ${finding.object} ${finding.path}` },
          properties: {
            object: finding.object,
            path: finding.path,
            value: finding.value,
            ...(finding.causedBy === undefined ? {} : { causedBy: finding.causedBy }),
          },
        })),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function ruleOf(id: string, check: JudgingRule | undefined) {
  if (!check) return { id };
  return {
    id,
    shortDescription: { text: check.description },
    help: { text: `Fix: ${check.fix}.` },
    defaultConfiguration: { level: check.severity === 'will-break' ? 'error' : 'warning' },
  };
}

function locationOf({ file, line, column }: Pick<ReportedFinding, 'file' | 'line' | 'column'>) {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
      region: { startLine: line, startColumn: column },
    },
  };
}

import type { Report, ReportedFinding } from '../checks/finding';
import { isOpen } from '../checks/finding';
import { count, fieldWithValue, placeText } from './show';
import { summaryLine } from './text';

const ROWS = 50;

/** For a comment on a merge request or the summary of a job. */
export function markdown(report: Report, all: boolean): string {
  const { findings, unreadable } = report;
  const failed = findings.filter(({ verdict }) => verdict === 'fail');
  return [
    `**strata verify**: ${summaryLine(report, all)}`,
    ...(unreadable.length > 0
      ? [
          '',
          '### Could not be judged',
          '',
          ...cut(unreadable, all).map((part) => `- ${code(placeText(part))}: ${cell(part.reason)}`),
        ]
      : []),
    ...section(
      'Will break',
      failed.filter(({ severity }) => severity === 'will-break'),
      all,
    ),
    ...section('Cannot be told', findings.filter(isOpen), all),
    ...section(
      'Advice',
      failed.filter(({ severity }) => severity === 'advice'),
      all,
    ),
    ...(all
      ? section(
          'Advice that cannot be told',
          findings.filter((finding) => finding.verdict === 'unknown' && !isOpen(finding)),
          all,
        )
      : []),
  ].join('\n');
}

function section(title: string, findings: readonly ReportedFinding[], all: boolean): string[] {
  if (findings.length === 0) return [];
  const rows = cut(findings, all).map(
    (finding) =>
      `| ${code(finding.check)} | ${code(finding.object)} ${code(fieldWithValue(finding, 60))} | ${cell(finding.message)} | ${cell(finding.fix)} | ${code(placeText(finding))} |`,
  );
  const more = findings.length - rows.length;
  return [
    '',
    `### ${title}: ${count(findings.length, 'finding')}`,
    '',
    '| check | field | what follows | fix | place |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `and ${more} more`] : []),
  ];
}

function cut<T>(rows: readonly T[], all: boolean): readonly T[] {
  return all ? rows : rows.slice(0, ROWS);
}

/** Text in a cell, shown as it is. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&');
}

/** Code in a cell; the fence is longer than any in it. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([fence]) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

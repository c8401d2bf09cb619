import type { Report, ReportedFinding } from '../checks/finding';
import { isOpen } from '../checks/finding';
import { paragraph } from './show';
import { summaryLine } from './text';

/** Annotations of a GitHub Actions run, at the lines of the pull request. */
export function github(report: Report, all: boolean): string {
  const unreadable = report.unreadable.map((part) => annotation('error', part, 'could not be judged', part.reason));
  const findings = report.findings.flatMap((finding) => {
    if (finding.verdict === 'unknown')
      return all || isOpen(finding)
        ? [annotation('notice', finding, `cannot be told: ${finding.check}`, paragraph(finding))]
        : [];
    return [
      annotation(finding.severity === 'will-break' ? 'error' : 'warning', finding, finding.check, paragraph(finding)),
    ];
  });
  return [...unreadable, ...findings, summaryLine(report, all)].join('\n');
}

function annotation(
  level: string,
  { file, line, column }: Pick<ReportedFinding, 'file' | 'line' | 'column'>,
  title: string,
  message: string,
): string {
  return `::${level} file=${property(file)},line=${line},col=${column},title=${property(title)}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

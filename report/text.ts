import type { Report, ReportedFinding } from '../checks/finding';
import { addTo } from '../model/multimap';
import { count, nameOf, originText, placeText, valueText } from './show';

export interface TextOptions {
  readonly color: boolean;
  /** Everything, unknown included, however long. @default - what fits a screen */
  readonly all: boolean;
}

const SCREEN = 40;
/** Left for what comes after what will break. */
const KEPT_FOR_ADVICE = 10;
/** How many places are shown that say the same, and how many blocks of one check. */
const PLACES = 3;
const BLOCKS = 3;
/** From so many checks on, one block of each is more telling. */
const MANY_CHECKS = 8;

/** For people: what could not be read, what will break, advice, and how much is unknown. */
export function textReport(report: Report, { color, all }: TextOptions): string {
  const paint = painter(color);
  const lines: string[] = [];
  const left = (kept: number) => (all ? Infinity : SCREEN - lines.length - kept);

  const unread = all ? report.unreadable : report.unreadable.slice(0, 8);
  if (unread.length > 0)
    lines.push(
      paint.bad('could not be judged'),
      ...unread.map((part) => `  ${paint.place(placeText(part))}  ${part.reason}`),
    );
  if (unread.length < report.unreadable.length) lines.push(`  and ${report.unreadable.length - unread.length} more`);

  const failed = report.findings.filter(({ verdict }) => verdict === 'fail');
  // What most depends on comes first.
  const breaks = groupsOf(failed.filter(({ severity }) => severity === 'will-break')).sort(
    (a, b) => b.consequences.length - a.consequences.length,
  );
  const blocks = new Set(breaks.map(({ findings: [first] }) => first!.check)).size < MANY_CHECKS ? BLOCKS : 1;
  if (breaks.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(paint.bad(`will break: ${count(report.summary.willBreak, 'finding')}`));
    const hidden = new Map<string, number>();
    const shown = new Map<string, number>();
    for (const group of breaks) {
      const { check } = group.findings[0]!;
      const block = blockOf(group, all ? Infinity : PLACES, paint);
      if (!all && ((shown.get(check) ?? 0) >= blocks || block.length > left(KEPT_FOR_ADVICE))) {
        hidden.set(check, (hidden.get(check) ?? 0) + group.findings.length + group.consequences.length);
      } else {
        shown.set(check, (shown.get(check) ?? 0) + 1);
        lines.push(...block);
      }
    }
    if (hidden.size > 0) {
      const names = [...hidden].map(([check, number]) => `${number} ${check}`);
      lines.push(
        `  and more: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} other checks` : ''} (--all shows them, --only CHECK those of one check)`,
      );
    }
  }

  const advice = failed.filter(({ severity }) => severity === 'advice');
  if (advice.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(paint.warn(`advice: ${count(report.summary.advice, 'finding')}`));
    lines.push(
      ...(all
        ? groupsOf(advice).flatMap((group) => blockOf(group, Infinity, paint))
        : adviceLines(advice, Math.max(3, left(3)), paint)),
    );
  }

  const unknown = report.findings.filter(({ verdict }) => verdict === 'unknown');
  if (all && unknown.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(
      paint.place(`unknown: ${count(unknown.length, 'finding')}`),
      ...groupsOf(unknown).flatMap((group) => blockOf(group, Infinity, paint, false)),
    );
  }
  if (lines.length > 0) lines.push('');
  lines.push(summaryLine(report, all));
  return lines.join('\n');
}

export function summaryLine({ summary }: Report, all = true): string {
  const { objects, checks, willBreak, advice, unknown, suppressed, unreadable, skipped } = summary;
  const said = [
    ...(unreadable > 0 ? [`${unreadable} could not be judged`] : []),
    `${willBreak} will break`,
    `${advice} advice`,
    ...(unknown > 0 ? [`${unknown} unknown${all ? '' : ' (--all shows them)'}`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ];
  const skippedFiles = skipped > 0 ? `; ${count(skipped, 'file')} without Kubernetes objects left out` : '';
  return `${count(objects, 'object')}, ${count(checks, 'check')}: ${said.join(', ')}${skippedFiles}`;
}

/** Findings that say the same of several places, with what follows from them. */
interface Group {
  readonly findings: ReportedFinding[];
  readonly consequences: ReportedFinding[];
}

function groupsOf(findings: readonly ReportedFinding[]): Group[] {
  const causes = new Map(findings.map((finding) => [nameOf(finding), finding]));
  const groups = new Map<string, Group>();
  const byCause = new Map<string, Group>();
  const followers: ReportedFinding[] = [];
  for (const finding of findings) {
    if (finding.causedBy !== undefined && causes.has(finding.causedBy) && finding.causedBy !== nameOf(finding)) {
      followers.push(finding);
      continue;
    }
    const key = `${finding.check}\0${finding.message}\0${finding.fix}`;
    const group = groups.get(key) ?? { findings: [], consequences: [] };
    groups.set(key, group);
    group.findings.push(finding);
    byCause.set(nameOf(finding), group);
  }
  for (const finding of followers) {
    // A consequence of a consequence belongs to what began it; a ring of them begins with its first.
    let cause = causes.get(finding.causedBy!);
    for (let steps = 0; cause?.causedBy !== undefined && !byCause.has(nameOf(cause)) && steps < 20; steps++)
      cause = causes.get(cause.causedBy);
    const group = cause && byCause.get(nameOf(cause));
    if (group) group.consequences.push(finding);
    else groups.set(`${groups.size}`, { findings: [finding], consequences: [] });
  }
  return [...groups.values()];
}

function blockOf({ findings, consequences }: Group, places: number, paint: Paint, fixes = true): string[] {
  const [first] = findings;
  const shown = findings.slice(0, places);
  const lines = [`  ${paint.name(first!.check)}  ${first!.message}`];
  for (const { object, path, value, origin, ...place } of shown) {
    lines.push(
      `    ${object}  ${[path, valueText(value, 60)].filter(Boolean).join(' = ')}  ${paint.place(placeText(place))}${origin === undefined ? '' : paint.place(`, ${originText(origin)}`)}`,
    );
  }
  if (shown.length < findings.length) lines.push(`    and ${findings.length - shown.length} more`);
  if (consequences.length > 0) {
    const names = consequences.map(({ object, check, message }) =>
      places === Infinity ? `${object} (${check}): ${message}` : `${object} (${check})`,
    );
    if (places === Infinity)
      lines.push(
        `    ${count(consequences.length, 'other follows', 'others follow')}:`,
        ...names.map((name) => `      ${name}`),
      );
    else
      lines.push(
        `    ${count(consequences.length, 'other follows', 'others follow')}: ${names.slice(0, places).join(', ')}${names.length > places ? ` and ${names.length - places} more` : ''}`,
      );
  }
  if (fixes) lines.push(`    ${paint.good('fix')}: ${first!.fix}`);
  return lines;
}

/** A line for each check. */
function adviceLines(findings: readonly ReportedFinding[], most: number, paint: Paint): string[] {
  const byCheck = new Map<string, ReportedFinding[]>();
  for (const finding of findings) addTo(byCheck, finding.check, finding);
  const checks = [...byCheck].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  const shown = checks.length <= most ? checks : checks.slice(0, most - 1);
  const lines = shown.map(
    ([check, [first, ...others]]) =>
      `  ${paint.name(check)}  ${first!.object}${others.length > 0 ? ` and ${others.length} more` : ` ${first!.path}`}  ${paint.place(placeText(first!))}  ${first!.fix}`,
  );
  if (shown.length < checks.length) lines.push(`  and ${checks.length - shown.length} more checks (--all)`);
  return lines;
}

interface Paint {
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
  readonly name: (text: string) => string;
  readonly place: (text: string) => string;
}

function painter(color: boolean): Paint {
  const inColor = (code: string) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bad: inColor('1;31'), warn: inColor('1;33'), good: inColor('32'), name: inColor('1'), place: inColor('2') };
}

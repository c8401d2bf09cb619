import type { ReportedFinding } from '../checks/finding';
import { addTo } from '../model/multimap';
import { count, fieldWithValue, nameOf, originText, placeText } from './show';

/** Findings that say the same of several places, with what follows from them. */
export interface Alike {
  readonly findings: ReportedFinding[];
  readonly consequences: ReportedFinding[];
}

/** How many places are shown that say the same. */
const PLACES = 3;

export function groupsOf(findings: readonly ReportedFinding[]): Alike[] {
  const causes = new Map(findings.map((finding) => [nameOf(finding), finding]));
  const groups = new Map<string, Alike>();
  const byCause = new Map<string, Alike>();
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

/** The check and what follows, each place, what else follows from it, and the fix. */
export function blockOf({ findings, consequences }: Alike, all: boolean, paint: Paint): string[] {
  const [first] = findings;
  const lines = [`  ${paint.name(first!.check)}  ${first!.message}`, ...placesOf(findings, all, paint)];
  if (consequences.length > 0) {
    const follow = `    ${count(consequences.length, 'other follows', 'others follow')}:`;
    const names = consequences.map(({ object, check, message }) =>
      all ? `${object} (${check}): ${message}` : `${object} (${check})`,
    );
    if (all) lines.push(follow, ...names.map((name) => `      ${name}`));
    else
      lines.push(
        `${follow} ${names.slice(0, PLACES).join(', ')}${names.length > PLACES ? ` and ${names.length - PLACES} more` : ''}`,
      );
  }
  lines.push(`    ${paint.good('fix')}: ${first!.fix}`);
  return lines;
}

/** The check and what is not known, and each place. How it is settled stands above the block. */
export function openBlockOf({ findings, consequences }: Alike, all: boolean, paint: Paint): string[] {
  const [first] = findings;
  const [what, ...more] = all ? [first!.message] : first!.message.split('; ');
  const meant = more.find((part) => part.startsWith('did you mean '));
  return [
    `    ${paint.name(first!.check)}  ${[what, ...(meant ? [meant] : [])].join('; ')}`,
    ...placesOf([...findings, ...consequences], all, paint, '      '),
  ];
}

function placesOf(findings: readonly ReportedFinding[], all: boolean, paint: Paint, indent = '    '): string[] {
  const shown = all ? findings : findings.slice(0, PLACES);
  const lines = shown.map((finding) => {
    const { object, origin } = finding;
    const made = origin === undefined ? '' : paint.place(`, ${originText(origin)}`);
    return `${indent}${object}  ${fieldWithValue(finding, 60)}  ${paint.place(placeText(finding))}${made}`;
  });
  if (shown.length < findings.length) lines.push(`${indent}and ${findings.length - shown.length} more`);
  return lines;
}

/** A line for each check. */
export function adviceLines(findings: readonly ReportedFinding[], paint: Paint): string[] {
  const byCheck = new Map<string, ReportedFinding[]>();
  for (const finding of findings) addTo(byCheck, lineOf(finding), finding);
  const checks = [...byCheck].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  return checks.map(
    ([, [first, ...others]]) =>
      `  ${paint.name(first!.check)}  ${first!.object}${others.length > 0 ? ` and ${others.length} more` : ` ${first!.path}`}  ${paint.place(placeText(first!))}  ${first!.fix}`,
  );
}

/** What shares a line: a check, but a suppression that suppresses nothing is misspelt in its own way. */
function lineOf({ check, fix }: ReportedFinding): string {
  return check === 'unused-suppression' ? `${check} ${fix}` : check;
}

export interface Paint {
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
  readonly name: (text: string) => string;
  readonly place: (text: string) => string;
}

export function painter(color: boolean): Paint {
  const inColor = (code: string) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bad: inColor('1;31'), warn: inColor('1;33'), good: inColor('32'), name: inColor('1'), place: inColor('2') };
}

import type { Fleet, FleetChange } from '../../diff/fleet/fleet';
import { count } from '../show';
import { foldedLines } from './lines';
import { wholeTargets } from './whole';
import { objectsText, wholeText } from './words';

/** Lines of the body; what is more is counted. */
const LINES = 60;
/** A subject with more names than these says how many there are. */
const NAMED = 3;
/** Longer subjects are cut by those who list commits. */
const SUBJECT = 72;

/** What a commit of rendered files says: a subject, and each change once with the targets that it is in. */
export function commitMessage(fleet: Fleet, files: readonly string[]): string {
  const parts = [
    ...wholeTargets(fleet.whole).map((target) => [wholeText(target)]),
    ...fleet.changes.map((change) => changeLines(change, fleet.targets)),
  ];
  if (parts.length === 0)
    return [
      'write files again',
      '',
      'No object changes; these files do:',
      ...shown(files.map((file) => `  ${file}`)),
    ].join('\n');
  const [first = []] = parts;
  const subject = subjectOf(fleet, parts);
  // One line says all.
  if (parts.length === 1 && first.length === 1 && subject.endsWith(first[0]!)) return subject;
  return [subject, '', ...shown(parts.flatMap((lines) => [...lines]))].join('\n');
}

function subjectOf(fleet: Fleet, parts: readonly (readonly string[])[]): string {
  const [change] = fleet.changes;
  const all = [
    ...new Set([...fleet.whole.map(({ target }) => target), ...fleet.changes.flatMap(({ targets }) => targets)]),
  ];
  const where = all.length > NAMED ? count(all.length, 'target') : all.sort().join(', ');
  const single =
    parts.length === 1
      ? change
        ? [objectsText(change), ...fieldHeads(change).slice(0, 1)].join(' ')
        : parts[0]![0]!
      : undefined;
  const text = single === undefined ? undefined : change ? `${where}: ${single}` : single;
  if (text !== undefined && text.length <= SUBJECT) return text;
  return `${where}: ${count(parts.length, 'change')}${fleet.judged ? `, ${fleet.class}` : ''}`;
}

function changeLines(change: FleetChange, targets: readonly string[]): string[] {
  const where = targets.length > 1 ? ` in ${change.targets.join(', ')}` : '';
  return [`${change.class}: ${objectsText(change)}${where}`, ...fieldHeads(change).map((head) => `  ${head}`)];
}

function fieldHeads(change: FleetChange): string[] {
  return foldedLines(change.fields).map(({ head }) => head.replace(/:$/, ''));
}

function shown(lines: readonly string[]): string[] {
  const more = lines.length - LINES;
  return more > 0 ? [...lines.slice(0, LINES), `and ${count(more, 'more line')}`] : [...lines];
}

import type { AcceptedRisk } from '../../diff/accepted';
import type { Fleet, FleetChange, FleetTarget } from '../../diff/fleet/fleet';
import { rank } from '../../diff/risk/classes';
import { count } from '../show';
import { foldedLines } from './lines';
import { replacementLines, wayBack } from './rollout';
import { wholeTargets } from './whole';
import { causeLine, effectTexts, objectsText, unknownLines, wholeText } from './words';

/** Lines of the body; what is more is counted. */
const LINES = 60;
/** A subject with more names than these says how many there are. */
const NAMED = 3;
/** Longer subjects are cut by those who list commits. */
const SUBJECT = 72;

/**
 * What a commit of rendered files says: a subject, each change once with the targets that it is in and why somebody accepted it, what
 * rolls out, and the way back.
 */
export function commitMessage(
  fleet: Fleet,
  files: readonly string[],
  accepted: ReadonlyMap<FleetChange | FleetTarget, AcceptedRisk> = new Map(),
): string {
  const said = new Set<string>();
  const whole = wholeTargets(fleet).map((target) => ({
    class: target.class,
    lines: () => [
      `${target.class}: ${wholeText(target)}`,
      ...target.effects.map((effect) => `  ${effect}`),
      ...acceptedLines(
        fleet.whole.filter((each) => target.targets.includes(each.target)),
        accepted,
      ),
    ],
  }));
  const changes = fleet.changes.map((change) => ({
    class: change.class,
    lines: () => [...changeLines(change, fleet.targets, said), ...acceptedLines([change], accepted)],
  }));
  // The worst first: it stands where somebody looks, and is not what is left out.
  const parts = [...whole, ...changes].sort((a, b) => rank(b.class) - rank(a.class)).map(({ lines }) => lines());
  const unknown = unknownLines(fleet);
  if (parts.length + unknown.length === 0)
    return [
      'write files again',
      '',
      'No object changes; these files do:',
      ...shown(files.map((file) => `  ${file}`)),
    ].join('\n');
  const rolling = replacementLines(fleet);
  const back = wayBack(fleet, 'revert this commit');
  return [
    subjectOf(fleet),
    '',
    ...shown(parts.flat()),
    ...unknown,
    ...(rolling.length === 0 ? [] : ['', 'Rolling out:', ...shown(rolling.map((line) => `  ${line}`))]),
    ...(back === undefined ? [] : ['', `The way back: ${back}`]),
  ].join('\n');
}

function subjectOf({ targets, beside, changes, whole, judged, class: worst }: Fleet): string {
  const told = new Set([...whole.map(({ target }) => target), ...changes.flatMap((change) => change.targets)]);
  const [own, others] = [targets, beside].map((names) => names.filter((name) => told.has(name)).sort()) as [
    string[],
    string[],
  ];
  const where = [own.length > NAMED ? count(own.length, 'target') : own.join(', '), ...others]
    .filter(Boolean)
    .join(' and ');
  const [change] = changes;
  const groups = wholeTargets({ whole, beside });
  if (changes.length + groups.length === 1) {
    const single = change
      ? `${where}: ${[objectsText(change), ...fieldHeads(change).slice(0, 1)].join(' ')}`
      : wholeText(groups[0]!);
    if (single.length <= SUBJECT) return single;
  }
  if (changes.length + groups.length === 0) return 'write files again that could not be read';
  return `${where}: ${count(changes.length + groups.length, 'change')}${judged ? `, ${worst}` : ''}`;
}

function changeLines(change: FleetChange, targets: readonly string[], said: Set<string>): string[] {
  const where = targets.length > 1 ? ` in ${change.targets.join(', ')}` : '';
  return [
    `${change.class}: ${objectsText(change)}${where}`,
    ...[...fieldHeads(change), ...effectTexts(change, false, said), ...(change.causes ?? []).map(causeLine)].map(
      (line) => `  ${line}`,
    ),
  ];
}

function acceptedLines(
  changes: readonly (FleetChange | FleetTarget)[],
  accepted: ReadonlyMap<FleetChange | FleetTarget, AcceptedRisk>,
): string[] {
  const reasons = changes.flatMap((change) => accepted.get(change)?.reason ?? []);
  return [...new Set(reasons)].map((reason) => `  accepted: ${reason}`);
}

function fieldHeads(change: FleetChange): string[] {
  return foldedLines(change.fields).map(({ head }) => head.replace(/:$/, ''));
}

function shown(lines: readonly string[]): string[] {
  const more = lines.length - LINES;
  return more > 0 ? [...lines.slice(0, LINES), `and ${count(more, 'more line')}`] : [...lines];
}

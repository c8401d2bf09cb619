import type { Fleet, FleetChange } from '../../diff/fleet/fleet';
import type { RiskClass } from '../../diff/risk/classes';
import { CLASS_MEANINGS, isAtLeast } from '../../diff/risk/classes';
import type { Unreadable } from '../../manifests/reading/read';
import type { Paint } from '../blocks';
import { painter } from '../blocks';
import { count } from '../show';
import { classLines } from './by-class';
import { fieldLines, foldedLines } from './lines';
import { rolloutLines } from './rollout';
import type { WholeTargets } from './whole';
import { wholeTargets } from './whole';
import { causeLine, effectTexts, objectsText, targetsText, unknownCount, unknownLines, wholeText } from './words';

export interface DiffTextOptions {
  readonly color: boolean;
  /** Every object and every line. @default - long lists are cut */
  readonly all: boolean;
  /** What could not be read: it may hold what seems to be gone or new. @default - everything was read */
  readonly unreadable?: readonly Unreadable[];
}

/** What must be known of a report that not everything went into. */
export function unreadableText(fleet: Fleet, unreadable: readonly Unreadable[], all = false): string[] {
  if (unreadable.length === 0) return unknownLines(fleet, all);
  const [first] = unreadable;
  return [
    `not all could be read (${count(unreadable.length, 'place')}, the first: ${first!.file}:${first!.line}: ${first!.reason}): what stands there is not compared`,
    ...unknownLines(fleet, all),
  ];
}

/** Which objects stand several times, and where. */
export function twiceText({ twice, targets }: Fleet): string[] {
  return twice.map(({ object, places, side, target }) => {
    const where = targets.length > 1 ? ` of ${target}` : '';
    return `${object} stands ${count(places.length, 'time')} ${side === 'before' ? 'before' : 'after'} the change${where}, in ${places.join(', ')}: kubectl apply leaves the last one`;
  });
}

/** Which settings changed for nothing, and what decides in their place. */
export function idleText({ idle = [], targets: all }: Fleet): string[] {
  return idle.map(({ text, targets, instead }) => {
    const by =
      instead.length === 0
        ? ''
        : `: ${instead.length === 1 ? 'feature' : 'features'} ${instead.join(', ')} ${instead.length === 1 ? 'decides' : 'decide'} in its place (strata explain ${targets[0]} shows its settings)`;
    return `${text} moves nothing${targetsText(targets, all)}${by}`;
  });
}

/** So many lines of one field are shown, and so many objects of a whole target. */
const LINES = 20;

/** For people: the worst first, each change once, with what it does and what to do. */
export function diffText(fleet: Fleet, { color, all, unreadable = [] }: DiffTextOptions): string {
  const paint = painter(color);
  const rollout = rolloutLines(fleet);
  const said = new Set<string>();
  const classes = classLines(fleet);
  const blocks = [
    ...(classes.length === 0 ? [] : [[summaryText(fleet, unreadable), ...classes.map((line) => `  ${line}`)]]),
    ...wholeTargets(fleet).map((target) => wholeBlock(target, all, paint)),
    ...fleet.changes.map((change) => changeBlock(change, fleet, all, paint, said)),
    ...(fleet.replaced.length === 0 ? [] : [['rolling out', ...rollout.map((line) => `  ${line}`)]]),
    // The last line says it all.
    [
      ...(fleet.replaced.length === 0 ? rollout : []),
      ...unreadableText(fleet, unreadable, all),
      ...twiceText(fleet),
      ...idleText(fleet),
      summaryText(fleet, unreadable),
    ],
  ];
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

/** `4 changes in 3 of 6 targets; the worst is restart: pods are replaced, a few at a time` */
export function summaryText(fleet: Fleet, unreadable: readonly Unreadable[] = []): string {
  const unknown = unknownCount(fleet);
  if (unknown > 0) return `${knownText(fleet)}; what becomes of ${count(unknown, 'object')} is not known`;
  return unreadable.length > 0 ? `${knownText(fleet)}; not all could be read` : knownText(fleet);
}

function knownText({ targets, beside, changes, whole, class: worst, judged }: Fleet): string {
  const where = targets.length > 1 ? `${count(targets.length, 'target')}` : (targets[0] ?? 'nothing');
  if (changes.length + whole.length === 0) return `no change in ${where}`;
  const told = [...changes.flatMap((change) => change.targets), ...whole.map(({ target }) => target)];
  const touched = new Set(told.filter((target) => targets.includes(target)));
  const others = beside.filter((each) => told.includes(each));
  const own =
    touched.size === 0 && others.length > 0 ? [] : [targets.length > 1 ? `${touched.size} of ${where}` : where];
  const of = [...own, ...others].join(' and ');
  if (!judged) return `${count(changes.length + whole.length, 'difference')} in ${of}`;
  return `${count(changes.length + whole.length, 'change')} in ${of}; the worst is ${worst}: ${CLASS_MEANINGS[worst]}`;
}

function wholeBlock(target: WholeTargets, all: boolean, paint: Paint): string[] {
  const { does, objects, class: worst, effects } = target;
  const shown = all ? objects : objects.slice(0, LINES);
  return [
    `${paintClass(worst, paint)}  ${wholeText(target)}`,
    ...effects.map((effect) => `  ${effect}`),
    ...shown.map((object) => `  ${does === 'added' ? '+' : '-'} ${object}`),
    ...(objects.length > shown.length ? [`  and ${objects.length - shown.length} more`] : []),
  ];
}

function changeBlock(
  change: FleetChange,
  { targets, judged }: Fleet,
  all: boolean,
  paint: Paint,
  said: Set<string>,
): string[] {
  const { fields, class: worst, causes = [] } = change;
  return [
    `${judged ? `${paintClass(worst, paint)}  ` : ''}${objectsText(change, all)}${targetsText(change.targets, targets)}`,
    ...(all ? fields.map((field) => fieldLines(field)) : foldedLines(fields)).flatMap(({ head, lines }) => {
      const shown = all ? lines : lines.slice(0, LINES);
      return [
        `  ${head}`,
        ...shown.map(
          (line) =>
            `    ${line.startsWith('+') ? paint.good(line) : line.startsWith('-') ? paint.warn(line) : paint.place(line)}`,
        ),
        ...(lines.length > shown.length ? [`    and ${count(lines.length - shown.length, 'more line')}`] : []),
      ];
    }),
    ...effectTexts(change, all, all ? undefined : said).map((effect) => `  ${effect}`),
    ...causes.map((cause) => `  ${causeLine(cause)}`),
  ];
}

function paintClass(risk: RiskClass, paint: Paint): string {
  return isAtLeast(risk, 'disruption')
    ? paint.bad(risk)
    : isAtLeast(risk, 'restart')
      ? paint.warn(risk)
      : paint.name(risk);
}

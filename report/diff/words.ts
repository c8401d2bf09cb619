import { stepsText } from '../../diff/field-change';
import type { Fleet, FleetCause, FleetChange } from '../../diff/fleet/fleet';
import { isAtLeast } from '../../diff/risk/classes';
import { REPLACED } from '../../diff/risk/held';
import type { Risk } from '../../diff/risk/risk';
import { count } from '../show';
import type { WholeTargets } from './whole';

/** So many names are told. */
const NAMES = 6;

const DOES: Readonly<Record<FleetChange['does'], string>> = {
  added: 'new: ',
  removed: 'gone: ',
  changed: '',
  renamed: 'renamed: ',
};

/** `Deployment/shop/web`, `new: Service/shop/web and 3 more`. */
export function objectsText({ does, objects, was }: FleetChange, all = false): string {
  const names = all || objects.length <= NAMES ? objects : objects.slice(0, NAMES);
  const more = objects.length > names.length ? ` and ${objects.length - names.length} more` : '';
  const from = was === undefined ? '' : `, before ${was}`;
  return `${DOES[does]}${names.join(', ')}${more}${from}`;
}

/** ` in prod@cloud and prod@shared`, ` in all 6 targets`; nothing where there is one target alone. */
export function targetsText(targets: readonly string[], all: readonly string[]): string {
  if (all.length <= 1) return '';
  if (targets.length === all.length && targets.every((target) => all.includes(target)))
    return ` in all ${count(all.length, 'target')}`;
  const names = targets.slice(0, NAMES);
  const more = targets.length > names.length ? ` and ${targets.length - names.length} more` : '';
  return ` in ${names.join(', ')}${more}`;
}

/**
 * `restart: pods are replaced. To do: watch the rollout`; what is to be done about several of them stands behind the last. `said`: what
 * a report has said to do already; of what is no danger that is said once.
 */
export function effectTexts({ risks, targets }: FleetChange, all = false, said = new Set<string>()): string[] {
  const told = withRestart(
    risks.filter((risk) => all || isWorthSaying(risk)),
    targets,
  );
  return told.map((one, i) => {
    const { class: risk, message, advice } = one;
    const isOnlyOnce = !isAtLeast(risk, 'exposure');
    const isSaid = !isWorthSaying(one) || told[i + 1]?.advice === advice || (isOnlyOnce && said.has(advice));
    if (!isSaid) said.add(advice);
    return isSaid ? `${risk}: ${message}` : `${risk}: ${message}. To do: ${advice}`;
  });
}

/** That pods are replaced is a part of what is worse: it is said there, unless that is how they are. */
function withRestart(risks: FleetChange['risks'], targets: readonly string[]): FleetChange['risks'] {
  const worse = risks.filter(({ class: risk }) => risk !== 'restart' && isAtLeast(risk, 'restart'));
  const [worst] = worse;
  const left = risks.filter(({ message }) => message !== REPLACED);
  if (!worst || left.length === risks.length) return risks;
  // What is worse may be told for each target apart, and this is so in all of them.
  if (targets.length > 1 && worse.filter(({ rule }) => rule === worst.rule).length > 1) return risks;
  // What they read is another reason, which is told for itself.
  const isTold = left.some(({ rule }) => rule === 'pod-template-changed' || rule === 'rollout-interrupts');
  return isTold
    ? left
    : left.map((one) => (one === worst ? { ...one, message: `${one.message}; ${REPLACED_TOO}` } : one));
}

const REPLACED_TOO = 'pods are replaced';

/** `by web.replicas: 3 → 4 (environment, environments/prod.ts:11: "one per zone")`, with the fields where it moved some of them only. */
export function causeLine({ text, fields, objects }: FleetCause): string {
  const some = fields?.map(({ path }) => stepsText(path)) ?? objects;
  return `by ${text}${some === undefined ? '' : `: ${some.join(', ')}`}`;
}

/** Of how many objects nobody knows what becomes. */
export function unknownCount({ unknown }: Pick<Fleet, 'unknown'>): number {
  return unknown.reduce((all, { objects }) => all + objects.length, 0);
}

/** `not known: whether Service/shop/web is still there`, for each target and side that could not be read as a whole. */
export function unknownLines({ unknown, targets }: Fleet, all = false): string[] {
  return unknown.map(({ target, side, objects }) => {
    const names = all ? objects : objects.slice(0, NAMES);
    const more = objects.length > names.length ? ` and ${objects.length - names.length} more` : '';
    const isOne = objects.length === 1;
    const what = side === 'before' ? (isOne ? 'is new' : 'are new') : isOne ? 'is still there' : 'are still there';
    const where = targets.length > 1 ? ` in ${target}` : '';
    return `not known: whether ${names.join(', ')}${more} ${what}${where}`;
  });
}

/** `target prod@edge is new: 23 objects`, `targets dev@edge, dev@cloud are gone: 22 objects each` */
export function wholeText({ targets, does, objects, areTargets }: WholeTargets): string {
  const what = does === 'added' ? 'new' : 'gone';
  const of = count(objects.length, 'object');
  if (targets.length === 1) return `${areTargets ? 'target ' : ''}${targets[0]} is ${what}: ${of}`;
  return `targets ${targets.join(', ')} are ${what}: ${of} each`;
}

/** That a label changes, or that something takes effect, says itself. */
function isWorthSaying({ class: risk, rule }: Pick<Risk, 'class' | 'rule'>): boolean {
  return risk !== 'metadata' && risk !== 'no-effect' && rule !== 'applied-in-place';
}

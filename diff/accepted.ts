import { hash } from 'node:crypto';
import { Unparsable } from '../manifests/reading/yaml/events';
import { parseYaml } from '../manifests/reading/yaml/parse';
import { positionAt, positionOf } from '../manifests/reading/yaml/position';
import type { Resource, Source } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import { knownNames, StrataError } from '../model/errors';
import type { FieldChange } from './field-change';
import { stepsText } from './field-change';
import type { Fleet, FleetChange, FleetTarget } from './fleet/fleet';
import type { ObjectChange } from './object-change';

/** A change that somebody knows of and lets through. */
export interface AcceptedRisk {
  /** The change's own mark, as the report prints it: another change, or the same one of another target, has another. */
  readonly change: string;
  readonly reason: string;
  /** The last day on which it counts: `2026-12-31`, in UTC. */
  readonly expires: string;
  /** `accepted-risks.yaml:3` */
  readonly place: string;
}

/** What a change is told by: what happens to which objects of which targets, from which value to which. */
export function markOf(change: FleetChange): string {
  const { does, was, class: risk, instances, fields } = change;
  const objects = [...new Set(instances.map((instance) => `${instance.place} ${instance.change.id}`))].sort();
  const said = fields.map(saidOf);
  // Without fields the object as a whole is told: then all that comes with it, or that changes in it, is what somebody lets through.
  const contents = fields.length > 0 ? [] : contentsOf(instances.map(({ change }) => change));
  return markedBy([does, was, risk, objects, said, ...contents]);
}

/** What some changes bring, each once, in one order; nothing of objects that go. */
function contentsOf(changes: readonly ObjectChange[]): string[] {
  const contents = changes.flatMap(({ does, id, after, fields }) => {
    if (does === 'removed') return [];
    return JSON.stringify([id, does === 'added' ? withoutSecrets(after) : fields.map(saidOf)]);
  });
  return [...new Set(contents)].sort();
}

/** From which value to which; of a secret only that it changes, since somebody could guess it from the mark. */
function saidOf({ path, before, after, order, hidden }: FieldChange): unknown {
  return hidden ? [stepsText(path), 'hidden'] : [stepsText(path), before, after, order];
}

function withoutSecrets(resource: Resource | undefined): unknown {
  if (resource?.kind !== 'Secret') return resource?.object;
  const { data, stringData, ...rest } = resource.object;
  return [rest, Object.keys({ ...record(data), ...record(stringData) }).sort()];
}

/** The same of a target that comes or goes. */
export function markOfWhole({ target, does, objects, class: risk, risks }: FleetTarget): string {
  // Of what a new target holds, that which is a risk.
  return markedBy([target, does, risk, objects, ...contentsOf(risks.map(({ change }) => change))]);
}

function markedBy(said: unknown): string {
  // A letter first: YAML would take some for numbers.
  return `c${hash('sha256', JSON.stringify(said) ?? '').slice(0, 11)}`;
}

/** What of a fleet nobody has accepted, and what is accepted in vain. */
export interface Acceptance {
  readonly open: readonly (FleetChange | FleetTarget)[];
  readonly accepted: ReadonlyMap<FleetChange | FleetTarget, AcceptedRisk>;
  readonly expired: readonly AcceptedRisk[];
  /** They match no change: it went through, or is another one now. */
  readonly unused: readonly AcceptedRisk[];
}

/** Which changes stand against a gate. `today` is the day, `2026-11-29`. */
export function acceptanceOf(fleet: Fleet, risks: readonly AcceptedRisk[], today: string): Acceptance {
  const valid = new Map(risks.filter(({ expires }) => expires >= today).map((risk) => [risk.change, risk]));
  const marks = new Map<string, FleetChange | FleetTarget>([
    ...fleet.changes.map((change) => [markOf(change), change] as const),
    ...fleet.whole.map((target) => [markOfWhole(target), target] as const),
  ]);
  return {
    open: [...marks].flatMap(([mark, change]) => (valid.has(mark) ? [] : [change])),
    accepted: new Map([...valid].flatMap(([mark, risk]) => (marks.has(mark) ? [[marks.get(mark)!, risk]] : []))),
    expired: risks.filter(({ expires, change }) => expires < today && marks.has(change)),
    unused: risks.filter(({ change }) => !marks.has(change)),
  };
}

const FIELDS = ['change', 'reason', 'expires'];

/** Reads `accepted-risks.yaml`: a list of `change`, `reason`, `expires`. What is not understood is an error: a gate must not open by mistake. */
export function readAcceptedRisks(source: Source): AcceptedRisk[] {
  let value: unknown;
  try {
    ({ value } = parseYaml(source.text));
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    throw refusal(`${source.file}:${positionAt(source, error.offset).line}`, error.reason);
  }
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw refusal(source.file, 'is no list');
  return value.map((entry, i) => {
    const { line } = positionOf({ source, document: 0, place: [] }, [i]);
    const place = `${source.file}:${line}`;
    const fields = record(entry) ?? {};
    const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined)
      throw refusal(place, `an accepted risk has no field ${unknown}; ${knownNames(unknown, FIELDS)}`);
    // YAML takes 123456789012 for a number, and 2026-12-31 for a date.
    const textOf = (field: string) =>
      fields[field] instanceof Date
        ? fields[field].toISOString().slice(0, 10)
        : (string(fields[field])?.trim() ?? (typeof fields[field] === 'number' ? String(fields[field]) : ''));
    const [change, reason, expires] = [textOf('change'), textOf('reason'), textOf('expires')];
    const missing = FIELDS.filter((field) => textOf(field) === '');
    if (missing.length > 0)
      throw refusal(
        place,
        `an accepted risk names change, reason and expires; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      );
    if (!isDay(expires)) throw refusal(place, `expires is ${expires}, which is no day such as 2026-12-31`);
    return { change, reason, expires, place };
  });
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function refusal(place: string, found: string): StrataError {
  return new StrataError(place, found, [
    "write a list of { change, reason, expires }; `strata diff --fail-on CLASS` prints each change's mark",
  ]);
}

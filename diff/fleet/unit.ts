import { addTo } from '../../model/multimap';
import { fieldAnywhere, textAnywhere, valueAnywhere } from '../anywhere';
import type { FieldChange } from '../field-change';
import type { ObjectChange, ObjectIdentity } from '../object-change';
import { ownNamespace } from '../object-change';
import type { Risk } from '../risk/risk';
import type { TargetChange } from '../target-change';
import type { FleetChange } from './fleet';
import { joinedBy } from './joined-by';
import { shownNames } from './names';

/** One field of one object, or an object that comes or goes, in all targets where just that happens. */
export interface Unit extends Omit<FleetChange, 'class' | 'risks'> {
  /** The fields as they read in every namespace. */
  readonly anywhere: readonly FieldChange[];
  readonly risks: readonly UnitRisk[];
}

export interface UnitRisk extends Pick<Risk, 'class' | 'rule' | 'message' | 'advice'> {
  readonly target: string;
  /** The message as it reads in every namespace. */
  readonly anywhere: string;
}

/** The units of all targets; those that say the same are one. */
export function unitsOf(targets: readonly TargetChange[]): Unit[] {
  const names = shownNames(targets);
  const units = targets.flatMap(({ target, place = target, changes, risks }) => {
    const byChange = new Map<ObjectChange, Risk[]>();
    for (const risk of risks) addTo(byChange, risk.change, risk);
    return changes.flatMap((change): Unit[] => {
      const namespace = ownNamespace(change);
      // What is said of an object names its namespace, which is another one in each environment.
      const short = (text: string) =>
        change.namespace === '' ? text : text.replace(new RegExp(`\\b([A-Z]\\w*)/${change.namespace}/`, 'g'), '$1/');
      const of = (field: FieldChange | undefined) =>
        (byChange.get(change) ?? [])
          .filter((risk) => risk.field === field)
          .map(({ class: risk, rule, message, advice }) => ({
            ...{ class: risk, rule, target },
            ...{ message: short(message), advice: short(advice), anywhere: textAnywhere(short(message), namespace) },
          }));
      const base = {
        does: change.does,
        objects: [names.get(change)!],
        ...(change.was === undefined ? {} : { was: oldName(change.was, change) }),
        targets: [target],
        instances: [{ target, place, change }],
      };
      const whole = of(undefined);
      const parts = change.fields.map((field) => ({
        ...base,
        ...{ fields: [field], anywhere: [fieldAnywhere(field, namespace)], risks: of(field) },
      }));
      return change.fields.length === 0 || whole.length > 0 || change.does === 'renamed'
        ? [...parts, { ...base, fields: [], anywhere: [], risks: whole }]
        : parts;
    });
  });
  return joinedBy(
    units,
    (unit) => [
      ...[unit.does, unit.objects[0], unit.was, ...unit.anywhere.map(keyOf), ...unit.risks.map(ruleOf)],
      unit.fields.length === 0 && unit.does === 'added' ? contentOf(unit.instances[0]!.change) : undefined,
    ],
    (unit, other) => ({
      ...alike(unit, other),
      targets: [...unit.targets, ...other.targets.filter((target) => !unit.targets.includes(target))],
      instances: [...unit.instances, ...other.instances],
      risks: [...unit.risks, ...other.risks],
    }),
  );
}

/** What a renamed object was called; only its namespace, where nothing else is another one. */
function oldName(was: ObjectIdentity, is: ObjectIdentity): string {
  return was.namespace !== '' && is.namespace !== '' && was.name === is.name ? `in namespace ${was.namespace}` : was.id;
}

/** What a new object says, wherever it stands. */
function contentOf(change: ObjectChange): string {
  return JSON.stringify(valueAnywhere(change.after?.object, ownNamespace(change)));
}

export const withFields = (unit: Unit, other: Unit): Unit => ({
  ...unit,
  fields: [...unit.fields, ...other.fields],
  anywhere: [...unit.anywhere, ...other.anywhere],
  risks: [...unit.risks, ...other.risks],
});
export const withObjects = (unit: Unit, other: Unit): Unit => ({
  ...alike(unit, other),
  objects: [...unit.objects, ...other.objects],
  instances: [...unit.instances, ...other.instances],
});

/** One of two that say the same: as it reads in every namespace where they differ. */
function alike(unit: Unit, other: Unit): Unit {
  const same = JSON.stringify(unit.fields.map(rawOf)) === JSON.stringify(other.fields.map(rawOf));
  return same ? unit : { ...unit, fields: unit.anywhere };
}

/** Which object in which targets. */
export const instancesKey = ({ instances }: Unit) =>
  instances.map(({ target, change }) => `${target} ${change.id}`).join('\n');
/** What is told by what it means is the same however it is written in each target. */
export const keyOf = ({ path, before, after, order, follows, sense }: FieldChange) =>
  JSON.stringify([path, ...(sense ? [sense] : [before, after]), order, follows !== undefined]);
/** Numbers in a message differ from target to target, and the change is the same all the same. */
export const ruleOf = ({ class: risk, rule }: Pick<Risk, 'class' | 'rule'>) => `${risk} ${rule}`;
export const messageOf = ({ rule, anywhere }: UnitRisk) => `${rule} ${anywhere}`;
const rawOf = ({ path, before, after, order, follows }: FieldChange) => [path, before, after, order, follows];

import { joinedBy } from './joined-by';
import type { Unit } from './unit';
import { keyOf, messageOf, withObjects } from './unit';

/** From so many objects on, a field that changes alike is told once, and not with each object. */
const COMMON = 3;

/** Fields that change alike in several objects of the same targets, such as a label of all. */
export function commonOf(units: readonly Unit[]): {
  readonly common: readonly Unit[];
  readonly others: readonly Unit[];
} {
  const key = ({ does, targets, anywhere, risks }: Unit) => [does, targets, anywhere.map(keyOf), risks.map(messageOf)];
  const joint = joinedBy(
    units.filter(({ fields }) => fields.length > 0),
    key,
    withObjects,
  ).filter(({ objects }) => objects.length >= COMMON);
  const keys = new Set(joint.map((unit) => JSON.stringify(key(unit))));
  const isCommon = (unit: Unit) => unit.fields.length > 0 && keys.has(JSON.stringify(key(unit)));
  return { common: joint, others: units.filter((unit) => !isCommon(unit)) };
}

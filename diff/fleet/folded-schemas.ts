import { isOfSchema, sameInSchemas } from '../schema-fields';
import { joinedBy } from './joined-by';
import type { Unit } from './unit';
import { messageOf, withFields } from './unit';

/**
 * Generated definitions say the same wherever a type is used, in one definition and in others: what changes in the type is told once, with
 * all of its places. What is said to people there is one change of all of them.
 */
export function withFoldedSchemas(units: readonly Unit[]): Unit[] {
  return joinedBy(
    units,
    (unit, i) => {
      const [field] = unit.fields;
      const [{ change } = { change: undefined }] = unit.instances;
      const isFolded = field && isOfSchema(field) && change?.after?.kind === 'CustomResourceDefinition';
      return isFolded ? [unit.does, unit.targets.join(), sameInSchemas(field), ...unit.risks.map(messageOf)] : [i];
    },
    (unit, other) => ({
      ...withFields(unit, other),
      objects: unionOf(unit.objects, other.objects),
      instances: unionOf(unit.instances, other.instances, ({ target, change }) => `${target} ${change.id}`),
    }),
  );
}

function unionOf<T>(one: readonly T[], other: readonly T[], key: (each: T) => unknown = (each) => each): T[] {
  return [...new Map([...one, ...other].map((each) => [key(each), each])).values()];
}

import { rank, worstOf } from '../risk/classes';
import type { TargetChange } from '../target-change';
import { commonOf } from './common';
import type { Fleet, FleetChange, FleetReplacement, FleetTarget, FleetUnknown } from './fleet';
import { withFoldedSchemas } from './folded-schemas';
import { joinedBy } from './joined-by';
import { toldRisks } from './told-risks';
import type { Unit } from './unit';
import { instancesKey, keyOf, messageOf, unitsOf, withFields, withObjects } from './unit';

export interface FleetOptions {
  /** Whether the rules judged it. @default true */
  readonly judged?: boolean;
  /** What is compared beside the targets and is none, such as what hands them over. @default - all are targets */
  readonly beside?: readonly string[];
}

/**
 * Changes of many targets, each told once. What is grouped is a change of one field: targets in which the same field goes from the same value
 * to the same one are together, whatever else differs in them.
 */
export function fleetOf(targets: readonly TargetChange[], { judged = true, beside = [] }: FleetOptions = {}): Fleet {
  const changed = targets.filter(({ does }) => does === 'changed');
  const { common, others } = commonOf(withFoldedSchemas(unitsOf(changed)));
  const ofObjects = joinedBy(
    others,
    // One object with all of its fields that change in the same targets…
    (unit) => [unit.does, unit.objects.join(), unit.was, instancesKey(unit)],
    withFields,
  );
  const groups = joinedBy(
    [...joinedBy(common, (unit) => [unit.does, instancesKey(unit)], withFields), ...ofObjects],
    // …and all objects to which the same happens there.
    (unit) => [unit.does, unit.was, unit.targets.join(), ...unit.anywhere.map(keyOf), ...unit.risks.map(messageOf)],
    withObjects,
  );
  const changes = groups.map(finished).sort(inOrder);
  const whole = targets.flatMap(({ target, does, changes, risks }): FleetTarget[] => {
    if (does === 'changed') return [];
    const objects = changes.map(({ id }) => id);
    return [{ target, does, objects, risks, class: worstOf(risks.map((risk) => risk.class)) }];
  });
  return {
    beside,
    targets: targets.map(({ target }) => target).filter((target) => !beside.includes(target)),
    changes,
    whole,
    class: worstOf([...changes, ...whole].map((each) => each.class)),
    replaced: replacedIn(changed),
    judged,
    twice: targets.flatMap(({ target, twice = [] }) => twice.map((each) => ({ ...each, target }))),
    unknown: targets.flatMap(unknownIn),
  };
}

function unknownIn({ target, unknown = [] }: TargetChange): FleetUnknown[] {
  return (['before', 'after'] as const).flatMap((side) => {
    const objects = unknown.flatMap((each) => (each.side === side ? [each.object] : [])).sort();
    return objects.length === 0 ? [] : [{ target, side, objects }];
  });
}

function replacedIn(targets: readonly TargetChange[]): FleetReplacement[] {
  return joinedBy(
    targets.flatMap(({ target, replaced }) => replaced.map((replacement) => ({ targets: [target], replacement }))),
    ({ replacement: { workload, ...how } }) => [workload.split('/')[0], workload.split('/').at(-1), how],
    (one, other) => ({ ...one, targets: [...one.targets, ...other.targets] }),
  );
}

function finished({ risks: all, anywhere: _, ...unit }: Unit): FleetChange {
  const risks = [...toldRisks(all)].sort((a, b) => rank(b.class) - rank(a.class));
  return { ...unit, risks, class: worstOf(risks.map((risk) => risk.class)) };
}

/** The worst first, then by name. */
function inOrder(a: FleetChange, b: FleetChange): number {
  return rank(b.class) - rank(a.class) || (a.objects[0]! < b.objects[0]! ? -1 : 1);
}

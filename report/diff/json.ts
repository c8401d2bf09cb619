import { markOf, markOfWhole } from '../../diff/accepted';
import type { FieldChange } from '../../diff/field-change';
import { stepsText } from '../../diff/field-change';
import type { Fleet, FleetTarget } from '../../diff/fleet';
import type { Unreadable } from '../../manifests/reading/read';

/** For programs. What a Secret holds is left out. */
export function diffJson(
  { targets, changes, whole, replaced, class: worst, judged, twice }: Fleet,
  unreadable: readonly Unreadable[] = [],
): unknown {
  return {
    ...(unreadable.length === 0 ? {} : { unreadable }),
    ...(judged ? { class: worst } : {}),
    targets,
    changes: changes.map((change) => ({
      does: change.does,
      objects: change.objects,
      ...(change.was === undefined ? {} : { was: change.was }),
      targets: change.targets,
      class: change.class,
      mark: markOf(change),
      fields: change.fields.map((field) => fieldJson(field)),
      risks: change.risks,
      ...(change.causes === undefined
        ? {}
        : {
            causes: change.causes.map(({ text, fields, objects }) => ({
              text,
              ...(objects === undefined ? {} : { objects }),
              ...(fields === undefined ? {} : { fields: fields.map(({ path }) => stepsText(path)) }),
            })),
          }),
    })),
    replaced: replaced.map(({ targets, replacement }) => ({ targets, ...replacement })),
    whole: whole.map(wholeJson),
    ...(twice.length === 0 ? {} : { twice }),
  };
}

function wholeJson(whole: FleetTarget): unknown {
  const { target, does, objects, class: worst, risks } = whole;
  return {
    target,
    does,
    class: worst,
    mark: markOfWhole(whole),
    objects,
    risks: risks.map(({ class: risk, rule, change, message, advice }) => ({
      class: risk,
      rule,
      object: change.id,
      message,
      advice,
    })),
  };
}

function fieldJson({ path, before, after, order, follows, hidden, sense }: FieldChange): unknown {
  const values = hidden
    ? { hidden: true }
    : { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  return {
    path: stepsText(path),
    ...values,
    ...(order ? { order } : {}),
    ...(sense === undefined ? {} : { sense }),
    ...(follows === undefined ? {} : { follows }),
  };
}

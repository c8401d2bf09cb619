import type { FieldChange } from '../../diff/field-change';
import { stepsText } from '../../diff/field-change';
import type { Fleet, FleetChange } from '../../diff/fleet';

/** For programs. What a Secret holds is left out. */
export function diffJson({ targets, changes, whole, class: worst, judged }: Fleet): unknown {
  return {
    ...(judged ? { class: worst } : {}),
    targets,
    changes: changes.map((change) => ({
      does: change.does,
      objects: change.objects,
      ...(change.was === undefined ? {} : { was: change.was }),
      targets: change.targets,
      class: change.class,
      fields: change.fields.map((field) => fieldJson(field, change)),
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
    whole: whole.map(({ target, does, objects, class: risk, risks }) => ({
      target,
      does,
      class: risk,
      objects,
      risks: risks.map((each) => ({
        class: each.class,
        rule: each.rule,
        object: each.change.id,
        message: each.message,
        advice: each.advice,
      })),
    })),
  };
}

function fieldJson({ path, before, after, order, implied, follows }: FieldChange, { objects }: FleetChange): unknown {
  const isHidden =
    objects.some((object) => object.startsWith('Secret/')) && /^(data|stringData)$/.test(String(path[0]));
  const values = isHidden
    ? { hidden: true }
    : { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  return {
    path: stepsText(path),
    ...values,
    ...(order ? { order } : {}),
    ...(implied ? { implied } : {}),
    ...(follows === undefined ? {} : { follows }),
  };
}

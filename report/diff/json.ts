import { markOf, markOfWhole } from '../../diff/accepted';
import type { FieldChange } from '../../diff/field-change';
import { stepsText } from '../../diff/field-change';
import type { Fleet, FleetChange, FleetTarget } from '../../diff/fleet/fleet';
import { isOfSchema } from '../../diff/schema-fields';
import type { Unreadable } from '../../manifests/reading/read';

/** For programs. What a Secret holds is left out. */
export function diffJson(
  { targets, changes, whole, replaced, class: worst, judged, twice, unknown, idle = [] }: Fleet,
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
      fields: change.fields.map((field) => ({ ...fieldJson(field), ...objectsOf(change, field) })),
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
    ...(idle.length === 0 ? {} : { idle }),
    ...(unknown.length === 0 ? {} : { unknown }),
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

/** The objects that a field is told of, where it is not told of all of them. */
function objectsOf({ objects, instances }: FleetChange, { path, before, after }: FieldChange) {
  if (objects.length === 1 || !isOfSchema({ path })) return {};
  const said = JSON.stringify([path, before, after]);
  const own = instances.flatMap(({ change }) =>
    change.fields.some((each) => JSON.stringify([each.path, each.before, each.after]) === said) ? [change.id] : [],
  );
  return { objects: [...new Set(own)].sort() };
}

function fieldJson({ path, before, after, order, follows, hidden, sense }: FieldChange): object {
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

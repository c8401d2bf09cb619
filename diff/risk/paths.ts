import type { Path } from '../../manifests/resource';
import { valueAt } from '../../manifests/resource';
import { isMap } from '../../model/is-map';
import type { ChangeStep, FieldChange } from '../field-change';
import { isEntry } from '../field-change';

/**
 * Whether a path begins with these steps; `*` stands for any, and what is left of the pattern behind a shorter path counts as well: a
 * container that comes or goes is a change of all of its fields.
 */
export function isAt({ path }: Pick<FieldChange, 'path'>, pattern: string): boolean {
  const steps = pattern.split('.');
  return steps.every((wanted, i) => {
    const step = path[i];
    return step === undefined || wanted === '*' || (!isMap(step) && step === wanted);
  });
}

/** Whether the whole pattern is in the path. */
export function isInside({ path }: Pick<FieldChange, 'path'>, pattern: string): boolean {
  return path.length >= pattern.split('.').length && isAt({ path }, pattern);
}

/** The last step, if it is the key of a map. */
export function lastKey(path: readonly ChangeStep[]): string | undefined {
  const last = path.at(-1);
  return typeof last === 'string' ? last : undefined;
}

/** The change of a field, of what it stands in, or else of the first thing in it; undefined where none of them changes. */
export function fieldAt(
  { fields }: { readonly fields: readonly FieldChange[] },
  path: readonly ChangeStep[],
): FieldChange | undefined {
  const related = fields.filter((field) =>
    field.path.slice(0, path.length).every((step, i) => isSameStep(step, path[i]!)),
  );
  return related.find((field) => field.path.length >= path.length && field.order !== true) ?? related[0];
}

/** Whether a field, what it stands in, or something in it changes. */
export function changesAt(change: { readonly fields: readonly FieldChange[] }, path: readonly ChangeStep[]): boolean {
  return fieldAt(change, path) !== undefined;
}

/** A key that names more fields than the other one means the same entry, such as a port with and without its protocol. */
function isSameStep(one: ChangeStep, other: ChangeStep): boolean {
  if (!isMap(one) || !isMap(other)) return one === other;
  return Object.entries(one).every(([name, value]) => other[name] === undefined || other[name] === value);
}

/** The change at, above or below a path of the object as it is afterwards, the nearest one; undefined where nothing there changes. */
export function fieldAtPath({ fields }: { readonly fields: readonly FieldChange[] }, object: unknown, path: Path) {
  const isRelated = ({ path: own }: FieldChange) =>
    path.slice(0, own.length).every((step, i) => {
      const wanted = own[i]!;
      if (typeof step === 'string') return step === wanted;
      return isMap(wanted) && isEntry(valueAt(object, path.slice(0, i + 1)), wanted);
    });
  const related = fields.filter((field) => isRelated(field) && field.order !== true);
  return related.sort((a, b) => Math.abs(a.path.length - path.length) - Math.abs(b.path.length - path.length))[0];
}

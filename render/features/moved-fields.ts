import { isMap } from '../../model/is-map';
import type { FieldPath } from '../explain/field';
import { fieldText, itemName } from '../explain/field';
import { isSame } from '../explain/same';

/** A field that two renders of one object do not agree in; of a list without names an item that only one has. */
export interface MovedField {
  /** `spec.template.spec.containers[web].image` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What changes between two renders of one object. Items of lists are the same by name, or else by all that they hold. */
export function movedFields(before: unknown, after: unknown, path: FieldPath = []): MovedField[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      movedFields(before[key], after[key], [...path, { key }]),
    );
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return [{ path: fieldText(path), before, after }];
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: FieldPath): MovedField[] {
  const names = [...before, ...after].map(itemName);
  if (areUnique(before) && areUnique(after))
    return [...new Set(names)].flatMap((item) => {
      const [was, is] = [before, after].map((list) => list.find((each) => itemName(each) === item));
      return movedFields(was, is, [...path, { item: item! }]);
    });
  const only = (list: readonly unknown[], other: readonly unknown[]) =>
    list.filter((item) => !other.some((each) => isSame(item, each)));
  const at = fieldText(path);
  return [
    ...only(before, after).map((item) => ({ path: at, before: item, after: undefined })),
    ...only(after, before).map((item) => ({ path: at, before: undefined, after: item })),
  ];
}

function areUnique(list: readonly unknown[]): boolean {
  const names = list.map(itemName);
  return !names.includes(undefined) && new Set(names).size === names.length;
}

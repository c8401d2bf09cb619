import { isMap } from '../model/is-map';
import { listKeys } from '../model/merge';

/** What entries are in a list: by their keys, where it has any, else of which type each is. */
export function shapeOf(list: readonly unknown[], path: readonly string[]): string {
  return JSON.stringify(
    isKeyed(list, path)
      ? list.map((entry) => idOf(entry, path))
      : list.map((item) => (isMap(item) ? 'map' : Array.isArray(item) ? 'list' : 'scalar')),
  );
}

/** Whether each entry is told apart from the others: variables may stand twice, and the last counts. */
export function isKeyed(list: readonly unknown[], path: readonly string[]): boolean {
  const ids = list.map((entry) => idOf(entry, path));
  return !ids.includes(undefined) && new Set(ids).size === ids.length;
}

/** What tells an entry apart from the others of its list; undefined where nothing does. */
export function idOf(entry: unknown, path: readonly string[]): string | undefined {
  if (!isMap(entry)) return undefined;
  const keys = listKeys(path.at(-1) ?? '').find(([first]) => first! in entry);
  return keys && JSON.stringify(keys.map((key) => entry[key] ?? (key === 'protocol' ? 'TCP' : undefined)));
}

/** The name of an entry, as settings and reasons speak of it. */
export function entryName(item: unknown): string | undefined {
  return isMap(item) && typeof item['name'] === 'string' ? item['name'] : undefined;
}

/** The entries of the standard, where each overlay has some of them: those that one overlay removes are removed there alone. */
export function standardEntries(
  values: readonly (readonly unknown[])[],
  usual: readonly unknown[],
  standard: unknown,
  path: readonly string[],
): readonly unknown[] | undefined {
  if (!Array.isArray(standard) || standard.length === 0 || ![standard, ...values].every((list) => isKeyed(list, path)))
    return undefined;
  const idsIn = (list: readonly unknown[]) => list.map((entry) => idOf(entry, path));
  const [all, own] = [new Set(values.flatMap(idsIn)), new Set(idsIn(usual))];
  const ids = idsIn(standard);
  return ids.every((id) => all.has(id)) && !ids.every((id) => own.has(id)) ? standard : undefined;
}

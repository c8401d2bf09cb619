import { StrataError } from '../model/errors';
import { isMap } from '../model/is-map';
import type { KubernetesObject } from '../model/kubernetes';
import { listKeys } from '../model/merge';
import { withoutNulls } from '../model/object-differences';
import { withPatch } from '../model/patched';
import { same } from './compare';
import type { KeyPath } from './source';

type Fields = Readonly<Record<string, unknown>>;

/** The change that a patch of strata needs to make the one object the other one; undefined where no patch can. */
export function changeBetween(object: KubernetesObject, wanted: KubernetesObject): Fields | undefined {
  const change = ofFields(object, wanted, { isTop: true });
  if (!change) return undefined;
  try {
    const patch = { object: `${object.kind}/${object.metadata.name}`, change, reason: 'as it was', at: NOWHERE };
    const { changed } = withPatch('a patch', patch, [object], 'target');
    return same(withoutNulls(changed), wanted) ? change : undefined;
  } catch (error) {
    // What patches must not change: another way is found for it.
    if (error instanceof StrataError) return undefined;
    throw error;
  }
}

const NOWHERE = new Error('never thrown');

function ofFields(value: Fields, wanted: Fields, { isTop = false, isMetadata = false } = {}): Fields | undefined {
  const change: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(value), ...Object.keys(wanted)])) {
    if (!Object.hasOwn(wanted, key)) change[key] = isMetadata && isMap(value[key]) ? nulls(value[key]) : null;
    else if (!Object.hasOwn(value, key)) change[key] = wanted[key];
    else if (!same(value[key], wanted[key])) {
      const below = ofValue(key, value[key], wanted[key], isTop && key === 'metadata');
      if (below === undefined) return undefined;
      change[key] = below;
    }
  }
  return change;
}

function ofValue(key: string, value: unknown, wanted: unknown, isMetadata: boolean): unknown {
  if (isMap(value) && isMap(wanted)) return ofFields(value, wanted, { isMetadata });
  if (Array.isArray(value) && Array.isArray(wanted)) return ofLists(key, value, wanted);
  return isMap(value) || isMap(wanted) || wanted === null ? undefined : wanted;
}

/** Labels and annotations go one by one: some of them may be strata's own. */
function nulls(fields: Fields): Fields {
  return Object.fromEntries(Object.keys(fields).map((key) => [key, null]));
}

/** Entries that change, that come at the end and that go; a whole list where its entries have no keys. */
function ofLists(field: string, value: readonly unknown[], wanted: readonly unknown[]): unknown {
  const keys = keysOf(field, [...value, ...wanted]);
  if (!keys) return listKeys(field).length > 0 && wanted.length > 0 && wanted.every(isMap) ? undefined : wanted;
  const id = (entry: unknown) =>
    JSON.stringify(keys.map((key) => (entry as Fields)[key] ?? (key === 'protocol' ? 'TCP' : undefined)));
  const [before, after] = [
    new Map(value.map((entry) => [id(entry), entry as Fields])),
    new Map(wanted.map((entry) => [id(entry), entry as Fields])),
  ];
  if (before.size < value.length || after.size < wanted.length) return undefined;
  const only = (entry: Fields) =>
    Object.fromEntries(keys.filter((key) => Object.hasOwn(entry, key)).map((key) => [key, entry[key]]));
  const kept = [...before.keys()].filter((one) => after.has(one));
  const order = [...after.keys()];
  const isNew = order.map((one) => !before.has(one));
  // New entries before all others come in at the start, all others at the end.
  const leading = kept.length > 0 && isNew[0] ? isNew.indexOf(false) : 0;
  const inOrder = [...order.slice(0, leading), ...kept, ...order.slice(leading).filter((one) => !before.has(one))];
  const moves = !same(inOrder, order);
  // Where the order is another one, all go and come again.
  const gone = [...before]
    .filter(([one]) => moves || !after.has(one))
    .map(([, entry]) => ({ ...only(entry), $patch: 'delete' }));
  const starts = moves ? [] : order.slice(0, leading);
  const come = order
    .filter((one) => moves || !before.has(one))
    .map((one) => ({ ...after.get(one)!, ...(starts.includes(one) ? { $at: 'start' } : {}) }));
  const changed = moves
    ? []
    : kept.flatMap((one) => {
        const change = ofFields(before.get(one)!, after.get(one)!);
        return change === undefined
          ? [undefined]
          : Object.keys(change).length > 0
            ? [{ ...only(before.get(one)!), ...change }]
            : [];
      });
  return changed.includes(undefined) ? undefined : [...gone, ...changed, ...come];
}

function keysOf(field: string, entries: readonly unknown[]): readonly string[] | undefined {
  if (!entries.every(isMap)) return undefined;
  return listKeys(field).find(([first]) => entries.every((entry) => first! in (entry as Fields)));
}

/** The paths of the fields that a change reaches. */
export function* pathsIn(change: unknown, path: KeyPath = []): Generator<KeyPath> {
  if (Array.isArray(change) && change.length > 0 && change.every((entry) => isMap(entry) && 'name' in entry)) {
    for (const { name, ...rest } of change as readonly Fields[]) yield* pathsIn(rest, [...path, String(name)]);
    return;
  }
  const fields = isMap(change) ? Object.entries(change).filter(([key]) => !key.startsWith('$')) : [];
  if (fields.length === 0) yield path;
  for (const [key, below] of fields) yield* pathsIn(below, [...path, key]);
}

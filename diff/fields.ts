import { parseQuantity } from '../manifests/quantity';
import { isMap } from '../model/is-map';
import type { ChangeStep, EntryKey, FieldChange } from './field-change';
import { entryField, isEntry } from './field-change';
import type { ValueShape } from './shape';

/** A value as somebody wrote it, and with what the API server fills in. */
export interface Value {
  readonly written: unknown;
  readonly full: unknown;
}

/** In what two values differ that an API server would see. */
export function fieldChanges(
  before: Value,
  after: Value,
  shape: ValueShape,
  path: readonly ChangeStep[] = [],
): FieldChange[] {
  const changes: FieldChange[] = [];
  compare(before, after, shape, path, changes);
  return changes;
}

/** Whether two values mean the same. */
export function isSameValue(before: unknown, after: unknown, shape: ValueShape): boolean {
  return fieldChanges(plain(before), plain(after), shape).length === 0;
}

const plain = (value: unknown): Value => ({ written: value, full: value });

function compare(
  before: Value,
  after: Value,
  shape: ValueShape,
  path: readonly ChangeStep[],
  changes: FieldChange[],
): void {
  const [was, is] = [meant(before.full, shape), meant(after.full, shape)];
  if (was === is) return;
  const sense = shape.sense?.changed(was, is);
  if (sense && sense.added.length + sense.removed.length === 0) return;
  if (sense && shape.sense!.isTold) return void changes.push({ ...changeOf(path, before, after), sense });
  // A map that comes or goes says no more than its entries do, where an empty one is stored as none.
  const [wasMap, isMapped] = shape.entries ? [was ?? {}, is ?? {}] : [was, is];
  if (isMap(wasMap) && isMap(isMapped)) return compareMaps(before, after, wasMap, isMapped, shape, path, changes);
  if (Array.isArray(was) && Array.isArray(is)) return compareLists(before, after, was, is, shape, path, changes);
  if (isSameScalar(was, is, shape)) return;
  // What the server fills in on both sides follows from another field, which is told.
  if (before.written === undefined && after.written === undefined) return;
  changes.push(changeOf(path, before, after));
}

function compareMaps(
  before: Value,
  after: Value,
  was: Readonly<Record<string, unknown>>,
  is: Readonly<Record<string, unknown>>,
  shape: ValueShape,
  path: readonly ChangeStep[],
  changes: FieldChange[],
): void {
  for (const key of keysOf(was, is)) {
    const [one, other] = [own(was, key), own(is, key)];
    if (one === other) continue;
    compare(
      { full: one, written: own(before.written, key) },
      { full: other, written: own(after.written, key) },
      shape.field(key),
      [...path, key],
      changes,
    );
  }
}

/** By the alphabet: in whatever order keys stand, their changes are told in one. */
function keysOf(was: object, is: object): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
}

function compareLists(
  before: Value,
  after: Value,
  was: readonly unknown[],
  is: readonly unknown[],
  shape: ValueShape,
  path: readonly ChangeStep[],
  changes: FieldChange[],
): void {
  const { ordered, each } = shape.list;
  if (each && isSameSet(was, is, shape.item())) return;
  const guessed = isGuessed(shape) ? guessedKeys(was, is) : undefined;
  const [old, now] = [entriesOf(was, before.written, shape, guessed), entriesOf(is, after.written, shape, guessed)];
  if (!old || !now) {
    const same = (one: unknown, other: unknown) => isSameValue(one, other, shape.item());
    if (was.length === is.length && was.every((entry, i) => same(entry, is[i]))) return;
    const order = isReordered(was, is, same) ? ({ order: true } as const) : {};
    changes.push({ ...changeOf(path, before, after), ...order });
    return;
  }
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  for (const key of keys) {
    const [one, other] = [old.get(key), now.get(key)];
    const step = (one ?? other)!.key;
    compare(one?.value ?? NONE, other?.value ?? NONE, shape.item(), [...path, step], changes);
  }
  if (!ordered) return;
  const [oldOrder, newOrder] = [[...old.keys()], [...now.keys()]];
  if (isSameOrder(oldOrder, newOrder)) return;
  const named = (entries: ReadonlyMap<string, Entry>) =>
    [...entries.values()].map(({ key }) => Object.values(key).join('/'));
  changes.push({ path, before: named(old), after: named(now), order: true });
}

/** Whether both say the same entries, however often and in whatever order. */
function isSameSet(was: readonly unknown[], is: readonly unknown[], item: ValueShape): boolean {
  const [old, now] = [was, is].map((list) => new Set(list.map((entry) => JSON.stringify(entry)))) as [
    Set<string>,
    Set<string>,
  ];
  const hasAll = (list: readonly unknown[], texts: ReadonlySet<string>, other: readonly unknown[]) =>
    list.every(
      (entry) =>
        texts.has(JSON.stringify(entry)) ||
        (list.length <= MOST_ORDERED && other.some((each) => isSameValue(entry, each, item))),
    );
  return hasAll(was, now, is) && hasAll(is, old, was);
}

/** Whether each entry of one list has a twin of its own in the other. */
function isReordered(
  was: readonly unknown[],
  is: readonly unknown[],
  same: (one: unknown, other: unknown) => boolean,
): boolean {
  if (was.length !== is.length || was.length > MOST_ORDERED) return false;
  const left = [...is];
  return was.every((entry) => {
    const twin = left.findIndex((other) => same(entry, other));
    if (twin >= 0) left.splice(twin, 1);
    return twin >= 0;
  });
}

/** Longer lists are not looked through for twins: they are told as changed. */
const MOST_ORDERED = 200;

const NONE: Value = { written: undefined, full: undefined };

/** Entries that come or go are told by themselves, wherever they stand. */
function isSameOrder(old: readonly string[], now: readonly string[]): boolean {
  const [was, is] = [new Set(old), new Set(now)];
  const kept = old.filter((key) => is.has(key));
  return now.filter((key) => was.has(key)).every((key, i) => key === kept[i]);
}

interface Entry {
  readonly key: EntryKey;
  readonly value: Value;
}

/** The entries of a list by their keys; undefined where the list is replaced as a whole, or two of them have one key. */
function entriesOf(
  list: readonly unknown[],
  written: unknown,
  { list: { keys, set } }: ValueShape,
  guessed: readonly string[] | undefined,
): Map<string, Entry> | undefined {
  return guessed ? entriesBy(list, written, guessed) : entriesBy(list, written, keys, set);
}

function isGuessed({ list: { keys, set } }: ValueShape): boolean {
  return keys.length === 0 && !set;
}

/**
 * Entries that are replaced together and have names all the same are told apart by them: that reads better, and says the same. Of hosts and
 * paths only where one of them stays: another one in its place is told as the line that it is.
 */
function guessedKeys(was: readonly unknown[], is: readonly unknown[]): readonly string[] {
  const valuesOf = (list: readonly unknown[], name: string) => list.map((entry) => entryField(entry, name));
  const name = GUESSED.find((each) => {
    const [old, now] = [valuesOf(was, each), valuesOf(is, each)];
    if (![...old, ...now].every((value) => typeof value === 'string')) return false;
    return each.endsWith('name') || old.some((value) => now.includes(value));
  });
  return name === undefined ? [] : [name];
}

const GUESSED = ['name', 'metadata.name', 'host', 'path'];

function entriesBy(
  list: readonly unknown[],
  written: unknown,
  keys: readonly string[],
  set = false,
): Map<string, Entry> | undefined {
  const writtenList = Array.isArray(written) ? written : [];
  const entries = new Map<string, Entry>();
  for (const [i, entry] of list.entries()) {
    const key = set ? { '=': entry } : keyOf(entry, keys);
    if (!key) return undefined;
    const name = JSON.stringify(Object.values(key));
    if (entries.has(name)) return undefined;
    entries.set(name, {
      key: shortKey(key, writtenList[i], keys, list),
      value: { full: entry, written: writtenList[i] },
    });
  }
  return entries;
}

/** As somebody wrote it, where that alone tells the entry from the others: a port without its protocol. */
function shortKey(key: EntryKey, written: unknown, keys: readonly string[], list: readonly unknown[]): EntryKey {
  const short = keyOf(written, keys);
  if (!short || Object.keys(short).length === Object.keys(key).length) return key;
  return list.filter((entry) => isEntry(entry, short)).length === 1 ? short : key;
}

function keyOf(entry: unknown, keys: readonly string[]): EntryKey | undefined {
  if (!isMap(entry)) return undefined;
  const named = keys.map((name) => [name, entryField(entry, name)] as const).filter(([, value]) => value !== undefined);
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** Nothing is stored for null, nor for what is empty where Kubernetes leaves that out. */
function meant(value: unknown, { dropsEmpty }: ValueShape): unknown {
  if (value === null) return undefined;
  if (dropsEmpty && typeof value === 'object' && value !== undefined && Object.keys(value as object).length === 0)
    return undefined;
  return value;
}

function isSameScalar(was: unknown, is: unknown, { scalar }: ValueShape): boolean {
  if (scalar === 'quantity') {
    const [one, other] = [parseQuantity(was), parseQuantity(is)];
    return one !== undefined && one === other;
  }
  if (scalar === 'time') return typeof was === 'string' && typeof is === 'string' && Date.parse(was) === Date.parse(is);
  return false;
}

/** What somebody takes away is still there as the server fills it in. */
function changeOf(path: readonly ChangeStep[], before: Value, after: Value): FieldChange {
  return { path, before: before.written ?? before.full, after: after.written ?? after.full };
}

function own(map: unknown, key: string): unknown {
  return isMap(map) && Object.hasOwn(map, key) ? map[key] : undefined;
}

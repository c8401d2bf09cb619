import { isMap } from '../model/is-map';
import type { SenseChange } from './sense';

/** An entry of a list, by the fields that name it: `{ name: 'web' }`, `{ 'metadata.name': 'data' }`. */
export type EntryKey = Readonly<Record<string, unknown>>;
/** A key of a map, or an entry of a list. */
export type ChangeStep = string | EntryKey;

/** In what an object differs from what it was. */
export interface FieldChange {
  readonly path: readonly ChangeStep[];
  /** As it is written; undefined where there is none. */
  readonly before: unknown;
  readonly after: unknown;
  /** The entries are the same ones in another order; `before` and `after` are their keys. @default false */
  readonly order?: true;
  /** It holds a secret: reports say that it changes, and not to what. @default false */
  readonly hidden?: true;
  /** What is said more, and what less, in words: the rights of a role, however they are split into rules. @default - the values tell it */
  readonly sense?: SenseChange;
  /** The object whose name or content carries the hash that changes here: nothing else does. @default - none */
  readonly follows?: string;
}

/** `spec.template.spec.containers[web].image`; entries with several keys are `[80/TCP]`. */
export function stepsText(path: readonly ChangeStep[]): string {
  return path.reduce<string>((all, step) => {
    if (isMap(step)) return `${all}[${Object.values(step).map(String).join('/')}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${all}[${JSON.stringify(step)}]`;
    return all === '' ? step : `${all}.${step}`;
  }, '');
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAtSteps(value: unknown, path: readonly ChangeStep[]): unknown {
  for (const step of path) {
    if (isMap(step)) value = Array.isArray(value) ? value.find((entry) => isEntry(entry, step)) : undefined;
    else value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** Whether an entry is the one that a key names; a value of a set is its own key. */
export function isEntry(entry: unknown, key: EntryKey): boolean {
  if (!isMap(entry)) return Object.keys(key).length === 1 && key['='] === entry;
  return Object.entries(key).every(([name, value]) => entryField(entry, name) === value);
}

/** A field of an entry, or one below it: `metadata.name`. */
export function entryField(entry: unknown, name: string): unknown {
  return name.split('.').reduce((at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined), entry);
}

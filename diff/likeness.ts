import type { Resource } from '../manifests/resource';
import { isMap } from '../model/is-map';

/** What an object says, value by value, as far as two of them can be compared by it. */
export interface ObjectLeaves {
  /** With a sign in the place of its name: whoever renames an object renames its labels and selectors, too… */
  readonly nameless: ReadonlySet<string>;
  /** …or leaves them as they are. */
  readonly written: ReadonlySet<string>;
}

/** Every value of an object with its place, but for its own name and namespace. */
export function leavesOf(resource: Resource, names: readonly string[]): ObjectLeaves {
  return { nameless: leaves(resource, names), written: leaves(resource, []) };
}

function leaves(resource: Resource, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  // As a word: an object may be called `a`.
  const words = names.map((name) => new RegExp(`(?<![A-Za-z0-9])${escaped(name)}(?![A-Za-z0-9])`, 'g'));
  const nameless = (text: string) => words.reduce((all, word) => all.replace(word, '\0'), text);
  const add = (path: string, text: string) => found.add(`${path}=${nameless(text)}`);
  const walk = (value: unknown, path: string): void => {
    // An entry that comes before others moves none of them.
    if (Array.isArray(value)) for (const each of value) walk(each, `${path}[${nameless(entryName(each))}]`);
    else if (isMap(value)) for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`);
    else for (const text of textsOf(value, path)) add(path, text);
  };
  for (const [key, value] of Object.entries(resource.object)) {
    if (key === 'kind' || key === 'apiVersion' || key === 'status') continue;
    if (key !== 'metadata' || !isMap(value)) walk(value, key);
    else
      for (const [own, each] of Object.entries(value))
        if (own !== 'name' && own !== 'namespace') walk(each, `${key}.${own}`);
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The lines of a text, and an image with its name alone: another version of a program is nearly the same one. */
function textsOf(value: unknown, path: string): string[] {
  const text = String(value);
  if (text.includes('\n')) return text.split('\n').filter((line) => line.trim() !== '');
  return path.endsWith('.image') ? [text, `any ${text.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}`] : [text];
}

function entryName(entry: unknown): string {
  if (!isMap(entry)) return '';
  const name = entry['name'] ?? entry['key'];
  return typeof name === 'string' ? name : '';
}

/** So little says nothing: next to no two objects of a kind differ in it. */
const FEWEST = 3;

/**
 * The share of what both say in all that any of them says. What many objects of the kind say counts for less: that every Deployment of a
 * team has the same security context makes no two of them one.
 */
export function likeness(
  one: ReadonlySet<string>,
  other: ReadonlySet<string>,
  weightOf: (leaf: string) => number,
): number {
  if (Math.min(one.size, other.size) < FEWEST) return 0;
  let [shared, all] = [0, 0];
  for (const leaf of one) {
    const weight = weightOf(leaf);
    all += weight;
    if (other.has(leaf)) shared += weight;
  }
  for (const leaf of other) if (!one.has(leaf)) all += weightOf(leaf);
  return all === 0 ? 0 : shared / all;
}

/** How much of two names is alike, from 0 to 1: the parts between dashes that both have. For those that are equally near by content. */
export function nameLikeness(one: string, other: string): number {
  const [parts, others] = [new Set(one.split(/[-.]/)), new Set(other.split(/[-.]/))];
  const shared = [...parts].filter((part) => others.has(part)).length;
  return shared / (parts.size + others.size - shared);
}

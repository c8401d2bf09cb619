import type { World } from './world';

const MANY = 200;
const indexes = new WeakMap<World, Map<string, readonly string[]>>();

/** `; did you mean "redis"?` where an object of this kind and namespace has nearly this name, else nothing. */
export function nearObject(world: World, kind: string, namespace: string, name: string): string {
  let index = indexes.get(world);
  if (!index) indexes.set(world, (index = new Map()));
  const key = `${kind}/${namespace}`;
  let names = index.get(key);
  if (!names) index.set(key, (names = world.namesOf(kind, namespace)));
  return near(name, names);
}

/** `; did you mean "redis"?` where one of the names is near enough to be meant, else nothing. */
export function near(name: string, names: readonly string[]): string {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  // Of very many names only those that begin alike, and not all of them.
  const candidates = names.length <= MANY ? names : names.filter((candidate) => candidate[0] === name[0]).slice(0, MANY);
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(name, candidate);
    if (edits < least) [best, least] = [candidate, edits];
  }
  // A name that goes on from the other one is near as well: redis and redis-master.
  best ??= candidates.find((candidate) => candidate !== name && candidate !== '' && (candidate.startsWith(`${name}-`) || name.startsWith(`${candidate}-`)));
  return best === undefined ? '' : `; did you mean "${best}"?`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), row[j]! + 1, next[j - 1]! + 1));
    row = next;
  }
  return row[b.length]!;
}

import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { CONFIG_OF, CONFIG_SUPERSEDED } from '../model/kubernetes';
import { addTo } from '../model/multimap';
import type { ObjectPair } from './object-pair';
import type { RenameOptions } from './renames';
import { alikeFirst, renamesIn } from './renames';
import { stableName } from './stable-name';
import { twinPairs } from './twins';

export interface PairOptions {
  /** Where an object stands that names no namespace. */
  readonly namespaceOf: (resource: Resource) => string;
  /** Objects of other namespaces are the same ones: two environments are compared. @default false */
  readonly acrossNamespaces?: boolean;
}

/**
 * Which object of one side is which of the other: the one of the same group, kind, namespace and name; a hash at the end of the name does
 * not count. Objects without a name of their own go by their generateName, and then by what they say. Of what then is left: the one whose
 * group alone differs, and the one that says much the same under another name.
 */
export function pairsOf(before: readonly Resource[], after: readonly Resource[], options: PairOptions): ObjectPair[] {
  const { namespaceOf, acrossNamespaces = false } = options;
  const exact = (resource: Resource) =>
    [resource.group, resource.kind, namespaceOf(resource), resource.name].join('\n');
  const place = (resource: Resource) => (acrossNamespaces ? '' : namespaceOf(resource));
  const stable = (resource: Resource) =>
    [resource.group, resource.kind, place(resource), stableName(resource)].join('\n');
  const groupless = (resource: Resource) => [resource.kind, place(resource), stableName(resource)].join('\n');
  const pairs: ObjectPair[] = [];
  // What was read once for both sides is the same, and most is.
  const [old, now] = [new Set(before), new Set(after)];
  let left: Left = {
    before: current(before, namespaceOf).filter((each) => !now.has(each)),
    after: current(after, namespaceOf).filter((each) => !old.has(each)),
  };
  if (!acrossNamespaces) {
    const twins = twinPairs(current(before, namespaceOf), current(after, namespaceOf), exact);
    pairs.push(...twins.pairs);
    left = withoutTaken(left, twins.taken);
  }
  left = pairedByGeneratedName(left, pairs, stable);
  for (const key of [exact, stable, groupless]) left = pairedBy(key, left, pairs);
  if (acrossNamespaces) {
    const inOther = inNamespaces(namespacesIn(pairs, namespaceOf));
    const old = new Set(left.before);
    left = pairedBy(
      (resource) =>
        [resource.group, resource.kind, old.has(resource) ? inOther(resource.name) : resource.name].join('\n'),
      left,
      pairs,
    );
  }
  const untouched = before.filter((each) => now.has(each)).map((each) => ({ before: each, after: each }));
  if (!acrossNamespaces) left = pairedByMove(left, pairs, untouched, namespaceOf);
  const others = [...pairs, ...untouched].flatMap((pair) => pair.after ?? []);
  left = pairedByContent(left, pairs, { namespaceOf, others });
  pairs.push(...left.before.map((each) => ({ before: each, after: undefined })));
  pairs.push(...left.after.map((each) => ({ before: undefined, after: each })));
  return pairs;
}

/** Which namespace stands for which, where two environments are compared: the one that most objects of the first are found in. */
export function namespacesIn(
  pairs: readonly ObjectPair[],
  namespaceOf: (resource: Resource) => string,
): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { before, after } of pairs) {
    if (!before || !after) continue;
    const [was, is] = [namespaceOf(before), namespaceOf(after)];
    if (was === '' || is === '' || was === is) continue;
    const own = counts.get(was) ?? new Map<string, number>();
    counts.set(was, own.set(is, (own.get(is) ?? 0) + 1));
  }
  return new Map([...counts].map(([was, own]) => [was, [...own].sort((a, b) => b[1] - a[1])[0]![0]]));
}

/** Puts the other namespace in the place of each one that a text names. */
export function inNamespaces(namespaces: ReadonlyMap<string, string>): (text: string) => string {
  if (namespaces.size === 0) return (text) => text;
  // The longest first: `shop` is the beginning of `shop-dev`. What a manifest says need not be a name.
  const byLength = [...namespaces.keys()].sort((a, b) => b.length - a.length);
  const names = byLength.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  const word = new RegExp(`(?<![A-Za-z0-9])(${names})(?![A-Za-z0-9])`, 'g');
  return (text) => text.replace(word, (name) => namespaces.get(name)!);
}

/** Earlier versions of a config that are kept for a rollback say nothing new: the version that is current stands for all. */
function current(resources: readonly Resource[], namespaceOf: (resource: Resource) => string): readonly Resource[] {
  const family = (resource: Resource) =>
    [resource.kind, namespaceOf(resource), resource.annotations[CONFIG_OF]].join('\n');
  const configs = resources.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
  const isKept = (resource: Resource) => resource.annotations[CONFIG_SUPERSEDED] !== undefined;
  const kept = new Set(configs.filter(isKept));
  if (kept.size === 0) return resources;
  const families = new Set(
    configs.filter((resource) => resource.annotations[CONFIG_OF] !== undefined && !kept.has(resource)).map(family),
  );
  return resources.filter((resource) => !kept.has(resource) || !families.has(family(resource)));
}

interface Left {
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
}

/** Those that share a key with one of the other side, the first with the first. */
function pairedBy(key: (resource: Resource) => string, { before, after }: Left, pairs: ObjectPair[]): Left {
  const waiting = new Map<string, Resource[]>();
  for (const resource of after) addTo(waiting, key(resource), resource);
  const found = new Set<Resource>();
  const rest = before.filter((resource) => {
    const twin = waiting.get(key(resource))?.shift();
    if (!twin) return true;
    found.add(twin);
    pairs.push({ before: resource, after: twin });
    return false;
  });
  return { before: rest, after: after.filter((resource) => !found.has(resource)) };
}

/** Fewer objects than these do not tell that a namespace moved. */
const MOVED = 3;

/** The objects of a namespace that is empty now, with those of the same names in one that was empty before. */
function pairedByMove(
  left: Left,
  pairs: ObjectPair[],
  untouched: readonly ObjectPair[],
  namespaceOf: (resource: Resource) => string,
): Left {
  if (left.before.length === 0 || left.after.length === 0) return left;
  const inPairs = (side: 'before' | 'after') =>
    new Set([...pairs, ...untouched].flatMap(({ [side]: resource }) => (resource ? [namespaceOf(resource)] : [])));
  const [stay, stood] = [inPairs('before'), inPairs('after')];
  const name = (resource: Resource) => [resource.group, resource.kind, stableName(resource)].join('\n');
  const byNamespace = (resources: readonly Resource[], other: ReadonlySet<string>) => {
    const map = new Map<string, Set<string>>();
    for (const resource of resources) {
      const namespace = namespaceOf(resource);
      if (namespace === '' || other.has(namespace)) continue;
      map.set(namespace, (map.get(namespace) ?? new Set()).add(name(resource)));
    }
    return map;
  };
  const [emptied, filled] = [byNamespace(left.before, stay), byNamespace(left.after, stood)];
  const moves = new Map<string, string>();
  for (const [was, names] of emptied) {
    const [best] = [...filled]
      .map(([is, others]) => ({ is, shared: [...names].filter((each) => others.has(each)).length }))
      .sort((a, b) => b.shared - a.shared);
    if (!best || best.shared < MOVED || best.shared * 2 < names.size) continue;
    moves.set(was, best.is);
    filled.delete(best.is);
  }
  if (moves.size === 0) return left;
  const old = new Set(left.before);
  const moved = (namespace: string, resource: Resource) =>
    old.has(resource) ? (moves.get(namespace) ?? '') : namespace;
  return pairedBy(
    (resource) =>
      resource.kind === 'Namespace'
        ? `Namespace\n${moved(resource.name, resource)}`
        : [moved(namespaceOf(resource), resource), name(resource)].join('\n'),
    left,
    pairs,
  );
}

/** What is gone and what is new, of one kind, and says much the same. */
function pairedByContent({ before, after }: Left, pairs: ObjectPair[], options: RenameOptions): Left {
  const renames = renamesIn(before, after, options);
  pairs.push(...renames);
  return without({ before, after }, renames);
}

/** The API server names each object with generateName itself: only what it says tells one from others. */
function pairedByGeneratedName(left: Left, pairs: ObjectPair[], key: (resource: Resource) => string): Left {
  const isUnnamed = (resource: Resource) => string(resource.at(['metadata', 'name'])) === undefined;
  const after = new Map<string, Resource[]>();
  for (const each of left.after) if (isUnnamed(each)) addTo(after, key(each), each);
  const before = new Map<string, Resource[]>();
  for (const each of left.before) if (isUnnamed(each)) addTo(before, key(each), each);
  const found = [...before].flatMap(([name, old]) => alikeFirst(old, after.get(name) ?? []));
  pairs.push(...found);
  return without(left, found);
}

function without(left: Left, pairs: readonly ObjectPair[]): Left {
  return withoutTaken(left, new Set(pairs.flatMap((pair) => [pair.before ?? [], pair.after ?? []].flat())));
}

function withoutTaken({ before, after }: Left, taken: ReadonlySet<Resource>): Left {
  const isLeft = (resource: Resource) => !taken.has(resource);
  return { before: before.filter(isLeft), after: after.filter(isLeft) };
}

import type { Resource } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { ObjectLeaves } from './likeness';
import { leavesOf, likeness, nameLikeness } from './likeness';
import type { ObjectPair } from './object-pair';
import { stableName } from './stable-name';

/** So much of what any of them says must two objects share to be one that was renamed, where nothing else speaks for it. */
const ALIKE = 0.8;
/** The same where they stand in one namespace, or keep their name in another one. */
const ALIKE_IN_PLACE = 0.5;
/** More pairs of one kind than these are not compared: each of them is told as gone or new. */
const MOST_PAIRS = 40_000;

export interface RenameOptions {
  readonly namespaceOf: (resource: Resource) => string;
  /** What was found to be one already: what these say as well tells nobody from anybody. */
  readonly others: readonly Resource[];
}

interface Rated extends ObjectPair {
  readonly before: Resource;
  readonly after: Resource;
  readonly likeness: number;
}

/** What is gone and what is new, of one kind, and says much the same. The most alike first; each object is one other at the most. */
export function renamesIn(
  before: readonly Resource[],
  after: readonly Resource[],
  { namespaceOf, others }: RenameOptions,
): ObjectPair[] {
  const kindOf = ({ group, kind }: Resource) => `${group} ${kind}`;
  const [gone, come, rest] = [before, after, others].map((resources) => {
    const byKind = new Map<string, Resource[]>();
    for (const resource of resources) addTo(byKind, kindOf(resource), resource);
    return byKind;
  }) as [Map<string, Resource[]>, Map<string, Resource[]>, Map<string, Resource[]>];
  const pairs = [...gone].flatMap(([kind, old]) =>
    best(rated(old, come.get(kind) ?? [], rest.get(kind) ?? [], namespaceOf), namespaceOf),
  );
  return [...pairs, ...byRenamedNames(pairs, before, after, namespaceOf)];
}

function rated(
  old: readonly Resource[],
  now: readonly Resource[],
  others: readonly Resource[],
  namespaceOf: RenameOptions['namespaceOf'],
): Rated[] {
  if (old.length === 0 || now.length === 0 || old.length * now.length > MOST_PAIRS) return [];
  const known = new Map<Resource, ObjectLeaves>();
  for (const resource of [...old, ...now, ...others]) known.set(resource, leavesOf(resource, [stableName(resource)]));
  const weight = (side: keyof ObjectLeaves) => {
    const counts = new Map<string, number>();
    for (const each of known.values()) for (const leaf of each[side]) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
    // What two objects say is what one of them that was renamed says.
    return (leaf: string) => 1 / Math.max(1, (counts.get(leaf) ?? 1) - 1);
  };
  const weights = { nameless: weight('nameless'), written: weight('written') };
  return old.flatMap((was) =>
    now.flatMap((is): Rated[] => {
      const [one, other] = [known.get(was)!, known.get(is)!];
      const most = (weightOf: (side: keyof ObjectLeaves) => (leaf: string) => number) =>
        Math.max(...SIDES.map((side) => likeness(one[side], other[side], weightOf(side))));
      const plain = most(() => EVERY);
      if (plain < ALIKE_IN_PLACE) return [];
      const weighted = most((side) => weights[side]);
      const isInPlace = namespaceOf(was) === namespaceOf(is) || stableName(was) === stableName(is);
      const isAlike = plain >= ALIKE || (isInPlace && Math.min(plain, weighted) >= ALIKE_IN_PLACE);
      return isAlike ? [{ before: was, after: is, likeness: plain + weighted }] : [];
    }),
  );
}

const SIDES = ['nameless', 'written'] as const;
const EVERY = () => 1;

/** The most alike; of those the ones in one namespace, then with the names most alike, then by the alphabet: in whatever order files are read. */
function best(rates: readonly Rated[], namespaceOf: RenameOptions['namespaceOf']): ObjectPair[] {
  const place = (resource: Resource) => `${namespaceOf(resource)}/${stableName(resource)}`;
  const keyed = rates.map((rate) => ({
    ...rate,
    keys: [
      -rate.likeness,
      namespaceOf(rate.before) === namespaceOf(rate.after) ? 0 : 1,
      -nameLikeness(stableName(rate.before), stableName(rate.after)),
      place(rate.before),
      place(rate.after),
    ],
  }));
  keyed.sort((a, b) => {
    const i = a.keys.findIndex((key, at) => key !== b.keys[at]);
    return i < 0 ? 0 : a.keys[i]! < b.keys[i]! ? -1 : 1;
  });
  const taken = new Set<Resource>();
  return keyed.flatMap(({ before, after }) => {
    if (taken.has(before) || taken.has(after)) return [];
    taken.add(before);
    taken.add(after);
    return [{ before, after }];
  });
}

/**
 * Objects that say next to nothing, such as a ServiceAccount, with those of the name that a renamed object of theirs has now: where
 * Deployment web is api now, ServiceAccount web is ServiceAccount api, and web-config is api-config.
 */
function byRenamedNames(
  pairs: readonly ObjectPair[],
  before: readonly Resource[],
  after: readonly Resource[],
  namespaceOf: RenameOptions['namespaceOf'],
): ObjectPair[] {
  const taken = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
  const names = new Map<string, string>();
  for (const { before: was, after: is } of pairs)
    names.set([namespaceOf(was!), stableName(was!)].join('\n'), [namespaceOf(is!), stableName(is!)].join('\n'));
  const key = (resource: Resource, place: string) => [resource.group, resource.kind, place].join('\n');
  const waiting = new Map(
    after
      .filter((each) => !taken.has(each))
      .map((each) => [key(each, [namespaceOf(each), stableName(each)].join('\n')), each]),
  );
  return before.flatMap((was): ObjectPair[] => {
    if (taken.has(was)) return [];
    const place = renamedPlace(namespaceOf(was), stableName(was), names);
    const is = place === undefined ? undefined : waiting.get(key(was, place));
    if (!is) return [];
    waiting.delete(key(was, place!));
    return [{ before: was, after: is }];
  });
}

function renamedPlace(namespace: string, name: string, names: ReadonlyMap<string, string>): string | undefined {
  // The longest first: web-admin is the beginning of web-admin-config, and so is web.
  const parts = name.split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = names.get([namespace, parts.slice(0, length).join('-')].join('\n'));
    if (found !== undefined) return [found, ...parts.slice(length)].join('-');
  }
  return undefined;
}

/** Objects with one generateName and no name: those that say the same, then the most alike, and then whatever is left of both sides. */
export function alikeFirst(before: readonly Resource[], after: readonly Resource[]): ObjectPair[] {
  const weightOf = () => 1;
  const leaves = new Map([...before, ...after].map((each) => [each, leavesOf(each, []).written]));
  const rates = before.flatMap((was, i) =>
    after.map((is, j) => {
      const [one, other] = [leaves.get(was)!, leaves.get(is)!];
      const isSame = one.size === other.size && [...one].every((leaf) => other.has(leaf));
      return { was, is, at: [isSame ? -1 : -likeness(one, other, weightOf), i, j] };
    }),
  );
  rates.sort((a, b) => a.at[0]! - b.at[0]! || a.at[1]! - b.at[1]! || a.at[2]! - b.at[2]!);
  const taken = new Set<Resource>();
  return rates.flatMap(({ was, is }) => {
    if (taken.has(was) || taken.has(is)) return [];
    taken.add(was);
    taken.add(is);
    return [{ before: was, after: is }];
  });
}

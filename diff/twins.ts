import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { ObjectPair } from './object-pair';

/** What is compared of objects that stand several times on a side, and all of those objects. */
export interface TwinPairs {
  readonly pairs: readonly ObjectPair[];
  readonly taken: ReadonlySet<Resource>;
}

/**
 * Objects of one name that stand several times on a side: each with the one of the other side that says the same, then the last of those that
 * are left with the last. So a change is told wherever it stands, also where a folder holds the manifests of several clusters. What has no
 * counterpart counts only as the last of its side, which is what kubectl apply leaves.
 */
export function twinPairs(
  before: readonly Resource[],
  after: readonly Resource[],
  key: (resource: Resource) => string,
): TwinPairs {
  const [old, now] = [groupsOf(before, key), groupsOf(after, key)];
  const [pairs, taken]: [ObjectPair[], Set<Resource>] = [[], new Set()];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(name) ?? [], now.get(name) ?? []];
    if (was.length < 2 && is.length < 2) continue;
    pairs.push(...pairsIn(was, is));
    for (const each of [...was, ...is]) taken.add(each);
  }
  return { pairs, taken };
}

function groupsOf(resources: readonly Resource[], key: (resource: Resource) => string): Map<string, Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const resource of resources)
    if (string(resource.at(['metadata', 'name'])) !== undefined) addTo(groups, key(resource), resource);
  return groups;
}

function pairsIn(before: readonly Resource[], after: readonly Resource[]): ObjectPair[] {
  const [lastBefore, lastAfter] = [before.at(-1), after.at(-1)];
  if (!lastBefore || !lastAfter) return [{ before: lastBefore, after: lastAfter }];
  const left = [...after];
  const rest = before.filter((was) => {
    const same = left.findIndex((is) => was === is || isDeepStrictEqual(was.object, is.object));
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  const pairs: ObjectPair[] = [];
  while (rest.length > 0 && left.length > 0) pairs.push({ before: rest.pop(), after: left.pop() });
  const isTold = pairs.some((pair) => pair.before === lastBefore || pair.after === lastAfter);
  // Nothing else says that another one is the last now, such as where two of them changed places.
  if (!isTold) pairs.push({ before: lastBefore, after: lastAfter });
  return pairs.reverse();
}

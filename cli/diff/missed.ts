import { relative } from 'node:path';
import type { Unreadable } from '../../manifests/reading/read';
import type { ComparedPair, ComparedSet } from './compared';

/**
 * Pairs with the files of each side that nobody could read and that hold objects on the other side. By itself such a file looks like one
 * that lies among the manifests for something else, and is passed over.
 */
export function withMissed(pairs: readonly ComparedPair[]): ComparedPair[] {
  return pairs.map((pair) => {
    const { before, after } = pair;
    if (!before || !after) return pair;
    return { ...pair, before: withMissedIn(before, after), after: withMissedIn(after, before) };
  });
}

/** What is missed of all of them, each once. */
export function missedIn(pairs: readonly ComparedPair[]): readonly Unreadable[] {
  return [...new Set(pairs.flatMap(({ before, after }) => [...(before?.missed ?? []), ...(after?.missed ?? [])]))];
}

function withMissedIn(set: ComparedSet, other: ComparedSet): ComparedSet {
  const { overlooked = [], root } = set;
  if (overlooked.length === 0) return set;
  const place = (of: string | undefined, file: string) => (of === undefined ? file : relative(of, file));
  const held = new Set(other.world().resources.map(({ source: { file } }) => place(other.root, file)));
  const missed = overlooked.filter(({ file }) => held.has(place(root, file)));
  return missed.length === 0 ? set : { ...set, missed };
}

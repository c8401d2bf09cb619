import type { CelFunc, CelList } from '@bufbuild/cel';
import type { Library } from './parts';

/** The sets of cel-go, in Kubernetes since 1.29; and what the macros of two variables are made of. */
export function setFunctions({ celFunc, isEqual, isCelList, isCelMap, LIST, BOOL, DYN }: Library): CelFunc[] {
  const has = (list: CelList, wanted: Parameters<typeof isEqual>[0]) =>
    [...list].some((value) => isEqual(value, wanted));
  const contains = (list: CelList, part: CelList) => [...part].every((value) => has(list, value));
  return [
    celFunc('sets.contains', [LIST, LIST], BOOL, contains),
    celFunc('sets.equivalent', [LIST, LIST], BOOL, (a, b) => contains(a, b) && contains(b, a)),
    celFunc('sets.intersects', [LIST, LIST], BOOL, (a, b) => [...a].some((value) => has(b, value))),
    celFunc('@pairs', [DYN], LIST, (range) => {
      if (isCelList(range)) return [...range].map((value, i) => [BigInt(i), value]) as never;
      if (isCelMap(range)) return [...range.entries()].map(([key, value]) => [key, value]) as never;
      throw new Error('no such overload');
    }),
    celFunc(
      '@map_of',
      [LIST],
      DYN,
      (pairs) => new Map([...pairs].map((pair) => [...(pair as CelList)] as never)) as never,
    ),
    celFunc(
      '@merged',
      [LIST],
      DYN,
      (maps) => new Map([...maps].flatMap((map) => [...(map as never as Map<string, never>).entries()])),
    ),
  ];
}

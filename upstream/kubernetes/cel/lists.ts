import type { CelFunc, CelInput, CelList, CelValue } from '@bufbuild/cel';
import type { Library } from './parts';
import { CelFault } from './values';

/** Kubernetes' lists.go, and the lists of cel-go (version 3), which 1.34 added. */
export function listFunctions({
  celFunc,
  celMethod,
  isCelList,
  isEqual,
  isLess,
  plus,
  LIST,
  BOOL,
  DYN,
  INT,
}: Library): CelFunc[] {
  const best = (list: CelList, name: string, isBetter: (a: CelValue, b: CelValue) => boolean): CelInput => {
    const [first, ...rest] = [...list];
    if (first === undefined) throw new CelFault(`${name} called on empty list`);
    return rest.reduce((found, value) => (isBetter(value, found) ? value : found), first) as CelInput;
  };
  const sorted = (values: readonly CelValue[], keys: readonly CelValue[]): CelInput =>
    values
      .map((value, i) => ({ value, key: keys[i]! }))
      .sort((a, b) => (isLess(a.key, b.key) ? -1 : isLess(b.key, a.key) ? 1 : 0))
      .map(({ value }) => value as CelInput);
  const flat = (list: CelList, depth: number): CelInput[] =>
    [...list].flatMap((value) => (isCelList(value) && depth > 0 ? flat(value, depth - 1) : [value as CelInput]));
  const slice = (list: CelList, from: bigint, to: bigint): CelInput => {
    if (from < 0 || to < 0 || from > to || to > list.size) throw new CelFault('slice: index out of bounds');
    return [...list].slice(Number(from), Number(to)) as CelInput;
  };
  return [
    celMethod('isSorted', LIST, [], BOOL, function () {
      const all = [...this];
      return all.every((value, i) => i === 0 || !isLess(value, all[i - 1]!));
    }),
    celMethod('sum', LIST, [], DYN, function () {
      const [first, ...rest] = [...this];
      // Of an empty list the type says which zero it is; all of them are equal to this one.
      return (first === undefined ? 0n : rest.reduce(plus, first)) as CelInput;
    }),
    celMethod('min', LIST, [], DYN, function () {
      return best(this, 'min', isLess);
    }),
    celMethod('max', LIST, [], DYN, function () {
      return best(this, 'max', (a, b) => isLess(b, a));
    }),
    celMethod('indexOf', LIST, [DYN], INT, function (wanted) {
      return BigInt([...this].findIndex((value) => isEqual(value, wanted)));
    }),
    celMethod('lastIndexOf', LIST, [DYN], INT, function (wanted) {
      return BigInt([...this].findLastIndex((value) => isEqual(value, wanted)));
    }),
    celMethod('slice', LIST, [INT, INT], DYN, function (from, to) {
      return slice(this, from, to);
    }),
    celMethod('flatten', LIST, [], DYN, function () {
      return flat(this, 1);
    }),
    celMethod('flatten', LIST, [INT], DYN, function (depth) {
      if (depth < 0) throw new CelFault('level must be non-negative');
      return flat(this, Number(depth));
    }),
    celMethod('distinct', LIST, [], DYN, function () {
      const all = [...this];
      return all.filter((value, i) => all.findIndex((other) => isEqual(other, value)) === i) as CelInput;
    }),
    celMethod('reverse', LIST, [], DYN, function () {
      return [...this].reverse() as CelInput;
    }),
    celMethod('sort', LIST, [], DYN, function () {
      return sorted([...this], [...this]);
    }),
    celFunc('@sort_by', [LIST, LIST], DYN, (values, keys) => sorted([...values], [...keys])),
    celFunc('lists.range', [INT], DYN, (count) => Array.from({ length: Number(count) }, (_, i) => BigInt(i))),
  ];
}

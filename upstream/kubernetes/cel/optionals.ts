import type { CelFunc, CelInput, CelList, CelMap, CelValue } from '@bufbuild/cel';
import type { Library } from './parts';
import { CelFault, opaque, open, opened } from './values';

/** `optional.of(x)`, `a.?b`, `a[?0]` and what is asked of them (cel-go, optional types). An optional holds a list of none or one. */
export function optionalFunctions({ celFunc, celMethod, MAP, DYN, BOOL, isCelList, isCelMap }: Library): CelFunc[] {
  const none = () => opaque('optional', []);
  const of = (value: CelValue) => opaque('optional', [value as CelInput]);
  const has = (value: CelValue) => (open('optional', value) as CelList).size > 0;
  const first = (value: CelValue) => (open('optional', value) as CelList).get(0) as CelValue;
  const at = (value: CelValue, key: CelValue): CelInput => {
    if (opened('optional', value) !== undefined) return has(value) ? at(first(value), key) : none();
    if (isCelMap(value)) return value.has(key as string) ? of(value.get(key as string)!) : none();
    if (isCelList(value)) {
      const index = Number(key);
      return index >= 0 && index < value.size ? of(value.get(index)!) : none();
    }
    throw new Error('no such overload');
  };
  return [
    celFunc('optional.of', [DYN], DYN, of),
    celFunc('optional.none', [], DYN, none),
    celFunc('optional.ofNonZeroValue', [DYN], DYN, (value) =>
      isZero(value, isCelList, isCelMap) ? none() : of(value),
    ),
    celMethod('hasValue', MAP, [], BOOL, function () {
      return has(this);
    }),
    celMethod('value', MAP, [], DYN, function () {
      if (!has(this)) throw new CelFault('optional.none() dereference');
      return first(this) as CelInput;
    }),
    celMethod('orValue', MAP, [DYN], DYN, function (other) {
      return (has(this) ? first(this) : other) as CelInput;
    }),
    celMethod('or', MAP, [DYN], DYN, function (other) {
      open('optional', other);
      return (has(this) ? this : other) as CelInput;
    }),
    celFunc('@optional_at', [DYN, DYN], DYN, (value, key) => at(value, key)),
  ];
}

function isZero(
  value: CelValue,
  isList: (value: unknown) => value is CelList,
  isMap: (value: unknown) => value is CelMap,
): boolean {
  if (isList(value) || isMap(value)) return value.size === 0;
  return value === null || value === '' || value === false || value === 0 || value === 0n;
}

import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { isSameJson } from '../../diff/same-json';

const leaf = fc.constantFrom(0, -0, 1, Number.NaN, '', 'a', true, false, null, undefined);
const keys = fc.constantFrom('a', 'b', '__proto__', 'toString');
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

test('what Node calls the same is the same, and nothing else', () => {
  let same = 0;
  fc.assert(
    fc.property(json, json, (one, other) => {
      const expected = isDeepStrictEqual(one, other);
      if (expected) same++;
      expect(isSameJson(one, other)).toBe(expected);
      expect(isSameJson(one, structuredClone(one))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  expect(same).toBeGreaterThan(20);
});

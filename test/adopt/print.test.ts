import fc from 'fast-check';
import { codeOf, map, print, raw } from '../../adopt/code/print';

const evaluated = (code: string): unknown => new Function(`return (${code});`)();

describe('the code of a value', () => {
  const keys = fc.oneof(
    fc.string(),
    fc.constantFrom('0', '-1', '1.5', 'true', 'false', 'null', 'port', 'class', '__proto__', 'constructor', "it's"),
  );
  const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string(),
        fc.integer({ min: -2, max: 2 }),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    ),
  }));

  test('is the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(evaluated(print(codeOf(value)))).toEqual(value);
      }),
    );
  });

  test.each([
    [{ '0': 0 }, "{ '0': 0 }"],
    [{ true: true, false: false }, '{ true: true, false: false }'],
    [{ null: null }, '{ null: null }'],
  ])('%j is no shorthand', (value, text) => {
    expect(print(codeOf(value))).toBe(text);
  });

  test('says once what is called as the field is', () => {
    expect(print(map([{ key: 'port', value: raw('port') }]))).toBe('{ port }');
    expect(
      print(
        map([
          {
            key: 'spec',
            value: codeOf({
              a: [
                1,
                [
                  { b: 1, c: 2 },
                  { b: 2, c: 3 },
                ],
              ],
            }),
          },
        ]),
      ),
    ).toBe(
      '{\n  spec: {\n    a: [\n      1,\n      [\n        { b: 1, c: 2 },\n        { b: 2, c: 3 },\n      ],\n    ],\n  },\n}',
    );
  });
});

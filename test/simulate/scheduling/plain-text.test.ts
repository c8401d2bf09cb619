import { plainText } from '../../../simulate/scheduling/plain-text';

test('the same data is the same text, whoever made it', () => {
  const make = () => ({ a: [1, 2n, 'x', undefined, null, true], b: new Map([['k', new Set([1])]]), c: { d: -0 } });
  expect(plainText(make())).toBe(plainText(make()));
});

test('what differs in a value, a type, an order or in what is the same object is another text', () => {
  const one = { x: 1 };
  const values: unknown[] = [
    ...[
      1,
      1n,
      '1',
      '1n',
      true,
      'true',
      null,
      'null',
      undefined,
      Number.NaN,
      0,
      -0,
      [],
      {},
      new Map(),
      new Set(),
      '',
      '{}',
    ],
    ...[
      [1],
      new Set([1]),
      [[1]],
      [1, 1],
      ['1,1'],
      ['1', '1'],
      { a: 1 },
      { a: '1' },
      { a: 1, b: undefined },
      new Map([['a', 1]]),
    ],
    ...[
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { 'a":1,"b': 2 },
      [one, one],
      [{ x: 1 }, { x: 1 }],
      [{ x: 1 }, '#1'],
      [[], {}],
      [{}, []],
    ],
  ];
  expect(new Set(values.map(plainText)).size).toBe(values.length);
});

test('data that refers to itself ends', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect(plainText(loop)).toBe('{"self":#0,}');
});

test.each([() => 1, new (class A {})(), Symbol('x'), new Date(), /x/])(
  'of %p nothing is said, wherever it stands',
  (value) => {
    expect(plainText(value)).toBeUndefined();
    expect(plainText({ a: [new Map([['k', value]])] })).toBeUndefined();
  },
);

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { toYaml } from '../../render/yaml';
import { refusal } from '../model/support';

/** Another reader, which a dependency brings along; it can be told to read as YAML 1.1 or 1.2 says. */
interface OtherReader {
  parse(text: string, options: { readonly version: '1.1' | '1.2'; readonly logLevel: 'error' }): unknown;
}
function otherReader(): OtherReader | undefined {
  try {
    return jest.requireActual<OtherReader>('yaml');
  } catch {
    return undefined;
  }
}
const yaml = otherReader();

type Reader = readonly [name: string, read: (text: string) => unknown];
const others = (['1.1', '1.2'] as const).map(
  (version): Reader => [`yaml ${version}`, (text) => yaml?.parse(text, { version, logLevel: 'error' })],
);
const readers: readonly Reader[] = [['js-yaml', (text) => load(text)], ...(yaml ? others : [])];

/** The string where manifests have strings: as a value, an item, a key, and deeper. */
const holding = (text: string) => ({
  value: text,
  list: [text, { item: text, next: 'x' }],
  keys: { [text]: 'x' },
  deep: { deeper: [{ deepest: [text] }] },
});

const AWKWARD: Readonly<Record<string, readonly string[]>> = {
  'words that YAML 1.1 takes for booleans or nothing': [
    'on',
    'off',
    'yes',
    'no',
    'y',
    'n',
    'Y',
    'N',
    'On',
    'OFF',
    'true',
    'False',
    'null',
    'Null',
    '~',
    '',
  ],
  'whole numbers in any notation': [
    '0',
    '-1',
    '+1',
    '012',
    '08',
    '0o14',
    '0O14',
    '-0o14',
    '0x1F',
    '0b11',
    '1_000',
    '1__0',
    '685_230',
  ],
  'numbers with a point': [
    '1.0',
    '1.',
    '.5',
    '-.5',
    '+.5e3',
    '685_230.15e+03',
    '1e3',
    '1E3',
    '1e-1',
    '12e03',
    '.inf',
    '-.Inf',
    '.nan',
    '.NaN',
  ],
  'what reads like an infinite number': ['1e1000', '123e4567', '-1E999', '1_0e400'],
  'points and signs alone': ['.', '-.', '+.', '..', '...', '-', '+', '--', '-e9', 'E0'],
  'times of day and sexagesimal numbers': ['1:30', '190:20:30', '1:30.5', '12:30:45', '-1:00'],
  dates: ['2001-01-01', '2002-1-1', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5'],
  'merge keys, defaults and other signs': [
    '<<',
    '=',
    '?',
    ':',
    '-',
    '|',
    '>',
    '|-',
    '&a',
    '*a',
    '!a',
    '!!str x',
    '%YAML 1.1',
    '@',
    '`',
    '#',
    ',',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '{{ .name }}',
  ],
  'what looks like structure': [
    'a: b',
    'a #b',
    '- a',
    '? a',
    '---',
    '--- a',
    '... a',
    '[a]',
    '{a: b}',
    "it's",
    '"a"',
    'a:',
    ':a',
  ],
  'blanks and tabs at the ends': [' a', 'a ', '\ta', 'a\t', ' ', '\t', '  a  '],
  'line breaks of all kinds': [
    'a\nb',
    'a\n',
    'a\n\n',
    '\na',
    '\n',
    '\n\n',
    'a\rb',
    'a\r\nb',
    '\r',
    ' a\nb',
    'a\n b',
    '\ta\nb',
    'a \nb',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    'foo\n---\nbar',
  ],
  'a last line of blanks': ['a\n ', 'a\n  \n', '\n  line\n  ', ' #\n ', '  a\n\n  \n', 'a\n\t'],
  'characters that nobody sees': [
    '\u0000',
    '\u001b[0m',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\ufeffa',
    '\ufffe',
  ],
  'characters beyond the first plane': ['😀', '👩‍🚀', '\u{10ffff}'],
  'names of what every object has': ['__proto__', 'constructor', 'toString'],
  'long lines': ['x'.repeat(500), 'word '.repeat(60).trim()],
};

/** What a reader in Go takes for a number or a date: `npm run oracle:yaml` asks the real ones. */
function isNumberToGo(text: string): boolean {
  if (!/^[-+.\d]/.test(text)) return false; // `_0x1` is a word: they look at the first sign before they take `_` out
  const plain = text.replaceAll('_', '');
  return (
    /^[-+]?(?:0x[\da-f]+|0b[-+]?[01]+|0o[-+]?[0-7]+|\d+)$/i.test(plain) ||
    /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i.test(plain) ||
    /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text) ||
    /^\d{4}-\d\d?-\d\d?(?:$|[Tt ])/.test(text)
  );
}

describe('a string that a reader in Go takes for a number is quoted', () => {
  const isQuoted = (text: string) =>
    /^value: ['"]/.test(toYaml({ value: text })) && /^['"]/.test(toYaml({ [text]: 1 }));

  test.each([
    ['hexadecimal', ['0X10DE', '0xff', '-0XaB', '+0x_1', '0_x1', '0x1_f']],
    ['binary', ['0B1', '0b10', '-0B_1', '0b-1', '0b+0']],
    ['octal', ['0O7', '0o7', '0o_7', '-0o7', '+0o7', '0o-7', '0O_0', '017', '-017']],
    ['with a point or an exponent', ['1_0.5', '.5e1', '1e_3', '+.1', '1E5', '-.INF']],
    ['dates', ['2001-1-1', '2001-12-14T21:59:43Z', '2001-12-14 21:59:43']],
  ])('%s', (_what, strings) => {
    expect(strings.filter((text) => !isQuoted(text))).toEqual([]);
  });

  test('whatever signs it has', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'01789+-._eExXoObBaf'), minLength: 1, maxLength: 8 });
    const numbers = fc.stringMatching(/^[-+]?0_?[xXbBoO][-+]?_?[0-7a-f_]{1,5}$/);
    fc.assert(fc.property(fc.oneof(signs, numbers).filter(isNumberToGo), isQuoted), { numRuns: 300 });
  });

  test('but no word, path, image, amount or version of a package is', () => {
    for (const text of [
      'web',
      '0xabcg',
      'b0b',
      '/etc/a.conf',
      'redis:7.4',
      '100m',
      '64Mi',
      '15s',
      'v1',
      'x-0b1',
      '1.2.3-alpine',
      'sha-0b1',
    ])
      expect([text, isQuoted(text)]).toEqual([text, false]);
  });
});

describe('what YAML cannot hold is refused with its place', () => {
  const object = (data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop' },
    data,
  });

  test('a key that is longer than readers look for its colon', () => {
    const error = refusal(() => toYaml(object({ files: { ['x'.repeat(1_025)]: 'y' } })));
    expect(error.place).toBe(`ConfigMap/shop/web, data.files.${'x'.repeat(40)}…`);
    expect(error.found).toContain('1025 characters');
    expect(error.fixes).toHaveLength(1);
  });

  test.each([
    ['plain', 'x'.repeat(1_024), 'x'.repeat(1_025)],
    ['quoted', `#${'x'.repeat(1_021)}`, `#${'x'.repeat(1_022)}`],
    ['with escapes', `\n${'x'.repeat(1_020)}`, `\n${'x'.repeat(1_021)}`],
  ])('counted as it is written: %s', (_what, longest, tooLong) => {
    for (const [, read] of readers) expect(Object.keys(read(toYaml({ [longest]: 1 })) as object)).toEqual([longest]);
    expect(() => toYaml({ [tooLong]: 1 })).toThrow('the key has 1025 characters');
  });

  test.each([
    ['a value', { text: 'a\ud800b' }, 'text'],
    ['an item', { list: ['ok', '\udc00'] }, 'list.1'],
    ['a key', { ['a\ud83d']: 1 }, 'a\ufffd'],
    ['a key of several lines', { ['a\n\ud83d']: 1 }, 'a\n\ufffd'],
  ])('half of a character in %s', (_what, data, path) => {
    for (const _ of [1, 2]) {
      const error = refusal(() => toYaml(object(data)));
      expect(error.place).toBe(`ConfigMap/shop/web, data.${path}`);
      expect(error.found).toContain('half of a character');
    }
  });

  test.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['bigint', 10n],
    ['Date', new Date(0)],
    ['Map', new Map()],
    ['Set', new Set([1])],
    ['function', () => 1],
  ])('a value that JSON does not have: %s', (what, value) => {
    const error = refusal(() => toYaml(object({ list: [1, value] })));
    expect(error.place).toBe('ConfigMap/shop/web, data.list.1');
    expect(error.found).toContain(`is a ${what}, which manifests cannot hold`);
  });
});

test('characters that readers refuse are escaped in keys of several lines as well', () => {
  const key = 'a\n\u007f\u0085\u009b\u2028\ufeff';
  expect(toYaml({ [key]: 1 })).toBe('"a\\n\\u007f\\u0085\\u009b\\u2028\\ufeff": 1\n');
});

/** Any character, a third of them of the first page, where the awkward ones are. */
const character = fc
  .oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

describe.each(readers)('%s reads back', (_name, read) => {
  const survives = (text: string) => {
    try {
      return isDeepStrictEqual(read(toYaml(holding(text))), holding(text));
    } catch {
      return false;
    }
  };

  test.each(Object.entries(AWKWARD))('%s', (_what, strings) => {
    expect(strings.filter((text) => !survives(text))).toEqual([]);
  });

  test.each([
    ['strings of all characters', fc.string({ unit: character, maxLength: 8 })],
    ['strings that look like numbers or dates', fc.stringMatching(/^[-+]?[0-9.:xoe+-]{0,7}$/)],
    [
      'strings of words, options and amounts',
      fc.string({ unit: fc.constantFrom(...'yen-=_./: 0159Mims'), maxLength: 8 }),
    ],
    ['strings of blanks, breaks and signs', fc.string({ unit: fc.constantFrom(...' \n\t\ra-:#"\'|>0'), maxLength: 8 })],
  ])('%s', (_what, strings) => {
    fc.assert(fc.property(strings, survives), { numRuns: 60 });
  });

  test('any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => isDeepStrictEqual(read(toYaml({ value })), { value })),
      { numRuns: 60 },
    );
  });
});

describe('the order of keys', () => {
  const keysOf = (text: string) => text.split('\n').flatMap((line) => /^[- ]*([a-zA-Z]+):/.exec(line)?.[1] ?? []);

  test("is Kubernetes' customary one, then the alphabet", () => {
    const object = {
      spec: 1,
      data: 2,
      metadata: { labels: {}, uid: 3, annotations: {}, namespace: 'b', name: 'a' },
      kind: 'K',
      apiVersion: 'v1',
    };
    expect(keysOf(toYaml(object))).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'namespace',
      'labels',
      'annotations',
      'uid',
      'data',
      'spec',
    ]);
  });

  test('puts the name and image of a container first, and its items stay in their order', () => {
    const text = toYaml({
      containers: [{ resources: 1, env: [], args: [], command: [], image: 'i', name: 'n' }, { name: 'a' }],
    });
    expect(keysOf(text)).toEqual(['containers', 'name', 'image', 'command', 'args', 'env', 'resources', 'name']);
  });

  test('is the same whatever order the object was made in', () => {
    const shuffled = fc
      .dictionary(
        fc.oneof(fc.constantFrom('name', 'kind', 'apiVersion', 'spec', '10', '9'), fc.string({ maxLength: 3 })),
        fc.jsonValue({ maxDepth: 1 }),
        { noNullPrototype: true },
      )
      .chain((object) =>
        fc.tuple(
          fc.constant(object),
          fc.shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([object, entries]) =>
        expect(toYaml({ a: Object.fromEntries(entries) })).toBe(toYaml({ a: object })),
      ),
    );
  });
});

test('fields without a value are left out, empty ones are not', () => {
  expect(toYaml({ a: undefined, b: null, c: [], d: {}, s: '', t: { u: undefined } })).toBe(
    "b: null\nc: []\nd: {}\ns: ''\nt: {}\n",
  );
  expect(toYaml({ a: undefined, b: '' })).toBe("b: ''\n");
});

test('what is the same twice is written twice: no anchors and aliases', () => {
  const labels = { app: 'web' };
  expect(toYaml({ a: labels, b: labels })).toBe('a:\n  app: web\nb:\n  app: web\n');
});

test('long lines stay lines, so that a difference shows what changed', () => {
  const line = 'word '.repeat(60).trim();
  expect(toYaml({ line })).toBe(`line: ${line}\n`);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { blockDocument } from '../../manifests/reading/yaml/block';
import { construct } from '../../manifests/reading/yaml/construct';
import { chunksOf } from '../../manifests/reading/yaml/documents';
import { parseEventsOf, Unparsable } from '../../manifests/reading/yaml/events';

/** What the parser of all YAML reads, keys in their order. */
function whole(text: string): string {
  try {
    const { value, duplicates } = construct(parseEventsOf(text));
    return JSON.stringify({ value, duplicates });
  } catch (error) {
    if (error instanceof Unparsable) return `refused: ${error.reason}`;
    throw error;
  }
}

/** What both read must be the same; whether this one reads it at all. */
function isReadAlike(text: string): boolean {
  const read = blockDocument(text);
  if (read !== undefined)
    expect(`${JSON.stringify(text)} is ${JSON.stringify(read)}`).toBe(`${JSON.stringify(text)} is ${whole(text)}`);
  return read !== undefined;
}

const keys = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('a', 'b', 'c-d', 'e.f/g', '1h', '$x', '_y', 'Z') },
  { weight: 1, arbitrary: fc.constantFrom('on', '1', '.5', '~', 'toString', '__proto__', '"q"', '<<', '-k') },
);
const scalars = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    '1',
    '0x1F',
    'yes',
    '~',
    '.inf',
    '-1',
    '--flag=a:b',
    '-',
    '- x',
    'a b ',
    'a: b',
    'a:',
    'a #b',
    'a#b',
    '# c',
  ),
  fc.constantFrom(
    '{}',
    '[]',
    '{a: 1}',
    '[x]',
    '&a x',
    '*a',
    '!x y',
    '|',
    '|-',
    '|+',
    '|2',
    '>',
    '|  ',
    "'it''s'",
    "'x' y",
    "'x",
    '"x"',
  ),
  fc.constantFrom(
    '"a\\nb"',
    '"\\x41"',
    '"a\\"b" ',
    '"\\',
    "''",
    '""',
    '%x',
    '@x',
    ':x',
    '?x',
    '? x',
    '--- x',
    '...',
    'ä',
    'é: x',
    '\u2028',
    '\t',
  ),
);
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(keys, scalars).map(([key, value]) => `${key}: ${value}`) },
  { weight: 4, arbitrary: keys.map((key) => `${key}:`) },
  { weight: 3, arbitrary: scalars },
  { weight: 1, arbitrary: fc.constantFrom('# comment', '---', '...', '', ' ', '?', ':') },
);
const dashes = fc.constantFrom('', '', '', '', '- ', '- ', '-   ', '- - ', '-');
const lines = fc.array(
  fc
    .tuple(fc.constantFrom(0, 0, 0, 2, 2, 2, 4, 4, 1, 3, 6), dashes, line)
    .map(([indent, dash, text]) => `${' '.repeat(indent)}${dash}${text}`),
  { minLength: 1, maxLength: 5 },
);
const texts = fc
  .tuple(lines, fc.constantFrom('\n', '\n', '\n', '\n\n', '\n  \n', ''))
  .map(([all, end]) => all.join('\n') + end);

/** Documents that are right more often than not: values of all forms, as deep as manifests are. */
const nested: fc.Arbitrary<string[]> = fc.letrec<{ block: string[]; mapping: string[]; list: string[] }>((tie) => ({
  block: fc.oneof({ maxDepth: 3 }, tie('mapping'), tie('list')),
  mapping: fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c-d', 'e.f/g', 'h'),
        fc.oneof({ maxDepth: 3 }, ownScalar(), fieldOf(tie('block'))),
      ),
      {
        selector: ([key]) => key,
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((fields) => fields.flatMap(([key, [first, ...more]]) => [`${key}:${first}`, ...more])),
  list: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        ownScalar(),
        tie('mapping').map(([first, ...more]) => [` ${first}`, ...more.map((each) => `  ${each}`)]),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((items) => items.flatMap(([first, ...more]) => [`-${first}`, ...more])),
})).block;

/** After its key or dash, and on the lines below. */
function ownScalar(): fc.Arbitrary<string[]> {
  const literal = fc
    .tuple(
      fc.constantFrom('|', '|-', '|+'),
      fc.array(fc.constantFrom('x', '# y', '  z: 1', '', ' ', '- w', '\0# c'), { maxLength: 5 }),
      fc.constantFrom(2, 4, 6),
    )
    .map(([header, content, by]) => [
      ` ${header}`,
      ...['x', ...content].map((each) => (each === '' ? '' : ' '.repeat(by) + each).replace(/ \0/, '')),
    ]);
  return fc.oneof(
    scalars.filter((text) => !/^[|>]/.test(text)).map((text) => [` ${text}`]),
    literal,
  );
}

function fieldOf(block: fc.Arbitrary<string[]>): fc.Arbitrary<string[]> {
  return fc
    .tuple(block, fc.constantFrom(0, 2, 4), fc.constantFrom([], [''], ['    # comment'], ['# comment']))
    .map(([content, by, between]) => [
      '',
      ...between,
      ...content.map((each) => (each === '' ? '' : ' '.repeat(by) + each)),
    ]);
}

describe('the form that most programs write is read as the parser of all YAML reads it', () => {
  test('whatever lines follow each other', () => {
    let read = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (isReadAlike(text)) read++;
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('documents that are right more often than not', () => {
    let read = 0;
    fc.assert(
      fc.property(nested, (all) => {
        if (isReadAlike(`${all.join('\n')}\n`)) read++;
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('a character that is changed in what is rendered', () => {
    const characters = fc.constantFrom(...' \n\t-:#\'"|>{}[]&*!%@`?,.~x1');
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...goldenDocuments()),
        fc.nat(),
        characters,
        fc.nat(2),
        (text, place, character, removed) => {
          const at = place % text.length;
          if (isReadAlike(`${text.slice(0, at)}${character}${text.slice(at + removed)}\n`)) read++;
        },
      ),
      { numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('what is rendered is in that form', () => {
    const documents = [...goldenDocuments()];
    expect(documents.length).toBeGreaterThan(20);
    expect(documents.filter((text) => !isReadAlike(text))).toEqual([]);
  });
});

function* goldenDocuments(): Iterable<string> {
  const folder = join(__dirname, '../golden/kind-dev');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.yaml')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    for (const { start, end, format } of chunksOf(text)) if (format === 'yaml') yield text.slice(start, end);
  }
}

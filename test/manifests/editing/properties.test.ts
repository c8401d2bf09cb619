import fc from 'fast-check';
import { edited } from '../../../manifests/editing/edit';
import type { PlacedRepair } from '../../../manifests/editing/repair';
import { parseYaml } from '../../../manifests/reading/yaml/parse';
import type { Path } from '../../../manifests/resource';
import { valueAt } from '../../../manifests/resource';

// A document as a person writes it: any mix of styles, comments and line ends. Leaves are numbered, so that each is one of its kind.

interface Leaf {
  readonly text: string;
}
type Node =
  | Leaf
  | { readonly flow: boolean; readonly list: boolean; readonly comment: boolean; readonly items: readonly Node[] };

const leaf = fc
  .constantFrom('7', 'true', "'x: y'", '"a \\"b\\""', 'plain', '1.10', 'two words', '-3', '""')
  .map((text): Node => ({ text }));
const node = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      flow: fc.boolean(),
      list: fc.boolean(),
      comment: fc.boolean(),
      items: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).node;
const document = fc.record({
  root: fc.record({
    flow: fc.boolean(),
    list: fc.boolean(),
    comment: fc.boolean(),
    items: fc.array(node, { minLength: 1, maxLength: 4 }),
  }),
  crlf: fc.boolean(),
  before: fc.constantFrom('', '# first\n', 'other: document\n---\n', '\ufeff'),
  after: fc.constantFrom('', '# last', '---\nother: document\n'),
  pick: fc.nat(),
});

function flowText(node: Node): string {
  if ('text' in node) return node.text;
  const items = node.items.map((item, i) => (node.list ? flowText(item) : `k${i}: ${flowText(item)}`));
  return node.list ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
}
/** Lines of a block, to be indented by whoever holds it. */
function blockLines(node: Node): string[] {
  if ('text' in node || node.flow) return [flowText(node)];
  return node.items.flatMap((item, i) => {
    const [head, indent] = node.list ? ['- ', '  '] : [`k${i}:`, '  '];
    const comment = node.comment ? ['# about the next one'] : [];
    const lines = blockLines(item);
    if ('text' in item || item.flow)
      return [...comment, `${head.trimEnd()} ${lines[0]}${node.comment ? '  # behind it' : ''}`];
    if (node.list && !lines[0]!.startsWith('#'))
      return [...comment, `${head}${lines[0]}`, ...lines.slice(1).map((line) => indent + line)];
    return [...comment, head.trimEnd(), ...lines.map((line) => indent + line)];
  });
}
const written = fc.record({ document }).map(({ document: { root, crlf, before, after, pick } }) => {
  const text = `${before}${blockLines(root).join('\n')}\n${after}`;
  return { text: crlf ? text.replaceAll('\n', '\r\n') : text, index: before.includes('---') ? 1 : 0, pick };
});

/** The paths of all that a test may pick. */
function pathsOf(value: unknown, isWanted: (value: unknown) => boolean, path: Path = []): Path[] {
  const below = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  return [
    ...(isWanted(value) ? [path] : []),
    ...below.flatMap(([key, item]) => pathsOf(item, isWanted, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}
const documentOf = (text: string, index: number) => parseYaml(text.split(/^---\r?\n/m)[index]!).value;

/** What differs of two texts: all before and behind it is the same, byte by byte. */
function difference(a: string, b: string): { readonly was: string; readonly is: string } {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return { was: a.slice(start, a.length - end), is: b.slice(start, b.length - end) };
}

/** The text after a repair that must be possible. */
function repairedIn(text: string, repair: PlacedRepair): string {
  const result = edited(text, repair);
  if ('refused' in result) throw new Error(`refused: ${result.refused}`);
  return result.text;
}

const RUNS = { numRuns: Number(process.env['FUZZ'] ?? 600) };

test('a value is replaced, every byte outside of it stays, and a second time there is nothing to do', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('web', 'it is', 'true', 12, false), ({ text, index, pick }, fresh) => {
      const value = documentOf(text, index);
      const paths = pathsOf(value, (item) => item === null || typeof item !== 'object').filter(
        (path) => path.length > 0,
      );
      const path = paths[pick % paths.length]!;
      const from = valueAt(value, path) as string;
      const repair: PlacedRepair = { do: 'replace', from, with: fresh, document: index, path };
      const after = repairedIn(text, repair);
      expect(valueAt(documentOf(after, index), path)).toBe(fresh);
      const { was, is } = difference(text, after);
      expect(`${was}${is}`).not.toMatch(/[\n#]/);
      expect(after.split('\n').length).toBe(text.split('\n').length);
      if (fresh !== from) expect('refused' in edited(after, repair)).toBe(true);
    }),
    RUNS,
  );
});

test('a key is inserted, and nothing that was there goes', () => {
  fc.assert(
    fc.property(written, ({ text, index, pick }) => {
      const paths = pathsOf(
        documentOf(text, index),
        (item) => item !== null && typeof item === 'object' && !Array.isArray(item),
      );
      fc.pre(paths.length > 0);
      const path = paths[pick % paths.length]!;
      const after = repairedIn(text, { do: 'insert', key: 'fresh', value: 'Never', document: index, path });
      const { was, is } = difference(text, after);
      expect(was).toBe('');
      expect(is).toContain('fresh: Never');
      const mapping = valueAt(documentOf(text, index), path) as object;
      expect(valueAt(documentOf(after, index), path)).toEqual({ ...mapping, fresh: 'Never' });
      if (text.includes('\r\n')) expect(after).not.toMatch(/[^\r]\n/);
    }),
    RUNS,
  );
});

test('a key is renamed where it stands', () => {
  fc.assert(
    fc.property(written, ({ text, index, pick }) => {
      const paths = pathsOf(documentOf(text, index), () => true).filter((path) => typeof path.at(-1) === 'string');
      fc.pre(paths.length > 0);
      const path = paths[pick % paths.length]!;
      const after = repairedIn(text, { do: 'rename', to: 'fresh', document: index, path });
      const { was, is } = difference(text, after);
      expect([was, is]).toEqual([path.at(-1), 'fresh']);
    }),
    RUNS,
  );
});

test('what is written twice is written once, and what counts stays what it is', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('k0', 'k1'), ({ text, index, pick }, name) => {
      // A second line with the key of another one, of a scalar, in a block.
      const lines = text.split('\n');
      const candidates = lines.flatMap((line, i) => (/^ *k\d: [\w'"-]/.test(line) ? [i] : []));
      fc.pre(candidates.length > 0);
      const at = candidates[pick % candidates.length]!;
      const indent = /^ */.exec(lines[at]!)![0];
      const key = name === 'k0' ? /k\d/.exec(lines[at]!)![0] : 'twice';
      const fresh = [`${indent}${key}: old # of old`, ...(key === 'twice' ? [`${indent}twice: new`] : [])];
      const doubled = lines
        .toSpliced(at, 0, ...fresh.map((line) => (text.includes('\r\n') ? `${line}\r` : line)))
        .join('\n');
      let duplicates: readonly Path[] = [];
      try {
        ({ duplicates } = parseYaml(doubled.split(/^---\r?\n/m)[index]!));
      } catch {
        fc.pre(false);
      }
      fc.pre(duplicates.length === 1);
      const after = repairedIn(doubled, { do: 'remove-duplicates', document: index, path: duplicates[0]! });
      expect(documentOf(after, index)).toEqual(documentOf(doubled, index));
      if (key === 'twice')
        expect(after).toBe(lines.toSpliced(at, 0, text.includes('\r\n') ? `${fresh[1]}\r` : fresh[1]!).join('\n'));
      else expect(after).toBe(text);
    }),
    RUNS,
  );
});

test('nothing crashes, and what is changed can be read as it was meant, whatever the text is', () => {
  const fragments = fc.array(
    fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '&x ',
      '*x',
      '<<',
      '"',
      "'",
      '|',
      '#',
      '? ',
      '1',
      '---\n',
      '!!str ',
      '\t',
      '\r\n',
      'b',
    ),
    { maxLength: 25 },
  );
  const repairs = fc.constantFrom<PlacedRepair>(
    { do: 'replace', from: 1, with: 2, document: 0, path: ['a'] },
    { do: 'quote', document: 0, path: ['a'] },
    { do: 'rename', to: 'c', document: 0, path: ['a'] },
    { do: 'remove-duplicates', document: 0, path: ['a'] },
    { do: 'insert', key: 'c', value: 'd', document: 0, path: [] },
    { do: 'insert', key: 'c', value: 'd', document: 0, path: ['a'] },
  );
  let made = 0;
  fc.assert(
    fc.property(fragments, repairs, (parts, repair) => {
      const result = edited(parts.join(''), repair);
      if ('text' in result) made++;
    }),
    { numRuns: RUNS.numRuns * 5 },
  );
  expect(made).toBeGreaterThan(0);
});

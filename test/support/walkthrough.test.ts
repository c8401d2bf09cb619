import type { Outcome } from './project';
import { applyDiff, blocksOf, corrected, follow, sectionsOf } from './walkthrough';

/** Files in memory, and commands that print what they are. */
function place(files: Record<string, string> = {}, outcome?: Outcome) {
  return {
    files,
    read: (path: string) => files[path] ?? '',
    write: (path: string, text: string) => {
      files[path] = text;
    },
    run: (commands: string): Outcome => outcome ?? { output: commands, status: 0 },
  };
}
const block = (head: string, content: string) => `\`\`\`${head}\n${content}\n\`\`\`\n`;
const followed = (document: string, at = place()) => follow(blocksOf(document), at);

test('sections are what stands under a heading and has something to do', () => {
  const document = `# A\n${block('sh', 'a')}\n## B\ntext\n## C\n${block('sh', 'c')}${block('text', 'c')}`;
  expect(sectionsOf(document).map(({ title, blocks }) => [title, blocks.length])).toEqual([['C', 2]]);
  expect(sectionsOf(document, '# ').map(({ title, blocks }) => [title, blocks.length])).toEqual([['A', 3]]);
});

test('a file is written as it stands', () => {
  const at = place();
  followed(block('ts a/b.ts', 'const a = 1;'), at);
  expect(at.files).toEqual({ 'a/b.ts': 'const a = 1;\n' });
});

test.each([
  ['a block that does not say which file it is', block('yaml', 'a: 1'), 'does not say which file it is'],
  ['output of no command', block('text', 'a'), 'output of no command'],
  ['output of a command for a cluster', block('sh cluster', 'a') + block('text', 'a'), 'output of no command'],
  ['output that no longer is any', block('sh', '   ') + block('text', 'a'), 'or of one that prints nothing'],
  ['a command that should fail', block('sh exit=2', 'a'), 'ended with 0, not with 2'],
  ['lines that a file does not have', block('ts excerpt a.ts', 'b'), 'a.ts has no such lines'],
])('%s is an error', (_, document, message) => {
  expect(() => followed(document)).toThrow(message);
});

test('a command that fails is an error, with what it printed', () => {
  expect(() => followed(block('sh', 'a'), place({}, { output: 'no such file', status: 1 }))).toThrow(
    /ended with 1, not with 0:[\s\S]*no such file/,
  );
});

describe('a quoted output', () => {
  const quoted = (content: string, output: string) =>
    followed(block('sh', 'a') + block('text', content), place({}, { output, status: 0 })).map((found) => found.content);

  test('that is what is printed needs no correction, whatever the blanks at the ends of lines', () => {
    expect(quoted('one\ntwo', 'one  \ntwo\n\n')).toEqual([]);
  });
  test('that is something else is corrected', () => {
    expect(quoted('one', 'two\n')).toEqual(['two\n']);
  });
  test('that leaves lines out is compared in as many as it shows, at the beginning or at the end', () => {
    expect(quoted('1\n2\n…', '1\n2\n3\n4\n')).toEqual([]);
    expect(quoted('…\n4', '1\n2\n3\n4\n')).toEqual([]);
    expect(quoted('…\n3', '1\n2\n3\n4\n')).toEqual(['…\n4\n']);
    expect(quoted('2\n…', '1\n2\n3\n4\n')).toEqual(['1\n…\n']);
  });
  test('is corrected in its place, and nothing else changes', () => {
    const document = `a\n${block('sh', 'x')}${block('text', 'old')}b\n${block('sh', 'y')}${block('text', 'old')}c\n`;
    expect(corrected(document, followed(document))).toBe(
      `a\n${block('sh', 'x')}${block('text', 'x')}b\n${block('sh', 'y')}${block('text', 'y')}c\n`,
    );
  });
});

describe('a diff', () => {
  const text = 'one\ntwo\nthree\ntwo\nfour\n';

  test('adds and takes out lines beside those around them, in several places', () => {
    expect(applyDiff(text, ' one\n+one and a half\n two\n@@\n-four\n+five\n', 'a.ts')).toBe(
      'one\none and a half\ntwo\nthree\ntwo\nfive\n',
    );
  });
  test('puts in what looks like a pattern as it stands', () => {
    expect(applyDiff('a\n', '-a\n+$& $1\n', 'a.ts')).toBe('$& $1\n');
  });
  test.each([
    [' zero\n+a\n', 0],
    [' two\n+a\n', 2],
    [' ne\n+a\n', 0],
    [' one\n+a\n three\n', 0],
  ])('whose lines around it are not there once is an error: %j', (diff, times) => {
    expect(() => applyDiff(text, diff, 'a.ts')).toThrow(`the diff of a.ts shows lines that stand there ${times} times`);
  });
});

test('an excerpt may leave lines out and stand at another indentation, but has its lines in their order', () => {
  const at = place({ 'a.yaml': 'spec:\n  a: 1\n  b: 2\n  c: 3\n' });
  expect(followed(block('yaml excerpt a.yaml', 'a: 1\nb: 2\n# …\nc: 3'), at)).toEqual([]);
  expect(() => followed(block('yaml excerpt a.yaml', 'a: 1\nc: 3'), at)).toThrow('a.yaml has no such lines');
});

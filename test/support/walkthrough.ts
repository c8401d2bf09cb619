import type { Project } from './project';

/**
 * What a reader of a document does, block by block. The word after the language says what a block is:
 *
 * - `ts PATH`, `yaml PATH`, …: the file is written as it stands;
 * - `diff PATH`: the lines with `+` are added, those with `-` taken out, beside the lines around them;
 * - `sh`: the lines are run, and must succeed; `sh exit=2`: must end with 2; `sh cluster`: need a cluster, and are not run;
 * - `text`: what the `sh` before it prints; a first or last line `…` stands for the lines left out;
 * - `LANGUAGE excerpt PATH`: lines that stand in the file, whatever their indentation;
 * - `mermaid`: a diagram.
 */
export interface Block {
  readonly language: string;
  readonly info: string;
  readonly content: string;
  /** Where the content begins in the document. */
  readonly offset: number;
}

/** Where blocks are carried out. */
export type Place = Pick<Project, 'read' | 'write' | 'run'>;

/** A part of a document that is followed by itself. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The sections under headings of a level that have something to do; blocks before the first heading belong to none. */
export function sectionsOf(document: string, heading = '## '): Section[] {
  // What is quoted may have headings of its own.
  const quoted = blocksOf(document).map(({ offset, content }) => [offset, offset + content.length] as const);
  const starts = [...document.matchAll(new RegExp(`^${heading}(.+)$`, 'gm'))].filter(({ index }) =>
    quoted.every(([from, to]) => index < from || index >= to),
  );
  return starts
    .map(({ 1: title, index }, i) => ({
      title: title!,
      blocks: blocksOf(document, index, starts[i + 1]?.index ?? document.length),
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

export function blocksOf(document: string, from = 0, to = document.length): Block[] {
  return [...document.slice(from, to).matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    info: match[2]!,
    content: match[3]!,
    offset: from + match.index + match[0].indexOf('\n') + 1,
  }));
}

/** A quoted output that is not what is printed. */
export interface Correction {
  readonly block: Block;
  readonly content: string;
}

/**
 * Follows blocks in a copy of the project. Throws where a reader would be stuck; returns the quoted outputs that differ from
 * what was printed, with what should stand there.
 */
export function follow(blocks: readonly Block[], project: Place): Correction[] {
  const corrections: Correction[] = [];
  let printed: string | undefined;
  for (const block of blocks) {
    const { language, info, content } = block;
    if (language === 'sh') {
      printed = info === 'cluster' ? undefined : runBlock(block, project);
    } else if (language === 'text') {
      if (!printed?.trim()) throw new Error(`output of no command, or of one that prints nothing:\n${content}`);
      const expected = cut(printed, content);
      if (expected !== content) corrections.push({ block, content: expected });
    } else if (language === 'diff') {
      project.write(info, applyDiff(project.read(info), content, info));
    } else if (info.startsWith('excerpt ')) {
      checkExcerpt(project.read(info.slice(8)), content, info.slice(8));
    } else if (language !== 'mermaid') {
      if (info === '' || /\s/.test(info))
        throw new Error(`a block of ${language} does not say which file it is:\n${content}`);
      project.write(info, content);
    }
  }
  return corrections;
}

/** The document with its quoted outputs corrected. */
export function corrected(document: string, corrections: readonly Correction[]): string {
  return [...corrections]
    .sort((a, b) => b.block.offset - a.block.offset)
    .reduce(
      (text, { block: { offset, content: quoted }, content }) =>
        text.slice(0, offset) + content + text.slice(offset + quoted.length),
      document,
    );
}

function runBlock({ info, content }: Block, project: Place): string {
  const { output, status } = project.run(content);
  const expected = Number(/^exit=(\d+)$/.exec(info)?.[1] ?? 0);
  if (status !== expected) throw new Error(`ended with ${status}, not with ${expected}:\n${content}\n${output}`);
  return output;
}

/** What was printed, without the lines that the quotation leaves out. */
function cut(printed: string, quoted: string): string {
  const lines = printed
    .replace(/\s+$/, '')
    .split('\n')
    .map((line) => line.trimEnd());
  const wanted = quoted.trimEnd().split('\n');
  if (wanted.at(-1) === '…') return `${[...lines.slice(0, wanted.length - 1), '…'].join('\n')}\n`;
  if (wanted[0] === '…') return `${['…', ...lines.slice(-(wanted.length - 1))].join('\n')}\n`;
  return `${lines.join('\n')}\n`;
}

/** Applies a diff without line numbers: what stands on unmarked and `-` lines must be found once, together; hunks are apart by `@@`. */
export function applyDiff(text: string, diff: string, path: string): string {
  return diff
    .split(/^@@.*\n/m)
    .filter((hunk) => hunk.trim() !== '')
    .reduce((result, hunk) => {
      const lines = hunk.replace(/\n$/, '').split('\n');
      const side = (other: string) =>
        lines
          .filter((line) => !line.startsWith(other))
          .map((line) => `${line.slice(1)}\n`)
          .join('');
      const before = side('+');
      // Whole lines: what is found begins where a line begins.
      const found = `\n${result}`.split(`\n${before}`).length - 1;
      if (before === '' || found !== 1)
        throw new Error(`the diff of ${path} shows lines that stand there ${found} times, not once:\n${before}`);
      return `\n${result}`.replace(`\n${before}`, () => `\n${side('-')}`).slice(1);
    }, text);
}

function checkExcerpt(text: string, excerpt: string, path: string): void {
  const flat = (lines: string) =>
    lines
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const whole = flat(text).join('\n');
  for (const part of excerpt.split(/^ *(?:#|\/\/)? ?…$/m))
    if (!whole.includes(flat(part).join('\n'))) throw new Error(`${path} has no such lines:\n${part}`);
}

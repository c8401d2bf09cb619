import { isDeepStrictEqual } from 'node:util';
import type { Document } from '../reading/yaml/document';
import type { Chunk } from '../reading/yaml/documents';
import { chunksOf } from '../reading/yaml/documents';
import { Unparsable } from '../reading/yaml/events';
import { parseJson } from '../reading/yaml/json';
import { parseYaml } from '../reading/yaml/parse';
import { plainScalar } from '../reading/yaml/scalar';
import { pathText, valueAt } from '../resource';
import { changed } from './changed';
import type { YamlEntry, YamlNode } from './nodes';
import { entryAt, writtenNodes } from './nodes';
import type { PlacedRepair } from './repair';

/** The text with a repair made, or why it cannot be made here: every byte outside of the edit stays. */
export type Edited = { readonly text: string } | { readonly refused: string };

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

class Refusal extends Error {}

/**
 * Makes one repair in a text. What an alias or `<<` brings is not edited, because it stands elsewhere and is used elsewhere. The edited
 * document is read again and must be what it was but for the repair; else nothing is changed.
 */
export function edited(text: string, repair: PlacedRepair): Edited {
  const chunk = chunksOf(text)[repair.document];
  if (!chunk || chunk.problem !== undefined) return { refused: 'the document cannot be read' };
  const before = text.slice(chunk.start, chunk.end);
  try {
    const was = read(before, chunk);
    if (repair.do === 'replace' && valueAt(was.value, repair.path) !== repair.from)
      throw new Refusal(`${pathText(repair.path)} has another value by now`);
    let after = before;
    // From the end, so that the places before an edit stay as they are.
    for (const { start, end, text: fresh } of editsFor(before, repair, chunk).toSorted((a, b) => b.start - a.start))
      after = after.slice(0, start) + fresh + after.slice(end);
    const whole = text.slice(0, chunk.start) + after + text.slice(chunk.end);
    if (!isAsMeant(was, read(after, chunk), repair) || chunksOf(whole).length !== chunksOf(text).length)
      return {
        refused: `${pathText(repair.path)} is shared with another place, or written in a way that is left alone`,
      };
    return { text: whole };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    if (error instanceof Unparsable) return { refused: error.reason };
    throw error;
  }
}

function read(text: string, { format }: Chunk): Document {
  return format === 'json' ? parseJson(text) : parseYaml(text);
}

function isAsMeant(was: Document, is: Document, repair: PlacedRepair): boolean {
  if (!isDeepStrictEqual(is.value, changed(was.value, repair, valueAt(is.value, repair.path)))) return false;
  // Duplicates go only where that is the repair, and none come.
  const left = ({ duplicates }: Document) => new Set(duplicates.map(pathText));
  const [before, after] = [left(was), left(is)];
  if (repair.do === 'remove-duplicates') before.delete(pathText(repair.path));
  return repair.do === 'rename' || isDeepStrictEqual(before, after);
}

function editsFor(text: string, repair: PlacedRepair, chunk: Chunk): readonly Edit[] {
  const root = writtenNodes(text);
  const entry = entryAt(root, repair.path);
  if (!entry) throw new Refusal(`${pathText(repair.path)} comes from an alias or a merge key`);
  switch (repair.do) {
    case 'replace':
      return [onScalar(text, entry.value, (_, style) => replacement(style, repair.with))];
    case 'quote':
      return [onScalar(text, entry.value, quoted)];
    case 'rename':
      return [onScalar(text, entry.key, (_, style) => replacement(style, repair.to))];
    case 'insert':
      return [insertion(text, entry.value, repair, chunk.format === 'json')];
    case 'remove-duplicates':
      return removals(text, entryAt(root, repair.path.slice(0, -1))?.value, String(repair.path.at(-1)));
  }
}

function onScalar(
  text: string,
  node: YamlNode | undefined,
  make: (written: string, style: YamlNode['style']) => string,
): Edit {
  const { kind, start, end, style } = node ?? {};
  if (kind !== 'scalar' || start === undefined || end === undefined || style === undefined)
    throw new Refusal('what stands there is no plain or quoted value');
  const written = text.slice(start, end);
  if (style === 'block' || written.includes('\n')) throw new Refusal('the value goes over several lines');
  return { start, end, text: make(written, style) };
}

function replacement(style: YamlNode['style'], value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (style === 'single') return `'${value.replaceAll("'", "''")}'`;
  return style === 'plain' && isPlain(value) ? value : JSON.stringify(value);
}

/** Whether a string needs no quotes anywhere, in any version of YAML. */
function isPlain(value: string): boolean {
  return /^[A-Za-z_][\w./-]*$/.test(value) && plainScalar(value) === value;
}

function quoted(written: string, style: YamlNode['style']): string {
  if (style !== 'plain' || /["\\]/.test(written)) throw new Refusal('the value is quoted already');
  return `"${written}"`;
}

/** Before the first key of the mapping, on a line of its own where the first key has one. */
function insertion(
  text: string,
  mapping: YamlNode,
  { key, value }: Extract<PlacedRepair, { readonly do: 'insert' }>,
  isJson: boolean,
): Edit {
  const first = mapping.entries[0]?.key?.start;
  if (mapping.kind !== 'mapping' || first === undefined) throw new Refusal('it is no mapping with a key in it');
  const field = isJson ? `${JSON.stringify(key)}: ${JSON.stringify(value)}` : `${key}: ${replacement('plain', value)}`;
  const line = lineStart(text, first);
  const before = text.slice(line, first).replace('\ufeff', '');
  if (mapping.isFlow && before.trim() !== '') return { start: first, end: first, text: `${field}, ` };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  // What stands before the key on its line is indentation and the dashes of lists.
  if (!/^[ -]*$/.test(before)) throw new Refusal('the first key of the mapping has something before it');
  return {
    start: first,
    end: first,
    text: `${field}${mapping.isFlow ? ',' : ''}${newline}${' '.repeat(before.length)}`,
  };
}

function removals(text: string, mapping: YamlNode | undefined, name: string): readonly Edit[] {
  const entries = mapping?.entries ?? [];
  const last = entries.findLast((entry) => entry.name === name);
  return entries.flatMap((entry, i) => {
    if (entry.name !== name || entry === last) return [];
    const [own, other] = [entry, last!].map((each) => keyIn(text, each));
    if (own !== other)
      throw new Refusal(`YAML reads ${own} and ${other} as one key: put the one that is meant into quotes`);
    if (!isSame(text, entry.value, last!.value))
      throw new Refusal(`the ${name} above and the one below hold different things: merge them by hand`);
    return [removal(text, entry, entries[i + 1]!)];
  });
}

/** A key as it is meant: `OFF` and `no` are both false to YAML, and quotes make no other key. */
function keyIn(text: string, { key, name }: YamlEntry): string {
  return key?.style === 'plain' && key.start !== undefined ? text.slice(key.start, key.end) : String(name);
}

/** Of two scalars the later one counts already. Of more than that both are wanted, unless they are written alike. */
function isSame(text: string, a: YamlNode, b: YamlNode): boolean {
  const written = ({ start, end }: YamlNode) =>
    start === undefined || end === undefined ? '' : text.slice(start, end);
  return (a.kind === 'scalar' && b.kind === 'scalar') || written(a) === written(b);
}

/** An entry with its line, or, where its key does not begin the line, up to the next key. */
function removal(text: string, { key, value }: YamlEntry, next: YamlEntry): Edit {
  const [start, until] = [key?.start, next.key?.start];
  if (start === undefined || until === undefined) throw new Refusal('the key is not written here');
  const line = lineStart(text, start);
  if (text.slice(line, start).trim() !== '' || lineStart(text, until) === line) {
    if (text.slice(value.end ?? start, until).includes('#'))
      throw new Refusal('a comment stands between the key and the next one');
    return { start, end: until, text: '' };
  }
  // Comments above the next key belong to it.
  const end = text.indexOf('\n', Math.max(start, (value.end ?? start) - 1));
  return { start: line, end: end < 0 || end >= until ? lineStart(text, until) : end + 1, text: '' };
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

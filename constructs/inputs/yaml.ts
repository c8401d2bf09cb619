import {
  boolYaml11Tag,
  defineScalarTag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';
import { StrataError } from '../../model/errors';

/** One document, and the line on which it begins. */
export interface YamlDocument {
  readonly value: unknown;
  readonly line: number;
}

const INTEGER = /^[-+]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** Behind a leading dot, `_` stands between digits alone; elsewhere in a number it stands anywhere. */
const FROM_DOT = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;

/** A number as Kubernetes' reader takes it: `012` is octal, `1_000` a thousand; dates, `1:30` and `._4` are no numbers. */
function numberIn(source: string): number | typeof NOT_RESOLVED {
  const digits = /^[-+\d]/.test(source) || FROM_DOT.test(source) ? source.replaceAll('_', '') : '';
  if (INTEGER.test(digits)) {
    const octal = digits.replace(/^([-+]?)0(?=[0-7])/, '$10o');
    const value = octal.startsWith('-') ? -Number(octal.slice(1)) : Number(octal.replace('+', ''));
    if (!Number.isSafeInteger(value))
      throw new Unexact(`the number ${source} has more digits than JavaScript holds, and others would be written`);
    return value || 0;
  }
  const value = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(source))
    throw new Unexact(`${source} cannot be sent to Kubernetes: JSON has no such number`);
  return Number.isFinite(value) ? value : NOT_RESOLVED;
}

class Unexact extends Error {}

const never = () => false;
const KUBERNETES = new Schema([
  strTag,
  seqTag,
  mapTag,
  mergeTag,
  nullCoreTag,
  boolYaml11Tag,
  ...['int', 'float'].map((name) =>
    defineScalarTag(`tag:yaml.org,2002:${name}`, { implicit: true, resolve: numberIn, identify: never }),
  ),
  defineScalarTag('tag:yaml.org,2002:timestamp', { resolve: (source) => source, identify: never }),
  defineScalarTag('tag:yaml.org,2002:binary', {
    resolve: (source) => Buffer.from(source, 'base64').toString('utf8'),
    identify: never,
  }),
]);

/** Below this many values, aliases may repeat as much as they like. */
const FEW = 100_000;

/**
 * The documents of a text, as kubectl takes it apart and reads it: YAML 1.1, every line `---` begins one. Of two equal keys the last
 * counts for Kubernetes, and a reader sees the first: they are refused unless a program wrote them (`lastWins`).
 */
export function documentsIn(file: string, text: string, options: { readonly lastWins?: boolean } = {}): YamlDocument[] {
  const documents: YamlDocument[] = [];
  let line = 1;
  for (const chunk of text.replace(/^\uFEFF/, '').split(/^---(?=\s|$)/m)) {
    const values = read(file, line, chunk, options.lastWins ?? false);
    const above = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(chunk)![0];
    if (values.length > 0) documents.push({ value: values[0], line: line + linesIn(above) });
    line += linesIn(chunk);
  }
  return documents;
}

function read(file: string, line: number, chunk: string, json: boolean): unknown[] {
  try {
    const values = loadAll(chunk, { schema: KUBERNETES, json, maxDepth: 500 });
    if (values.length > 1) throw new Unexact('kubectl reads nothing after a line `...`: separate documents by `---`');
    for (const value of values)
      if (sizeOf(value, new Map()) > Math.max(FEW, chunk.length))
        throw new Unexact(
          'its aliases repeat so much, or contain themselves, that it would be far larger than its text',
        );
    return values;
  } catch (error) {
    if (!(error instanceof YAMLException) && !(error instanceof Unexact)) throw error;
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const place = mark ? `${file}:${line + mark.line}:${mark.column + 1}` : `${file}:${line}`;
    const reason = error instanceof YAMLException ? error.reason : error.message;
    throw new StrataError(place, `this cannot be read as YAML: ${reason}`, ['correct the document']);
  }
}

/** How many values there are, aliases followed. */
function sizeOf(value: unknown, known: Map<object, number>): number {
  if (value === null || typeof value !== 'object') return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  // Until it is known: what contains itself has no end.
  known.set(value, Number.POSITIVE_INFINITY);
  let size = 1;
  for (const inner of Object.values(value)) size += sizeOf(inner, known);
  known.set(value, size);
  return size;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

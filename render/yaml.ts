import type { ScalarStyleRule } from 'js-yaml';
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } from 'js-yaml';
import { Unwritable } from './unwritable';

/** First what a reader looks for, in Kubernetes' customary order; every other key by the alphabet. */
const FIRST = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'job_name',
  'namespace',
  'image',
  'command',
  'args',
  'env',
  'envFrom',
  'labels',
  'annotations',
];
const RANK = new Map(FIRST.map((key, rank) => [key, rank]));

/**
 * What looks like a number or a date to some reader, and what readers disagree about: `123e4567`, as a commit hash can look, is
 * infinite to YAML 1.2; Kustomize makes a timestamp of `2002-1-1`; some take `.` or `E0` for a number; Go reads `0X1F`, `0B1`,
 * `-0o7` and even `0b-1` as numbers, with `_` anywhere (`npm run oracle:yaml`).
 */
const LIKE_A_NUMBER = /^(?:[-+.\d:_eE]+|[-+_]*0_*[xob][-+\da-f_]*)$/i;
const quoteLikeNumbers: ScalarStyleRule = (layout) => {
  if (layout.node.tag === 'tag:yaml.org,2002:str' && LIKE_A_NUMBER.test(layout.node.value))
    layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};
/** Block style leaves it to the reader what a first or last line of blanks is. */
const BLANK_EDGE = /^\s|\n[ \t]+\n*$/;
const quoteBlankEdges: ScalarStyleRule = (layout) => {
  if (layout.style === SCALAR_STYLE.LITERAL_BLOCK && BLANK_EDGE.test(layout.node.value))
    layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
};
const scalarStyleRules = [...Object.values(DEFAULT_SCALAR_STYLE_RULES), quoteLikeNumbers, quoteBlankEdges];

/** Strings that no reader takes for anything else: words, paths and options, but for those that some reader gives a meaning, and amounts with a unit. */
const PLAIN =
  /^(?:(?!(?:y|n|yes|no|on|off|true|false|null)$|[-.\d:_e]+$)(?:--)?[a-z/_][\w./=-]*(?:[: ][\w./=-]+)*|\d+(?:m|[KMGT]i|ms|[hdsw]))$/i;
const DIGITS = /^\d+$/;

type Fields = Readonly<Record<string, unknown>>;

/** Readers look no further than this for the colon after a key. */
const LONGEST_KEY = 1_024;

/**
 * One document, the same to readers of YAML 1.1 (kubectl, Argo CD) and 1.2; fields without a value are left out. The layout is
 * made here, in a fifth of the time that js-yaml takes for it; scalars that need thought are js-yaml's. What readers would not read
 * back, or not as it was, is refused with its path.
 */
export function toYaml(value: unknown): string {
  try {
    return `${isMapping(value) ? mapping(value, '') : isSequence(value) ? sequence(value, '') : scalar(value, '')}\n`;
  } catch (error) {
    throw error instanceof Unwritable ? error.in(value) : error;
  }
}

function mapping(value: Fields, indent: string): string {
  const fields: string[] = [];
  for (const key of Object.keys(value).sort(byRank)) {
    const field = value[key];
    if (field === undefined) continue;
    const name = keyText(key);
    if (isMapping(field)) fields.push(`${name}:\n${indent}  ${mapping(field, `${indent}  `)}`);
    else if (isSequence(field)) fields.push(`${name}:\n${indent}${sequence(field, indent)}`);
    else fields.push(`${name}: ${scalar(field, indent)}`);
  }
  return fields.join(`\n${indent}`);
}

function keyText(key: string): string {
  const text = key.includes('\n') ? inOneLine(key) : scalar(key, '');
  if (text.length > LONGEST_KEY)
    throw new Unwritable(
      key,
      `the key has ${text.length} characters as YAML, and readers look for its colon within ${LONGEST_KEY}`,
      'give it a shorter key',
    );
  return text;
}

/** In double quotes, with everything escaped that ends a line or that readers refuse. */
function inOneLine(key: string): string {
  return JSON.stringify(wellFormed(key)).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Half a character, as it is left when a string is cut, has no bytes in a file. */
function wellFormed(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new Unwritable(
      text,
      'the string holds half of a character (a lone surrogate), which a file cannot hold',
      'cut strings between whole characters',
    );
  return text;
}

function sequence(items: readonly unknown[], indent: string): string {
  const inner = `${indent}  `;
  return items
    .map(
      (item) =>
        `- ${isMapping(item) ? mapping(item, inner) : isSequence(item) ? sequence(item, inner) : scalar(item, indent)}`,
    )
    .join(`\n${indent}`);
}

/** Whether it has fields to lay out; one without any is written like a scalar. */
function isMapping(value: unknown): value is Fields {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).some((field) => field !== undefined)
  );
}

function isSequence(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

/** What stands behind a key or a dash; from its second line on it is `indent` deeper. */
function scalar(value: unknown, indent: string): string {
  if (typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
  if (typeof value !== 'string') return byLibrary(ofJson(value));
  if (PLAIN.test(value)) return value;
  if (DIGITS.test(value)) return `'${value}'`;
  const known = written.get(value) ?? byLibrary(wellFormed(value));
  if (written.size > MANY) written.clear();
  written.set(value, known);
  return indent === '' ? known : known.replace(/\n(?!\n|$)/g, `\n${indent}`);
}

/** A number that has digits, nothing, or an empty mapping or sequence. */
function ofJson(value: unknown): unknown {
  if (value === null || value === undefined || Number.isFinite(value)) return value;
  const isObject = typeof value === 'object';
  if (isObject && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  const what = isObject ? value.constructor.name : typeof value === 'number' ? String(value) : typeof value;
  throw new Unwritable(
    value,
    `is a ${what}, which manifests cannot hold`,
    'make it a string, a number, a list or a mapping',
  );
}

/** The same few hundred strings stand in thousands of objects. */
const written = new Map<string, string>();
const MANY = 20_000;

function byLibrary(value: unknown): string {
  // With a key after it, because what ends a document is written differently.
  return dump({ k: value, l: 0 }, { lineWidth: -1, noRefs: true, scalarStyleRules }).slice(
    'k: '.length,
    -'\nl: 0\n'.length,
  );
}

function byRank(a: string, b: string): number {
  return (RANK.get(a) ?? FIRST.length) - (RANK.get(b) ?? FIRST.length) || (a < b ? -1 : 1);
}

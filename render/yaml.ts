import type { ScalarStyleRule } from 'js-yaml';
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } from 'js-yaml';

/** First what a reader looks for, in Kubernetes' customary order; every other key by the alphabet. */
const FIRST = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
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
 * infinite to YAML 1.2; Kustomize makes a timestamp of `2002-1-1`; some take `.` or `E0` for a number.
 */
const LIKE_A_NUMBER = /^[-+.\d:_eE]+$/;
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

/**
 * One document, the same to readers of YAML 1.1 (kubectl, Argo CD) and 1.2; fields without a value are left out. The layout is
 * made here, in a fifth of the time that js-yaml takes for it; scalars that need thought are js-yaml's.
 */
export function toYaml(value: unknown): string {
  return `${isMapping(value) ? mapping(value, '') : isSequence(value) ? sequence(value, '') : scalar(value, '')}\n`;
}

function mapping(value: Fields, indent: string): string {
  const fields: string[] = [];
  for (const key of Object.keys(value).sort(byRank)) {
    const field = value[key];
    if (field === undefined) continue;
    const name = key.includes('\n') ? JSON.stringify(key) : scalar(key, '');
    if (isMapping(field)) fields.push(`${name}:\n${indent}  ${mapping(field, `${indent}  `)}`);
    else if (isSequence(field)) fields.push(`${name}:\n${indent}${sequence(field, indent)}`);
    else fields.push(`${name}: ${scalar(field, indent)}`);
  }
  return fields.join(`\n${indent}`);
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
  if (typeof value !== 'string') return byLibrary(value);
  if (PLAIN.test(value)) return value;
  if (DIGITS.test(value)) return `'${value}'`;
  const known = written.get(value) ?? byLibrary(value);
  written.set(value, known);
  return indent === '' ? known : known.replace(/\n(?!\n|$)/g, `\n${indent}`);
}

/** The same few hundred strings stand in thousands of objects. */
const written = new Map<string, string>();

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

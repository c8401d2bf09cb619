import { isDeepStrictEqual } from 'node:util';
import { isMap } from '../model/is-map';

/** What a function answers that does not know what to do with what it is given. */
export const NO_ANSWER = Symbol('no answer');

type TemplateFunction = (...given: readonly unknown[]) => unknown;

const ofTexts =
  (implementation: (...texts: readonly string[]) => unknown): TemplateFunction =>
  (...given) =>
    given.every((each) => typeof each === 'string') ? implementation(...(given as string[])) : NO_ANSWER;

const isEmpty = (value: unknown) =>
  Array.isArray(value) ? value.length === 0 : isMap(value) ? Object.keys(value).length === 0 : !value;

const text = (value: unknown) => (typeof value === 'object' && value !== null ? NO_ANSWER : String(value ?? ''));

const indented = (amount: unknown, value: unknown, start: string) =>
  typeof amount === 'number' && typeof value === 'string'
    ? start +
      value
        .split('\n')
        .map((line) => ' '.repeat(amount) + line)
        .join('\n')
    : NO_ANSWER;

/** applicationset/utils/template_functions.go */
const normalized = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');

/** `%s`, `%v` and `%d`, and no others. */
function formatted(format: unknown, ...values: readonly unknown[]): unknown {
  if (typeof format !== 'string' || values.some((value) => text(value) === NO_ANSWER)) return NO_ANSWER;
  const left = [...values];
  if ((format.match(/%[^%]/g) ?? []).length !== left.length || /%[^svd%]|%%/.test(format)) return NO_ANSWER;
  return format.replace(/%[svd]/g, () => String(left.shift() ?? ''));
}

/** Of what a list or a map holds, step by step. */
function indexed(value: unknown, ...steps: readonly unknown[]): unknown {
  let at = value;
  for (const step of steps) {
    if (Array.isArray(at) && typeof step === 'number' && step in at) at = at[step];
    else if (isMap(at) && typeof step === 'string') at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return NO_ANSWER;
  }
  return at;
}

const truncated = (length: unknown, value: unknown) =>
  typeof length !== 'number' || typeof value !== 'string'
    ? NO_ANSWER
    : length < 0
      ? value.slice(length)
      : value.slice(0, length);

/** The functions of Go's templates, of sprig and of Argo CD that templates of Applications use most; the last argument is what is piped. */
export const TEMPLATE_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: (...given) => (given.some(isEmpty) ? given.find(isEmpty) : given.at(-1)),
  or: (...given) => (given.every(isEmpty) ? given.at(-1) : given.find((each) => !isEmpty(each))),
  not: (value) => isEmpty(value),
  eq: (first, ...others) => others.some((each) => isDeepStrictEqual(each, first)),
  ne: (one, other) => !isDeepStrictEqual(one, other),
  len: (value) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.length
      : isMap(value)
        ? Object.keys(value).length
        : NO_ANSWER,
  index: indexed,
  get: (map, key) => (isMap(map) && typeof key === 'string' ? (indexed(map, key) ?? '') : NO_ANSWER),
  hasKey: (map, key) => (isMap(map) && typeof key === 'string' ? Object.hasOwn(map, key) : NO_ANSWER),
  printf: formatted,
  default: (otherwise, value) => (isEmpty(value) ? otherwise : value),
  coalesce: (...given) => given.find((each) => !isEmpty(each)),
  ternary: (yes, no, value) => (typeof value === 'boolean' ? (value ? yes : no) : NO_ANSWER),
  empty: isEmpty,
  toString: text,
  quote: (value) => (text(value) === NO_ANSWER ? NO_ANSWER : JSON.stringify(text(value))),
  squote: (value) => (text(value) === NO_ANSWER ? NO_ANSWER : `'${String(text(value))}'`),
  toJson: (value) => JSON.stringify(value ?? null),
  // JSON is YAML, and nobody sees how it is laid out.
  toYaml: (value) => JSON.stringify(value ?? null),
  indent: (amount, value) => indented(amount, value, ''),
  nindent: (amount, value) => indented(amount, value, '\n'),
  lower: ofTexts((value) => value!.toLowerCase()),
  upper: ofTexts((value) => value!.toUpperCase()),
  trim: ofTexts((value) => value!.trim()),
  trimPrefix: ofTexts((start, value) => (value!.startsWith(start!) ? value!.slice(start!.length) : value)),
  trimSuffix: ofTexts((end, value) => (end !== '' && value!.endsWith(end!) ? value!.slice(0, -end!.length) : value)),
  replace: ofTexts((old, now, value) => value!.replaceAll(old!, () => now!)),
  contains: ofTexts((part, value) => value!.includes(part!)),
  hasPrefix: ofTexts((start, value) => value!.startsWith(start!)),
  hasSuffix: ofTexts((end, value) => value!.endsWith(end!)),
  trunc: truncated,
  join: (by, value) =>
    Array.isArray(value) && typeof by === 'string' && value.every((each) => text(each) !== NO_ANSWER)
      ? value.map(text).join(by)
      : NO_ANSWER,
  splitList: ofTexts((by, value) => value!.split(by!)),
  list: (...given) => given,
  normalize: ofTexts((name) => normalized(name!)),
};

import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { near } from '../../model/near';
import { prometheusDuration } from './duration';
import { regexProblem } from './regex';
import type { Release } from './release';
import { isKnown } from './release';
import { goUrl, webUrlProblem } from './url';

/** Something that Prometheus or Alertmanager refuses, with its place from the top of what was judged. */
export interface ConfigProblem {
  readonly path: Path;
  readonly reason: string;
  readonly value?: unknown;
  /** It depends on the version, or on what is not known of the program. */
  readonly open?: boolean;
}

/** What may stand in a field. An entry of `each` may be null only where `empty` is set. */
export type FieldType =
  | 'text'
  | 'duration'
  | 'go duration'
  | 'integer'
  | 'count'
  | 'number'
  | 'switch'
  | 'size'
  | 'regex'
  | 'url'
  | 'web url'
  | 'host and port'
  | 'glob'
  | 'anything'
  | { readonly each: FieldType; readonly empty?: true }
  | { readonly map: FieldType }
  | Choice
  | Fields;
/** One of these words. */
export interface Choice {
  readonly oneOf: readonly string[];
  /** Upper and lower case are the same. */
  readonly anyCase?: true;
  /** An empty string stands for the default. */
  readonly empty?: true;
}
/** An object with these fields. */
export interface Fields {
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** A list of strings. */
export const TEXTS: FieldType = { each: 'text', empty: true };
/** Names with strings. */
export const LABELS: FieldType = { map: 'text' };

/** An object of these fields and those of other objects. */
export function objectOf(names: Readonly<Record<string, FieldType>>, ...more: readonly Fields[]): Fields {
  return {
    fields: Object.assign({}, ...more.map((form) => form.fields), names) as Readonly<Record<string, FieldType>>,
  };
}

/** The same form for each of these names. */
export function eachOf(form: FieldType, names: string): Readonly<Record<string, FieldType>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, form]));
}

/** The text of a scalar, which Go takes where a string is wanted: `job_name: 1` is the job "1". */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Whether a field has a string that is not empty, or anything else that is not null. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** What is refused for its form alone. Null may stand everywhere: it is the default. */
export function* typeProblems(value: unknown, form: FieldType, path: Path, release: Release): Iterable<ConfigProblem> {
  if (value === undefined || value === null || form === 'anything') return;
  const field = String(path.findLast((part) => typeof part === 'string') ?? 'the file');
  if (typeof form === 'string' || 'oneOf' in form) {
    const reason = typeof form === 'string' ? scalarProblem(value, form) : choiceProblem(value, form);
    if (reason) yield { path, value, reason: `${field} ${reason}` };
  } else if ('each' in form) {
    if (!Array.isArray(value)) yield { path, value, reason: `${field} is a list, not ${kindOf(value)}` };
    for (const [i, entry] of list(value).entries()) {
      if (entry === null && !form.empty) yield { path: [...path, i], value: entry, reason: 'the entry is empty' };
      yield* typeProblems(entry, form.each, [...path, i], release);
    }
  } else {
    const object = record(value);
    if (!object) yield { path, value, reason: `${field} is an object, not ${kindOf(value)}` };
    else if ('map' in form)
      for (const [key, entry] of Object.entries(object)) yield* typeProblems(entry, form.map, [...path, key], release);
    else yield* fieldProblems(object, form, path, release);
  }
}

function* fieldProblems(
  object: Json,
  { fields: known }: Fields,
  path: Path,
  release: Release,
): Iterable<ConfigProblem> {
  for (const [field, value] of Object.entries(object)) {
    const form = Object.hasOwn(known, field) ? known[field] : undefined;
    if (form) {
      yield* typeProblems(value, form, [...path, field], release);
      continue;
    }
    const meant = meantBy(field, Object.keys(known));
    // What is not near may come from a later version, and a discovery from another build.
    const open =
      meant === '' && (!isKnown(release) || (Object.hasOwn(known, 'static_configs') && field.endsWith('_sd_configs')));
    yield { path: [...path, field], value, reason: `there is no field ${field}${meant}`, ...(open ? { open } : {}) };
  }
}

/** Discoveries differ before their common ending. */
function meantBy(field: string, known: readonly string[]): string {
  const ending = '_sd_configs';
  if (!field.endsWith(ending)) return near(field, known);
  const names = known.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return near(field.slice(0, -ending.length), names).replace(/"\?$/, `${ending}"?`);
}

function choiceProblem(value: unknown, { oneOf, anyCase, empty }: Choice): string | undefined {
  const written = scalarText(value);
  if (written === undefined) return `is one of ${oneOf.join(', ')}, not ${kindOf(value)}`;
  if (
    (written === '' && empty) ||
    oneOf.some((one) => one === written || (anyCase && one.toLowerCase() === written.toLowerCase()))
  )
    return undefined;
  return `is one of ${oneOf.join(', ')}, not "${written}"${near(written, oneOf)}`;
}

function scalarProblem(value: unknown, form: Extract<FieldType, string>): string | undefined {
  const written = scalarText(value);
  if (written === undefined) return `is ${WORDS[form] ?? 'a string'}, not ${kindOf(value)}`;
  switch (form) {
    case 'duration':
      return prometheusDuration(value) === undefined ? 'is no duration such as 30s or 1h30m' : undefined;
    case 'go duration':
      return typeof value === 'number' || /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(written)
        ? undefined
        : 'is no duration such as 10s';
    case 'switch':
      return typeof value === 'boolean' || /^(?:y|yes|n|no|on|off|true|false)$/i.test(written)
        ? undefined
        : 'is true or false';
    case 'integer':
    case 'number':
      return isNumber(value) ? undefined : 'is a number';
    case 'count':
      return isNumber(value) && !(typeof value === 'number' && value < 0)
        ? undefined
        : 'is a number that is not negative';
    case 'size':
      return /^(?:0|(?:\d+(?:\.\d*)?(?:[KMGTPE]i?)?B)+)$/.test(written) ? undefined : 'is no size such as 10MB';
    case 'regex': {
      const reason = regexProblem(written);
      return reason && `${written} cannot be read: ${reason}`;
    }
    case 'url': {
      const url = goUrl(written);
      return 'problem' in url ? `${written} is no URL: ${url.problem}` : undefined;
    }
    case 'web url': {
      const problem = written === '<secret>' ? undefined : webUrlProblem(written);
      return problem && `${written} ${problem}`;
    }
    case 'host and port':
      return written === '' || /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]+$/.test(written)
        ? undefined
        : `${written} is no host:port`;
    case 'glob':
      return /^[^*]*(?:\*[^/]*)?$/.test(written) ? undefined : `${written} has a * that is not in its last part`;
    default:
      return undefined;
  }
}

/** Go's YAML knows ways to write a number that are a string here, such as 1_000. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[-+]?(?:\d[\d_]*|0[xob][\da-f_]+)$/i.test(value));
}

const WORDS: Partial<Record<string, string>> = {
  duration: 'a duration',
  'go duration': 'a duration',
  switch: 'true or false',
  integer: 'a number',
  number: 'a number',
  count: 'a number',
  size: 'a size',
  regex: 'a regular expression',
  url: 'a URL',
  'web url': 'a URL',
  'host and port': 'host:port',
};

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : record(value) ? 'an object' : `"${String(value).slice(0, 40)}"`;
}

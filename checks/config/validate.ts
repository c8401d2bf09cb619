import type { Path } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { knownNames } from '../../model/errors';
import type { Schema } from './schema';

export interface Misfit {
  readonly path: Path;
  readonly found: string;
  readonly fix: string;
}

/** How a plain value is written: YAML reads `1.30` as 1.3, and `off` as false. */
export type Written = (path: Path) => string | undefined;

/** What of a value does not fit its schema, in the order of the text. */
export function* problemsOf(
  value: unknown,
  schema: Schema,
  written: Written = () => undefined,
  path: Path = [],
): Iterable<Misfit> {
  const what = typeOf(value);
  if (what !== schema.type) {
    yield {
      path,
      found: `is ${what === 'null' ? 'empty' : article(what)}${respelt(value, written(path))}, and should be ${article(schema.type)}`,
      fix:
        schema.type === 'string'
          ? stringFix(value, schema, written(path))
          : schema.type === 'boolean'
            ? 'write true or false'
            : `write ${article(schema.type)}`,
    };
    return;
  }
  if (typeof value === 'string') yield* problemsOfText(value, schema, path);
  if (Array.isArray(value) && schema.items)
    for (const [i, entry] of value.entries()) yield* problemsOf(entry, schema.items, written, [...path, i]);
  const object = record(value);
  if (object) yield* problemsOfObject(object, schema, written, path);
}

/** What YAML makes of a value, where it is another one than is written. */
function respelt(value: unknown, written: string | undefined): string {
  return written === undefined || value === null || written === String(value)
    ? ''
    : ` (YAML reads ${written} as ${String(value)})`;
}

function stringFix(value: unknown, { enum: choices = [] }: Schema, written: string | undefined): string {
  if (value === null || value === undefined) return 'fill it in, or remove the key';
  if (written !== undefined && choices.length > 0) {
    const choice = choices.find((name) => name === written.toLowerCase());
    return choice === undefined ? `write one of them: ${choices.join(', ')}` : `quote it: '${choice}'`;
  }
  return written === undefined ? 'write a string' : `quote it: '${written}'`;
}

function* problemsOfText(
  value: string,
  { enum: choices, pattern, minLength = 0 }: Schema,
  path: Path,
): Iterable<Misfit> {
  if (choices && !choices.includes(value))
    yield { path, found: `is ${JSON.stringify(value)}`, fix: `write one of them: ${knownNames(value, choices)}` };
  else if (pattern !== undefined && !new RegExp(pattern).test(value))
    yield { path, found: `is ${JSON.stringify(value)}, which does not fit ${pattern}`, fix: 'write it in this form' };
  else if (value.trim().length < minLength) yield { path, found: 'is empty', fix: 'fill it in, or remove the key' };
}

function* problemsOfObject(
  object: Readonly<Record<string, unknown>>,
  schema: Schema,
  written: Written,
  path: Path,
): Iterable<Misfit> {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const [key, entry] of Object.entries(object)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (own) yield* problemsOf(entry, own, written, [...path, key]);
    else
      yield {
        path: [...path, key],
        found: 'is no key that strata knows',
        fix: `write a known one: ${knownNames(key, Object.keys(properties))}`,
      };
  }
  const missing = required.filter((key) => !Object.hasOwn(object, key));
  if (missing.length > 0)
    yield { path, found: `has no ${missing.join(' and no ')}`, fix: `add ${missing.join(' and ')}` };
}

function typeOf(value: unknown): Schema['type'] | 'number' | 'null' {
  if (Array.isArray(value)) return 'array';
  if (value === null || value === undefined) return 'null';
  const type = typeof value;
  return type === 'bigint' ? 'number' : (type as 'object' | 'string' | 'boolean' | 'number');
}

const ARTICLES: Readonly<Record<string, string>> = { array: 'a list', object: 'a mapping' };
function article(type: string): string {
  return ARTICLES[type] ?? `a ${type}`;
}

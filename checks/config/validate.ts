import type { Path } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { knownNames } from '../../model/errors';
import type { Schema } from './schema';

export interface Misfit {
  readonly path: Path;
  readonly found: string;
  readonly fix: string;
}

/** What of a value does not fit its schema, in the order of the text. */
export function* problemsOf(value: unknown, schema: Schema, path: Path = []): Iterable<Misfit> {
  const what = typeOf(value);
  if (what !== schema.type) {
    yield {
      path,
      found: `is ${what === 'null' ? 'empty' : article(what)}, and should be ${article(schema.type)}`,
      fix: schema.type === 'string' ? stringFix(value, what, schema) : `write ${article(schema.type)}`,
    };
    return;
  }
  if (typeof value === 'string') yield* problemsOfText(value, schema, path);
  if (Array.isArray(value) && schema.items)
    for (const [i, entry] of value.entries()) yield* problemsOf(entry, schema.items, [...path, i]);
  const object = record(value);
  if (object) yield* problemsOfObject(object, schema, path);
}

/** YAML reads `1.30` as a number and `off` as a truth value. */
function stringFix(value: unknown, what: string, { enum: choices = [] }: Schema): string {
  if (what === 'number') return `quote it: "${String(value)}"`;
  return value === false && choices.includes('off') ? 'quote it: "off"' : 'write a string';
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

function* problemsOfObject(object: Readonly<Record<string, unknown>>, schema: Schema, path: Path): Iterable<Misfit> {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const [key, entry] of Object.entries(object)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (own) yield* problemsOf(entry, own, [...path, key]);
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

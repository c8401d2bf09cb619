import type { Json } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';

/** A place of a schema that allows less than before. */
export interface Narrowing {
  /** `.spec.mode` */
  readonly at: string;
  /** What is narrower, as a clause. */
  readonly text: string;
  /** What becomes of objects that say otherwise. */
  readonly does: 'refuses' | 'prunes';
}

/** Where a schema of a CustomResourceDefinition refuses, or drops, what another one took. */
export function* narrowings(before: Json, after: Json, at = ''): Iterable<Narrowing> {
  const place = at || 'the object';
  const refuses = (text: string): Narrowing => ({ at: place, text, does: 'refuses' });
  const [was, is] = [before, after].map((schema) =>
    schema['x-kubernetes-int-or-string'] === true ? 'int-or-string' : string(schema['type']),
  );
  if (is !== undefined && is !== was && !(was === 'integer' && (is === 'number' || is === 'int-or-string')))
    if (was !== undefined && !(was === 'string' && is === 'int-or-string'))
      return yield refuses(`${place} has to be of type ${is} in place of ${was}`);
  const old = new Set(list(before['required']));
  const properties = record(after['properties']) ?? {};
  // What has a default is filled in before it is asked for.
  for (const name of list(after['required']).map(String))
    if (!old.has(name) && record(properties[name])?.['default'] === undefined)
      yield refuses(`${at}.${name} is required`);
  const [values, left] = [before['enum'], after['enum']].map((each) => (Array.isArray(each) ? each : undefined));
  if (left && !values) yield refuses(`${place} has to be one of ${left.join(', ')}`);
  const gone = (values ?? []).filter((value) => left && !left.includes(value));
  if (gone.length > 0) yield refuses(`${place} may not be ${gone.join(', ')} any more`);
  for (const [field, sign, text] of BOUNDS) {
    const [then, now] = [number(before[field]), number(after[field])];
    if (now !== undefined && (then === undefined || (now - then) * sign > 0))
      yield refuses(`${place} ${text} ${now}${then === undefined ? '' : ` in place of ${then}`}`);
  }
  for (const field of ['pattern', 'format'])
    if (string(after[field]) !== undefined && after[field] !== before[field])
      yield refuses(`${place} has to match the ${field} ${String(after[field])}`);
  if (before['nullable'] === true && after['nullable'] !== true) yield refuses(`${place} may not be null any more`);
  const rules = new Set(rulesOf(before));
  for (const rule of rulesOf(after)) if (!rules.has(rule)) yield refuses(`${place} has to meet ${rule}`);
  const [listed, kept] = [after, before].map((schema) => string(schema['x-kubernetes-list-type']) ?? 'atomic');
  if (listed !== kept && listed !== 'atomic')
    yield refuses(`${place} may not have two entries of one ${listed === 'map' ? 'key' : 'value'}`);
  for (const field of ['allOf', 'anyOf', 'oneOf', 'not'])
    if (after[field] !== undefined && JSON.stringify(after[field]) !== JSON.stringify(before[field]))
      yield refuses(`${place} has to meet ${field} ${JSON.stringify(after[field])}`);
  yield* below(before, after, at);
}

/** Rules in CEL, as they are written. */
function rulesOf(schema: Json): string[] {
  return mappings(schema['x-kubernetes-validations']).flatMap(({ rule }) => string(rule)?.trim() ?? []);
}

/** 1: a higher bound is narrower; -1: a lower one is. */
const BOUNDS: readonly (readonly [string, 1 | -1, string])[] = [
  ['minimum', 1, 'has to be at least'],
  ['maximum', -1, 'may be at most'],
  ['minLength', 1, 'needs a length of at least'],
  ['maxLength', -1, 'may have a length of at most'],
  ['minItems', 1, 'needs this many entries:'],
  ['maxItems', -1, 'may have at most this many entries:'],
  ['minProperties', 1, 'needs this many fields:'],
  ['maxProperties', -1, 'may have at most this many fields:'],
];

function* below(before: Json, after: Json, at: string): Iterable<Narrowing> {
  const keeps = after['x-kubernetes-preserve-unknown-fields'] === true || record(after['additionalProperties']);
  const properties = record(after['properties']) ?? {};
  for (const [name, schema] of Object.entries(record(before['properties']) ?? {})) {
    const [was, is] = [record(schema), record(properties[name])];
    const place = `${at}.${name}`;
    if (!is && !keeps) yield { at: place, text: `${place} is no field any more`, does: 'prunes' };
    if (was && is) yield* narrowings(was, is, place);
  }
  for (const [field, step] of [
    ['items', '[]'],
    ['additionalProperties', '[*]'],
  ] as const) {
    const [was, is] = [record(before[field]), record(after[field])];
    if (was && is) yield* narrowings(was, is, `${at}${step}`);
  }
}

import type { CelInput } from '@bufbuild/cel';
import type { Json } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { celRule } from '../../upstream/kubernetes/cel/rule';

/** A place of a schema that allows less than before. */
export interface Narrowing {
  /** `.spec.mode` */
  readonly at: string;
  /** What is narrower, as a clause. */
  readonly text: string;
  /** What becomes of objects that say otherwise; `refuses-large`: of numbers that hardly anybody writes. */
  readonly does: 'refuses' | 'refuses-large' | 'prunes';
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
  const [pattern, written] = [string(after['pattern']), string(before['pattern'])];
  if (pattern !== undefined && (written === undefined || sameClasses(pattern) !== sameClasses(written)))
    yield refuses(`${place} has to match the pattern ${pattern}`);
  if (string(after['format']) !== undefined && after['format'] !== before['format'])
    // Of a whole number the format is its size alone; what has more digits is seldom meant.
    yield is === 'integer' || is === 'number'
      ? { at: place, text: `${place} is of format ${String(after['format'])}`, does: 'refuses-large' }
      : refuses(`${place} has to match the format ${String(after['format'])}`);
  if (before['nullable'] === true && after['nullable'] !== true) yield refuses(`${place} may not be null any more`);
  const rules = new Set(rulesOf(before));
  for (const rule of rulesOf(after))
    if (!rules.has(rule) && !isAlwaysMet(rule, before, after)) yield refuses(`${place} has to meet ${rule}`);
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

/** A pattern with the characters of each class in order, and each once: `[a-zSA-Z]` is `[a-zA-Z]`. */
function sameClasses(pattern: string): string {
  return pattern.replace(/\[(\^?)((?:\\.|[^\]\\])*)\]/g, (whole, not: string, inside: string) => {
    const codes = new Set<number>();
    // A class with an escape, such as \d, is left as it is written.
    if (inside.includes('\\') || inside.includes('[')) return whole;
    for (const [, from = '', to] of inside.matchAll(/(.)(?:-(.))?/gsu))
      for (let code = from.codePointAt(0)!; code <= (to ?? from).codePointAt(0)!; code++) codes.add(code);
    return `[${not}${[...codes].sort((one, other) => one - other).join(' ')}]`;
  });
}

/** Whether every object that the old schema takes meets a rule: one about fields that are new, or about sizes that were bounded before. */
function isAlwaysMet(rule: string, before: Json, after: Json): boolean {
  const old = Object.keys(record(before['properties']) ?? {});
  const fresh = Object.keys(record(after['properties']) ?? {}).filter((name) => !old.includes(name));
  const asked = [...rule.matchAll(/\bself\.(\w+)(?!\w*\()/g)].map(([, name]) => name!);
  if (asked.length > 0 && asked.every((name) => fresh.includes(name))) return celRule(rule)({}) === true;
  // A sum of sizes is largest where everything is as large as it may be.
  const most = Number(SUM_OF_SIZES.exec(rule)?.[1] ?? Number.NaN);
  if (!(most <= MOST_TRIED)) return false;
  return (
    celRule(rule)(
      largest(before, { unbounded: most + 1, isNamed: (name) => rule.includes(`.${name}`) }) as CelInput,
    ) === true
  );
}

/** `(self.size() > 0 ? self[0].matches.size() : 0) + … <= 128` */
const SUM_OF_SIZES = /^(?:[\s()?:+>]|self\b|has\b|\[\d+\]|\.\w+|\d+)+<=\s*(\d+)$/;
/** Up to which sum that is tried: as many entries are made. */
const MOST_TRIED = 1000;

interface LargestHow {
  /** How many entries a list has where nothing bounds it. */
  readonly unbounded: number;
  /** Whether a field counts. */
  readonly isNamed: (name: string) => boolean;
}

/** An object with every list as long as a schema lets it be. */
function largest(schema: Json, how: LargestHow): unknown {
  const items = record(schema['items']);
  if (items) {
    const entry = largest(items, how);
    return Array.from({ length: Math.min(number(schema['maxItems']) ?? how.unbounded, how.unbounded) }, () => entry);
  }
  const lists = Object.entries(record(schema['properties']) ?? {}).filter(
    ([name, each]) => isList(each) && how.isNamed(name),
  );
  return Object.fromEntries(lists.map(([name, each]) => [name, largest(record(each)!, how)]));
}

function isList(schema: unknown): boolean {
  return record(record(schema)?.['items']) !== undefined;
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
    // What a controller reports is written by the version that comes with the schema.
    if (place === '.status') continue;
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

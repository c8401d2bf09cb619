import type { Json, Path } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { keywordProblems } from './keywords';
import type { CrdProblems } from './problem';

const GROUPS = ['anyOf', 'allOf', 'oneOf'] as const;
/** What only the schema around may say: type and structure, not values. */
const FORBIDDEN = [
  'type',
  'default',
  'title',
  'description',
  'nullable',
  'additionalProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
] as const;

/** The schemas of allOf, anyOf, oneOf and not: they restrict values, and name no field that the schema around does not name. */
export function nestedProblems(schema: Json, path: Path, problems: CrdProblems, isRoot: boolean): void {
  const around = isRoot ? schema : undefined;
  for (const [below, at] of nestedOf(schema, path, isIntOrStringPair(schema))) {
    // The first of allOf may say that it is an integer or a string.
    const isFirst = at.at(-2) === 'allOf' && at.at(-1) === 0;
    judge(below, around, at, problems, isFirst && isIntOrStringPair(below));
  }
}

function* nestedOf(schema: Json, path: Path, withoutAnyOf: boolean): Generator<readonly [Json, Path]> {
  for (const group of GROUPS)
    for (const [i, entry] of withoutAnyOf && group === 'anyOf' ? [] : list(schema[group]).entries()) {
      const below = record(entry);
      if (below) yield [below, [...path, group, i]];
    }
  const not = record(schema['not']);
  if (not) yield [not, [...path, 'not']];
}

/** `anyOf: [{ type: integer }, { type: string }]`, in this order: how a value that may be both is written. */
function isIntOrStringPair(schema: Json): boolean {
  const pair = list(schema['anyOf']).map((entry) => {
    const set = Object.entries(record(entry) ?? {}).filter(
      ([, value]) => value !== null && value !== false && value !== '',
    );
    return set.length === 1 && set[0]![0] === 'type' ? set[0]![1] : undefined;
  });
  return pair.length === 2 && pair[0] === 'integer' && pair[1] === 'string';
}

/** `around` is the schema at the same place that says which fields there are: asked for from the root only, as the server does. */
function judge(schema: Json, around: Json | undefined, path: Path, problems: CrdProblems, withoutAnyOf = false): void {
  keywordProblems(schema, path, problems);
  for (const keyword of FORBIDDEN) {
    const value = schema[keyword];
    const isEmpty =
      value === '' || value === false || (Array.isArray(value) && value.length === 0 && keyword !== 'default');
    if (value === undefined || value === null || isEmpty) continue;
    problems.add(
      [...path, keyword],
      typeof value === 'object' ? undefined : value,
      `${keyword} must not stand in anyOf, allOf, oneOf or not: the schema around them has it`,
    );
  }
  for (const [below, at] of nestedOf(schema, path, withoutAnyOf)) judge(below, around, at, problems);
  for (const [name, entry] of Object.entries(record(schema['properties']) ?? {})) {
    const below = record(entry);
    if (!below) continue;
    const at = [...path, 'properties', name];
    if (name === 'metadata') problems.add(at, undefined, 'must not be specified in a nested context');
    const named = record(record(around?.['properties'])?.[name]);
    if (around && !named)
      problems.add(at, undefined, `the schema around has no property ${name}, so nothing says which type it has`);
    judge(below, named, at, problems);
  }
  const items = record(schema['items']);
  if (!items) return;
  const named = record(around?.['items']);
  if (around && !named) problems.add([...path, 'items'], undefined, 'the schema around has no items');
  judge(items, named, [...path, 'items'], problems);
}

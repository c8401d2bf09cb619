import type { ChangeStep, FieldChange } from './field-change';
import { isDescription, isOfSchema, sameInSchemas } from './schema-fields';

/** Changes that say the same at several paths. */
export interface FoldedFields {
  /** Each of them; the first is the example. */
  readonly fields: readonly [FieldChange, ...FieldChange[]];
  /** What all of their paths end in. */
  readonly suffix: readonly ChangeStep[];
  /** Whether they are descriptions of a schema, which need not say the same. */
  readonly areDescriptions: boolean;
}

/** From so many paths on a change of a schema is told once: generators write the same schema wherever a type is used. */
const IN_SCHEMAS = 2;
/** The same of all else, where each path says something. */
const ELSEWHERE = 7;

/** Changes of one object that say the same are one, in the order of the first of each. */
export function folded(fields: readonly FieldChange[]): FoldedFields[] {
  const groups = new Map<string, [FieldChange, ...FieldChange[]]>();
  for (const field of fields) {
    const key = `${isOfSchema(field)} ${keyOf(field)}`;
    const group = groups.get(key);
    if (group) group.push(field);
    else groups.set(key, [field]);
  }
  return [...groups.values()].flatMap((group): FoldedFields[] => {
    const least = isOfSchema(group[0]) ? IN_SCHEMAS : ELSEWHERE;
    if (group.length < least)
      return group.map((field) => ({ fields: [field], suffix: field.path, areDescriptions: false }));
    return [
      { fields: group, suffix: commonSuffix(group.map(({ path }) => path)), areDescriptions: isDescription(group[0]) },
    ];
  });
}

function keyOf(field: FieldChange): string {
  if (isOfSchema(field)) return sameInSchemas(field);
  const { path, before, after, order, hidden, follows, sense } = field;
  // What is not shown may differ; what follows another object says which.
  return JSON.stringify([path.at(-1), hidden ? path : [before, after], order, follows, sense]);
}

function commonSuffix(paths: readonly (readonly ChangeStep[])[]): readonly ChangeStep[] {
  const [first = []] = paths;
  let length = 0;
  const isSame = (at: number) =>
    paths.every((path) => path.length >= at && JSON.stringify(path.at(-at)) === JSON.stringify(first.at(-at)));
  while (length < first.length && isSame(length + 1)) length += 1;
  return first.slice(first.length - length);
}

import { isMap } from '../model/is-map';
import type { ChangeStep, FieldChange } from './field-change';

/** Keywords of a schema whose entries are named by whoever writes it. */
const NAMED: readonly string[] = ['properties', 'patternProperties', 'definitions', 'dependencies'];
/** Keywords that only say something to people. */
const TOLD: readonly string[] = ['description', 'title', 'example', 'externalDocs', '$schema', 'id'];

/** The steps in the schema of a CustomResourceDefinition; undefined for what stands elsewhere. */
function stepsInSchema({ path }: Pick<FieldChange, 'path'>): readonly ChangeStep[] | undefined {
  const start = path.indexOf('openAPIV3Schema');
  return path[0] === 'spec' && start > 0 ? path.slice(start + 1) : undefined;
}

/** Whether a field is a part of the schema of a CustomResourceDefinition. */
export function isOfSchema(field: Pick<FieldChange, 'path'>): boolean {
  return stepsInSchema(field) !== undefined;
}

/** Whether a field of a schema only describes what stands there: kubectl explain prints it, and no server acts on it. */
export function isDescription(field: Pick<FieldChange, 'path'>): boolean {
  const steps = stepsInSchema(field) ?? [];
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i];
    if (typeof step !== 'string') continue;
    if (TOLD.includes(step)) return true;
    // What follows is a name: a property may be called description.
    if (NAMED.includes(step)) i += 1;
  }
  return false;
}

/** A schema without what only describes it. */
export function withoutDescriptions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (!isMap(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !TOLD.includes(key))
      .map(([key, value]) => {
        if (!NAMED.includes(key) || !isMap(value)) return [key, withoutDescriptions(value)];
        return [key, Object.fromEntries(Object.entries(value).map(([name, own]) => [name, withoutDescriptions(own)]))];
      }),
  );
}

/**
 * What is the same for changes that generated definitions repeat: the same keyword, or property of the same name, goes from the same value
 * to the same one, whatever is said about it to people. All descriptions are one.
 */
export function sameInSchemas(field: FieldChange): string {
  if (isDescription(field)) return 'description';
  const { path, before, after, order } = field;
  const [was, is] = [before, after].map((value) => (isValueOfSchema(path) ? value : withoutDescriptions(value)));
  return JSON.stringify([path.at(-1), was, is, order]);
}

/** A default or an enum holds values, in which a description is a field like others. */
function isValueOfSchema(path: readonly ChangeStep[]): boolean {
  return path.some((step) => step === 'default' || step === 'enum');
}

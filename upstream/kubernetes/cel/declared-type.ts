import type { Json } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { escapedField } from '../structural/cel-values';
import { isEmbedded, isIntOrString } from '../structural/schemas';

/** A type as the checker knows it; `dyn` is what may be anything. */
export type CelType =
  | 'dyn'
  | 'bool'
  | 'int'
  | 'double'
  | 'string'
  | 'bytes'
  | 'duration'
  | 'timestamp'
  | 'null'
  | { readonly list: CelType }
  /** `known`: keys whose values have a type of their own. */
  | { readonly map: CelType; readonly known?: ReadonlyMap<string, CelType> }
  | { readonly fields: ReadonlyMap<string, CelType> };

/** The type that a structural schema gives to `self` (apiserver, cel/common/schemas.go); undefined where rules do not see it. */
export function declaredType(schema: Json, isObject: boolean): CelType | undefined {
  if (isIntOrString(schema)) return 'dyn';
  switch (schema['type']) {
    case 'array': {
      const items = record(schema['items']);
      const of = items && declaredType(items, isEmbedded(items));
      return of && { list: of };
    }
    case 'object': {
      const others = record(schema['additionalProperties']);
      if (others) {
        const of = declaredType(others, isEmbedded(others));
        return of && { map: of };
      }
      return { fields: fieldsOf(schema, isObject) };
    }
    case 'string':
      return FORMATS.get(string(schema['format']) ?? '') ?? 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'double';
    case 'integer':
      return 'int';
    default:
      return undefined;
  }
}

function fieldsOf(schema: Json, isObject: boolean): ReadonlyMap<string, CelType> {
  const fields = new Map<string, CelType>();
  for (const [name, below] of Object.entries(record(schema['properties']) ?? {})) {
    const property = record(below);
    const type = property && declaredType(property, isEmbedded(property));
    if (type) fields.set(escapedField(name), type);
  }
  if (isObject) {
    fields.set('apiVersion', 'string').set('kind', 'string');
    fields.set('metadata', {
      fields: new Map<string, CelType>([
        ['name', 'string'],
        ['generateName', 'string'],
      ]),
    });
  }
  return fields;
}

const FORMATS: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['byte', 'bytes'],
  ['duration', 'duration'],
  ['date', 'timestamp'],
  ['date-time', 'timestamp'],
]);

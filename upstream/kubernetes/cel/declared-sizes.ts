import type { Json } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { escapedField } from '../structural/cel-values';
import { isEmbedded, isIntOrString } from '../structural/schemas';

/** How large the values of a structural schema may be: what the API server's estimate of costs knows of a type (apiserver, cel/common/schemas.go). */
export interface Sized {
  readonly is: 'list' | 'map' | 'object' | 'string' | 'scalar' | 'dyn';
  /** Items, entries or characters that it may have. */
  readonly max: number;
  /** Characters of its shortest form in JSON. */
  readonly shortest: number;
  /** What a list or map holds. */
  readonly item?: Sized | undefined;
  readonly fields?: ReadonlyMap<string, Sized>;
}

/** The largest request that an API server reads, in bytes. */
export const LARGEST_REQUEST = 3 * 1024 * 1024;
const LONGEST_TEXT = LARGEST_REQUEST - 2;

/** Undefined where rules do not see it. */
export function declaredSize(schema: Json, isObject: boolean): Sized | undefined {
  const longest = number(schema['maxLength']);
  const characters = longest === undefined ? undefined : Math.max(longest, 0) * 4;
  if (isIntOrString(schema)) return { is: 'dyn', max: characters ?? LONGEST_TEXT, shortest: 1 };
  switch (schema['type']) {
    case 'array': {
      const items = record(schema['items']);
      const item = items && declaredSize(items, isEmbedded(items));
      if (!item) return undefined;
      return { is: 'list', max: bound(schema['maxItems'], item.shortest + 1), shortest: 2, item };
    }
    case 'object': {
      const others = record(schema['additionalProperties']);
      if (!others) return objectSize(schema, isObject);
      const item = declaredSize(others, isEmbedded(others));
      return item && { is: 'map', max: bound(schema['maxProperties'], item.shortest + 6), shortest: 2, item };
    }
    case 'string':
      return textSize(schema, characters);
    case 'boolean':
      return { is: 'scalar', max: 0, shortest: 4 };
    case 'number':
    case 'integer':
      return { is: 'scalar', max: 0, shortest: 1 };
    default:
      return undefined;
  }
}

/** What is written, or as many as a request has room for. */
function bound(written: unknown, each: number): number {
  const max = number(written);
  return max === undefined ? Math.floor(LONGEST_TEXT / each) : Math.max(max, 0);
}

function objectSize(schema: Json, isObject: boolean): Sized {
  const fields = new Map<string, Sized>();
  const required = new Set(list(schema['required']));
  let shortest = 2;
  for (const [name, below] of Object.entries(record(schema['properties']) ?? {})) {
    const property = record(below);
    const size = property && declaredSize(property, isEmbedded(property));
    if (!size) continue;
    fields.set(escapedField(name), size);
    if (required.has(name) && property['default'] === undefined) shortest += name.length + size.shortest + 4;
  }
  if (isObject) {
    const text = textSize({}, undefined);
    const names = new Map([
      ['name', text],
      ['generateName', text],
    ]);
    fields.set('apiVersion', text).set('kind', text);
    fields.set('metadata', { is: 'object', max: 0, shortest: 2, fields: names });
  }
  return { is: 'object', max: 0, shortest, fields };
}

function textSize(schema: Json, characters: number | undefined): Sized {
  switch (schema['format']) {
    case 'byte':
      return { is: 'dyn', max: number(schema['maxLength']) ?? LONGEST_TEXT, shortest: 2 };
    case 'duration':
      return { is: 'scalar', max: 32, shortest: 3 };
    case 'date':
      return { is: 'scalar', max: 12, shortest: 12 };
    case 'date-time':
      return { is: 'scalar', max: 32, shortest: 21 };
    default: {
      const values = list(schema['enum']).flatMap((value) => string(value)?.length ?? []);
      const max = characters ?? (values.length > 0 ? Math.max(...values) : LONGEST_TEXT);
      return { is: 'string', max, shortest: 2 };
    }
  }
}

import type { CelInput } from '@bufbuild/cel';
import type { Json } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { celTime } from '../cel/rule';
import { isIntOrString, type Schemas } from './schemas';

/** A value as CEL has it: whole numbers are int, objects maps, texts of some formats times and bytes. Throws where one cannot be read. */
export function celValue(value: unknown, schema: Json | undefined, schemas: Schemas): CelInput {
  if (typeof value === 'number')
    return schema?.['type'] === 'number' && !isIntOrString(schema)
      ? value
      : Number.isInteger(value)
        ? BigInt(value)
        : value;
  if (Array.isArray(value)) return value.map((entry) => celValue(entry, schemas.items(schema), schemas));
  if (typeof value === 'string') return textValue(value, isIntOrString(schema) ? undefined : schema?.['format']);
  const object = record(value);
  if (!object) return typeof value === 'boolean' ? value : null;
  const map = new Map<string, CelInput>();
  for (const name of Object.keys(object)) {
    const named = schemas.property(schema, name);
    // Names of fields are escaped, keys of maps are not.
    map.set(named ? escapedField(name) : name, celValue(object[name], named ?? schemas.field(schema, name), schemas));
  }
  return map as CelInput;
}

function textValue(text: string, format: unknown): CelInput {
  switch (format) {
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'));
    case 'date-time':
      return celTime('timestamp', text);
    case 'date':
      return celTime('timestamp', `${text}T00:00:00Z`);
    case 'duration':
      return celTime('duration', text);
    default:
      return text;
  }
}

const KEYWORDS = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

/** How rules write names of fields that are no names in CEL. */
export function escapedField(name: string): string {
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name
    .replace(/__/g, '__underscores__')
    .replace(/\./g, '__dot__')
    .replace(/-/g, '__dash__')
    .replace(/\//g, '__slash__');
}

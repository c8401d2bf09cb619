import type { Json, Path } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { isEmbedded, OBJECT_FIELDS, type Schemas } from './schemas';

/** A field that the schema does not know. */
export interface UnknownField {
  readonly path: Path;
  readonly value: unknown;
  /** The fields that it could be. */
  readonly known: readonly string[];
}

/** An object as the API server has it when it starts to validate. */
export interface Decoded {
  readonly object: Json;
  readonly unknown: readonly UnknownField[];
}

/**
 * What the API server does with a custom resource before it validates it: it drops the fields that the schema does not know and null
 * where the schema takes none, then fills in the defaults. (apiextensions-apiserver, customresource_handler.go)
 */
export function decodeCustom(object: Json, schema: Json, schemas: Schemas): Decoded {
  const decoder = new Decoder(schemas);
  const decoded = decoder.object(object, schema, true);
  fillIn(decoded, schema, schemas);
  return { object: decoded, unknown: decoder.unknown };
}

/** A custom resource with the defaults of its schema, and with the fields that the schema does not know. */
export function withSchemaDefaults(object: Json, schema: Json, schemas: Schemas): Json {
  const copy = structuredClone(object);
  fillIn(copy, schema, schemas);
  return copy;
}

/** The fields of a value that its schema does not know. */
export function unknownFields(value: unknown, schema: Json, schemas: Schemas): readonly UnknownField[] {
  const decoder = new Decoder(schemas);
  decoder.value(value, schema);
  return decoder.unknown;
}

class Decoder {
  readonly unknown: UnknownField[] = [];
  private readonly path: (string | number)[] = [];

  constructor(private readonly schemas: Schemas) {}

  object(object: Json, schema: Json, root = false): Json {
    const kept: { [field: string]: unknown } = {};
    const open = isOpen(schema);
    for (const name in object) {
      this.path.push(name);
      const value = object[name];
      const below = this.schemas.field(schema, name);
      if (OBJECT_FIELDS.includes(name) && (root || isEmbedded(schema))) set(kept, name, value);
      else if (below) {
        if (value !== null || takesNull(below)) set(kept, name, this.value(value, below));
      } else if (open) set(kept, name, value);
      else this.unknown.push({ path: [...this.path], value, known: Object.keys(record(schema['properties']) ?? {}) });
      this.path.pop();
    }
    return kept;
  }

  value(value: unknown, schema: Json): unknown {
    if (Array.isArray(value)) {
      const items = this.schemas.items(schema);
      return value.map((entry, i) => {
        this.path.push(i);
        const kept = items ? this.value(entry, items) : entry;
        this.path.pop();
        return kept;
      });
    }
    const object = record(value);
    return object ? this.object(object, schema) : value;
  }
}

/** Whether fields that the schema does not name are kept. */
function isOpen(schema: Json): boolean {
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['additionalProperties'] === true ||
    schema['type'] === undefined
  );
}

function takesNull(schema: Json): boolean {
  return schema['nullable'] === true || schema['default'] !== undefined;
}

/** Fills in the defaults, also within what was filled in. */
function fillIn(value: unknown, schema: Json | undefined, schemas: Schemas): void {
  if (!schema) return;
  const replaced = (entry: unknown, below: Json | undefined): unknown =>
    entry === null && below && below['nullable'] !== true && below['default'] !== undefined
      ? structuredClone(below['default'])
      : entry;
  if (Array.isArray(value)) {
    const items = schemas.items(schema);
    value.forEach((entry, i) => {
      value[i] = replaced(entry, items);
      fillIn(value[i], items, schemas);
    });
    return;
  }
  const object = record(value) as { [field: string]: unknown } | undefined;
  if (!object) return;
  for (const name in record(schema['properties'])) {
    const byDefault = schemas.property(schema, name)?.['default'];
    if (byDefault !== undefined && !Object.hasOwn(object, name)) set(object, name, structuredClone(byDefault));
  }
  for (const name of Object.keys(object)) {
    const below = schemas.field(schema, name);
    if (!below) continue;
    set(object, name, replaced(object[name], below));
    fillIn(object[name], below, schemas);
  }
}

/** Sets a field, whatever it is called. */
function set(object: { [field: string]: unknown }, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
}

import type { Json } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import type { PooledSchema } from '../data';

/** Fields of every object, which its schema need not name. */
export const OBJECT_FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** Finds the schemas below a structural schema, whether they are written in place or stand in a pool. */
export class Schemas {
  constructor(private readonly pool: readonly PooledSchema[] | undefined) {}

  /** A schema, or the number of one in the pool. */
  read(value: unknown): Json | undefined {
    return typeof value === 'number' ? this.pool?.[value] : record(value);
  }

  /** The schema of a field that the schema names. */
  property(schema: Json | undefined, name: string): Json | undefined {
    const properties = record(schema?.['properties']);
    return properties && Object.hasOwn(properties, name) ? this.read(properties[name]) : undefined;
  }

  /** The schema of a field, named or not. */
  field(schema: Json | undefined, name: string): Json | undefined {
    return this.property(schema, name) ?? this.read(schema?.['additionalProperties']);
  }

  items(schema: Json | undefined): Json | undefined {
    return this.read(schema?.['items']);
  }
}

/** Whether an object carries apiVersion, kind and metadata of its own. */
export function isEmbedded(schema: Json): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

export function isIntOrString(schema: Json | undefined): boolean {
  return schema?.['x-kubernetes-int-or-string'] === true;
}

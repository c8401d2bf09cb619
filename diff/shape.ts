import type { Json } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { CustomKind } from '../upstream/kubernetes/custom';
import type { Definition, Scalar, Type } from '../upstream/kubernetes/model';
import { isIntOrString, Schemas } from '../upstream/kubernetes/structural/schemas';

/** How Kubernetes tells the entries of a list apart. */
export interface ListShape {
  /** The fields that name an entry; none: it is replaced as a whole. */
  readonly keys: readonly string[];
  /** Its entries are values, each there once, in no order. */
  readonly set: boolean;
  /** Whether something notices when the entries change places. */
  readonly ordered: boolean;
}

/** What is known of the values at one place of an object: what tells two of them apart that mean the same. */
export interface ValueShape {
  field(name: string): ValueShape;
  item(): ValueShape;
  readonly list: ListShape;
  /** Undefined for what is no scalar, or none that is known. */
  readonly scalar: Scalar | undefined;
  /** Whether an empty list or map is stored as none. */
  readonly dropsEmpty: boolean;
  /** Whether it is a map of scalars, such as labels: each entry is told by itself. */
  readonly entries: boolean;
}

/** Where nothing is known, values are compared as they are written. Lists of entries that all have names are told apart by them. */
export const UNKNOWN: ValueShape = {
  field: () => UNKNOWN,
  item: () => UNKNOWN,
  list: { keys: ['name'], set: false, ordered: true },
  scalar: undefined,
  dropsEmpty: false,
  entries: false,
};

const NO_LIST: ListShape = { keys: [], set: false, ordered: false };

/** The pod template is kept byte for byte: another order of anything in it is another revision. */
const TEMPLATES: readonly string[] = ['core.v1.PodTemplateSpec', 'core.v1.PodSpec'];

/** Entries that nobody goes through in their order. Others are tried one after the other, such as the variables of an admission policy. */
const UNORDERED: readonly string[] = [
  'core.v1.LocalObjectReference',
  'core.v1.ObjectReference',
  'core.v1.ServicePort',
  'meta.v1.Condition',
  'meta.v1.OwnerReference',
];

function isUnordered(type: Type): boolean {
  return type.is === 'object' && UNORDERED.includes(type.definition.name);
}

/** An object of Kubernetes' own. */
export function builtInShape(definition: Definition): ValueShape {
  return shapeOf({ is: 'object', definition }, false);
}

const known = [new WeakMap<Type, ValueShape>(), new WeakMap<Type, ValueShape>()] as const;

function shapeOf(type: Type, inTemplate: boolean): ValueShape {
  const shapes = known[inTemplate ? 1 : 0];
  let shape = shapes.get(type);
  if (!shape) shapes.set(type, (shape = makeShape(type, inTemplate)));
  return shape;
}

function makeShape(type: Type, outer: boolean): ValueShape {
  const inTemplate = outer || (type.is === 'object' && TEMPLATES.includes(type.definition.name));
  return {
    field: (name) => {
      if (type.is === 'map') return shapeOf(type.of, inTemplate);
      const field = type.is === 'object' ? type.definition.fields.get(name) : undefined;
      return field ? shapeOf(field.type, inTemplate) : UNKNOWN;
    },
    item: () => (type.is === 'list' ? shapeOf(type.of, inTemplate) : UNKNOWN),
    list:
      type.is === 'list' ? { keys: type.keys, set: type.set, ordered: inTemplate || !isUnordered(type.of) } : NO_LIST,
    scalar: type.is === 'object' || type.is === 'list' || type.is === 'map' ? undefined : type.is,
    dropsEmpty: type.is === 'list' || type.is === 'map',
    entries: type.is === 'map' && !['object', 'list', 'map'].includes(type.of.is),
  };
}

/** An object of a kind that a CustomResourceDefinition makes; its metadata are those of every object. */
export function customShape({ schema, pool }: CustomKind, metadata: Definition): ValueShape {
  if (!schema) return withMetadata(UNKNOWN, metadata);
  return withMetadata(schemaShape(schema, new Schemas(pool)), metadata);
}

function withMetadata(shape: ValueShape, metadata: Definition): ValueShape {
  const own = builtInShape(metadata);
  return { ...shape, field: (name) => (name === 'metadata' ? own : shape.field(name)) };
}

function schemaShape(schema: Json | undefined, schemas: Schemas): ValueShape {
  if (!schema || schema['x-kubernetes-preserve-unknown-fields'] === true) return UNKNOWN;
  const kind = string(schema['x-kubernetes-list-type']);
  const keys = list(schema['x-kubernetes-list-map-keys']).filter((key) => typeof key === 'string');
  return {
    field: (name) => schemaShape(schemas.field(schema, name), schemas),
    item: () => schemaShape(schemas.items(schema), schemas),
    // A controller may go through a list in its order, whatever the server calls it.
    list: kind === 'map' ? { keys, set: false, ordered: true } : { keys: [], set: kind === 'set', ordered: true },
    scalar: isIntOrString(schema) ? (isQuantity(schema) ? 'quantity' : 'int-or-string') : undefined,
    dropsEmpty: false,
    entries: false,
  };
}

/** Generated definitions of quantities have the pattern of Kubernetes' own. */
function isQuantity(schema: Json): boolean {
  return string(record(schema)?.['pattern'])?.includes('[KMGTPE]i') === true;
}

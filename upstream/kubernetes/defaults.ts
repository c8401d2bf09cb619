import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import type { CustomKind } from './custom';
import { addOnData, pointers } from './data';
import { type DisabledFields, disabledIn, knowsGates } from './disabled-fields';
import { FILLINGS } from './fill';
import { type Api, apiOf, type Definition, type Type } from './model';
import { withSchemaDefaults } from './structural/decode';
import { Schemas } from './structural/schemas';

/**
 * An object as an API server has it: with what it fills in where nothing is written, and without what it cannot tell from nothing, such
 * as null, an empty list, `hostNetwork: false` or `creationTimestamp: null`. What depends on the cluster (addresses, node ports, the
 * class of a claim, the tokens of pods) is not filled in; the status is the server's own and left out. Kinds that are not Kubernetes'
 * own stay as they are written (see `addOnWithDefaults`), and so do values of a wrong type and unknown fields. What does not change is shared, not copied.
 */
export function withDefaults(object: Json, minor: number): Json {
  const full = shapeOf(object, minor, false)?.struct(object, true) as Json | undefined;
  if (!full) return object;
  // In this order: what is filled in may depend on what is dropped.
  return knowsGates(minor) ? (shapeOf(full, minor, true)!.struct(full, false) as Json) : full;
}

/**
 * The same without what is filled in: only what a server cannot tell from nothing is left out; unless `keepsDisabled`, what belongs to features that
 * are off, too.
 */
export function withoutEmpty(object: Json, minor: number, keepsDisabled = false): Json {
  return (
    (shapeOf(object, minor, !keepsDisabled && knowsGates(minor))?.struct(object, false) as Json | undefined) ?? object
  );
}

/** A custom resource with the defaults of its definition's schema, as far as it is known. */
export function customWithDefaults(object: Json, { schema, pool }: Pick<CustomKind, 'schema' | 'pool'>): Json {
  return schema ? withSchemaDefaults(object, schema, new Schemas(pool)) : object;
}

/** The same by the definitions of well-known add-ons; the object itself where the kind is not among them. */
export function addOnWithDefaults(object: Json): Json {
  const { kinds, pool } = addOnData();
  const key = `${string(object['apiVersion'])} ${string(object['kind'])}`;
  const known = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  return known ? customWithDefaults(object, { schema: record(pool[known.schema]), pool }) : object;
}

function shapeOf(object: Json, minor: number, drops: boolean): Shape | undefined {
  const api = apiOf(minor);
  const kind = api.kind(string(object['apiVersion']) ?? '', string(object['kind']) ?? '');
  return kind && shapesOf(api, drops).of(kind.definition, true);
}

/** How a field is read. */
interface Part {
  readonly type: Type['is'];
  /** Whether what is empty is not the same as nothing. */
  readonly pointer: boolean;
  /** The struct of the field, or of the entries of its list or map. */
  readonly shape: Shape | undefined;
  /** What is in the list or map. */
  readonly of: Part | undefined;
  /** Whether it is not kept: the status of an object, and what belongs to a feature that is off. */
  readonly isLeftOut: boolean;
}

/** A struct of one version of the API, prepared for reading many objects. */
class Shape {
  private parts: ReadonlyMap<string, Part> | undefined;
  /** Fields whose struct is there even if nothing is written, and that has something to fill in. */
  private alwaysThere: readonly (readonly [string, Shape])[] = [];
  private readonly fields: readonly (readonly [string, unknown])[];
  private readonly fill: ((object: Json, minor: number) => Json) | undefined;
  private readonly disabled: DisabledFields | undefined;

  constructor(
    private readonly definition: Definition,
    private readonly shapes: Shapes,
    private readonly isRoot: boolean,
  ) {
    const filling = FILLINGS.get(definition.name);
    const since = Object.entries(filling?.since ?? {}).filter(([minor]) => Number(minor) <= shapes.minor);
    this.disabled = shapes.drops ? disabledIn(definition.name, shapes.minor, isRoot) : undefined;
    this.fields = Object.entries(Object.assign({}, filling?.fields, ...since.map(([, fields]) => fields))).filter(
      ([name]) => definition.fields.has(name),
    );
    const created = isRoot ? filling?.created : undefined;
    const fill = filling?.fill;
    this.fill = created && fill ? (object, minor) => created(fill(object, minor), minor) : (created ?? fill);
  }

  /** Whether something is filled in where nothing is written at all. */
  get fillsNothing(): boolean {
    this.prepare();
    return this.fields.length === 0 && this.fill === undefined && this.alwaysThere.length === 0;
  }

  private prepare(): ReadonlyMap<string, Part> {
    if (this.parts) return this.parts;
    const own = new Set(pointers()[this.definition.name]);
    const parts = new Map<string, Part>();
    this.parts = parts;
    for (const [name, { type }] of this.definition.fields)
      parts.set(name, this.part(type, own.has(name), this.isLeftOut(name)));
    this.alwaysThere = [...parts].flatMap(([name, { type, pointer, shape, isLeftOut }]) =>
      type === 'object' && !pointer && !isLeftOut && shape && !shape.fillsNothing ? [[name, shape] as const] : [],
    );
    return parts;
  }

  private isLeftOut(name: string): boolean {
    return (this.isRoot && name === 'status') || this.disabled?.fields.has(name) === true;
  }

  private part(type: Type, pointer: boolean, isLeftOut: boolean): Part {
    return {
      type: type.is,
      pointer,
      isLeftOut,
      shape: type.is === 'object' ? this.shapes.of(type.definition, false) : undefined,
      of: type.is === 'list' || type.is === 'map' ? this.part(type.of, false, false) : undefined,
    };
  }

  /** The struct as the server has it; the same object where nothing changes. */
  struct(value: unknown, fill: boolean): unknown {
    const given = record(value);
    if (!given) return value;
    const object = this.disabled?.drop ? this.disabled.drop(given) : given;
    const parts = this.prepare();
    let own: { [name: string]: unknown } | undefined;
    for (const name in object) {
      const part = parts.get(name);
      const now = part ? field(object[name], part, fill) : object[name];
      if (own) {
        if (now !== undefined) put(own, name, now);
      } else if (now !== object[name] || now === undefined) {
        own = before(object, name);
        if (now !== undefined) put(own, name, now);
      }
    }
    return fill ? this.filled(own ?? object) : (own ?? object);
  }

  private filled(object: Json): Json {
    let own: { [name: string]: unknown } | undefined;
    for (const [name, value] of this.fields) if (object[name] === undefined) (own ??= { ...object })[name] = value;
    for (const [name, shape] of this.alwaysThere) {
      if (object[name] !== undefined) continue;
      const inner = shape.struct({}, true) as Json;
      if (Object.keys(inner).length > 0) (own ??= { ...object })[name] = inner;
    }
    return this.fill ? this.fill(own ?? object, this.shapes.minor) : (own ?? object);
  }
}

/** The fields of an object that stand before one. */
function before(object: Json, end: string): { [name: string]: unknown } {
  const own = {};
  for (const name in object) {
    if (name === end) break;
    put(own, name, object[name]);
  }
  return own;
}

/** Sets a field, whatever it is called. */
function put(object: { [name: string]: unknown }, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
}

/** What a server keeps of the value of a field; undefined for nothing. */
function field(value: unknown, part: Part, fill: boolean): unknown {
  if (value === null || value === undefined || part.isLeftOut) return undefined;
  const own = inside(value, part, fill);
  return !part.pointer && isEmpty(own, part.type) ? undefined : own;
}

/** The value with what is below it. Entries of lists and maps stay, however empty. */
function inside(value: unknown, part: Part, fill: boolean): unknown {
  switch (part.type) {
    case 'object':
      return part.shape!.struct(value, fill);
    case 'list':
      return Array.isArray(value) ? entries(value, part.of!, fill) : value;
    case 'map': {
      const map = record(value);
      if (!map) return value;
      let own: { [key: string]: unknown } | undefined;
      for (const key in map) {
        const now = entry(map[key], part.of!, fill);
        if (now !== map[key]) put((own ??= { ...map }), key, now);
      }
      return own ?? map;
    }
    default:
      return value;
  }
}

function entries(values: readonly unknown[], part: Part, fill: boolean): readonly unknown[] {
  let own: unknown[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const now = entry(values[i], part, fill);
    if (now !== values[i]) (own ??= [...values])[i] = now;
  }
  return own ?? values;
}

/** A null in a list or a map is decoded to what is empty. */
function entry(value: unknown, part: Part, fill: boolean): unknown {
  if (value !== null) return inside(value, part, fill);
  return part.type === 'object' ? part.shape!.struct({}, fill) : (ZEROS[part.type] ?? value);
}

const ZEROS: { readonly [type: string]: unknown } = {
  string: '',
  bytes: '',
  quantity: '0',
  int32: 0,
  int64: 0,
  bool: false,
};

const ZERO_QUANTITY = /^[+-]?0*\.?0*([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** Whether a server cannot tell the value of a field that is no pointer from nothing. */
function isEmpty(value: unknown, type: Type['is']): boolean {
  switch (type) {
    case 'object':
    case 'map':
      return isEmptyObject(value);
    case 'list':
      return Array.isArray(value) && value.length === 0;
    case 'any':
      return false;
    case 'quantity':
      return value === 0 || (typeof value === 'string' && /0/.test(value) && ZERO_QUANTITY.test(value));
    default:
      return value === '' || value === 0 || value === false;
  }
}

function isEmptyObject(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  for (const _name in value) return false;
  return true;
}

/** The structs of one version. */
class Shapes {
  private readonly known = new Map<Definition, Shape>();
  private readonly roots = new Map<Definition, Shape>();

  constructor(
    readonly minor: number,
    /** Whether what belongs to features that are off is left out. */
    readonly drops: boolean,
  ) {}

  of(definition: Definition, isRoot: boolean): Shape {
    const all = isRoot ? this.roots : this.known;
    let shape = all.get(definition);
    if (!shape) all.set(definition, (shape = new Shape(definition, this, isRoot)));
    return shape;
  }
}

const prepared = [new WeakMap<Api, Shapes>(), new WeakMap<Api, Shapes>()] as const;

function shapesOf(api: Api, drops: boolean): Shapes {
  const known = prepared[drops ? 1 : 0];
  let shapes = known.get(api);
  if (!shapes) known.set(api, (shapes = new Shapes(api.minor, drops)));
  return shapes;
}

import type { CelInput } from '@bufbuild/cel';
import type { Json, Path } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { nearest } from '../../model/near';
import { celRule } from './cel';
import type { PooledSchema } from './data';
import { ipv4, ipv6, isBase64, isTime } from './formats';

/** What a CustomResourceDefinition's schema has against an object. */
export interface SchemaProblem {
  readonly path: Path;
  readonly value: unknown;
  readonly words: string;
  readonly fix?: string;
  /** Faults of type stay with every version of an add-on; fields, values and rules are added to. */
  readonly lasting: boolean;
}

/** The fields of every object, which its schema need not name. */
const OBJECT_FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** Judges an object by a structural schema, as the API server does: fields first, then values, then CEL rules. */
export function structuralProblems(
  object: Json,
  schema: Json,
  pool: readonly PooledSchema[] | undefined,
): SchemaProblem[] {
  const judge = new Structural(pool);
  judge.value(object, schema, true);
  return judge.faults;
}

class Structural {
  readonly faults: SchemaProblem[] = [];
  private readonly path: (string | number)[] = [];

  constructor(private readonly pool: readonly PooledSchema[] | undefined) {}

  /** A schema, or the number of one in the pool. */
  private schema(value: unknown): Json | undefined {
    return typeof value === 'number' ? this.pool?.[value] : record(value);
  }

  private fail(value: unknown, words: string, lasting = false, fix?: string): void {
    this.faults.push({ path: [...this.path], value, words, lasting, ...(fix === undefined ? {} : { fix }) });
  }

  value(value: unknown, schema: Json, root = false): void {
    const before = this.faults.length;
    if (value === null) {
      if (schema['nullable'] !== true && schema['type'] !== undefined && schema['x-kubernetes-int-or-string'] !== true)
        this.fail(null, `Invalid value: "null": must be of type ${String(schema['type'])}`, true);
      return;
    }
    if (!this.hasType(value, schema)) {
      const type = schema['x-kubernetes-int-or-string'] === true ? 'integer or string' : String(schema['type']);
      return this.fail(
        value,
        `Invalid value: must be of type ${type}, not ${Array.isArray(value) ? 'array' : typeof value}`,
        true,
      );
    }
    if (Array.isArray(value)) this.items(value, schema);
    else if (record(value))
      this.properties(value as Json, schema, root || schema['x-kubernetes-embedded-resource'] === true);
    this.bounds(value, schema);
    this.combined(value, schema);
    if (this.faults.length === before) this.rules(value, schema);
  }

  private hasType(value: unknown, schema: Json): boolean {
    if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value);
    switch (schema['type']) {
      case 'object':
        return record(value) !== undefined;
      case 'array':
        return Array.isArray(value);
      case 'string':
        return typeof value === 'string';
      case 'boolean':
        return typeof value === 'boolean';
      case 'integer':
        return Number.isInteger(value);
      case 'number':
        return typeof value === 'number';
      default:
        return true;
    }
  }

  private properties(object: Json, schema: Json, isObject: boolean): void {
    const fields = record(schema['properties']) ?? {};
    const others = this.schema(schema['additionalProperties']);
    const open =
      schema['x-kubernetes-preserve-unknown-fields'] === true ||
      schema['additionalProperties'] === true ||
      schema['type'] === undefined;
    for (const name in object) {
      if (isObject && OBJECT_FIELDS.includes(name)) continue;
      const below = Object.hasOwn(fields, name) ? this.schema(fields[name]) : others;
      this.path.push(name);
      // Null in a field that knows none is as good as absent.
      if (below) {
        if (object[name] !== null) this.value(object[name], below);
      } else if (!open) {
        const meant = nearest(name, Object.keys(fields));
        this.fail(
          object[name],
          `unknown field "${this.path.filter((key) => typeof key === 'string').join('.')}"`,
          false,
          meant ? `write ${meant} instead of ${name}` : undefined,
        );
      }
      this.path.pop();
    }
    for (const entry of list(schema['required'])) {
      const name = String(entry);
      const below = this.schema(fields[name]);
      if ((object[name] !== undefined && object[name] !== null) || below?.['default'] !== undefined) continue;
      if (object[name] === null && below?.['nullable'] === true) continue;
      this.path.push(name);
      this.fail(undefined, 'Required value', true);
      this.path.pop();
    }
  }

  private items(values: readonly unknown[], schema: Json): void {
    const items = this.schema(schema['items']);
    values.forEach((value, i) => {
      this.path.push(i);
      if (items) this.value(value, items);
      this.path.pop();
    });
    this.unique(values, schema, items);
  }

  private unique(values: readonly unknown[], schema: Json, items: Json | undefined): void {
    const type = schema['x-kubernetes-list-type'];
    if (type !== 'map' && type !== 'set') return;
    const keys = list(schema['x-kubernetes-list-map-keys']).map(String);
    const seen = new Set<string>();
    values.forEach((value, i) => {
      const entry = record(value);
      const defaults = record(items?.['properties']) ?? {};
      const key =
        type === 'set'
          ? JSON.stringify(value)
          : JSON.stringify(keys.map((name) => entry?.[name] ?? this.schema(defaults[name])?.['default']));
      this.path.push(i);
      if (seen.has(key)) this.fail(value, `Duplicate value: ${key}`, true);
      this.path.pop();
      seen.add(key);
    });
  }

  private bounds(value: unknown, schema: Json): void {
    const words = boundsComplaint(value, schema);
    if (words) this.fail(value, words);
  }

  /** anyOf and its like speak of values only: the fields are judged by the schema that they stand in. */
  private combined(value: unknown, schema: Json): void {
    const holds = (entry: unknown): boolean => {
      const below = this.schema(entry);
      if (!below) return true;
      const trial = new Structural(this.pool);
      trial.part(value, below);
      return trial.faults.length === 0;
    };
    const anyOf = list(schema['anyOf']);
    const oneOf = list(schema['oneOf']);
    if (anyOf.length > 0 && schema['x-kubernetes-int-or-string'] !== true && !anyOf.some(holds))
      this.fail(value, 'Invalid value: must validate at least one schema (anyOf)');
    if (oneOf.length > 0 && oneOf.filter(holds).length !== 1)
      this.fail(value, 'Invalid value: must validate one and only one schema (oneOf)');
    if (!list(schema['allOf']).every(holds)) this.fail(value, 'Invalid value: must validate all the schemas (allOf)');
    if (schema['not'] !== undefined && holds(schema['not']))
      this.fail(value, 'Invalid value: must not validate the schema (not)');
  }

  /** A value by a part of a schema, which leaves fields alone that it does not name. */
  private part(value: unknown, schema: Json): void {
    if (value !== null && schema['type'] !== undefined && !this.hasType(value, schema))
      return this.fail(value, 'Invalid value');
    this.bounds(value, schema);
    this.combined(value, schema);
    const object = record(value);
    const fields = record(schema['properties']);
    for (const name in fields) {
      const below = this.schema(fields[name]);
      if (below && object && object[name] !== undefined) this.part(object[name], below);
    }
    for (const name of list(schema['required']))
      if (object && object[String(name)] === undefined) this.fail(undefined, 'Required value');
    const items = this.schema(schema['items']);
    if (items) for (const entry of list(value)) this.part(entry, items);
  }

  private rules(value: unknown, schema: Json): void {
    for (const entry of list(schema['x-kubernetes-validations'])) {
      const rule = string(record(entry)?.['rule']) ?? '';
      // What compares with the object before is for updates.
      if (rule === '' || rule.includes('oldSelf')) continue;
      if (celRule(rule)(this.cel(value, schema)) === false)
        this.fail(value, `Invalid value: ${string(record(entry)?.['message']) ?? `failed rule: ${rule}`}`);
    }
  }

  /** A value as CEL has it: whole numbers are int, objects maps, and defaults are filled in. */
  private cel(value: unknown, schema: Json | undefined): CelInput {
    if (typeof value === 'number')
      return schema?.['type'] === 'number' ? value : Number.isInteger(value) ? BigInt(value) : value;
    if (Array.isArray(value)) {
      const items = this.schema(schema?.['items']);
      return value.map((entry) => this.cel(entry, items));
    }
    const object = record(value);
    if (!object) return typeof value === 'string' || typeof value === 'boolean' ? value : null;
    const fields = record(schema?.['properties']) ?? {};
    const others = this.schema(schema?.['additionalProperties']);
    const map = new Map<string, CelInput>();
    for (const name of Object.keys(fields)) {
      const below = this.schema(fields[name]);
      const kept = object[name] === null && below?.['nullable'] === true;
      const filled = kept ? null : (object[name] ?? below?.['default']);
      if (kept || (filled !== undefined && filled !== null)) map.set(escaped(name), this.cel(filled, below));
    }
    for (const name of Object.keys(object))
      if (!Object.hasOwn(fields, name) && object[name] !== null) map.set(name, this.cel(object[name], others));
    return map as CelInput;
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
function escaped(name: string): string {
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name
    .replace(/__/g, '__underscores__')
    .replace(/\./g, '__dot__')
    .replace(/-/g, '__dash__')
    .replace(/\//g, '__slash__');
}

const patterns = new Map<string, RegExp | undefined>();

/** Go's expressions are JavaScript's, but for flags in front; what JavaScript does not take is not judged. */
function regExp(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) {
    try {
      patterns.set(pattern, new RegExp(pattern, 'u'));
    } catch {
      patterns.set(pattern, undefined);
    }
  }
  return patterns.get(pattern);
}

function boundsComplaint(value: unknown, schema: Json): string | undefined {
  const allowed = schema['enum'];
  if (
    Array.isArray(allowed) &&
    value !== null &&
    !allowed.some((entry) => JSON.stringify(entry) === JSON.stringify(value))
  ) {
    return `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed.map((entry) => JSON.stringify(entry)).join(', ')}`;
  }
  if (typeof value === 'string') return textComplaint(value, schema);
  if (typeof value === 'number') {
    const least = number(schema['minimum']);
    const most = number(schema['maximum']);
    if (least !== undefined && (value < least || (schema['exclusiveMinimum'] === true && value === least)))
      return `Invalid value: ${value}: should be greater than or equal to ${least}`;
    if (most !== undefined && (value > most || (schema['exclusiveMaximum'] === true && value === most)))
      return `Invalid value: ${value}: should be less than or equal to ${most}`;
    if (schema['format'] === 'int32' && Math.abs(value) > 2 ** 31)
      return `Invalid value: ${value}: must be a whole number of 32 bits`;
    return undefined;
  }
  const [count, least, most, unit] = Array.isArray(value)
    ? [value.length, number(schema['minItems']), number(schema['maxItems']), 'items']
    : [
        Object.keys(record(value) ?? {}).length,
        number(schema['minProperties']),
        number(schema['maxProperties']),
        'properties',
      ];
  if (record(value) === undefined && !Array.isArray(value)) return undefined;
  if (least !== undefined && count < least) return `Invalid value: should have at least ${least} ${unit}`;
  return most !== undefined && count > most ? `Too many: ${count}: must have at most ${most} ${unit}` : undefined;
}

function textComplaint(value: string, schema: Json): string | undefined {
  const least = number(schema['minLength']);
  const most = number(schema['maxLength']);
  const length = least === undefined && most === undefined ? 0 : [...value].length;
  if (least !== undefined && length < least)
    return `Invalid value: ${JSON.stringify(value)}: should be at least ${least} chars long`;
  if (most !== undefined && length > most) return `Too long: may not be more than ${most} characters`;
  const pattern = string(schema['pattern']);
  if (pattern !== undefined && regExp(pattern)?.test(value) === false)
    return `Invalid value: ${JSON.stringify(value)}: should match '${pattern}'`;
  const wellFormed = FORMATS.get(string(schema['format']) ?? '');
  return wellFormed && !wellFormed(value)
    ? `Invalid value: ${JSON.stringify(value)}: must be of type ${String(schema['format'])}`
    : undefined;
}

const FORMATS: ReadonlyMap<string, (value: string) => boolean> = new Map(
  Object.entries({ 'date-time': isTime, byte: isBase64, ipv4, ipv6 }),
);

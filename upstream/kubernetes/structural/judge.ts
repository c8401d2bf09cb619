import type { CelInput } from '@bufbuild/cel';
import type { Json, Path } from '../../../manifests/resource';
import { list, record, string, valueAt } from '../../../manifests/resource';
import { nearest } from '../../../model/near';
import { celRule } from '../cel/rule';
import type { PooledSchema } from '../data';
import { boundsComplaint } from './bounds';
import { celValue } from './cel-values';
import type { UnknownField } from './decode';
import { decodeCustom, unknownFields } from './decode';
import { isIntOrString, OBJECT_FIELDS, Schemas } from './schemas';

/** What a CustomResourceDefinition's schema has against an object. */
export interface SchemaProblem {
  readonly path: Path;
  readonly value: unknown;
  readonly words: string;
  readonly fix?: string;
  /** Faults of type stay with every version of an add-on; fields, values and rules are added to. */
  readonly lasting: boolean;
  /** A rule of which it cannot be told whether it holds. */
  readonly undecided?: true;
  /** Quotes would make it right. */
  readonly quote?: true;
  /** A field that no schema names: the API server drops it, and refuses it only where it is asked to be strict. */
  readonly unknownField?: true;
}

/** Judges an object by a structural schema, as the API server does: fields first, then values with the defaults, then CEL rules. */
export function structuralProblems(
  object: Json,
  schema: Json,
  pool: readonly PooledSchema[] | undefined,
): SchemaProblem[] {
  const schemas = new Schemas(pool);
  const decoded = decodeCustom(object, schema, schemas);
  const judge = new Structural(schemas);
  judge.value(decoded.object, schema, true);
  const unknown = decoded.unknown.map(unknownProblem);
  // A field that is required and misspelt is one fault.
  const misspelt = new Set(unknown.map(({ meant, problem }) => [...problem.path.slice(0, -1), meant].join('\0')));
  return [
    ...unknown.map(({ meant, problem }) =>
      meant ? { ...problem, fix: `write ${meant} instead of ${String(problem.path.at(-1))}` } : problem,
    ),
    ...judge.faults
      .filter(({ value, path }) => value !== undefined || !misspelt.has(path.join('\0')))
      .map((fault) =>
        fault.value !== undefined && valueAt(object, fault.path) === undefined
          ? { ...fault, words: `${fault.words} (this is the default of the field)` }
          : fault,
      ),
  ];
}

/** Judges a value that is no object of its own, such as a default: nothing is filled in. */
export function fieldProblems(value: unknown, schema: Json): SchemaProblem[] {
  const schemas = new Schemas(undefined);
  const judge = new Structural(schemas);
  judge.value(value, schema);
  return [...unknownFields(value, schema, schemas).map((field) => unknownProblem(field).problem), ...judge.faults];
}

function unknownProblem({ path, value, known }: UnknownField) {
  return {
    meant: nearest(String(path.at(-1)), known),
    problem: {
      path,
      value,
      words: `unknown field "${path.filter((key) => typeof key === 'string').join('.')}"`,
      lasting: false,
      unknownField: true,
    } satisfies SchemaProblem,
  };
}

class Structural {
  readonly faults: SchemaProblem[] = [];
  private readonly path: (string | number)[] = [];

  constructor(private readonly schemas: Schemas) {}

  private fail(value: unknown, words: string, lasting = false): void {
    this.faults.push({ path: [...this.path], value, words, lasting });
  }

  value(value: unknown, schema: Json, root = false): void {
    const before = this.faults.length;
    if (value === null) {
      if (schema['nullable'] !== true && schema['type'] !== undefined && !isIntOrString(schema))
        this.fail(null, `Invalid value: "null": must be of type ${String(schema['type'])}`, true);
      return;
    }
    if (!hasType(value, schema)) {
      const type = isIntOrString(schema) ? 'integer or string' : String(schema['type']);
      const words = `Invalid value: must be of type ${type}, not ${Array.isArray(value) ? 'array' : typeof value}`;
      const quote = schema['type'] === 'string' && (typeof value === 'number' || typeof value === 'boolean');
      this.faults.push({ path: [...this.path], value, words, lasting: true, ...(quote ? { quote } : {}) });
      return;
    }
    if (Array.isArray(value)) this.items(value, schema);
    else if (record(value)) this.properties(value as Json, schema, root);
    this.bounds(value, schema);
    this.combined(value, schema);
    if (this.faults.length === before) this.rules(value, schema);
  }

  private properties(object: Json, schema: Json, root: boolean): void {
    for (const name in object) {
      if (root && OBJECT_FIELDS.includes(name)) continue;
      const below = this.schemas.field(schema, name);
      this.path.push(name);
      if (below) this.value(object[name], below);
      this.path.pop();
    }
    for (const entry of list(schema['required'])) {
      const name = String(entry);
      if (object[name] !== undefined) continue;
      this.path.push(name);
      this.fail(undefined, 'Required value', true);
      this.path.pop();
    }
  }

  private items(values: readonly unknown[], schema: Json): void {
    const items = this.schemas.items(schema);
    values.forEach((value, i) => {
      this.path.push(i);
      if (items) this.value(value, items);
      this.path.pop();
    });
    this.unique(values, schema);
  }

  private unique(values: readonly unknown[], schema: Json): void {
    const type = schema['x-kubernetes-list-type'];
    if (type !== 'map' && type !== 'set') return;
    const keys = list(schema['x-kubernetes-list-map-keys']).map(String);
    const seen = new Set<string>();
    values.forEach((value, i) => {
      const key = JSON.stringify(type === 'set' ? value : keys.map((name) => record(value)?.[name]));
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
      const below = this.schemas.read(entry);
      if (!below) return true;
      const trial = new Structural(this.schemas);
      trial.part(value, below);
      return trial.faults.length === 0;
    };
    const anyOf = list(schema['anyOf']);
    const oneOf = list(schema['oneOf']);
    if (anyOf.length > 0 && !isIntOrString(schema) && !anyOf.some(holds))
      this.fail(value, 'Invalid value: must validate at least one schema (anyOf)');
    if (oneOf.length > 0 && oneOf.filter(holds).length !== 1)
      this.fail(value, 'Invalid value: must validate one and only one schema (oneOf)');
    if (!list(schema['allOf']).every(holds)) this.fail(value, 'Invalid value: must validate all the schemas (allOf)');
    if (schema['not'] !== undefined && holds(schema['not']))
      this.fail(value, 'Invalid value: must not validate the schema (not)');
  }

  /** A value by a part of a schema, which leaves fields alone that it does not name. */
  private part(value: unknown, schema: Json): void {
    if (value !== null && schema['type'] !== undefined && !hasType(value, schema))
      return this.fail(value, 'Invalid value');
    this.bounds(value, schema);
    this.combined(value, schema);
    const object = record(value);
    for (const name in object) {
      const below = this.schemas.field(schema, name);
      if (below) this.part(object[name], below);
    }
    for (const name of list(schema['required']))
      if (object && object[String(name)] === undefined) this.fail(undefined, 'Required value');
    const items = this.schemas.items(schema);
    if (items) for (const entry of list(value)) this.part(entry, items);
  }

  private holds(rule: string, value: unknown, schema: Json): boolean | undefined {
    let self: CelInput;
    try {
      self = celValue(value, schema, this.schemas);
    } catch {
      return undefined;
    }
    return celRule(rule)(self);
  }

  private rules(value: unknown, schema: Json): void {
    for (const entry of list(schema['x-kubernetes-validations'])) {
      const rule = string(record(entry)?.['rule']) ?? '';
      // What compares with the object before is for updates.
      if (rule === '' || rule.includes('oldSelf')) continue;
      const holds = this.holds(rule, value, schema);
      if (holds === undefined)
        this.faults.push({ path: [...this.path], value, words: `the rule ${rule}`, lasting: false, undecided: true });
      else if (!holds)
        this.fail(value, `Invalid value: ${string(record(entry)?.['message']) ?? `failed rule: ${rule}`}`);
    }
  }
}

function hasType(value: unknown, schema: Json): boolean {
  if (isIntOrString(schema) && !schema['type']) return typeof value === 'string' || Number.isInteger(value);
  // Where there is a format, the server looks at the type of neither texts nor lists (kube-openapi, validate/type.go).
  const { type, format } = schema;
  if (format && type !== 'integer' && type !== 'number' && (typeof value === 'string' || Array.isArray(value)))
    return true;
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

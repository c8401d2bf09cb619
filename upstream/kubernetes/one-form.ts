import { parseQuantity } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { isTime } from './formats';
import type { Definition, Scalar, Type } from './model';

/**
 * A value in the one form that all ways to write it have: quantities as plain numbers (`1Gi`, `1024Mi` and 1073741824 are the same, so are
 * `500m` and `0.5`), times in UTC, base64 without line breaks. Two values of one type mean the same exactly if their forms are equal. What
 * is of a wrong type stays as it is. What does not change is shared.
 */
export function oneForm(value: unknown, type: Type): unknown {
  if (value === null || value === undefined) return value;
  switch (type.is) {
    case 'object':
      return ofStruct(value, type.definition);
    case 'list':
      return Array.isArray(value) ? ofList(value, type.of) : value;
    case 'map':
      return ofMap(value, type.of);
    default:
      return ofScalar(value, type.is);
  }
}

/** All values of an object in their one form. */
export function oneFormOf(object: Json, definition: Definition): Json {
  return ofStruct(object, definition) as Json;
}

/** The fields of a struct in which, or below which, something may be written in several ways. */
const interesting = new Map<Definition, readonly (readonly [string, Type])[]>();

function fieldsOf(definition: Definition): readonly (readonly [string, Type])[] {
  let fields = interesting.get(definition);
  if (!fields) {
    fields = [...definition.fields].flatMap(([name, { type }]) =>
      hasForms(type, new Set([definition])) ? [[name, type] as const] : [],
    );
    interesting.set(definition, fields);
  }
  return fields;
}

const FORMS: ReadonlySet<string> = new Set(['quantity', 'bytes', 'time', 'micro-time']);

function hasForms(type: Type, above: Set<Definition>): boolean {
  if (type.is === 'list' || type.is === 'map') return hasForms(type.of, above);
  if (type.is !== 'object') return FORMS.has(type.is);
  if (above.has(type.definition)) return false;
  above.add(type.definition);
  return [...type.definition.fields.values()].some((field) => hasForms(field.type, above));
}

function ofStruct(value: unknown, definition: Definition): unknown {
  const object = record(value);
  if (!object) return value;
  let own: { [name: string]: unknown } | undefined;
  for (const [name, type] of fieldsOf(definition)) {
    if (object[name] === undefined) continue;
    const now = oneForm(object[name], type);
    if (now !== object[name]) (own ??= { ...object })[name] = now;
  }
  return own ?? object;
}

function ofList(values: readonly unknown[], of: Type): readonly unknown[] {
  let own: unknown[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const now = oneForm(values[i], of);
    if (now !== values[i]) (own ??= [...values])[i] = now;
  }
  return own ?? values;
}

function ofMap(value: unknown, of: Type): unknown {
  const map = record(value);
  if (!map || of.is === 'string') return value;
  let own: { [key: string]: unknown } | undefined;
  for (const key in map) {
    // Amounts of resources are rounded up to thousandths. (SetDefaults_ResourceList)
    const now = of.is === 'quantity' ? quantity(map[key], THOUSANDTH) : oneForm(map[key], of);
    if (now !== map[key]) (own ??= { ...map })[key] = now;
  }
  return own ?? map;
}

const THOUSANDTH = 1_000_000n;

function ofScalar(value: unknown, scalar: Scalar): unknown {
  switch (scalar) {
    case 'quantity':
      return quantity(value, 1n);
    case 'bytes':
      return typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64') : value;
    case 'time':
      return time(value, 0);
    case 'micro-time':
      return time(value, 6);
    default:
      return value;
  }
}

/** A decimal number without a suffix. */
function quantity(value: unknown, unit: bigint): unknown {
  const amount = parseQuantity(value);
  if (amount === undefined) return value;
  const size = amount < 0n ? -amount : amount;
  const rounded = ((size + unit - 1n) / unit) * unit;
  const digits = String(rounded).padStart(10, '0');
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
  return amount < 0n && rounded !== 0n ? `-${text}` : text;
}

/** A moment in UTC: a server keeps no parts of a second, or six digits of them. */
function time(value: unknown, digits: 0 | 6): unknown {
  if (typeof value !== 'string' || !isTime(value)) return value;
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) return value;
  const seconds = moment.toISOString().slice(0, 19);
  const parts = /\.(\d+)/.exec(value)?.[1] ?? '';
  return digits === 0 ? `${seconds}Z` : `${seconds}.${parts.padEnd(6, '0').slice(0, 6)}Z`;
}

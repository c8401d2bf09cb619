import type { Json } from '../../../manifests/resource';
import { number, record, string } from '../../../manifests/resource';
import { goRegExp } from '../cel/regexp';
import { ipv4, ipv6, isBase64, isTime } from '../formats';

const plainPatterns = new Map<string, RegExp | undefined>();

/** Whether a pattern matches as Go has it; undefined for one that Go does not take: no API server has it. */
function matches(pattern: string, value: string): boolean | undefined {
  if (!plainPatterns.has(pattern)) plainPatterns.set(pattern, isSameInGo(pattern) ? new RegExp(pattern) : undefined);
  const plain = /^[\x20-\x7e]*$/.test(value) ? plainPatterns.get(pattern) : undefined;
  return plain ? plain.test(value) : goRegExp(pattern)?.test(value);
}

/** Plain patterns mean the same to JavaScript, which is faster: no groups with flags, no classes by name, no escapes but these. */
function isSameInGo(pattern: string): boolean {
  const plain = pattern.replace(/\\[dw\-./\\+*?()[\]{}|^$]/g, 'x');
  if (!/^[\x20-\x5b\x5d-\x7e]*$/.test(plain) || /\(\?(?!:)|\[:|\[\^?\]|\{,/.test(plain)) return false;
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
}

/** What the bounds, the enumeration, the pattern and the format of a schema have against a value. */
export function boundsComplaint(value: unknown, schema: Json): string | undefined {
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
  if (pattern !== undefined && matches(pattern, value) === false)
    return `Invalid value: ${JSON.stringify(value)}: should match '${pattern}'`;
  const wellFormed = FORMATS.get(string(schema['format']) ?? '');
  return wellFormed && !wellFormed(value)
    ? `Invalid value: ${JSON.stringify(value)}: must be of type ${String(schema['format'])}`
    : undefined;
}

const FORMATS: ReadonlyMap<string, (value: string) => boolean> = new Map(
  Object.entries({ 'date-time': isTime, byte: (value) => value !== '' && isBase64(value), ipv4, ipv6 }),
);

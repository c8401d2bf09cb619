import type { Repair } from '../../manifests/editing/repair';
import { record } from '../../manifests/resource';
import type { Definition, Type } from './model';

interface Fix {
  readonly fix?: string;
  readonly repair?: Repair;
}

/** What a value of the wrong type is written for; nothing where a person has to say. */
export function typeFix(
  value: unknown,
  expected: string,
  path: readonly (string | number)[],
  type: Type | undefined,
): Fix {
  if (typeof value === 'string') {
    const fix = scalarFix(value, expected);
    if (fix !== undefined) return { fix, ...unquoted(value) };
  }
  const fix =
    expected === 'an object'
      ? objectFix(value, path, type)
      : expected === 'a list'
        ? listFix(value, path, type)
        : expected === 'a string' && record(value) && path.slice(-2).join('.') === 'selector.matchLabels'
          ? 'write the labels under selector itself: it is no selector with matchLabels'
          : undefined;
  return fix === undefined ? {} : { fix };
}

/** The value that quotes made a string of. */
export function unquoted(value: string): Fix {
  const plain = value === 'true' || value === 'false' ? value === 'true' : Number(value);
  // What begins with a zero is octal without quotes; what is larger may still be too large.
  if (String(plain) !== value || Math.abs(Number(plain)) >= 2 ** 31) return {};
  return { repair: { do: 'replace', from: value, with: plain } };
}

/** A port by number in quotes is taken for a name, and names have letters. */
export function portFix(value: unknown, complaint: string): Fix {
  return typeof value === 'string' &&
    /^[1-9]\d{0,4}$/.test(value) &&
    complaint.includes('must contain at least one letter')
    ? { fix: `write ${value} without quotes`, ...unquoted(value) }
    : {};
}

function scalarFix(value: string, expected: string): string | undefined {
  if (expected.startsWith('a whole number of') && /^-?\d+$/.test(value)) return `write ${value} without quotes`;
  if (expected === 'true or false' && (value === 'true' || value === 'false')) return `write ${value} without quotes`;
  return undefined;
}

/** Longer text is not worth to be written once more. */
const SHORT = 60;

function objectFix(value: unknown, path: readonly (string | number)[], type: Type | undefined): string | undefined {
  const [, key, rest] = typeof value === 'string' ? (/^([A-Za-z][\w./-]*):(\S.*)$/.exec(value) ?? []) : [];
  if (key !== undefined && rest !== undefined && !rest.startsWith('/') && rest.length <= SHORT)
    return `write a space after the colon: ${key}: ${rest}`;
  if (type?.is !== 'object' || (typeof value === 'number' && typeof path.at(-1) !== 'number')) return undefined;
  // Only the main field of an entry of a list, or of a reference, is written.
  const field = (typeof value === 'number' ? ['containerPort', 'port'] : ['name', 'secretName', 'claimName']).find(
    (name) => type.definition.fields.has(name),
  );
  return field === undefined || !isShort(value) ? undefined : `write an object: { ${field}: ${String(value)} }`;
}

function listFix(value: unknown, path: readonly (string | number)[], type: Type | undefined): string | undefined {
  if (type?.is !== 'list') return undefined;
  if (type.of.is === 'object') return listOfObjectsFix(value, type.of.definition);
  if (!isShort(value)) return undefined;
  const text = String(value);
  if (path.at(-1) !== 'command' && path.at(-1) !== 'args') return `write a list: [${text}]`;
  // What the quotes of a shell keep together, a person has to say.
  return /["'\\$`|&;<>()]/.test(text)
    ? undefined
    : `write a list of the words: [${text
        .trim()
        .split(/\s+/)
        .map((word) => JSON.stringify(word))
        .join(', ')}]`;
}

function listOfObjectsFix(value: unknown, { fields }: Definition): string | undefined {
  const map = record(value);
  const keys = Object.keys(map ?? {});
  const [first] = keys;
  if (!map || first === undefined) return undefined;
  if (keys.every((key) => fields.has(key))) return 'write a list: put a dash before the first field of the entry';
  return fields.has('name') && fields.has('value') && isShort(map[first])
    ? `write a list: [{ name: ${first}, value: ${JSON.stringify(String(map[first]))} }${keys.length > 1 ? ', …' : ''}]`
    : undefined;
}

function isShort(value: unknown): boolean {
  return (typeof value === 'string' && value.length <= SHORT && !value.includes('\n')) || typeof value === 'number';
}

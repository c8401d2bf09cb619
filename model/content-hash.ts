import { isMap } from './is-map';

/** The text whose SHA-256 names a generated ConfigMap or Secret, as Kustomize has it (api/hasher): the name is no part of it. */
export function hashedContent(object: object): string {
  const { kind, type = '', data = '', binaryData, stringData } = object as Readonly<Record<string, unknown>>;
  const content =
    kind === 'Secret'
      ? { data: sorted(data), kind, name: '', ...(isMap(stringData) ? { stringData: sorted(stringData) } : {}), type }
      : { ...(isMap(binaryData) ? { binaryData: sorted(binaryData) } : {}), data: sorted(data), kind, name: '' };
  // What Go's encoder escapes in JSON.
  return JSON.stringify(content).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The end of the name: ten hexadecimal digits, with letters for those that could make a word. */
export function suffixOf(sha256: string): string {
  return sha256.slice(0, 10).replace(/[013ae]/g, (digit) => LETTERS[digit]!);
}

const LETTERS: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** What such a suffix looks like. */
export const CONTENT_SUFFIX = /-[2456789bcdfghkmt]{10}$/;

function sorted(value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

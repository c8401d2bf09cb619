/** A version by semver.org 2.0, as github.com/blang/semver reads it. */
export interface Semver {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const IDENTIFIER = /^[0-9A-Za-z-]+$/;

/** Undefined for what is none. `normalize` takes `v1`, `1.2` and leading zeros. */
export function readSemver(text: string, normalize = false): Semver | undefined {
  const plain = normalize ? normalized(text) : text;
  const match = plain === undefined ? undefined : /^(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?(?:\+(.*))?$/s.exec(plain);
  if (!match) return undefined;
  const [, major = '', minor = '', patch = '', pre, build] = match;
  const numbers = [major, minor, patch];
  if (numbers.some((number) => /^0\d/.test(number) || BigInt(number) >= 2n ** 64n)) return undefined;
  const words = pre === undefined ? [] : pre.split('.');
  if (words.some((word) => !IDENTIFIER.test(word) || /^0\d+$/.test(word))) return undefined;
  if (build?.split('.').some((word) => !IDENTIFIER.test(word))) return undefined;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: words };
}

function normalized(text: string): string | undefined {
  const [first = '', second, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [first, ...(second === undefined ? [] : [second]), ...(rest.length > 0 ? [rest.join('.')] : [])].map(
    (part) => {
      if (part.length <= 1) return part;
      const trimmed = part.replace(/^0+/, '');
      return /^\d/.test(trimmed) ? trimmed : `0${trimmed}`;
    },
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) return undefined;
  while (parts.length < 3) parts.push('0');
  return parts.join('.');
}

export function compareSemver(a: Semver, b: Semver): -1 | 0 | 1 {
  for (const [i, number] of a.numbers.entries()) if (number !== b.numbers[i]) return number < b.numbers[i]! ? -1 : 1;
  if (a.pre.length === 0 || b.pre.length === 0) return a.pre.length === b.pre.length ? 0 : a.pre.length === 0 ? 1 : -1;
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const order = comparePre(a.pre[i], b.pre[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePre(a: string | undefined, b: string | undefined): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [one, two] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && two) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (one !== two) return one ? -1 : 1;
  return a < b ? -1 : 1;
}

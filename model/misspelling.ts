import { distance } from './near';

/**
 * The names of which this one is certainly a misspelling, and not a name of its own. Much stricter than `nearest`, which only asks
 * what may be meant: `web-1` and `web-2`, `app` and `api`, `internal` and `external` are names that stand beside each other.
 *
 * - Letter case and separators alone differ: `webconfig`, `web-config`.
 * - One part between separators differs: by a letter too many or too few (`confg`), by two that changed places (`wbe`), in parts of five
 *   letters by another letter, and in parts of seven that begin alike by two such edits.
 * - Numbers are never misspelt: `db-1` is another one than `db-2`, `v1` than `v2`.
 */
export function misspellingOf(name: string, known: Iterable<string>): string[] {
  return [...new Set(known)].filter((candidate) => candidate !== name && isMisspelling(name, candidate)).sort();
}

function isMisspelling(name: string, known: string): boolean {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()];
  if (digits(a) !== digits(b)) return false;
  const separators = /[-._/]/g;
  if (a.replace(separators, '') === b.replace(separators, '')) return true;
  const [ours, theirs] = [a.split(separators), b.split(separators)];
  if (ours.length !== theirs.length) return false;
  const different = ours.flatMap((part, i) => (part === theirs[i] ? [] : [[part, theirs[i]!] as const]));
  return different.length === 1 && isSlip(...different[0]!);
}

function isSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  const edits = Math.abs(a.length - b.length) > 2 ? Infinity : distance(a, b);
  if (edits === 1) return shorter >= 5 || (shorter >= 3 && (a.length !== b.length || sorted(a) === sorted(b)));
  return edits === 2 && shorter >= 7 && a.slice(0, 2) === b.slice(0, 2);
}

function digits(text: string): string {
  return text.replace(/\D+/g, ' ').trim();
}

function sorted(text: string): string {
  return [...text].sort().join('');
}

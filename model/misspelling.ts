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
  const ours = formOf(name);
  return [...new Set(known)].filter((candidate) => candidate !== name && isMisspelling(ours, candidate)).sort();
}

/** What is compared of a name, read once for all that are known. */
interface NameForm {
  readonly parts: readonly string[];
  /** Without its separators. */
  readonly letters: string;
  readonly digits: string;
}

function formOf(name: string): NameForm {
  const parts = name.toLowerCase().split(/[-._/]/g);
  return { parts, letters: parts.join(''), digits: digits(name) };
}

function isMisspelling(ours: NameForm, known: string): boolean {
  // Two edits at the most, and separators: most names are told apart by their length.
  if (known.length < ours.letters.length - 2) return false;
  const theirs = formOf(known);
  if (Math.abs(ours.letters.length - theirs.letters.length) > 2 || ours.digits !== theirs.digits) return false;
  if (ours.letters === theirs.letters) return true;
  if (ours.parts.length !== theirs.parts.length) return false;
  const different = ours.parts.flatMap((part, i) =>
    part === theirs.parts[i] ? [] : [[part, theirs.parts[i]!] as const],
  );
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

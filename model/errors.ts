import { nearest } from './near';

/**
 * A mistake in what strata was given, told so that a person can mend it: where, what was found, and each way to put it
 * right. Shown without a stack trace; the command ends with exit code 2 and nothing is written.
 */
export class StrataError extends Error {
  constructor(
    /** The place: a target, a setting's path, a file with its line. */
    readonly place: string,
    /** What was found there, and the rule that it breaks. */
    readonly found: string,
    /** The ways to mend it, each a sentence that begins with a verb. */
    readonly fixes: readonly string[],
  ) {
    super([`${place}: ${found}`, ...fixes.map((fix, i) => (i === 0 ? `  fix: ${fix}` : `   or: ${fix}`))].join('\n'));
    this.name = 'StrataError';
  }

  /** By name: the program and the project that it runs are bundled apart, each with a class of its own. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === 'StrataError';
  }
}

/** "did you mean a?", nothing where no name is near: for lists that are too long to show. */
export function meantName(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return meant === undefined ? '' : `did you mean ${meant}?`;
}

/** Names for a message, of many so many: a list that is cut says so by its end. */
export function someNames(names: readonly string[], most = 30): string {
  return names.length > most ? `${names.slice(0, most).join(', ')}, …` : names.join(', ');
}

/** "known: a, b, c", led by the name that was probably meant; that there is none, where the list is empty. */
export function knownNames(given: string, known: readonly string[]): string {
  if (known.length === 0) return 'there is none';
  return `${meantName(given, known)} known: ${someNames(known)}`.trimStart();
}

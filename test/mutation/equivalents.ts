import type { Mutant } from './mutators';

/** A change that no test can notice, because the program does the same with it. */
export interface Equivalent {
  /** From the root; any file when left out. */
  readonly file?: string;
  /** The whole line without indentation, or a pattern of it. */
  readonly line: string | RegExp;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];

/** The entry that a mutant falls under. */
export function equivalentOf(
  { file, original, replacement }: Mutant,
  line: string,
  entries: readonly Equivalent[] = EQUIVALENTS,
): Equivalent | undefined {
  return entries.find(
    (entry) =>
      (entry.file === undefined || entry.file === file) &&
      (typeof entry.line === 'string' ? entry.line === line : entry.line.test(line)) &&
      entry.original === original &&
      entry.replacement === replacement,
  );
}

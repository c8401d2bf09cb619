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
}

/** "known are a, b, c", with the nearest name first where one is near enough to be a slip of the fingers. */
export function knownNames(given: string, known: readonly string[]): string {
  const ranked = known.map((name) => ({ name, edits: editDistance(given, name) })).sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  const hint = best && best.edits <= (given.length < 4 ? 1 : Math.max(2, given.length / 3)) ? `did you mean ${best.name}? ` : '';
  return `${hint}known: ${known.join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

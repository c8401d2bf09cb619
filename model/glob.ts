/** Whether a word stands for every name that it matches: `*` for any part of one, `?` for one character. */
export function isGlob(word: string): boolean {
  return /[*?]/.test(word);
}

/** Whether a name matches a glob as a whole. */
export function globMatcher(glob: string): (name: string) => boolean {
  const parts = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('?', '[^]')
    .replace(/\*+/g, '[^]*');
  const pattern = new RegExp(`^${parts}$`);
  return (name) => pattern.test(name);
}

/** Letters to insert, drop or change until a name matches a glob: what `*` and `?` stand for costs nothing. */
export function globDistance(glob: string, name: string): number {
  let last = Array.from({ length: name.length + 1 }, (_, i) => i);
  for (const letter of glob) {
    const row = [letter === '*' ? last[0]! : last[0]! + 1];
    for (let j = 1; j <= name.length; j++) {
      if (letter === '*') row.push(Math.min(last[j]!, row[j - 1]!));
      else {
        const same = letter === '?' || letter.toLowerCase() === name[j - 1]!.toLowerCase();
        row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1)));
      }
    }
    last = row;
  }
  return last[name.length]!;
}

/** The names that come nearest to matching, the nearest first. */
export function nearestToGlob(glob: string, names: readonly string[], count: number): string[] {
  return names
    .map((name) => ({ name, edits: globDistance(glob, name) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, count)
    .map(({ name }) => name);
}

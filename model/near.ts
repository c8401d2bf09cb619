/** The name that was probably meant: the nearest one, if it is near enough to be a slip of the fingers, which takes so many edits at `most`. */
export function nearest(
  name: string,
  known: Iterable<string>,
  most = Math.max(2, Math.floor(name.length / 3)),
): string | undefined {
  let best: string | undefined;
  let least = (name.length < 4 ? 1 : most) + 1;
  for (const candidate of known) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** Letters to insert, drop, change or swap with their neighbour. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}

const MANY = 200;
/** `; did you mean "redis"?` where one of the names is near enough to be meant, else nothing. */
export function near(name: string, names: readonly string[]): string {
  const meant = meantBy(name, names);
  return didYouMean(meant === undefined ? [] : [meant]);
}

/** The one of the names that is near enough to be meant; undefined: none is. */
export function meantBy(name: string, names: readonly string[]): string | undefined {
  // Of very many names only those that begin alike, and not all of them.
  const candidates =
    names.length <= MANY ? names : names.filter((candidate) => candidate[0] === name[0]).slice(0, MANY);
  // A name that goes on from the other one is near as well: redis and redis-master.
  return (
    nearest(name, candidates) ??
    candidates.find(
      (candidate) =>
        candidate !== name &&
        candidate !== '' &&
        (candidate.startsWith(`${name}-`) || name.startsWith(`${candidate}-`)),
    )
  );
}

/** `; did you mean "redis" or "redis-master"?`, nothing where no name is meant. */
export function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}

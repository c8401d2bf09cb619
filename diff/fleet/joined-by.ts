/** Those with the same key become one, in the order of the first of each. */
export function joinedBy<T>(
  all: readonly T[],
  key: (each: T, i: number) => readonly unknown[],
  join: (one: T, other: T) => T,
): T[] {
  const found = new Map<string, T>();
  for (const [i, each] of all.entries()) {
    const name = JSON.stringify(key(each, i));
    const one = found.get(name);
    found.set(name, one === undefined ? each : join(one, each));
  }
  return [...found.values()];
}

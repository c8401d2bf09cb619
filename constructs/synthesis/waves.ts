/** That one thing comes after another one. */
export interface Need<T> {
  readonly of: T;
  readonly to: T;
  /** Why, for a person who looks at a circle. */
  readonly why: string;
  /** Whether it may not be passed over, as a flow may that closes a circle. */
  readonly strict: boolean;
}

/**
 * The wave of each thing: its lowest one, or one more than the highest of what it needs. A circle is opened where a need is not
 * strict; one of strict needs alone is handed to `refuse`.
 */
export function wavesOf<T>(
  lowest: ReadonlyMap<T, number>,
  needs: readonly Need<T>[],
  refuse: (circle: readonly Need<T>[]) => Error,
): Map<T, number> {
  const waves = new Map(lowest);
  const unmet = new Map<T, Set<Need<T>>>([...lowest.keys()].map((thing) => [thing, new Set()]));
  const waiting = new Map<T, Need<T>[]>([...lowest.keys()].map((thing) => [thing, []]));
  for (const need of needs) {
    unmet.get(need.of)!.add(need);
    waiting.get(need.to)!.push(need);
  }
  const free = [...unmet.keys()].filter((thing) => unmet.get(thing)!.size === 0);
  while (unmet.size > 0) {
    const thing = free.pop();
    if (thing === undefined) {
      const circle = circleIn(unmet);
      const passedOver = circle.findLast(({ strict }) => !strict);
      if (!passedOver) throw refuse(circle);
      unmet.get(passedOver.of)!.delete(passedOver);
      if (unmet.get(passedOver.of)!.size === 0) free.push(passedOver.of);
      continue;
    }
    unmet.delete(thing);
    for (const need of waiting.get(thing)!) {
      if (!unmet.get(need.of)?.delete(need)) continue;
      waves.set(need.of, Math.max(waves.get(need.of)!, waves.get(thing)! + 1));
      if (unmet.get(need.of)!.size === 0) free.push(need.of);
    }
  }
  return waves;
}

/** Where everything waits, following what each waits for leads to a circle. */
function circleIn<T>(unmet: ReadonlyMap<T, ReadonlySet<Need<T>>>): Need<T>[] {
  const path: Need<T>[] = [];
  const met = new Map<T, number>();
  let [thing] = unmet.keys();
  while (!met.has(thing!)) {
    met.set(thing!, path.length);
    const [need] = unmet.get(thing!)!;
    path.push(need!);
    thing = need!.to;
  }
  return path.slice(met.get(thing!));
}

/** That one thing comes after another one. */
export interface Need<T> {
  readonly of: T;
  readonly to: T;
  /** Why, for a person who looks at a circle. */
  readonly why: string;
  /** Whether it may not be passed over, as a flow may that closes a circle. */
  readonly strict: boolean;
  /** One names what the other holds: passed over only where a strict need leaves no choice. @default false */
  readonly reference?: true;
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
      const passedOver =
        circle.findLast(({ strict, reference }) => !strict && !reference) ?? circle.findLast(({ strict }) => !strict);
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

/**
 * Things that refer to each other in a circle come together: whichever came first would wait for the other for ever. Each is given one
 * that stands for its circle.
 */
export function togetherIn<T>(things: readonly T[], needs: readonly Need<T>[]): Map<T, T> {
  const next = new Map<T, T[]>();
  for (const { of, to, reference } of needs) if (reference) next.set(of, [...(next.get(of) ?? []), to]);
  const found = new Map<T, T>();
  const order = new Map<T, number>();
  const low = new Map<T, number>();
  const open: T[] = [];
  // Tarjan's algorithm.
  const visit = (thing: T): void => {
    order.set(thing, order.size);
    low.set(thing, order.get(thing)!);
    open.push(thing);
    for (const other of next.get(thing) ?? []) {
      if (!order.has(other)) visit(other);
      if (!found.has(other)) low.set(thing, Math.min(low.get(thing)!, low.get(other)!));
    }
    if (low.get(thing) !== order.get(thing)) return;
    for (const one of open.splice(open.indexOf(thing))) found.set(one, thing);
  };
  for (const thing of things) if (!order.has(thing)) visit(thing);
  return found;
}

/** The wave of each thing, those that refer to each other in one. */
export function wavesTogether<T>(
  lowest: ReadonlyMap<T, number>,
  needs: readonly Need<T>[],
  refuse: (circle: readonly Need<T>[]) => Error,
): Map<T, number> {
  const found = togetherIn([...lowest.keys()], needs);
  // What is strict is as it was asked for, whoever refers to whom.
  const torn = new Set<T>(
    needs.filter(({ of, to, strict }) => strict && found.get(of) === found.get(to)).map(({ of }) => found.get(of)!),
  );
  const leader = new Map([...found].map(([thing, one]) => [thing, torn.has(one) ? thing : one]));
  const at = new Map<T, number>();
  for (const [thing, wave] of lowest) {
    const one = leader.get(thing)!;
    at.set(one, Math.max(at.get(one) ?? 0, wave));
  }
  const between = needs
    .map((need) => ({ ...need, of: leader.get(need.of)!, to: leader.get(need.to)! }))
    .filter(({ of, to }) => of !== to);
  const waves = wavesOf(at, between, refuse);
  return new Map([...lowest.keys()].map((thing) => [thing, waves.get(leader.get(thing)!)!]));
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

import { isMap } from '../../model/is-map';
import type { Target } from '../../model/target';

/** A fact of a target's cluster or environment, as deep as it is a single thing: `pools.general.nodes`. */
export interface FactValue {
  readonly of: 'cluster' | 'environment';
  /** What the cluster or the environment is called. */
  readonly name: string;
  readonly path: readonly string[];
  readonly value: unknown;
  readonly at: Error | undefined;
}

/** What is no fact: names, and what has layers and places of its own. */
const OTHERS = new Set(['name', 'settings', 'patches', 'keys']);

/** The facts of a target's cluster and environment, by what and where they are. */
export function declaredFacts(target: Target<never>): ReadonlyMap<string, FactValue> {
  const all = (['cluster', 'environment'] as const).flatMap((of) => {
    const { name, at } = target[of];
    return Object.entries(target[of])
      .filter(([key]) => !OTHERS.has(key))
      .flatMap(([key, value]) => leaves(value, [key]))
      .map(([path, value]): FactValue => ({ of, name, path, value, at }));
  });
  return new Map(all.map((fact) => [[fact.of, ...fact.path].join('\0'), fact]));
}

function leaves(value: unknown, path: readonly string[]): (readonly [path: readonly string[], value: unknown])[] {
  if (!isMap(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** The target where its cluster or its environment has another value of one fact; `undefined` takes the fact away. */
export function withFact<P>(target: Target<P>, { of, path, value }: FactValue): Target<P> {
  return { ...target, [of]: withValue(target[of], path, value) };
}

function withValue(thing: object | undefined, [key, ...rest]: readonly string[], value: unknown): object {
  const { [key!]: old, ...others } = (isMap(thing) ? thing : {}) as Readonly<Record<string, unknown>>;
  const now = rest.length === 0 ? value : withValue(old as object | undefined, rest, value);
  return now === undefined ? others : { ...others, [key!]: now };
}

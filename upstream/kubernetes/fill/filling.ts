import type { Json } from '../../../manifests/resource';

/** What an API server makes of a struct in which not everything is written. */
export interface Filling {
  /** What stands in a field where nothing is written. */
  readonly fields?: Json;
  /** The same for what came with a minor version. */
  readonly since?: { readonly [minor: number]: Json };
  /** What depends on other fields or on the version. It never changes what it is given. */
  readonly fill?: (object: Json, minor: number) => Json;
  /** What is done besides to an object that is created itself, and not to the same struct inside another. */
  readonly created?: (object: Json, minor: number) => Json;
}

/** Fillings by the name of the struct. */
export type Fillings = Readonly<Record<string, Filling>>;

/** The object with some fields added where it has none of that name. */
export function filled(object: Json, more: Json): Json {
  let own: { [name: string]: unknown } | undefined;
  for (const name in more)
    if (object[name] === undefined && more[name] !== undefined) (own ??= { ...object })[name] = more[name];
  return own ?? object;
}

/** The object with a field of its own changed; undefined takes it away. */
export function withField(object: Json, field: string, value: unknown): Json {
  if (object[field] === value) return object;
  const { [field]: _before, ...rest } = object;
  return value === undefined ? rest : { ...object, [field]: value };
}

/** The same filling for several versions of an API. */
export function ofVersions(versions: readonly string[], fillings: (version: string) => Fillings): Fillings {
  return Object.assign({}, ...versions.map(fillings));
}

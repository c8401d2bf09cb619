import type { ApiObject, App } from 'cdk8s';
import { ImplicitTokenResolver, Lazy, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import type { KubernetesObject } from '../../model/kubernetes';

/** What a generated class of an API object can do without an instance: turn properties into the API's own words. */
interface Generated {
  manifest(properties: unknown): object;
}

/** What stock `toJson()` reads of an object and keeps to itself. */
interface Insides {
  readonly props?: object;
  readonly patches?: readonly unknown[];
  readonly metadata: MetadataInsides;
}

interface MetadataInsides {
  readonly _additionalAttributes?: object;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: object;
  readonly annotations?: object;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly object[];
}

const STOCK = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

/**
 * Turns objects of an App into plain data: what `object.toJson()` says, without its detours. Stock cdk8s looks for the
 * App and asks each resolver anew for every value of an object, twice for its metadata, and copies all of it three times.
 * Whatever is not an untouched generated class under stock resolvers goes the stock way.
 */
export function manifestsOf(app: App): (object: ApiObject) => KubernetesObject {
  const isStock = app.resolvers.every((resolver, i) => STOCK[i] !== undefined && resolver instanceof STOCK[i]);
  return (object) => {
    const { props, patches, metadata } = object as unknown as Insides;
    const generated = object.constructor as unknown as Generated;
    if (
      isStock &&
      props &&
      patches?.length === 0 &&
      metadata._additionalAttributes &&
      Object.hasOwn(generated, 'manifest')
    ) {
      const fields = settle({ ...props, metadata: undefined });
      const about = metadataOf(metadata);
      if (fields !== UNKNOWN && about !== UNKNOWN)
        return generated.manifest({ ...(fields as object), metadata: about }) as KubernetesObject;
    }
    return object.toJson() as KubernetesObject;
  };
}

/** Lists and maps that nobody has put anything into are left out, here as in stock. */
function metadataOf({
  _additionalAttributes,
  name,
  namespace,
  labels,
  annotations,
  finalizers,
  ownerReferences,
}: MetadataInsides): unknown {
  const settled = settle({
    ..._additionalAttributes,
    name,
    namespace,
    annotations,
    finalizers,
    ownerReferences,
    labels,
  });
  if (settled === UNKNOWN) return UNKNOWN;
  return Object.fromEntries(
    Object.entries(settled as object).filter(
      ([, field]) => typeof field !== 'object' || Object.keys(field as object).length > 0,
    ),
  );
}

/** There is a value that only the stock way knows what to say of. */
const UNKNOWN = Symbol('unknown');

/** A value with all that is known late filled in, without what is null, its keys in order. */
function settle(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? UNKNOWN : value;
  if (Array.isArray(value)) {
    const settled = value.map((entry) => settle(entry) ?? undefined);
    return settled.includes(UNKNOWN) ? UNKNOWN : settled;
  }
  if (value instanceof Lazy) return settle(value.produce());
  if (value.constructor !== Object) return settleInstance(value);
  const settled: Record<string, unknown> = {};
  for (const key of sortedKeys(value)) {
    const entry = settle((value as Record<string, unknown>)[key]);
    if (entry === UNKNOWN) return UNKNOWN;
    if (entry !== null && entry !== undefined) settled[key] = entry;
  }
  return settled;
}

/** Sorting takes longer than seeing that most are in order. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort();
  return keys;
}

/** Of instances there are unions of numbers and texts, such as ports. */
function settleInstance(instance: { readonly value?: unknown; readonly resolve?: unknown }): unknown {
  const { value, resolve } = instance;
  return resolve === undefined && (typeof value === 'number' || typeof value === 'string') ? { value } : UNKNOWN;
}

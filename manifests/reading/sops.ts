import { isEncrypted, isOfSops, SECRET_VALUES } from '../../model/sops';
import type { Json } from '../resource';
import { record } from '../resource';

/**
 * A Secret as it reaches the cluster: what applies it (Flux, a plugin of Argo CD, `sops --decrypt`) takes the field of SOPS away and decrypts the
 * values, which nobody knows here. Everything else is as it stands.
 */
export function decrypted(object: Json): Json {
  if (object['kind'] !== 'Secret' || !isOfSops(object)) return object;
  const { sops: _, ...rest } = object;
  return { ...rest, ...Object.fromEntries(SECRET_VALUES.flatMap((field) => valuesOf(field, object[field]))) };
}

function valuesOf(field: string, values: unknown): [string, Json][] {
  const given = record(values);
  if (!given) return [];
  return [
    [field, Object.fromEntries(Object.entries(given).map(([key, value]) => [key, isEncrypted(value) ? '' : value]))],
  ];
}

import { readSources } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import type { SecretOutline } from '../model/secret-contract';

/** Secrets that somebody makes, as objects that are there: their keys are known, their values are not. */
export function expectedResources(outlines: readonly SecretOutline[], file: string): readonly Resource[] {
  if (outlines.length === 0) return [];
  const items = outlines.map(({ namespace, name, type, keys }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    ...(type === undefined ? {} : { type }),
    metadata: { name, namespace },
    data: Object.fromEntries(keys.map((key) => [key, ''])),
  }));
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  return readSources([{ file, text }]).resources;
}

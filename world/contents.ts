import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { creatorOf } from './creates';
import type { World } from './world';

/** What the keys of a ConfigMap or Secret are known to be. */
export type Keys =
  /** These and no others. */
  | ReadonlySet<string>
  /** Something makes the object, and what it puts there is not written here. */
  | 'unknown'
  /** The object itself is not known to be there. */
  | undefined;

/** The keys of a ConfigMap or Secret of a namespace. */
export const keysOf = memo((world: World, kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Keys => {
  if (kind === 'ConfigMap' && name === 'kube-root-ca.crt') return new Set(['ca.crt']);
  const creator = creatorOf(world, kind, namespace, name);
  const created = creator && keysCreatedBy(creator);
  const found = world.find(kind, namespace, name);
  if (creator && (!mergesInto(creator) || found.is !== 'present')) return created;
  if (found.is !== 'present') return undefined;
  const { resource } = found;
  const own = new Set([
    ...fields(resource, 'data'),
    ...fields(resource, 'binaryData'),
    ...(kind === 'Secret' ? fields(resource, 'stringData') : []),
  ]);
  if (resource.at(['type']) === 'kubernetes.io/service-account-token')
    for (const key of ['token', 'ca.crt', 'namespace']) own.add(key);
  // Without any data it is one that somebody else fills, or that a declaration names only.
  if (own.size === 0 || created === 'unknown') return 'unknown';
  return new Set([...own, ...(created ?? [])]);
});

function fields(resource: Resource, field: string): string[] {
  return Object.keys(record(resource.at([field])) ?? {});
}

/** Whether a controller adds its keys to an object that somebody else creates. */
function mergesInto(creator: Resource): boolean {
  return creator.at(['spec', 'target', 'creationPolicy']) === 'Merge';
}

/** The keys that a controller writes. */
function keysCreatedBy(creator: Resource): ReadonlySet<string> | 'unknown' {
  switch (`${creator.group} ${creator.kind}`) {
    case 'external-secrets.io ExternalSecret':
      return keysOfExternalSecret(creator);
    case 'bitnami.com SealedSecret':
      return new Set([
        ...Object.keys(record(creator.at(['spec', 'encryptedData'])) ?? {}),
        ...Object.keys(record(creator.at(['spec', 'template', 'data'])) ?? {}),
      ]);
    default:
      return 'unknown';
  }
}

function keysOfExternalSecret(external: Resource): ReadonlySet<string> | 'unknown' {
  if (
    list(external.at(['spec', 'dataFrom'])).length > 0 ||
    list(external.at(['spec', 'target', 'template', 'templateFrom'])).length > 0
  )
    return 'unknown';
  const given = list(external.at(['spec', 'data'])).flatMap((entry) => string(record(entry)?.['secretKey']) ?? []);
  const template = record(external.at(['spec', 'target', 'template', 'data']));
  if (!template) return new Set(given);
  // A template takes the place of what was fetched, unless it is to be merged.
  return new Set([
    ...Object.keys(template),
    ...(external.at(['spec', 'target', 'template', 'mergePolicy']) === 'Merge' ? given : []),
  ]);
}

import type { Resource } from '../manifests/resource';
import { list, record, text } from '../manifests/resource';
import { memo } from '../model/memo';
import { knownIn } from './known';
import { secretIsMade } from './secrets';
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
  if (kind === 'Secret') {
    const made = madeKeys(world, namespace, name);
    if (made) return made;
  } else if (name === 'kube-root-ca.crt') return new Set(['ca.crt']);
  const found = world.find(kind, namespace, name);
  if (found.is === 'present') {
    const { resource } = found;
    const own = new Set([
      ...fields(resource, 'data'),
      ...fields(resource, 'binaryData'),
      ...(kind === 'Secret' ? fields(resource, 'stringData') : []),
    ]);
    if (resource.at(['type']) === 'kubernetes.io/service-account-token')
      for (const key of ['token', 'ca.crt', 'namespace']) own.add(key);
    // Without any data it is one that somebody else fills, or that a declaration names only.
    return own.size === 0 ? 'unknown' : own;
  }
  return kind === 'ConfigMap' && bundleOf(world, name) ? 'unknown' : undefined;
});

function fields(resource: Resource, field: string): string[] {
  return Object.keys(record(resource.at([field])) ?? {});
}

/** The keys that a controller writes: of an ExternalSecret, a SealedSecret, a Certificate. */
function madeKeys(world: World, namespace: string, name: string): ReadonlySet<string> | 'unknown' | undefined {
  const external = knownIn(world, 'ExternalSecret', namespace).find(
    (secret) => (text(secret.at(['spec', 'target', 'name'])) ?? secret.name) === name,
  );
  if (external) {
    if (
      list(external.at(['spec', 'dataFrom'])).length > 0 ||
      list(external.at(['spec', 'target', 'template', 'templateFrom'])).length > 0
    )
      return 'unknown';
    const given = list(external.at(['spec', 'data'])).flatMap((entry) => text(record(entry)?.['secretKey']) ?? []);
    const template = record(external.at(['spec', 'target', 'template', 'data']));
    if (!template) return new Set(given);
    // A template takes the place of what was fetched, unless it is to be merged.
    return new Set([
      ...Object.keys(template),
      ...(external.at(['spec', 'target', 'template', 'mergePolicy']) === 'Merge' ? given : []),
    ]);
  }
  const sealed = knownIn(world, 'SealedSecret', namespace).find(
    (secret) => (text(secret.at(['spec', 'template', 'metadata', 'name'])) ?? secret.name) === name,
  );
  if (sealed)
    return new Set([
      ...Object.keys(record(sealed.at(['spec', 'encryptedData'])) ?? {}),
      ...Object.keys(record(sealed.at(['spec', 'template', 'data'])) ?? {}),
    ]);
  return secretIsMade(world, namespace, name) ? 'unknown' : undefined;
}

/** trust-manager's Bundles become ConfigMaps of their name in many namespaces. */
function bundleOf(world: World, name: string): boolean {
  return [...world.of('Bundle'), ...world.elsewhere].some((bundle) => bundle.kind === 'Bundle' && bundle.name === name);
}

import type { Judgement } from '../checks/check';
import type { Reference } from '../manifests/references';
import { referencesOf } from '../manifests/references';
import type { Resource } from '../manifests/resource';
import { list, record, text } from '../manifests/resource';
import type { Workload } from '../manifests/workload';
import { knownIn, missing } from './known';
import { near } from './near';
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

const keys = new WeakMap<World, Map<string, Keys>>();

/** The keys of a ConfigMap or Secret of a namespace. */
export function keysOf(world: World, kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Keys {
  let known = keys.get(world);
  if (!known) keys.set(world, (known = new Map()));
  const id = `${kind}/${namespace}/${name}`;
  if (!known.has(id)) known.set(id, readKeys(world, kind, namespace, name));
  return known.get(id);
}

function readKeys(world: World, kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Keys {
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
}

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

/** Who refers to something: a workload, or a ServiceAccount. */
type Referrer = Pick<Workload, 'resource' | 'namespace'>;

/** A ConfigMap or Secret that is referred to and is not there; undefined where all is well. */
export function missingObject(world: World, referrer: Referrer, reference: Reference): Judgement | undefined {
  const { namespace, resource } = referrer;
  const { kind, name, path } = reference;
  if (kind === 'PersistentVolumeClaim' || keysOf(world, kind, namespace, name) !== undefined) return undefined;
  return missing(world, { resource, path, kind, namespace, name }, CONSEQUENCES[reference.use]);
}

const CONSEQUENCES: Readonly<Record<Reference['use'], string>> = {
  env: 'the container is not started (CreateContainerConfigError)',
  envFrom: 'the container is not started (CreateContainerConfigError)',
  volume: 'the volume can not be mounted and the pod stays in ContainerCreating',
  subPath: 'the volume can not be mounted and the pod stays in ContainerCreating',
  imagePullSecret: 'images are pulled without credentials, and a private registry refuses them (ImagePullBackOff)',
};

/** A key that is referred to and that its object does not have; undefined where all is well or the object itself is missing. */
export function missingKey(world: World, workload: Workload, reference: Reference): Judgement | undefined {
  const { kind, name, key, keyPath, use } = reference;
  if (kind === 'PersistentVolumeClaim' || key === undefined || !keyPath) return undefined;
  const found = keysOf(world, kind, workload.namespace, name);
  if (found === undefined || found === 'unknown' || found.has(key)) return undefined;
  const has = [...found].slice(0, 8).join(', ') || 'none';
  return {
    resource: workload.resource,
    path: keyPath,
    value: key,
    message: `${kind} ${name} has no key ${key} (it has: ${has}), so ${KEY_CONSEQUENCES[use]}${near(key, [...found])}`,
  };
}

const KEY_CONSEQUENCES: Readonly<Record<Reference['use'], string>> = {
  env: 'the container is not started (CreateContainerConfigError)',
  envFrom: 'the container is not started (CreateContainerConfigError)',
  volume: 'the volume can not be mounted and the pod stays in ContainerCreating',
  subPath: 'an empty directory is mounted in place of the file',
  imagePullSecret: 'images are pulled without credentials',
};

/** Walks all references of all pods that have a verdict. */
export function* judgeReferences(
  world: World,
  wanted: (reference: Reference) => boolean,
  judge: (world: World, workload: Workload, reference: Reference) => Judgement | undefined,
): Iterable<Judgement> {
  for (const workload of world.workloads) {
    for (const reference of referencesOf(workload)) {
      const judgement = wanted(reference) ? judge(world, workload, reference) : undefined;
      if (judgement) yield judgement;
    }
  }
}

import type { Reference } from '../manifests/references';
import { referencesOf } from '../manifests/references';
import type { WorkloadManifest } from '../manifests/workload';
import { someNames } from '../model/errors';
import { near } from '../model/near';
import { keysOf } from '../world/contents';
import type { World } from '../world/world';
import type { Finding } from './check';
import { missing } from './missing';
import { respelt } from './respelt';

/** Who refers to something: a workload, or a ServiceAccount. */
type Referrer = Pick<WorkloadManifest, 'resource' | 'namespace'>;

/** A ConfigMap or Secret that is referred to and is not there; undefined where all is well. */
export function missingObject(world: World, referrer: Referrer, reference: Reference): Finding | undefined {
  const { namespace, resource } = referrer;
  const { kind, name, path } = reference;
  if (kind === 'PersistentVolumeClaim' || keysOf(world, kind, namespace, name) !== undefined) return undefined;
  return missing(world, { resource, path, kind, namespace, name }, CONSEQUENCES[reference.use]);
}

const CONSEQUENCES: Readonly<Record<Reference['use'], string>> = {
  env: 'the container is not started (CreateContainerConfigError)',
  envFrom: 'the container is not started (CreateContainerConfigError)',
  volume: 'the volume cannot be mounted and the pod stays in ContainerCreating',
  subPath: 'the volume cannot be mounted and the pod stays in ContainerCreating',
  imagePullSecret: 'images are pulled without credentials, and a private registry refuses them (ImagePullBackOff)',
};

/** A key that is referred to and that its object does not have; undefined where all is well or the object itself is missing. */
export function missingKey(world: World, workload: WorkloadManifest, reference: Reference): Finding | undefined {
  const { kind, name, key, keyPath, use } = reference;
  if (kind === 'PersistentVolumeClaim' || key === undefined || !keyPath) return undefined;
  const found = keysOf(world, kind, workload.namespace, name);
  if (found === undefined || found === 'unknown' || found.has(key)) return undefined;
  const has = someNames([...found], 8) || 'none';
  return {
    resource: workload.resource,
    path: keyPath,
    value: key,
    message: `${kind} ${name} has no key ${key} (it has: ${has}), so ${KEY_CONSEQUENCES[use]}${near(key, [...found])}`,
    ...respelt(key, found),
  };
}

const KEY_CONSEQUENCES: Readonly<Record<Reference['use'], string>> = {
  env: 'the container is not started (CreateContainerConfigError)',
  envFrom: 'the container is not started (CreateContainerConfigError)',
  volume: 'the volume cannot be mounted and the pod stays in ContainerCreating',
  subPath: 'an empty directory is mounted in place of the file',
  imagePullSecret: 'images are pulled without credentials',
};

/** Walks all references of all pods that have a verdict. */
export function* referenceFindings(
  world: World,
  wanted: (reference: Reference) => boolean,
  judge: (world: World, workload: WorkloadManifest, reference: Reference) => Finding | undefined,
): Iterable<Finding> {
  for (const workload of world.workloads) {
    for (const reference of referencesOf(workload)) {
      const finding = wanted(reference) ? judge(world, workload, reference) : undefined;
      if (finding) yield finding;
    }
  }
}

import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string, strings } from '../manifests/resource';
import { memo } from '../model/memo';
import { knownIn } from './known';
import type { World } from './world';

/** A claim for storage: a PersistentVolumeClaim, or a template by which a StatefulSet or a pod gets one. */
export interface Claim {
  readonly resource: Resource;
  readonly namespace: string;
  /** The claim's own name, or that of the template. */
  readonly name: string;
  readonly spec: Json;
  /** Where the spec stands. */
  readonly path: Path;
  /** Undefined: the cluster's default is asked for. Empty: a volume without a class. */
  readonly className: string | undefined;
  readonly classPath: Path;
  readonly modes: readonly string[];
}

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Every claim that is judged. */
export const claimsOf = memo((world: World): readonly Claim[] => [...readClaims(world)]);

function* readClaims(world: World): Iterable<Claim> {
  for (const resource of world.of('PersistentVolumeClaim')) yield claimOf(resource, world.namespaceOf(resource), []);
  for (const { resource, namespace, podSpec, podSpecPath } of world.workloads) {
    for (const i of resource.kind === 'StatefulSet' ? list(resource.at(['spec', 'volumeClaimTemplates'])).keys() : [])
      yield claimOf(resource, namespace, ['spec', 'volumeClaimTemplates', i]);
    for (const [i, volume] of list(podSpec['volumes']).entries()) {
      if (record(record(record(volume)?.['ephemeral'])?.['volumeClaimTemplate']))
        yield claimOf(
          resource,
          namespace,
          [...podSpecPath, 'volumes', i, 'ephemeral', 'volumeClaimTemplate'],
          string(record(volume)?.['name']),
        );
    }
  }
}

/** The claim that stands at a path of an object. */
export function claimOf(resource: Resource, namespace: string, at: Path, name?: string): Claim {
  const spec = record(resource.at([...at, 'spec'])) ?? {};
  // The annotation is older than the field, and wins.
  const annotated = strings(resource.at([...at, 'metadata', 'annotations']))[BETA_CLASS];
  return {
    resource,
    namespace,
    name: name ?? string(resource.at([...at, 'metadata', 'name'])) ?? '',
    spec,
    path: [...at, 'spec'],
    className: annotated ?? string(spec['storageClassName']),
    classPath:
      annotated === undefined
        ? [...at, 'spec', ...(spec['storageClassName'] === undefined ? [] : ['storageClassName'])]
        : [...at, 'metadata', 'annotations', BETA_CLASS],
    modes: list(spec['accessModes']).flatMap((mode) => string(mode) ?? []),
  };
}

/** The StorageClasses that are known, by name; what is judged comes before what stands there already. */
export function storageClasses(world: World): ReadonlyMap<string, Resource> {
  return new Map(
    [...(world.facts.known('storageClasses') ?? []), ...knownIn(world, 'StorageClass', '')].map((known) => [
      known.name,
      known,
    ]),
  );
}

export function isDefaultClass(storageClass: Resource): boolean {
  return DEFAULT_CLASS.some((annotation) => storageClass.annotations[annotation] === 'true');
}

/** The class that a claim gets: its own, or the only default; undefined where that is not known. */
export function classOf(world: World, { className }: Pick<Claim, 'className'>): Resource | undefined {
  const known = storageClasses(world);
  if (className !== undefined) return known.get(className);
  const defaults = [...known.values()].filter(isDefaultClass);
  return defaults.length === 1 ? defaults[0] : undefined;
}

/** Whether somebody made a PersistentVolume of the class that a claim asks for. */
export function hasVolume(world: World, { className }: Claim): boolean {
  return classesOfVolumes(world).has(className ?? '');
}

const classesOfVolumes = memo(
  (world: World): ReadonlySet<string> => new Set(knownIn(world, 'PersistentVolume', '').map(classOfVolume)),
);

/** The class of a PersistentVolume; empty where it has none. */
export function classOfVolume(volume: Resource): string {
  return volume.annotations[BETA_CLASS] ?? string(volume.at(['spec', 'storageClassName'])) ?? '';
}

/** Whether a PersistentVolume names a claim as the one that it is for: the controller binds the two whatever else they say. */
export function isReservedFor(volume: Resource, { resource, namespace, name }: Claim): boolean {
  const reserved = record(volume.at(['spec', 'claimRef']));
  if (!reserved || reserved['namespace'] !== namespace) return false;
  // The claims of a StatefulSet are called after their template and pod.
  return resource.kind === 'StatefulSet'
    ? (string(reserved['name']) ?? '').startsWith(`${name}-${resource.name}-`)
    : reserved['name'] === name;
}

/** Provisioners of disks that are attached to one node at a time. What is under an old name is done by the driver of the new one. */
const DISKS: ReadonlySet<string> = new Set([
  'ebs.csi.aws.com',
  'kubernetes.io/aws-ebs',
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
  'dobs.csi.digitalocean.com',
  'csi.hetzner.cloud',
]);
/** Directories of one node, unless it is told of one that all nodes share. */
const DIRECTORIES = 'rancher.io/local-path';

export function provisionerOf(storageClass: Resource | undefined): string | undefined {
  return string(storageClass?.at(['provisioner']));
}

/** Whether only the pods of one node can use a volume of this class at a time. */
export function isForOneNode(storageClass: Resource | undefined): boolean {
  const provisioner = provisionerOf(storageClass);
  return provisioner !== undefined && DISKS.has(provisioner);
}

/** Whether a class makes file systems that several nodes write to; undefined where its provisioner's abilities are not known. */
export function sharesFiles(world: World, storageClass: Resource): 'no' | 'unless-configured' | undefined {
  const provisioner = provisionerOf(storageClass);
  if (provisioner === undefined) return undefined;
  if (DISKS.has(provisioner)) return 'no';
  if (provisioner !== DIRECTORIES) return undefined;
  // Those of kind and k3s are not told of any.
  return (world.facts.known('nodes') ?? []).some((node) =>
    /^(kind|k3s):\/\//.test(string(node.at(['spec', 'providerID'])) ?? ''),
  )
    ? 'no'
    : 'unless-configured';
}

import type { Json, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { everyKnown, knownIn } from '../../../world/known';
import { LiveDump } from '../../../world/live-dump';
import { claimOf, classOf, storageClasses } from '../../../world/storage';
import type { World } from '../../../world/world';
import { runningPods } from '../known-pods';
import type { SchedulerPod } from '../pod';
import { podVolumesOf } from './pod-volumes';
import type { Storage, StorageClaim, StorageVolume } from './storage';
import {
  assumedClaim,
  claimKey,
  claimsByKey,
  isKeptFor,
  isProvisioned,
  matchingVolume,
  readClaim,
  storageOf,
} from './storage';

/** The storage that is known, with the claims that are made for pods: StatefulSets' and ephemeral ones that are not there yet. */
export function knownStorage(world: World, made: readonly StorageClaim[]): Storage {
  const objects = [
    ...storageClasses(world).values(),
    ...['PersistentVolume', 'CSINode', 'CSIDriver', 'VolumeAttachment'].flatMap((kind) => knownIn(world, kind, '')),
    ...everyKnown(world, 'CSIStorageCapacity'),
  ];
  const claims = everyKnown(world, 'PersistentVolumeClaim');
  const standing = claims.filter((claim) => claim.isPrinted || world.external.includes(claim));
  const coming = claims.filter((claim) => !standing.includes(claim)).map((claim) => readKnown(world, claim));
  const read = standing.map((claim) => readKnown(world, claim));
  const known = claimsByKey([...read, ...coming]);
  const fresh = [...coming, ...made.filter((claim) => !known.has(claimKey(claim.namespace, claim.name)))];
  const storage = storageOf(objects, []);
  const controller = new VolumeController(storage, world.facts.known('storageClasses') !== undefined);
  return {
    ...storage,
    claims: claimsByKey([
      ...read.map((claim) => controller.standing(claim)),
      ...fresh.map((claim) => controller.bind(claim)),
      ...untold(world, claimsByKey([...known.values(), ...fresh])),
    ]),
  };
}

/** Claims that pods name and nobody shows: those of pods that run are there, others may be where it is not known that they are not. */
function untold(world: World, known: ReadonlyMap<string, StorageClaim>): StorageClaim[] {
  const found = new Map<string, StorageClaim>();
  const printed = new LiveDump(world.external, (resource) => world.namespaceOf(resource));
  const assume = (namespace: string, spec: Json, runs: boolean) => {
    for (const { claim } of podVolumesOf(spec).claims) {
      const key = claimKey(namespace, claim ?? '');
      if (!claim || known.has(key) || (found.has(key) && !runs)) continue;
      const mayBe = () =>
        !printed.isWhole('PersistentVolumeClaim', namespace) &&
        world.find('PersistentVolumeClaim', namespace, claim).is === 'unknown';
      if (!runs && !mayBe()) continue;
      found.set(key, { ...assumedClaim(namespace, claim), assumed: !runs });
    }
  };
  for (const { namespace, podSpec } of world.workloads) assume(namespace, podSpec, false);
  for (const { resource } of runningPods(world))
    assume(world.namespaceOf(resource), record(resource.at(['spec'])) ?? {}, true);
  return [...found.values()];
}

/** A claim that names no class gets the default one (plugin/pkg/admission/storage/storageclass/setdefault). */
function readKnown(world: World, resource: Resource): StorageClaim {
  const namespace = world.namespaceOf(resource);
  return withDefault(
    world,
    readClaim(resource.object, namespace, resource.name),
    claimOf(resource, namespace, []).className,
  );
}

function withDefault(world: World, claim: StorageClaim, stated: string | undefined): StorageClaim {
  if (claim.bound || stated !== undefined) return claim;
  return { ...claim, className: classOf(world, { className: undefined })?.name ?? '' };
}

/** The claims that are made for a pod: by its StatefulSet, and for its ephemeral volumes. */
export function claimsMadeFor(world: World, workload: WorkloadManifest, pod: SchedulerPod): StorageClaim[] {
  const { resource, namespace, podSpec, podSpecPath } = workload;
  const make = (name: string, path: readonly (string | number)[], controller: string | undefined) => {
    const template = record(resource.at(path)) ?? {};
    const owner =
      controller === undefined ? {} : { ownerReferences: [{ kind: 'Pod', controller: true, name: controller }] };
    const json = { metadata: { ...record(template['metadata']), ...owner }, spec: template['spec'] };
    return withDefault(world, readClaim(json, namespace, name), claimOf(resource, namespace, path).className);
  };
  const templates = claimTemplates(resource).map((template, i) =>
    make(`${template}-${pod.name}`, ['spec', 'volumeClaimTemplates', i], undefined),
  );
  const ephemeral = list(podSpec['volumes']).flatMap((entry, i) => {
    const volume = record(entry);
    if (!record(record(volume?.['ephemeral'])?.['volumeClaimTemplate'])) return [];
    const path = [...podSpecPath, 'volumes', i, 'ephemeral', 'volumeClaimTemplate'];
    return [make(`${pod.name}-${string(volume?.['name']) ?? ''}`, path, pod.name)];
  });
  return [...templates, ...ephemeral];
}

/** The names of a StatefulSet's claim templates. */
export function claimTemplates(resource: Resource): string[] {
  if (resource.kind !== 'StatefulSet') return [];
  return list(resource.at(['spec', 'volumeClaimTemplates'])).map(
    (template) => string(record(record(template)?.['metadata'])?.['name']) ?? '',
  );
}

/** What Kubernetes' controller makes of claims that do not wait for a pod, as far as it can be told. */
class VolumeController {
  private readonly taken = new Set<string>();

  constructor(
    private readonly storage: Storage,
    private readonly knowsClasses: boolean,
  ) {}

  /** A claim that stands in the cluster is as it is, but for a volume of which nobody told. */
  standing(claim: StorageClaim): StorageClaim {
    const { volumes } = this.storage;
    return claim.bound && volumes.size === 0 ? anywhere(claim) : this.withKnownClass(claim);
  }

  /** One that is yet to be applied gets a volume that is there, or one that is made before any node is chosen. */
  bind(claim: StorageClaim): StorageClaim {
    const { classes, volumes } = this.storage;
    const made = classes.get(claim.className);
    if (claim.volumeName !== '') {
      const wanted = volumes.get(claim.volumeName);
      return wanted && (!wanted.claim || isKeptFor(wanted, claim)) ? this.bound(claim, wanted) : claim;
    }
    if (made?.waits) return claim;
    const free = [...volumes.values()].filter(({ name }) => !this.taken.has(name));
    const volume = matchingVolume(claim, free, undefined);
    if (volume) return this.bound(claim, volume);
    return made && isProvisioned(made) ? anywhere(claim) : this.withKnownClass(claim);
  }

  private bound(claim: StorageClaim, { name }: StorageVolume): StorageClaim {
    this.taken.add(name);
    return { ...claim, volumeName: name, bound: true };
  }

  private withKnownClass(claim: StorageClaim): StorageClaim {
    if (claim.bound || this.knowsClasses || this.storage.classes.has(claim.className)) return claim;
    return anywhere(claim);
  }
}

function anywhere(claim: StorageClaim): StorageClaim {
  return { ...claim, bound: false, volumeName: '', madeAnywhere: true };
}

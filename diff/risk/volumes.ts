import type { Resource } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { everyKnown } from '../../world/known';
import type { Claim } from '../../world/storage';
import { claimOf, classOf } from '../../world/storage';
import type { World } from '../../world/world';
import type { RiskClass } from './classes';

/** What becomes of the volume of a claim that is deleted. */
export interface VolumeFate {
  readonly class: RiskClass;
  /** A clause that tells it. */
  readonly text: string;
}

/** What the reclaim policy of its volume, or else of its class, does with the data of a claim that is deleted. */
export function fateOfVolume(world: World, claim: Claim): VolumeFate {
  const volume = volumeOf(world, claim);
  const storageClass = volume ? undefined : classOf(world, claim);
  const policy = volume ? policyOfVolume(volume) : storageClass && (reclaimPolicyOf(storageClass) ?? 'Delete');
  const from = volume ? `PersistentVolume ${volume.name}` : `StorageClass ${storageClass?.name}`;
  switch (policy) {
    case 'Retain':
      return {
        class: 'disruption',
        text: `the volume stays (reclaimPolicy Retain of ${from}), but no claim gets it until somebody clears its claimRef`,
      };
    case 'Delete':
    case 'Recycle':
      return {
        class: 'data-loss',
        text: `the volume goes with it (reclaimPolicy ${policy} of ${from}), and all data in it`,
      };
    default:
      return {
        class: 'data-loss',
        text: `the volume and its data may go with it: the reclaim policy of ${nameOfClass(claim)} is not known, and Delete is the default`,
      };
  }
}

function nameOfClass({ className }: Claim): string {
  return className ? `StorageClass ${className}` : className === '' ? 'its volume' : 'the default StorageClass';
}

/** The PersistentVolume that a claim names, or that names the claim. */
function volumeOf(world: World, { resource, namespace, name, spec }: Claim): Resource | undefined {
  if (resource.kind !== 'PersistentVolumeClaim') return undefined;
  const volumes = everyKnown(world, 'PersistentVolume');
  const named = string(spec['volumeName']);
  return volumes.find(
    (volume) =>
      volume.name === named ||
      (volume.at(['spec', 'claimRef', 'name']) === name && volume.at(['spec', 'claimRef', 'namespace']) === namespace),
  );
}

/** What a PersistentVolume says, or else what the server fills in. */
export function policyOfVolume(volume: Resource): string {
  return string(volume.at(['spec', 'persistentVolumeReclaimPolicy'])) ?? 'Retain';
}

export function reclaimPolicyOf(storageClass: Resource): string | undefined {
  return string(storageClass.at(['reclaimPolicy']));
}

/** The claims that the controller of a StatefulSet makes for each pod. */
export function claimTemplatesOf(world: World, set: Resource): Claim[] {
  return list(set.at(['spec', 'volumeClaimTemplates'])).map((_, i) =>
    claimOf(set, world.namespaceOf(set), ['spec', 'volumeClaimTemplates', i]),
  );
}

/** What a StatefulSet does with the claims of pods that go: `Retain` unless it says otherwise. */
export function claimRetention(set: Resource, when: 'whenDeleted' | 'whenScaled'): string {
  return string(record(set.at(['spec', 'persistentVolumeClaimRetentionPolicy']))?.[when]) ?? 'Retain';
}

/** The first ordinal of a StatefulSet's pods, and the one behind the last. */
export function ordinalsOf(set: Resource): { readonly from: number; readonly to: number } {
  const from = number(set.at(['spec', 'ordinals', 'start'])) ?? 0;
  return { from, to: from + (number(set.at(['spec', 'replicas'])) ?? 1) };
}

/** `data-web-0`, `data-web-0 and data-web-1`, `data-web-0 … data-web-4`: the claims of the pods with these ordinals. */
export function claimNames(templates: readonly Claim[], set: Resource, ordinals: readonly number[]): string {
  return templates
    .map(({ name }) => {
      const names = ordinals.map((ordinal) => `${name}-${set.name}-${ordinal}`);
      return names.length > 2 ? `${names[0]} … ${names.at(-1)}` : names.join(' and ');
    })
    .join(', ');
}

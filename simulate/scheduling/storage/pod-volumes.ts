import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';

/** A volume of a pod that is a PersistentVolumeClaim. */
export interface PodClaim {
  /** What the pod calls it. */
  readonly volume: string;
  /** Undefined: it is made for the pod, and called after both. */
  readonly claim: string | undefined;
}

/** What a pod mounts and a node may lack. */
export interface PodVolumes {
  readonly claims: readonly PodClaim[];
  /** Disks that the pod itself names, of the kinds that not any number of pods may mount. */
  readonly disks: readonly Json[];
}

export function podVolumesOf(spec: Json): PodVolumes {
  const volumes = mappings(spec['volumes']);
  return {
    claims: volumes.flatMap((volume) => {
      const claim = record(volume['persistentVolumeClaim']);
      if (!claim && !record(volume['ephemeral'])) return [];
      return [{ volume: string(volume['name']) ?? '', claim: claim && (string(claim['claimName']) ?? '') }];
    }),
    disks: volumes.filter((volume) => EXCLUSIVE.some(({ field }) => record(volume[field]))),
  };
}

/** The name of the claim (component-helpers/storage/ephemeral, VolumeClaimName). */
export function claimName({ claim, volume }: PodClaim, pod: { readonly name: string }): string {
  return claim ?? `${pod.name}-${volume}`;
}

/** Fields of volumes, and which volumes are one and the same disk. */
const EXCLUSIVE: readonly {
  readonly field: string;
  readonly same: (a: Json, b: Json) => boolean;
  readonly reads: boolean;
}[] = [
  { field: 'gcePersistentDisk', same: (a, b) => a['pdName'] === b['pdName'], reads: true },
  { field: 'awsElasticBlockStore', same: (a, b) => a['volumeID'] === b['volumeID'], reads: false },
  { field: 'iscsi', same: (a, b) => a['iqn'] === b['iqn'], reads: true },
  {
    field: 'rbd',
    same: (a, b) =>
      list(a['monitors']).some((monitor) => list(b['monitors']).includes(monitor)) &&
      (a['pool'] ?? 'rbd') === (b['pool'] ?? 'rbd') &&
      a['image'] === b['image'],
    reads: true,
  },
];

/** Whether two pods mount one disk of which a node takes one mount alone; some may be read by several (plugins/volumerestrictions). */
export function disksClash(a: PodVolumes, b: PodVolumes): boolean {
  return a.disks.some((one) =>
    b.disks.some((other) =>
      EXCLUSIVE.some(({ field, same, reads }) => {
        const [first, second] = [record(one[field]), record(other[field])];
        if (!first || !second || !same(first, second)) return false;
        return !(reads && first['readOnly'] === true && second['readOnly'] === true);
      }),
    ),
  );
}

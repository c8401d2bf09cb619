import type { Path, Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const volume = (policy: string, size = '1Ti') => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive }
spec:
  capacity: { storage: ${size} }
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: ${policy}
  nfs: { server: files.example.com, path: /archive }
`;

interface Policy {
  readonly path: Path;
  /** What the server fills in. */
  readonly absent: string;
  readonly message: string;
}

/** What says `Retain`, and keeps data when something else is deleted. */
const POLICIES: Readonly<Record<string, readonly Policy[]>> = {
  PersistentVolume: [
    {
      path: ['spec', 'persistentVolumeReclaimPolicy'],
      absent: 'Retain',
      message: 'the volume and its data are deleted along with its claim from now on',
    },
  ],
  StorageClass: [
    {
      path: ['reclaimPolicy'],
      absent: 'Delete',
      message: 'volumes that are made from now on are deleted along with their claims',
    },
  ],
  StatefulSet: [
    {
      path: ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'],
      absent: 'Retain',
      message: 'the claims of all its pods are deleted along with it from now on',
    },
    {
      path: ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled'],
      absent: 'Retain',
      message: 'the claims of pods that go when it is scaled down are deleted from now on',
    },
  ],
  VolumeSnapshotClass: [
    {
      path: ['deletionPolicy'],
      absent: '',
      message: 'snapshots that are made from now on are deleted in the storage system along with their objects',
    },
  ],
  VolumeSnapshotContent: [
    {
      path: ['spec', 'deletionPolicy'],
      absent: '',
      message: 'the snapshot is deleted in the storage system along with its object from now on',
    },
  ],
};

/** What holds data, or all of a kind. */
const KEPT = [
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StatefulSet',
  'Namespace',
  'CustomResourceDefinition',
  'Secret',
];

export default riskRule({
  id: 'reclaim-loosened',
  class: 'data-loss',
  description: 'a policy that keeps data when something is deleted, and that keeps them no more',
  reason: 'Nothing is lost yet. The next deletion of a claim, a StatefulSet or a snapshot deletes the data as well.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaim-policy',
  advice: 'keep Retain where the data are wanted, and remove what is not by hand',
  example: {
    before: volume('Retain'),
    after: volume('Delete'),
    finds: ['PersistentVolume/archive spec.persistentVolumeReclaimPolicy'],
    harmless: volume('Retain', '2Ti'),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...KEPT)) {
      const { does, before, after } = change;
      if (does === 'changed' && before && after && isKept(before) && !isKept(after))
        yield {
          change,
          field: fieldAt(change, ['metadata', 'annotations']),
          message:
            'whoever applies the manifests deletes it from now on when its manifest goes: it was told to keep it',
        };
    }
    for (const [kind, policies] of Object.entries(POLICIES)) {
      for (const change of changesOf(diff, kind)) {
        const { does, before, after } = change;
        if (does !== 'changed' || !before || !after) continue;
        for (const { path, absent, message } of policies) {
          const [was, is] = [before, after].map((resource) => policyAt(resource, path) ?? absent);
          const field = fieldAt(change, path.map(String));
          if (was === 'Retain' && is === 'Delete') yield { change, field, message };
          // A controller of the cluster deletes the files (pkg/controller/volume/persistentvolume, recycleVolumeOperation).
          if (kind === 'PersistentVolume' && was === 'Retain' && is === 'Recycle')
            yield {
              change,
              field,
              message: 'the files on the volume are deleted along with its claim from now on, for others to use it',
            };
        }
      }
    }
  },
});

/** A set without claim templates has no claims to lose. */
function policyAt(resource: Resource, path: Path): string | undefined {
  if (resource.kind === 'StatefulSet' && resource.at(['spec', 'volumeClaimTemplates']) === undefined) return undefined;
  return string(resource.at(path));
}

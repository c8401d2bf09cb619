import { record, string } from '../../../manifests/resource';
import { knownIn } from '../../../world/known';
import type { Gone } from '../kinds';
import { goneOf } from '../kinds';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { policyOfVolume } from '../volumes';

const volume = (labels: string) => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive, labels: { ${labels} } }
spec:
  capacity: { storage: 1Ti }
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  nfs: { server: files.example.com, path: /archive }
  claimRef: { namespace: shop, name: archive }
`;

export default riskRule({
  id: 'volume-removed',
  class: 'data-loss',
  description: 'a PersistentVolume, or a snapshot of one, that is removed',
  reason:
    'A claim that is bound to the volume is Lost, and its pods do not start any more. A snapshot whose class has the deletion policy Delete is deleted in the storage system as well.',
  source:
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolume-deletion-protection-finalizer',
  advice: 'move the data first, and remove the claim before the volume',
  example: {
    before: volume('team: a'),
    after: '',
    finds: ['PersistentVolume/archive'],
    harmless: volume('team: b'),
  },
  *find(diff) {
    for (const gone of goneOf(diff, 'PersistentVolume')) yield ofVolume(gone);
    for (const gone of goneOf(diff, 'VolumeSnapshot', 'VolumeSnapshotContent')) yield ofSnapshot(diff, gone);
  },
});

function ofVolume({ change, before }: Gone): FoundRisk {
  const claim = record(before.at(['spec', 'claimRef']));
  const bound = claim ? `claim ${claim['namespace']}/${claim['name']}` : 'a claim that is bound to it';
  if (policyOfVolume(before) === 'Delete')
    return {
      change,
      message: `PersistentVolume ${before.name} is deleted once it is not bound, and may be with all its data (reclaimPolicy Delete)`,
    };
  return {
    change,
    class: 'disruption',
    message: `${bound} loses its volume: what is stored behind it stays (reclaimPolicy Retain), and no pod reaches it`,
  };
}

function ofSnapshot({ before: world }: WorldChange, { change, before, namespace }: Gone): FoundRisk {
  const name = string(before.at(['spec', 'volumeSnapshotClassName']));
  const snapshotClass = knownIn(world, 'VolumeSnapshotClass', '').find((each) => each.name === name);
  const policy = string(
    before.kind === 'VolumeSnapshot' ? snapshotClass?.at(['deletionPolicy']) : before.at(['spec', 'deletionPolicy']),
  );
  const what = [before.kind, namespace, before.name].filter(Boolean).join('/');
  if (policy === 'Retain')
    return {
      change,
      class: 'disruption',
      message: `${what} goes; what it is made of stays in the storage system (deletionPolicy Retain)`,
    };
  const may = policy === 'Delete' ? 'is' : 'may be';
  return { change, message: `the snapshot ${may} deleted in the storage system: nobody can restore from it` };
}

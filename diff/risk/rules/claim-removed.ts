import { referencesOf } from '../../../manifests/references';
import { claimOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import { goneOf } from '../kinds';
import { riskRule } from '../risk';
import { fateOfVolume } from '../volumes';

const CLASS = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
`;
const claim = (annotations: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop, annotations: { ${annotations} } }
spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---${CLASS}`;

export default riskRule({
  id: 'claim-removed',
  class: 'data-loss',
  description: 'a PersistentVolumeClaim that is removed, renamed or moved to another namespace',
  reason:
    'With the reclaim policy Delete, which is the default of a StorageClass, the volume is deleted as soon as its claim is. With Retain the volume stays, and nothing uses it.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming',
  advice: 'make a snapshot or a backup first, or set the reclaim policy of the volume to Retain',
  example: {
    before: claim(''),
    after: CLASS,
    finds: ['PersistentVolumeClaim/shop/uploads'],
    harmless: claim('team: a'),
  },
  *find(diff) {
    for (const { change, before, namespace, renamed } of goneOf(diff, 'PersistentVolumeClaim')) {
      const { class: risk, text } = fateOfVolume(diff.before, claimOf(before, namespace, []));
      const when = isUsed(diff.after, namespace, before.name) ? ' once no pod uses it any more' : '';
      const instead = renamed ? `; ${renamed.name} begins empty` : '';
      yield { change, class: risk, message: `claim ${before.name} is deleted${when}: ${text}${instead}` };
    }
  },
});

/** A claim that pods use stays until the last of them is gone (kubernetes.io/pvc-protection). */
function isUsed(world: World, namespace: string, name: string): boolean {
  return world
    .workloadsIn(namespace)
    .some((workload) =>
      referencesOf(workload).some((used) => used.kind === 'PersistentVolumeClaim' && used.name === name),
    );
}

import { parseQuantity } from '../../../manifests/quantity';
import { claimOf, classOf } from '../../../world/storage';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const claim = (size: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
allowVolumeExpansion: true
`;
const SIZE = ['spec', 'resources', 'requests', 'storage'];

export default riskRule({
  id: 'storage-grown',
  class: 'capacity',
  description: 'a claim that asks for a larger volume',
  reason:
    'The volume grows and does not shrink again, so a revert of this change is refused. Some drivers grow the file system only when the pod starts anew.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims',
  advice: 'make sure that the size is wanted: there is no way back but a new claim',
  example: {
    before: claim('5Gi'),
    after: claim('10Gi'),
    finds: ['PersistentVolumeClaim/shop/uploads spec.resources.requests.storage'],
    harmless: claim('5120Mi'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'PersistentVolumeClaim')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const [was, is] = [before, after].map((each) => parseQuantity(each.at(SIZE)));
      if (was === undefined || is === undefined || is <= was) continue;
      const storageClass = classOf(diff.after, claimOf(after, diff.after.namespaceOf(after), []));
      const field = fieldAt(change, SIZE);
      if (storageClass && storageClass.at(['allowVolumeExpansion']) !== true)
        yield {
          change,
          field,
          class: 'immutable',
          message: `the API server refuses it: StorageClass ${storageClass.name} does not allow volumes to grow`,
          advice:
            'set allowVolumeExpansion: true on the class if its driver can do it, or make a new claim and copy the data',
        };
      else
        yield {
          change,
          field,
          message: `the volume grows to ${String(after.at(SIZE))}, and cannot shrink again${storageClass ? '' : '; whether its class allows it is not known'}`,
        };
    }
  },
});

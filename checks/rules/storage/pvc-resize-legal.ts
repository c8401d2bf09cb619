import { parseQuantity } from '../../../manifests/quantity';
import { valueAt } from '../../../manifests/resource';
import { claimOf, classOf } from '../../../world/storage';
import { check } from '../../check';

const manifests = (name: string, size: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: ${name}, accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;
const CLASSES = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: local }
provisioner: rancher.io/local-path
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: disk }
provisioner: ebs.csi.aws.com
allowVolumeExpansion: true
`;
const SIZE = ['spec', 'resources', 'requests', 'storage'];

export default check({
  id: 'pvc-resize-legal',
  group: 'storage',
  description: 'a claim that grows has a StorageClass that allows volume expansion',
  severity: 'will-break',
  needs: ['previous', 'cluster'],
  source: 'plugin/pkg/admission/storage/persistentvolume/resize/admission.go',
  fix: 'set allowVolumeExpansion: true on the StorageClass if its driver supports it, or create a new claim and copy the data',
  example: {
    facts: CLASSES,
    previous: manifests('local', '5Gi'),
    broken: manifests('local', '10Gi'),
    fails: ['PersistentVolumeClaim/shop/uploads spec.resources.requests.storage'],
    fixed: manifests('local', '5Gi'),
  },
  *judge(world) {
    const before = new Map(
      (world.previous ?? [])
        .filter(({ kind }) => kind === 'PersistentVolumeClaim')
        .map((resource) => [`${world.namespaceOf(resource)}/${resource.name}`, resource]),
    );
    if (before.size === 0) return;
    for (const resource of world.of('PersistentVolumeClaim')) {
      const namespace = world.namespaceOf(resource);
      const old = before.get(`${namespace}/${resource.name}`);
      const [was, is] = [parseQuantity(old?.at(SIZE)), parseQuantity(resource.at(SIZE))];
      // immutable-field-change reports a claim that shrinks.
      if (!old || was === undefined || is === undefined || is <= was) continue;
      const { className } = claimOf(old, namespace, []);
      const growth = `it grows from ${String(valueAt(old.object, SIZE))} to ${String(resource.at(SIZE))}`;
      const at = { resource, path: SIZE, value: resource.at(SIZE) };
      const storageClass = classOf(world, { className });
      if (className === '')
        yield {
          ...at,
          message: `${growth}, and it has no StorageClass: the API server rejects the expansion of a volume that was not dynamically provisioned`,
        };
      else if (!storageClass) {
        const which = className === undefined ? 'the default StorageClass' : `StorageClass ${className}`;
        yield {
          ...at,
          verdict: 'unknown',
          settledBy: 'cluster',
          message: `${growth}; whether ${which} allows it (allowVolumeExpansion) is not known; give the output of \`kubectl get storageclasses -o yaml\``,
        };
      } else if (storageClass.at(['allowVolumeExpansion']) !== true)
        yield {
          ...at,
          message: `${growth}, and StorageClass ${storageClass.name} does not allow volume expansion (allowVolumeExpansion): the API server rejects the change`,
        };
    }
  },
});

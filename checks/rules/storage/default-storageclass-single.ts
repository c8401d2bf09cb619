import { claimsOf, isDefaultClass, storageClasses } from '../../../world/storage';
import { check } from '../../check';

const manifests = (other: boolean) => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: standard, annotations: { storageclass.kubernetes.io/is-default-class: 'true' } }
provisioner: ebs.csi.aws.com
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast, annotations: { storageclass.kubernetes.io/is-default-class: '${String(other)}' } }
provisioner: ebs.csi.aws.com
`;

export default check({
  id: 'default-storageclass-single',
  group: 'storage',
  description: 'at most one StorageClass is the default',
  severity: 'advice',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/',
  fix: "set the annotation storageclass.kubernetes.io/is-default-class: 'false' on all but one, or set the class in each claim",
  example: {
    broken: manifests(true),
    fails: ['StorageClass/fast metadata.annotations', 'StorageClass/standard metadata.annotations'],
    fixed: manifests(false),
  },
  *judge(world) {
    const defaults = [...storageClasses(world).values()].filter(isDefaultClass);
    if (defaults.length < 2) return;
    const message = `${defaults
      .map(({ name }) => name)
      .sort()
      .join(
        ' and ',
      )} are all marked as default: claims without a class get the one that was created last, which differs between clusters`;
    const judged = new Set(world.of('StorageClass'));
    const own = defaults.filter((storageClass) => judged.has(storageClass));
    for (const resource of own)
      yield { resource, path: ['metadata', 'annotations'], value: resource.annotations, message };
    // If the manifests create none of them, the claims without a class are reported.
    if (own.length === 0)
      for (const { resource, path, className } of claimsOf(world))
        if (className === undefined) yield { resource, path, message, fix: 'set storageClassName' };
  },
});

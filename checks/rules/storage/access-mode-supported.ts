import { list, string } from '../../../manifests/resource';
import type { Claim } from '../../../world/storage';
import { claimsOf, classOf, isReservedFor, provisionerOf, sharesFiles } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (mode: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: gp3, accessModes: [${mode}], resources: { requests: { storage: 5Gi } } }
`;
const DISK = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: gp3 }
provisioner: ebs.csi.aws.com
`;

export default check({
  id: 'access-mode-supported',
  group: 'storage',
  description: 'the volume or provisioner of a claim supports its access modes',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  fix: 'use ReadWriteOnce, or a StorageClass with a shared filesystem (NFS, EFS, Filestore, Azure Files, CephFS)',
  example: {
    facts: DISK,
    broken: manifests('ReadWriteMany'),
    fails: ['PersistentVolumeClaim/shop/uploads spec.accessModes'],
    fixed: manifests('ReadWriteOnce'),
  },
  *judge(world) {
    for (const claim of claimsOf(world)) {
      const finding = judgeVolume(world, claim) ?? judgeClass(world, claim);
      if (finding) yield finding;
    }
  },
});

/** A claim that names its volume is bound only if the volume has all its access modes. */
function judgeVolume(world: World, claim: Claim): Finding | undefined {
  const { resource, path, spec, modes } = claim;
  const name = string(spec['volumeName']);
  const found = name ? world.find('PersistentVolume', '', name) : undefined;
  // A volume that names the claim is bound to it without a look at the modes.
  if (found?.is !== 'present' || isReservedFor(found.resource, claim)) return undefined;
  const has = list(found.resource.at(['spec', 'accessModes']));
  const lacks = modes.filter((mode) => !has.includes(mode));
  if (lacks.length === 0) return undefined;
  return {
    resource,
    path: [...path, 'accessModes'],
    value: modes,
    message: `PersistentVolume ${name} does not support ${lacks.join(', ')} (it supports: ${has.join(', ')}), so the claim is not bound and its pods stay Pending`,
    fix: 'use access modes that the volume supports',
  };
}

function judgeClass(world: World, claim: Claim): Finding | undefined {
  const { resource, path, spec, modes, className } = claim;
  // Some drivers support ReadWriteMany for raw block volumes.
  if (!modes.includes('ReadWriteMany') || spec['volumeMode'] === 'Block' || spec['volumeName'] !== undefined)
    return undefined;
  const at = { resource, path: [...path, 'accessModes'], value: modes };
  const storageClass = classOf(world, claim);
  if (!storageClass) {
    if (className === '') return undefined;
    const which = className === undefined ? 'the default StorageClass' : `StorageClass ${className}`;
    return {
      ...at,
      verdict: 'unknown',
      message: `whether ${which} supports ReadWriteMany is not known; give the output of \`kubectl get storageclasses -o yaml\``,
    };
  }
  const shares = sharesFiles(world, storageClass);
  if (shares === undefined) return undefined;
  const provisioner = provisionerOf(storageClass);
  if (shares === 'unless-configured')
    return {
      ...at,
      verdict: 'unknown',
      message: `${provisioner} supports ReadWriteMany only if a directory that all nodes share is configured (sharedFileSystemPath), and whether it is configured is not known`,
    };
  return {
    ...at,
    message: `${provisioner} (StorageClass ${storageClass.name}) does not support ReadWriteMany filesystems: provisioning fails (ProvisioningFailed), and the claim and its pods stay Pending`,
  };
}

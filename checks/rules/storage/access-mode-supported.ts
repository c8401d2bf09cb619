import { list, text } from '../../../manifests/resource';
import type { Claim } from '../../../world/storage';
import { claimsOf, classOf, provisionerOf, sharesFiles } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
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
  description: 'the access modes of a claim are ones that its volume or provisioner has',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  fix: 'ask for ReadWriteOnce, or for a class whose volumes are shared files (NFS, EFS, Filestore, Azure Files, CephFS)',
  example: {
    facts: DISK,
    broken: manifests('ReadWriteMany'),
    fails: ['PersistentVolumeClaim/shop/uploads spec.accessModes'],
    fixed: manifests('ReadWriteOnce'),
  },
  *judge(world) {
    for (const claim of claimsOf(world)) {
      const judgement = judgeVolume(world, claim) ?? judgeClass(world, claim);
      if (judgement) yield judgement;
    }
  },
});

/** A claim that names its volume is bound to it only if the volume has every mode. */
function judgeVolume(world: World, { resource, path, spec, modes }: Claim): Judgement | undefined {
  const name = text(spec['volumeName']);
  const found = name ? world.find('PersistentVolume', '', name) : undefined;
  if (found?.is !== 'present') return undefined;
  const has = list(found.resource.at(['spec', 'accessModes']));
  const lacks = modes.filter((mode) => !has.includes(mode));
  if (lacks.length === 0) return undefined;
  return {
    resource,
    path: [...path, 'accessModes'],
    value: modes,
    message: `PersistentVolume ${name} has no ${lacks.join(', ')} (it has: ${has.join(', ')}), so the claim is not bound to it and its pods stay Pending`,
    fix: 'ask for modes that the volume has',
  };
}

function judgeClass(world: World, claim: Claim): Judgement | undefined {
  const { resource, path, spec, modes, className } = claim;
  // Several nodes may write to some raw devices.
  if (!modes.includes('ReadWriteMany') || spec['volumeMode'] === 'Block' || spec['volumeName'] !== undefined)
    return undefined;
  const at = { resource, path: [...path, 'accessModes'], value: modes };
  const storageClass = classOf(world, claim);
  if (!storageClass)
    return className === ''
      ? undefined
      : {
          ...at,
          verdict: 'unknown',
          message: `whether ${className === undefined ? 'the default StorageClass' : `StorageClass ${className}`} makes volumes that several nodes write to is not known; give the objects of \`kubectl get storageclasses -o yaml\``,
        };
  const shares = sharesFiles(world, storageClass);
  if (shares === undefined) return undefined;
  const provisioner = provisionerOf(storageClass);
  if (shares === 'unless-configured')
    return {
      ...at,
      verdict: 'unknown',
      message: `${provisioner} makes no volume for ReadWriteMany unless it is configured with a directory that all nodes share (sharedFileSystemPath), and whether it is is not known`,
    };
  return {
    ...at,
    message: `${provisioner} (StorageClass ${storageClass.name}) makes no file system that several nodes write to: it refuses ReadWriteMany (ProvisioningFailed), and the claim and its pods stay Pending`,
  };
}

import { string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import type { Claim } from '../../../world/storage';
import { claimsOf, hasVolume, isDefaultClass, storageClasses } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { respelt } from '../../respelt';

const manifests = (name: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: ${name}, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`;
const STANDARD = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: standard }
provisioner: rancher.io/local-path
volumeBindingMode: WaitForFirstConsumer
`;

export default check({
  id: 'storageclass-exists',
  group: 'storage',
  description: 'the StorageClass of a claim exists, or a default StorageClass for a claim that names none',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/',
  fix: 'name an existing StorageClass, or add it',
  example: {
    facts: STANDARD,
    broken: manifests('fast'),
    fails: ['PersistentVolumeClaim/shop/uploads spec.storageClassName'],
    fixed: manifests('standard'),
  },
  *judge(world) {
    const classes = storageClasses(world);
    const names = [...classes.keys()];
    const hasDefault = [...classes.values()].some(isDefaultClass);
    // Whether there is a default StorageClass is one unknown finding for all claims that need it.
    let asked: Finding | undefined;
    let more = 0;
    for (const claim of claimsOf(world)) {
      if (claim.className === '' || (claim.className === undefined ? hasDefault : classes.has(claim.className)))
        continue;
      // A claim that names its volume, or matches an existing one, needs no StorageClass.
      if (!string(claim.spec['volumeName']) && !hasVolume(world, claim)) {
        const finding = judgeClass(world, claim, names);
        if (claim.className !== undefined || finding.verdict !== 'unknown') yield finding;
        else if (asked) more++;
        else asked = finding;
      }
    }
    if (!asked) return;
    const others = more === 0 ? '' : ` (this applies to ${more} other claim${more > 1 ? 's' : ''} too)`;
    yield { ...asked, message: `${asked.message}${others}` };
  },
});

function judgeClass(world: World, { resource, name, className, classPath }: Claim, names: readonly string[]): Finding {
  const what = resource.kind === 'PersistentVolumeClaim' ? 'it' : `the claim ${name}`;
  const command = 'give the output of `kubectl get storageclasses -o yaml`';
  const consequence = 'no volume is provisioned and the pods that use it stay Pending';
  if (className === undefined) {
    const at = { resource, path: classPath, fix: 'name a StorageClass, or mark one as the default' };
    // Classes among the manifests stand beside those that the cluster comes with.
    if (names.length > 0 && world.isComplete('', 'StorageClass'))
      return {
        ...at,
        message: `${what} names no StorageClass and the cluster has no default (it has: ${names.join(', ')}), so ${consequence}`,
      };
    return {
      ...at,
      verdict: 'unknown',
      message: `${what} names no StorageClass, and whether the cluster has a default is not known; ${command}`,
    };
  }
  const at = { resource, path: classPath, value: className };
  if (world.find('StorageClass', '', className).is === 'absent')
    return {
      ...at,
      message: `the cluster has no StorageClass ${className}, and no PersistentVolume of that class exists: ${consequence}${near(className, names)}`,
      ...respelt(className, names),
    };
  return {
    ...at,
    verdict: 'unknown',
    message: `whether the cluster has a StorageClass ${className} is not known; ${command}, or --declare it`,
  };
}

import { text } from '../../../manifests/resource';
import { near } from '../../../model/near';
import type { Claim } from '../../../world/storage';
import { claimsOf, classesAreKnown, hasVolume, isDefaultClass, storageClasses } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
import { check } from '../../check';

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
  description: 'the StorageClass of a claim exists, or there is a default for one that names none',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/',
  fix: 'name a StorageClass that the cluster has, or add it',
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
    // That nobody said which is the default is one question, however many claims wait for the answer.
    let asked: Judgement | undefined;
    let more = 0;
    for (const claim of claimsOf(world)) {
      if (claim.className === '' || (claim.className === undefined ? hasDefault : classes.has(claim.className)))
        continue;
      // A claim that names its volume, or one for which there is a volume already, waits for no class.
      if (!text(claim.spec['volumeName']) && !hasVolume(world, claim)) {
        const judgement = judgeClass(world, claim, names);
        if (claim.className !== undefined || judgement.verdict !== 'unknown') yield judgement;
        else if (asked) more++;
        else asked = judgement;
      }
    }
    if (asked)
      yield more === 0
        ? asked
        : { ...asked, message: `${asked.message} (${more} other claim${more > 1 ? 's wait' : ' waits'} for it, too)` };
  },
});

function judgeClass(
  world: World,
  { resource, name, className, classPath }: Claim,
  names: readonly string[],
): Judgement {
  const what = resource.kind === 'PersistentVolumeClaim' ? 'it' : `the claim ${name}`;
  // A declaration that says nothing of classes says nothing of the default either.
  const known = className === undefined ? names.length > 0 : classesAreKnown(world);
  const command = 'give the objects of `kubectl get storageclasses -o yaml`';
  if (className === undefined) {
    return {
      resource,
      path: classPath,
      verdict: known ? 'fail' : 'unknown',
      message: known
        ? `${what} names no StorageClass and the cluster has no default (it has: ${names.join(', ')}), so no volume is made and the pods that use it stay Pending`
        : `${what} names no StorageClass, and whether the cluster has a default is not known; ${command}`,
      fix: 'name a StorageClass, or mark one as the default',
    };
  }
  return {
    resource,
    path: classPath,
    value: className,
    verdict: known ? 'fail' : 'unknown',
    message: known
      ? `the cluster has no StorageClass ${className}, nor is there a PersistentVolume of that class: no volume is made and the pods that use it stay Pending${near(className, names)}`
      : `whether the cluster has a StorageClass ${className} is not known; ${command} or --declare it`,
  };
}

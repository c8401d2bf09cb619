import type { Path } from '../../../manifests/resource';
import { record, string, strings } from '../../../manifests/resource';
import type { Claim } from '../../../world/storage';
import { claimsOf, classOf, provisionerOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (mode: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { storageClassName: local-path, volumeMode: ${mode}, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`;

export default check({
  id: 'local-path-provisions',
  group: 'storage',
  description: 'a claim asks the local-path provisioner of kind and k3s for what it can make',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/',
  fix: 'use volumeMode: Filesystem without a selector, and a StorageClass with volumeBindingMode: WaitForFirstConsumer',
  example: {
    facts: `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: local-path }
provisioner: rancher.io/local-path
volumeBindingMode: WaitForFirstConsumer
`,
    broken: manifests('Block'),
    fails: ['PersistentVolumeClaim/shop/data spec.volumeMode'],
    fixed: manifests('Filesystem'),
  },
  *judge(world) {
    for (const claim of claimsOf(world)) {
      const found = refused(world, claim);
      if (found)
        yield {
          resource: claim.resource,
          path: found.path,
          value: claim.resource.at(found.path),
          message: `${found.why}: no volume is made (ProvisioningFailed), and the claim and its pods stay Pending`,
        };
    }
  },
});

function refused(world: World, claim: Claim): { readonly path: Path; readonly why: string } | undefined {
  const { spec, path, className, classPath } = claim;
  const storageClass = classOf(world, claim);
  if (!storageClass || provisionerOf(storageClass) !== 'rancher.io/local-path' || spec['volumeName'] !== undefined)
    return undefined;
  if (spec['volumeMode'] === 'Block')
    return { path: [...path, 'volumeMode'], why: 'the local-path provisioner makes folders and no block devices' };
  if (record(spec['selector']))
    return { path: [...path, 'selector'], why: 'the local-path provisioner takes no claim with a selector' };
  // A directory that all nodes share needs no node.
  if (hasSharedDirectory(world)) return undefined;
  return (string(storageClass.at(['volumeBindingMode'])) ?? 'Immediate') === 'Immediate'
    ? {
        path: className === undefined ? path : classPath,
        why: `StorageClass ${storageClass.name} binds at once (volumeBindingMode: Immediate), and the local-path provisioner makes a folder only on the node of a pod`,
      }
    : undefined;
}

/** Whether the configuration of the provisioner, where it is known, names one. */
function hasSharedDirectory(world: World): boolean {
  return [...world.of('ConfigMap'), ...world.external].some((resource) =>
    Object.values(strings(resource.at(['data']))).some((text) => text.includes('sharedFileSystemPath')),
  );
}

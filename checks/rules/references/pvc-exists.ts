import { referencesOf } from '../../../manifests/references';
import { list, record, string } from '../../../manifests/resource';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (claim: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: uploads, mountPath: /uploads }] }]
      volumes: [{ name: uploads, persistentVolumeClaim: { claimName: ${claim} } }]
`;

export default check({
  id: 'pvc-exists',
  group: 'references',
  description: 'the PersistentVolumeClaims that pods mount exist in their namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  fix: 'name an existing claim of the namespace, or add it',
  example: {
    broken: manifests('upload'),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName'],
    fixed: manifests('uploads'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, namespace } = workload;
      for (const { kind, name, path } of referencesOf(workload)) {
        if (kind !== 'PersistentVolumeClaim' || isTemplated(world, namespace, name)) continue;
        const finding = missing(
          world,
          { resource, path, kind, namespace, name },
          'its pods stay Pending: they cannot be scheduled without the claim',
        );
        if (finding) yield finding;
      }
    }
  },
});

/** Whether a StatefulSet creates this claim for one of its pods: `data-redis-0` from the template `data`. */
function isTemplated(world: World, namespace: string, name: string): boolean {
  const stem = /^(.+)-\d+$/.exec(name)?.[1];
  return (
    stem !== undefined &&
    knownIn(world, 'StatefulSet', namespace).some((set) =>
      list(set.at(['spec', 'volumeClaimTemplates'])).some(
        (template) => `${string(record(record(template)?.['metadata'])?.['name'])}-${set.name}` === stem,
      ),
    )
  );
}

import type { Path } from '../../../manifests/resource';
import { mappings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { check } from '../../check';
import { unplacedFindings } from '../../unplaced-finding';

const FACTS = ['a', 'b']
  .map(
    (zone) => `
apiVersion: v1
kind: Node
metadata: { name: node-${zone}, labels: { kubernetes.io/hostname: node-${zone}, topology.kubernetes.io/zone: ${zone} } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
---`,
  )
  .join('')
  .concat(`
apiVersion: v1
kind: PersistentVolume
metadata: { name: orders }
spec:
  capacity: { storage: 5Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: disk
  csi: { driver: disk.example.com, volumeHandle: orders }
  nodeAffinity:
    required:
      nodeSelectorTerms: [{ matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [b] }] }]
`);
const manifests = (zone: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders, namespace: shop }
spec: { storageClassName: disk, volumeName: orders, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      nodeSelector: { topology.kubernetes.io/zone: ${zone} }
      containers: [{ name: orders, image: 'shop/orders:3.1.0', volumeMounts: [{ name: data, mountPath: /data }] }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders } }]
`;

export default check({
  id: 'volume-zone-compatible',
  group: 'scheduling',
  description: 'the volumes of a pod can be reached from a node that takes it',
  severity: 'will-break',
  needs: ['nodes', 'cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  fix: 'let the pod run where its volume is, or use a StorageClass that makes volumes where pods run (volumeBindingMode: WaitForFirstConsumer, allowedTopologies)',
  example: {
    facts: FACTS,
    broken: manifests('a'),
    fails: ['Deployment/shop/orders spec.template.spec.volumes[0].persistentVolumeClaim.claimName'],
    fixed: manifests('b'),
  },
  *judge(world) {
    yield* unplacedFindings(world, 'volumes', {
      at: ({ workload }) => firstVolume(workload),
      why: 'since its volumes are out of reach',
    });
  },
});

function firstVolume({ resource, podSpec, podSpecPath }: WorkloadManifest): Path {
  if (resource.at(['spec', 'volumeClaimTemplates', 0]) !== undefined) return ['spec', 'volumeClaimTemplates'];
  const i = mappings(podSpec['volumes']).findIndex((volume) => volume['persistentVolumeClaim'] ?? volume['ephemeral']);
  const at = [...podSpecPath, 'volumes', i];
  return i < 0
    ? podSpecPath
    : resource.at([...at, 'ephemeral']) === undefined
      ? [...at, 'persistentVolumeClaim', 'claimName']
      : [...at, 'ephemeral'];
}

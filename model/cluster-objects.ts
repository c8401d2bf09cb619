import type { Cluster } from './cluster';
import { nodesOf } from './cluster';

/** A cluster's facts as Kubernetes' own objects, the way `kubectl get nodes,storageclasses,ingressclasses -o yaml` prints what matters here. */
export function clusterObjects(cluster: Cluster) {
  const storageClasses = cluster.storage.map((storage) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storage.name, ...(storage.isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}) },
    provisioner: storage.provisioner,
    ...(storage.parameters ? { parameters: storage.parameters } : {}),
    reclaimPolicy: storage.reclaim,
    volumeBindingMode: storage.binding,
    allowVolumeExpansion: storage.expandable,
  }));
  const ingressClasses = cluster.ingress ? [{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: cluster.ingress.className } }] : [];
  return [...nodesOf(cluster), ...storageClasses, ...ingressClasses];
}

import type { Cluster } from './cluster';
import { nodesOf } from './cluster';

/** A cluster's facts as Kubernetes' own objects, the way `kubectl get nodes,storageclasses,ingressclasses,apiservices -o yaml` prints what matters here. */
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
  // The API server's own are always among them; a cluster without metrics lacks just that one.
  const groups = [['v1', 'apps'], ...(cluster.resourceMetrics ? [['v1beta1', 'metrics.k8s.io']] : [])];
  const apiServices = groups.map(([version, group]) => ({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${version}.${group}` }, spec: { group, version } }));
  return [...nodesOf(cluster), ...storageClasses, ...ingressClasses, ...apiServices];
}

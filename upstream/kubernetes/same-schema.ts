import { Resource, record } from '../../manifests/resource';
import { problemsAt } from './validate';

/**
 * API versions that are gone and whose successor has the same fields with the same meaning: the deprecation guide names no notable
 * change, or one that is looked at below.
 */
const SUCCESSORS: Readonly<Record<string, readonly [successor: string, ...kinds: string[]]>> = {
  'apiregistration.k8s.io/v1beta1': ['apiregistration.k8s.io/v1', 'APIService'],
  'apps/v1beta2': ['apps/v1', 'ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'autoscaling/v2beta2': ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  'batch/v1beta1': ['batch/v1', 'CronJob'],
  'coordination.k8s.io/v1beta1': ['coordination.k8s.io/v1', 'Lease'],
  'extensions/v1beta1': ['networking.k8s.io/v1', 'NetworkPolicy'],
  'networking.k8s.io/v1beta1': ['networking.k8s.io/v1', 'IngressClass'],
  'node.k8s.io/v1beta1': ['node.k8s.io/v1', 'RuntimeClass'],
  'policy/v1beta1': ['policy/v1', 'PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1beta1': [
    'rbac.authorization.k8s.io/v1',
    ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ],
  'scheduling.k8s.io/v1beta1': ['scheduling.k8s.io/v1', 'PriorityClass'],
  'storage.k8s.io/v1beta1': [
    'storage.k8s.io/v1',
    ...['CSIDriver', 'CSINode', 'CSIStorageCapacity', 'StorageClass', 'VolumeAttachment'],
  ],
};

/** The API version that takes an object just as it is and means the same by it, if there is one. */
export function successorOf(resource: Resource, minor: number): string | undefined {
  const [successor, ...kinds] = SUCCESSORS[resource.apiVersion] ?? [];
  if (successor === undefined || !kinds.includes(resource.kind)) return undefined;
  // An empty selector selected no pods in v1beta1, and selects all of them in v1.
  const selector = record(resource.at(['spec', 'selector']));
  if (resource.kind === 'PodDisruptionBudget' && Object.keys(selector ?? {}).length === 0) return undefined;
  const migrated = new Resource({ ...resource.object, apiVersion: successor }, resource.source, resource.document);
  return problemsAt(migrated, minor)?.length === 0 ? successor : undefined;
}

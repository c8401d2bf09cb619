import type { Resource } from './resource';

/** Kinds of Kubernetes and of well-known add-ons that stand in no namespace. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  ...['ClusterRole', 'ClusterRoleBinding', 'CertificateSigningRequest', 'ClusterTrustBundle'],
  ...['CustomResourceDefinition', 'APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ...['StorageClass', 'VolumeAttachment', 'VolumeAttributesClass', 'CSIDriver', 'CSINode'],
  ...['PriorityClass', 'RuntimeClass', 'IngressClass', 'IPAddress', 'ServiceCIDR', 'DeviceClass', 'ResourceSlice'],
  ...['FlowSchema', 'PriorityLevelConfiguration', 'StorageVersionMigration', 'PodSecurityPolicy'],
  ...['GatewayClass', 'ClusterIssuer', 'ClusterSecretStore', 'ClusterExternalSecret', 'ClusterAnalysisTemplate', 'ClusterTriggerAuthentication', 'ConstraintTemplate'],
]);

/** Whether an object stands in no namespace; a CRD that is judged along decides for its own kind. */
export function clusterScoped(resource: Resource, customResourceDefinitions: readonly Resource[]): boolean {
  for (const definition of customResourceDefinitions) {
    if (definition.at(['spec', 'group']) === resource.group && definition.at(['spec', 'names', 'kind']) === resource.kind) {
      return definition.at(['spec', 'scope']) === 'Cluster';
    }
  }
  return CLUSTER_SCOPED.has(resource.kind);
}

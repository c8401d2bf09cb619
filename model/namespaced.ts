import type { KubernetesObject } from './kubernetes';
import { groupOf } from './kubernetes';

/** The kinds that stand in a namespace, by API group: Kubernetes' own, and those of well-known add-ons. A test compares them with their schemas. */
const NAMESPACED: Readonly<Record<string, string>> = {
  '': 'Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
  'acme.cert-manager.io': 'Challenge Order',
  apps: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'argoproj.io': 'AnalysisRun AnalysisTemplate AppProject Application ApplicationSet Experiment Rollout',
  'authorization.k8s.io': 'LocalSubjectAccessReview',
  autoscaling: 'HorizontalPodAutoscaler',
  'autoscaling.k8s.io': 'VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint',
  batch: 'CronJob Job',
  'cert-manager.io': 'Certificate CertificateRequest Issuer',
  'certificates.k8s.io': 'PodCertificateRequest',
  'coordination.k8s.io': 'Lease LeaseCandidate',
  'discovery.k8s.io': 'EndpointSlice',
  'eventing.keda.sh': 'CloudEventSource',
  'events.k8s.io': 'Event',
  'external-secrets.io': 'ExternalSecret PushSecret SecretStore',
  'gateway.networking.k8s.io': 'BackendTLSPolicy GRPCRoute Gateway HTTPRoute ReferenceGrant',
  'generators.external-secrets.io':
    'ACRAccessToken CloudsmithAccessToken ECRAuthorizationToken Fake GCRAccessToken GeneratorState GithubAccessToken Grafana MFA Password QuayAccessToken SSHKey STSSessionToken UUID VaultDynamicSecret Webhook',
  'keda.sh': 'ScaledJob ScaledObject TriggerAuthentication',
  'lifecycle.k8s.io': 'Eviction EvictionRequest',
  'monitoring.coreos.com':
    'Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus PrometheusAgent PrometheusRule ScrapeConfig ServiceMonitor ThanosRuler',
  'networking.k8s.io': 'Ingress NetworkPolicy',
  policy: 'PodDisruptionBudget',
  'rbac.authorization.k8s.io': 'Role RoleBinding',
  'resource.k8s.io':
    'PodSchedulingContext ResourceClaim ResourceClaimParameters ResourceClaimTemplate ResourceClassParameters',
  'scheduling.k8s.io': 'CompositePodGroup PodGroup Workload',
  'storage.k8s.io': 'CSIStorageCapacity',
};

/** Those that stand in none. */
const CLUSTER_SCOPED: Readonly<Record<string, string>> = {
  '': 'ComponentStatus Namespace Node PersistentVolume',
  'admissionregistration.k8s.io':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
  'apiregistration.k8s.io': 'APIService',
  'argoproj.io': 'ClusterAnalysisTemplate',
  'authentication.k8s.io': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io': 'SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'cert-manager.io': 'ClusterIssuer',
  'certificates.k8s.io': 'CertificateSigningRequest ClusterTrustBundle',
  'eventing.keda.sh': 'ClusterCloudEventSource',
  'external-secrets.io': 'ClusterExternalSecret ClusterPushSecret ClusterSecretStore',
  'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
  'gateway.networking.k8s.io': 'GatewayClass',
  'generators.external-secrets.io': 'ClusterGenerator',
  'internal.apiserver.k8s.io': 'StorageVersion',
  'keda.sh': 'ClusterTriggerAuthentication',
  'networking.k8s.io': 'ClusterCIDR IPAddress IngressClass ServiceCIDR',
  'node.k8s.io': 'RuntimeClass',
  'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding',
  'resource.k8s.io': 'DeviceClass DeviceTaintRule ResourceClass ResourcePoolStatusRequest ResourceSlice',
  'scheduling.k8s.io': 'PriorityClass',
  'storage.k8s.io': 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
  'storagemigration.k8s.io': 'StorageVersionMigration',
};

const namespaced = kindsIn(NAMESPACED);
const clusterScoped = kindsIn(CLUSTER_SCOPED);

function kindsIn(table: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(Object.entries(table).flatMap(([group, kinds]) => kinds.split(' ').map((kind) => `${group} ${kind}`)));
}

/** Whether objects of this kind are known to stand in a namespace; a CustomResourceDefinition among `others` says it of its own kind. */
export function isNamespaced(object: KubernetesObject, others: readonly KubernetesObject[] = []): boolean {
  return scopeOf(object, others) === 'Namespaced';
}

/** Where objects of this kind stand; undefined where nobody knows. */
export function scopeOf(
  { apiVersion, kind }: KubernetesObject,
  others: readonly KubernetesObject[] = [],
): 'Namespaced' | 'Cluster' | undefined {
  const group = groupOf(apiVersion);
  const definition = others.filter(isDefinition).find(({ spec }) => {
    const { group: defined, names } = (spec ?? {}) as DefinitionSpec;
    return defined === group && names?.kind === kind;
  });
  if (definition) return (definition['spec'] as DefinitionSpec).scope === 'Namespaced' ? 'Namespaced' : 'Cluster';
  const id = `${group} ${kind}`;
  return namespaced.has(id) ? 'Namespaced' : clusterScoped.has(id) ? 'Cluster' : undefined;
}

/** Whether it brings a kind to the cluster. */
export function isDefinition({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io';
}

interface DefinitionSpec {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: { readonly kind?: string };
}

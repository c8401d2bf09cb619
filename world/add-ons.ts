import type { Creates, Kinds } from './created';
import {
  called,
  chartAt,
  externalSecret,
  generating,
  measuringJobs,
  NOTHING,
  none,
  OTHERS,
  only,
  operated,
  providedSecrets,
  quiet,
  secretAt,
  trustBundle,
} from './created';

const PODS: Creates = ['pods'];
/** A program of its own: pods, and the Service in front of them. */
const SERVED: Creates = ['pods', 'Service'];
/** A job of machine learning or batch: pods that find each other through a Service and share a configuration. */
const BATCH: Creates = ['pods', 'Service', 'ConfigMap', 'ServiceAccount'];
const RUN: Creates = ['pods', 'PersistentVolumeClaim'];
const SECRET: Creates = ['Secret'];

/**
 * What the controllers of well-known add-ons create out of each kind, beside what the manifests show. An entry of a group holds
 * for its subgroups, too: that of `istio.io` for `networking.istio.io`. Objects that only the add-on itself refers to do not count.
 */
export const ADD_ONS: Readonly<Record<string, Kinds>> = {
  // Certificates and secrets. cert-manager.io/docs/reference/api-docs, cert-manager.io/docs/trust/trust-manager
  'cert-manager.io': only({ Certificate: secretAt('spec', 'secretName') }),
  'acme.cert-manager.io': only({ Challenge: SERVED }),
  'trust.cert-manager.io': only({ Bundle: trustBundle, ClusterBundle: trustBundle }),
  // external-secrets.io/latest/api/spec: a PushSecret writes outside of the cluster.
  'external-secrets.io': {
    ExternalSecret: externalSecret,
    ClusterExternalSecret: SECRET,
    ...none('SecretStore', 'ClusterSecretStore', 'PushSecret', 'ClusterPushSecret'),
  },
  'generators.external-secrets.io': only({}),
  // github.com/bitnami-labs/sealed-secrets, Unseal: the Secret has the name of the SealedSecret, whatever its template says.
  'bitnami.com': only({ SealedSecret: called('Secret') }),
  // secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
  'secrets-store.csi.x-k8s.io': only({ SecretProviderClass: providedSecrets }),
  // developer.hashicorp.com/vault/docs/platform/k8s/vso/api-reference: Vault*Secret and HCPVaultSecretsApp
  'secrets.hashicorp.com': {
    ...none('VaultAuth', 'VaultAuthGlobal', 'VaultConnection', 'HCPAuth', 'SecretTransformation', 'CSISecrets'),
    [OTHERS]: secretAt('spec', 'destination', 'name'),
  },
  'onepassword.com': only({ OnePasswordItem: called('Secret') }),
  'kubernetes-client.io': only({ ExternalSecret: called('Secret') }),
  'secrets.infisical.com': { InfisicalPushSecret: NOTHING, [OTHERS]: SECRET },
  'secrets.doppler.com': { [OTHERS]: SECRET },
  'isindir.github.com': { SopsSecret: SECRET },
  'secretgenerator.mittwald.de': { [OTHERS]: called('Secret') },

  // Metrics, logs, traces. github.com/prometheus-operator/prometheus-operator, pkg/*/statefulset.go: governingServiceName
  'monitoring.coreos.com': {
    Prometheus: operated('prometheus-operated', 'prometheus', {
      Secret: ['', '-tls-assets-0', '-web-config', '-thanos-prometheus-http-client-file'],
      ConfigMap: ['-rulefiles-0'],
    }),
    PrometheusAgent: operated('prometheus-agent-operated', 'prom-agent', {
      Secret: ['', '-tls-assets-0', '-web-config'],
      ConfigMap: [],
    }),
    Alertmanager: operated('alertmanager-operated', 'alertmanager', {
      Secret: ['-generated', '-tls-assets-0', '-web-config', '-cluster-tls-config'],
      ConfigMap: [],
    }),
    ThanosRuler: operated('thanos-ruler-operated', 'thanos-ruler', {
      Secret: ['-config', '-tls-assets-0', '-web-config'],
      ConfigMap: ['-rulefiles-0'],
    }),
    ...none('ServiceMonitor', 'PodMonitor', 'Probe', 'PrometheusRule', 'ScrapeConfig', 'AlertmanagerConfig'),
  },
  // docs.victoriametrics.com/operator/api
  'operator.victoriametrics.com': {
    ...none('VMServiceScrape', 'VMPodScrape', 'VMNodeScrape', 'VMStaticScrape', 'VMScrapeConfig', 'VMProbe', 'VMRule'),
    ...none('VMAlertmanagerConfig'),
    VMUser: SECRET,
  },
  // grafana.github.io/grafana-operator/docs/api
  'grafana.integreatly.org': only({ Grafana: 'anything', GrafanaServiceAccount: SECRET }),
  'loki.grafana.com': only({ LokiStack: 'anything' }),
  'monitoring.grafana.com': { ...none('PodLogs', 'MetricsInstance', 'LogsInstance', 'Integration') },
  // opentelemetry.io/docs/platforms/kubernetes/operator
  'opentelemetry.io': { Instrumentation: NOTHING },
  // kube-logging.dev/docs/configuration/crds
  'logging.banzaicloud.io': only({ Logging: 'anything', FluentbitAgent: 'anything' }),
  'fluent.io': only({ FluentBit: SERVED, Fluentd: SERVED, Collector: SERVED }),
  'datadoghq.com': only({ DatadogAgent: 'anything', DatadogAgentInternal: 'anything' }),
  'perses.dev': only({ Perses: SERVED }),
  ...quiet('monitoring.googleapis.com', 'azmonitoring.coreos.com', 'sloth.slok.dev', 'openslo.com'),

  // Delivery. argo-cd.readthedocs.io, argo-rollouts.readthedocs.io, argo-workflows.readthedocs.io, argoproj.github.io/argo-events
  'argoproj.io': {
    Application: chartAt('spec'),
    ApplicationSet: chartAt('spec', 'template', 'spec'),
    AppProject: NOTHING,
    // A Rollout is a workload of the manifests.
    Rollout: NOTHING,
    Experiment: PODS,
    AnalysisRun: measuringJobs,
    AnalysisTemplate: measuringJobs,
    ClusterAnalysisTemplate: measuringJobs,
    Workflow: RUN,
    CronWorkflow: RUN,
    WorkflowTemplate: PODS,
    ...none('ClusterWorkflowTemplate', 'WorkflowTaskResult'),
    EventBus: ['pods', 'Service', 'ConfigMap', 'Secret'],
    EventSource: SERVED,
    Sensor: 'anything',
    ArgoCD: 'anything',
  },
  // fluxcd.io/flux/components: a Kustomization applies a folder, a HelmChart of the source controller is an archive.
  'fluxcd.io': only({}),
  'helm.toolkit.fluxcd.io': { HelmRelease: 'anything' },
  'helm.fluxcd.io': { HelmRelease: 'anything' },
  'infra.contrib.fluxcd.io': { Terraform: ['pods', 'Secret'] },
  // fluxcd.control-plane.io/operator
  'fluxcd.controlplane.io': { ...none('FluxReport', 'ResourceSetInputProvider') },
  // docs.flagger.app/usage/how-it-works
  'flagger.app': only({ Canary: ['pods', 'Service', 'ConfigMap', 'Secret'] }),
  // docs.k3s.io/add-ons/helm
  'helm.cattle.io': only({ HelmChart: 'anything' }),
  'k3s.cattle.io': only({}),
  'upgrade.cattle.io': only({ Plan: PODS }),
  'kargo.akuity.io': only({}),
  // tekton.dev/docs
  'tekton.dev': only({ TaskRun: RUN, PipelineRun: RUN }),
  'triggers.tekton.dev': only({ EventListener: SERVED, TriggerTemplate: PODS }),
  'operator.tekton.dev': { [OTHERS]: 'anything' },
  'pipelinesascode.tekton.dev': { Repository: PODS },
  'shipwright.io': only({ BuildRun: PODS }),
  // docs.crossplane.io/latest/concepts/managed-resources: writeConnectionSecretToRef
  'crossplane.io': { [OTHERS]: SECRET },
  'upbound.io': { [OTHERS]: SECRET },
  'apiextensions.crossplane.io': only({}),
  'pkg.crossplane.io': only({ Provider: 'anything', Function: 'anything', Configuration: 'anything' }),
  'kubernetes.crossplane.io': { Object: 'anything', ProviderConfig: NOTHING },
  'helm.crossplane.io': { Release: 'anything', ProviderConfig: NOTHING },
  // cloud.google.com/config-connector, aws-controllers-k8s.github.io, azure.github.io/azure-service-operator
  'cnrm.cloud.google.com': only({ IAMServiceAccountKey: called('Secret') }),
  'core.cnrm.cloud.google.com': { [OTHERS]: 'anything' },
  'services.k8s.aws': only({}),
  'azure.com': { [OTHERS]: ['Secret', 'ConfigMap'] },
  // olm.operatorframework.io/docs/concepts/crds
  'operators.coreos.com': { ...none('OperatorGroup', 'OperatorCondition'), CatalogSource: SERVED },

  // Kinds of Kubernetes' own are workloads where they make pods.
  'k8s.io': only({}),

  // Meshes, gateways and networks. gateway-api.sigs.k8s.io/geps/gep-1762: a Gateway's proxies stand beside it
  'gateway.networking.k8s.io': {
    Gateway: ['pods', 'Service', 'ServiceAccount'],
    ...none('GatewayClass', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'ReferenceGrant'),
    ...none('BackendTLSPolicy', 'BackendLBPolicy', 'ListenerSet'),
  },
  'gateway.networking.x-k8s.io': only({}),
  'inference.networking.k8s.io': only({}),
  // istio.io/latest/docs/reference/config: a Gateway of Istio configures proxies that are there
  'istio.io': only({}),
  'install.istio.io': { IstioOperator: 'anything' },
  // docs.konghq.com/gateway-operator, getambassador.io/docs, doc.traefik.io, docs.nginx.com, gateway.envoyproxy.io/docs/api
  'gateway-operator.konghq.com': { [OTHERS]: SERVED },
  'operator.projectcontour.io': { Contour: SERVED },
  'voyager.appscode.com': { [OTHERS]: SERVED },
  'tailscale.com': { ProxyClass: NOTHING, [OTHERS]: ['pods', 'Service', 'Secret', 'ConfigMap', 'ServiceAccount'] },
  'kuma.io': only({ MeshGatewayInstance: SERVED }),
  'multicluster.linkerd.io': only({ Link: SERVED }),
  'zalando.org': only({ StackSet: SERVED, Stack: SERVED }),
  ...quiet('linkerd.io', 'smi-spec.io', 'openservicemesh.io', 'consul.hashicorp.com', 'getambassador.io'),
  ...quiet('configuration.konghq.com', 'traefik.io', 'traefik.containo.us', 'projectcontour.io', 'apisix.apache.org'),
  ...quiet('k8s.nginx.org', 'gateway.nginx.org', 'appprotect.f5.com', 'haproxy.org', 'haproxy.com', 'gloo.solo.io'),
  ...quiet('gateway.solo.io', 'gateway.kgateway.dev', 'gateway.envoyproxy.io', 'k8s.ngrok.com', 'networking.gke.io'),
  ...quiet('cloud.google.com', 'elbv2.k8s.aws', 'vpcresources.k8s.aws', 'gateway.k8s.aws', 'externaldns.k8s.io'),
  // docs.cilium.io, docs.tigera.io, antrea.io/docs, ovn-kubernetes.io, metallb.universe.tf/apis
  ...quiet('cilium.io', 'projectcalico.org', 'antrea.io', 'k8s.ovn.org', 'k8s.cni.cncf.io', 'whereabouts.cni.cncf.io'),
  'metallb.io': only({ MetalLB: PODS }),

  // Scaling, policies, nodes. keda.sh/docs, github.com/kubernetes/autoscaler, karpenter.sh/docs
  'keda.sh': { ScaledJob: PODS, ...none('ScaledObject', 'TriggerAuthentication', 'ClusterTriggerAuthentication') },
  'eventing.keda.sh': none('CloudEventSource', 'ClusterCloudEventSource'),
  ...quiet('http.keda.sh', 'autoscaling.k8s.io', 'autoscaling.x-k8s.io', 'karpenter.sh', 'karpenter.k8s.aws'),
  ...quiet(
    'karpenter.azure.com',
    'descheduler.alpha.kubernetes.io',
    'nfd.k8s-sigs.io',
    'scheduling.x-k8s.io',
    'hnc.x-k8s.io',
  ),
  // kyverno.io/docs/policy-types/cluster-policy/generate
  'kyverno.io': only({ ClusterPolicy: generating, Policy: generating }),
  'policies.kyverno.io': only({ GeneratingPolicy: 'anything', NamespacedGeneratingPolicy: 'anything' }),
  'policies.kubewarden.io': only({ PolicyServer: SERVED }),
  ...quiet('gatekeeper.sh', 'wgpolicyk8s.io', 'aquasecurity.github.io', 'spdx.softwarecomposition.kubescape.io'),

  // Storage and backups. velero.io/docs, k8up.io, rook.io/docs, min.io/docs
  'velero.io': only({ Restore: 'anything', DataUpload: PODS, DataDownload: PODS, PodVolumeBackup: PODS }),
  'k8up.io': only({ Schedule: PODS, Backup: PODS, Restore: PODS, Archive: PODS, Check: PODS, Prune: PODS }),
  'volsync.backube': { [OTHERS]: ['pods', 'Service', 'Secret', 'PersistentVolumeClaim'] },
  'ceph.rook.io': {
    ...none('CephBlockPool', 'CephBlockPoolRadosNamespace', 'CephFilesystemSubVolumeGroup', 'CephObjectRealm'),
    ...none('CephObjectZone', 'CephObjectZoneGroup', 'CephBucketTopic', 'CephBucketNotification'),
    CephObjectStoreUser: SECRET,
    CephClient: SECRET,
  },
  'objectbucket.io': only({ ObjectBucketClaim: called('Secret', 'ConfigMap') }),
  ...quiet('snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io', 'snapscheduler.backube', 'topolvm.io'),

  // Databases and queues: their main kinds create anything.
  // cloudnative-pg.io/documentation, postgres-operator.readthedocs.io, mariadb-operator, clickhouse.altinity.com
  'postgresql.cnpg.io': {
    Pooler: SERVED,
    ...none('Backup', 'ScheduledBackup', 'Database', 'Publication', 'Subscription', 'ImageCatalog'),
    ...none('ClusterImageCatalog', 'FailoverQuorum'),
  },
  'barmancloud.cnpg.io': only({}),
  'acid.zalan.do': none('OperatorConfiguration', 'PostgresTeam'),
  'k8s.mariadb.com': { ...none('User', 'Grant', 'Database'), Connection: SECRET, Backup: PODS, SqlJob: PODS },
  'clickhouse.altinity.com': none('ClickHouseInstallationTemplate', 'ClickHouseOperatorConfiguration'),
  'atlas.mongodb.com': { [OTHERS]: SECRET },
  // elastic.co/docs/deploy-manage/deploy/cloud-on-k8s, opensearch.org
  'autoscaling.k8s.elastic.co': only({}),
  'opensearch.opster.io': only({ OpenSearchCluster: 'anything' }),
  'solr.apache.org': { SolrBackup: NOTHING },
  // strimzi.io/docs/operators/latest/configuring
  'kafka.strimzi.io': { ...none('KafkaTopic', 'KafkaConnector', 'KafkaRebalance'), KafkaUser: SECRET },
  'access.strimzi.io': { KafkaAccess: called('Secret') },
  'platform.confluent.io': none('KafkaTopic', 'Schema', 'Connector', 'ConfluentRolebinding', 'ClusterLink'),
  'cluster.redpanda.com': { ...none('Topic', 'Schema', 'RedpandaRole') },
  // rabbitmq.com/kubernetes/operator/using-topology-operator
  'rabbitmq.com': only({ RabbitmqCluster: 'anything', User: SECRET }),
  'jetstream.nats.io': only({}),

  // Programs and jobs. knative.dev/docs, kubevirt.io/user-guide, kserve.github.io, docs.ray.io, kubeflow.org/docs
  'serving.knative.dev': {
    Service: SERVED,
    Configuration: PODS,
    Revision: PODS,
    Route: ['Service'],
    DomainMapping: ['Service'],
  },
  'eventing.knative.dev': { Broker: ['Service'], ...none('Trigger', 'EventType', 'EventPolicy') },
  'messaging.knative.dev': { Subscription: NOTHING, [OTHERS]: ['Service'] },
  'flows.knative.dev': { [OTHERS]: ['Service'] },
  'sources.knative.dev': { ...none('SinkBinding', 'PingSource'), [OTHERS]: PODS },
  'kubevirt.io': { [OTHERS]: RUN, KubeVirt: 'anything', VirtualMachineInstancePreset: NOTHING },
  ...quiet('instancetype.kubevirt.io', 'snapshot.kubevirt.io', 'migrations.kubevirt.io', 'nmstate.io'),
  'cdi.kubevirt.io': {
    DataVolume: ({ name }) => ['pods', { kind: 'PersistentVolumeClaim', name }],
    DataImportCron: RUN,
    ...none('DataSource', 'StorageProfile', 'VolumeImportSource', 'VolumeUploadSource', 'VolumeCloneSource'),
  },
  'kubeflow.org': { PodDefault: NOTHING, Profile: ['ServiceAccount'], [OTHERS]: BATCH },
  'trainer.kubeflow.org': only({ TrainJob: BATCH }),
  'serving.kserve.io': {
    ...none('ServingRuntime', 'ClusterServingRuntime', 'ClusterStorageContainer', 'TrainedModel'),
  },
  'ray.io': { [OTHERS]: BATCH },
  'sparkoperator.k8s.io': { [OTHERS]: BATCH },
  'flink.apache.org': { ...none('FlinkSessionJob', 'FlinkStateSnapshot'), [OTHERS]: BATCH },
  'batch.volcano.sh': { Job: BATCH },
  'scheduling.volcano.sh': only({}),
  'kueue.x-k8s.io': only({}),
  'k6.io': { [OTHERS]: SERVED },
  'chaos-mesh.org': only({}),
  'dapr.io': only({}),
  'apps.openshift.io': only({ DeploymentConfig: PODS }),
  'build.openshift.io': only({ BuildConfig: PODS, Build: PODS }),
  ...quiet('route.openshift.io', 'image.openshift.io', 'security.openshift.io', 'project.openshift.io'),
  ...quiet('config.openshift.io', 'console.openshift.io', 'user.openshift.io', 'oauth.openshift.io'),
  // keycloak.org/operator, ory.sh/docs/hydra
  'k8s.keycloak.org': { KeycloakRealmImport: PODS },
  'hydra.ory.sh': only({ OAuth2Client: secretAt('spec', 'secretName') }),
};

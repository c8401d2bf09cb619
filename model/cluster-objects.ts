import type { Cluster } from './cluster';
import { nodesOf } from './cluster';
import type { ArgoRollouts, Gateway, IngressController, IstioGateway, PrometheusOperator } from './cluster-facts';

/** A cluster's facts as Kubernetes' own objects, the way `kubectl get nodes,storageclasses,ingressclasses,apiservices -o yaml` prints what matters here. */
export function clusterObjects(cluster: Cluster) {
  const storageClasses = cluster.storage.map((storage) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: storage.name,
      ...(storage.isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
    },
    provisioner: storage.provisioner,
    ...(storage.parameters ? { parameters: storage.parameters } : {}),
    reclaimPolicy: storage.reclaim,
    volumeBindingMode: storage.binding,
    allowVolumeExpansion: storage.expandable,
  }));
  const ingressClasses = cluster.ingress ? [ingressClassOf(cluster.ingress)] : [];
  // The API server's own are always among them; a cluster without metrics lacks just that one.
  const groups = [['v1', 'apps'], ...(cluster.resourceMetrics ? [['v1beta1', 'metrics.k8s.io']] : [])];
  const apiServices = groups.map(([version, group]) => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: { group, version },
  }));
  return [...nodesOf(cluster), ...storageClasses, ...ingressClasses, ...apiServices];
}

/** By `spec.controller` of their classes. */
const INGRESS_CONTROLLERS: Readonly<Record<string, string>> = {
  traefik: 'traefik.io/ingress-controller',
  'ingress-nginx': 'k8s.io/ingress-nginx',
};

function ingressClassOf({ className, implementation }: IngressController) {
  const controller = implementation && INGRESS_CONTROLLERS[implementation.name];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: className },
    ...(controller === undefined ? {} : { spec: { controller } }),
  };
}

/** What runs in a cluster whose network plugin enforces policies. */
const NETWORK_DAEMONS: Readonly<Record<string, string>> = { calico: 'calico-node' };

/**
 * Objects that the platform team of a cluster has put there, beside others that the facts do not name: the Gateway and its
 * kinds, the kinds of External Secrets, who enforces policies, and registry credentials in each of these namespaces.
 */
export function existingObjects(cluster: Cluster, namespaces: readonly string[]) {
  const {
    gateway,
    istio,
    ingress,
    network,
    secretStore,
    secrets,
    kubeletCertificates,
    argoRollouts,
    verticalPodAutoscaler,
    keda,
    prometheusOperator,
    imagePullSecrets = [],
  } = cluster;
  return [
    // Where kubeadm keeps what every kubelet is told.
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubelet-config', namespace: 'kube-system' },
      data: { kubelet: `serverTLSBootstrap: ${kubeletCertificates === 'signed'}\n` },
    },
    ...(gateway
      ? [
          ...['Gateway', 'HTTPRoute'].map((kind) => kindOf('gateway.networking.k8s.io', 'v1', kind, 'Namespaced')),
          ...classOf(gateway),
          gatewayOf(gateway),
        ]
      : []),
    ...(istio
      ? [...['Gateway', 'VirtualService'].map((kind) => kindOf(ISTIO, 'v1', kind, 'Namespaced')), istioGatewayOf(istio)]
      : []),
    // Its provider kubernetesCRD starts with all of its kinds, or not at all.
    ...(gateway?.implementation?.traefikServices || ingress?.implementation?.traefikMiddlewares
      ? ['Middleware', 'TraefikService'].map((kind) => kindOf('traefik.io', 'v1alpha1', kind, 'Namespaced'))
      : []),
    ...(secretStore === undefined
      ? []
      : [
          kindOf('external-secrets.io', 'v1', 'ExternalSecret', 'Namespaced'),
          kindOf('external-secrets.io', 'v1', 'ClusterSecretStore', 'Cluster'),
          { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', metadata: { name: secretStore } },
        ]),
    ...kindsFor(secrets),
    ...(argoRollouts
      ? ['Rollout', 'AnalysisTemplate'].map((kind) => kindOf('argoproj.io', 'v1alpha1', kind, 'Namespaced'))
      : []),
    ...(verticalPodAutoscaler ? [kindOf('autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler', 'Namespaced')] : []),
    ...(argoRollouts?.sharesBy === 'traefik' ? [rolloutsController(argoRollouts)] : []),
    ...(keda
      ? ['ScaledObject', 'TriggerAuthentication'].map((kind) => kindOf('keda.sh', 'v1alpha1', kind, 'Namespaced'))
      : []),
    ...(prometheusOperator ? operatorObjects(prometheusOperator) : []),
    ...(network.enforcesPolicies
      ? [
          {
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            metadata: { name: NETWORK_DAEMONS[network.plugin] ?? network.plugin, namespace: 'kube-system' },
          },
        ]
      : []),
    ...namespaces.flatMap((namespace) =>
      imagePullSecrets.map((name) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/dockerconfigjson',
        metadata: { name, namespace },
      })),
    ),
  ];
}

/** By `spec.controllerName` of their classes: those whose own rules are known to who judges. */
const GATEWAY_CONTROLLERS: Readonly<Record<string, string>> = { traefik: 'traefik.io/gateway-controller' };

/** The class of a Gateway, named like what implements it. */
function classOf({ implementation }: Gateway) {
  const controllerName = implementation && GATEWAY_CONTROLLERS[implementation.name];
  if (controllerName === undefined) return [];
  return [
    kindOf('gateway.networking.k8s.io', 'v1', 'GatewayClass', 'Cluster'),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: implementation!.name },
      spec: { controllerName },
    },
  ];
}

function gatewayOf({ name, namespace, listener, admitsNamespaces, implementation }: Gateway) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: {
      ...(implementation && Object.hasOwn(GATEWAY_CONTROLLERS, implementation.name)
        ? { gatewayClassName: implementation.name }
        : {}),
      listeners: [
        {
          name: listener,
          protocol: 'HTTPS',
          port: 443,
          allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: admitsNamespaces } } },
        },
      ],
    },
  };
}

/** The controller of Argo Rollouts with the flags without which it looks for TraefikServices of Traefik 2. */
function rolloutsController({ version, pods: { podLabels } }: ArgoRollouts) {
  const args = ['--traefik-api-group=traefik.io', '--traefik-api-version=traefik.io/v1alpha1'];
  const container = { name: 'argo-rollouts', image: `quay.io/argoproj/argo-rollouts:v${version}.0`, args };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'argo-rollouts', namespace: 'argo-rollouts' },
    spec: {
      selector: { matchLabels: podLabels },
      template: { metadata: { labels: podLabels }, spec: { containers: [container] } },
    },
  };
}

const ISTIO = 'networking.istio.io';

function istioGatewayOf({ name, namespace, pods }: IstioGateway) {
  return {
    apiVersion: `${ISTIO}/v1`,
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: {
      selector: pods.podLabels,
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*/*'],
          tls: { mode: 'SIMPLE', credentialName: name },
        },
      ],
    },
  };
}

/** The kinds of the Prometheus operator, and the Services by which it finds kubelets and API servers. */
function operatorObjects({ kubeletService }: PrometheusOperator) {
  const group = 'monitoring.coreos.com';
  const kinds = ['Alertmanager', 'PodMonitor', 'Probe', 'Prometheus', 'PrometheusRule', 'ServiceMonitor'];
  const service = (metadata: object, name: string, port: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ name, port }] },
  });
  return [
    ...kinds.map((kind) => kindOf(group, 'v1', kind, 'Namespaced')),
    ...['AlertmanagerConfig', 'ScrapeConfig'].map((kind) => kindOf(group, 'v1alpha1', kind, 'Namespaced')),
    service({ name: 'kubelet', ...kubeletService }, 'https-metrics', 10250),
    // The API server keeps this one in every cluster.
    service(
      { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      'https',
      443,
    ),
  ];
}

/** The kinds that a way of delivering Secrets brings. */
function kindsFor(secrets: Cluster['secrets']) {
  switch (secrets?.by) {
    case 'sealed-secrets':
      return [kindOf('bitnami.com', 'v1alpha1', 'SealedSecret', 'Namespaced')];
    case 'csi':
      return [kindOf('secrets-store.csi.x-k8s.io', 'v1', 'SecretProviderClass', 'Namespaced')];
    default:
      return [];
  }
}

/** A kind that is served, without its schema. */
function kindOf(group: string, version: string, kind: string, scope: 'Namespaced' | 'Cluster') {
  const plural = `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope, names: { kind, plural }, versions: [{ name: version, served: true, storage: true }] },
  };
}

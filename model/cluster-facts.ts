import type { KubernetesVersion } from './kubernetes-version';
import type { Layer } from './layers';
import type { Patch } from './patch';
import type { Taint } from './placement';
import type { Bytes, Cpu } from './quantity';

/** Nodes that are alike. */
export interface Pool {
  /** How many nodes. */
  readonly nodes: number;
  /** Zones (`topology.kubernetes.io/zone`); the nodes are dealt out to them in turn. @default - the nodes carry no zone */
  readonly zones?: readonly string[];
  /** Labels beyond the ones that every node has. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none: any pod may run here */
  readonly taints?: readonly Taint[];
  /** What one node has to give to pods. */
  readonly allocatable: { readonly cpu: Cpu; readonly memory: Bytes; readonly pods?: number };
}

/** A StorageClass that is there, and what volumes of it can do. */
export interface StorageClass {
  readonly name: string;
  readonly provisioner: string;
  /** What the provisioner is told. @default - nothing */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Claims that name no class get this one. At most one per cluster. @default false */
  readonly isDefault?: boolean;
  /** `WaitForFirstConsumer`: the volume is made where the pod is scheduled. */
  readonly binding: 'Immediate' | 'WaitForFirstConsumer';
  /** What becomes of the data when the claim is deleted. */
  readonly reclaim: 'Delete' | 'Retain';
  /** Whether a claim may grow. */
  readonly expandable: boolean;
}

/** Pods that are not ours and that talk with ours: found by the labels of their namespace and their own. */
export interface Peer {
  readonly name: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** A Gateway that the platform team owns; our routes attach to one of its listeners. */
export interface Gateway {
  readonly name: string;
  readonly namespace: string;
  /** The listener's name (`sectionName`). */
  readonly listener: string;
  /** Labels that a namespace must carry for the listener to accept routes from it. */
  readonly admitsNamespaces: Readonly<Record<string, string>>;
  /** The pods that forward the requests: what a NetworkPolicy must let in. */
  readonly pods: Peer;
  /** What implements it. @default - nobody says, and only what every implementation of the Gateway API must have is used */
  readonly implementation?: GatewayImplementation;
}

/** What implements a Gateway: which releases it can carry out follows from it and its version. */
export interface GatewayImplementation {
  /** As its project calls it: `traefik`, `envoy-gateway`, `istio`, `cilium`. */
  readonly name: string;
  /** Its major and minor version. */
  readonly version: `${number}.${number}`;
  /**
   * The optional features of the Gateway API that it has, by their names there, as `kubectl get gatewayclass NAME
   * -o jsonpath='{.status.supportedFeatures[*].name}'` prints them. @default - none
   */
  readonly features?: readonly string[];
  /** Traefik alone: its provider `kubernetesCRD` runs beside `kubernetesGateway`, so that routes may lead to TraefikServices. @default false */
  readonly traefikServices?: boolean;
}

/** By what a controller deals out shares of requests. */
export type SharesBy = 'traefik' | 'gateway-api' | 'istio';

/** Argo Rollouts: its controller carries out releases by `by: 'argo-rollouts'`. */
export interface ArgoRollouts {
  /** Its major and minor version. */
  readonly version: `${number}.${number}`;
  /** The pods of its controller: what a NetworkPolicy lets ask Prometheus. */
  readonly pods: Peer;
  /**
   * By what it can deal out shares of requests: `traefik`, by TraefikServices, if its controller runs with
   * `--traefik-api-group=traefik.io --traefik-api-version=traefik.io/v1alpha1` (without them it looks for a group that Traefik 3 has no more);
   * `gateway-api`, by HTTPRoutes, if `argo-rollouts-config` names the plugin `argoproj-labs/gatewayAPI`;
   * `istio`, by VirtualServices. @default - nothing: by the number of pods
   */
  readonly sharesBy?: SharesBy;
}

/** The Vertical Pod Autoscaler: its recommender, updater and admission controller run. */
export interface VerticalPodAutoscaling {
  /** Its major and minor version. */
  readonly version: `${number}.${number}`;
}

/** KEDA: it makes autoscalers of ScaledObjects, and asks what they look at itself. */
export interface Keda {
  /** Its major and minor version. */
  readonly version: `${number}.${number}`;
  /** The pods of its operator: what a NetworkPolicy lets ask queues. */
  readonly pods: Peer;
}

/**
 * Istio's own API as what leads requests from outside to services: VirtualServices that bind to a Gateway of it. A Gateway of the Gateway API
 * whose class is Istio's is a `gateway`, with `implementation`.
 */
export interface IstioGateway {
  /** The Gateway of `networking.istio.io` that the platform team owns. Its servers name the hosts and allow VirtualServices of other namespaces. */
  readonly name: string;
  readonly namespace: string;
  /** Its major and minor version: 1.22 is the first that serves `networking.istio.io/v1`. */
  readonly version: `${number}.${number}`;
  /** The pods that forward the requests: what a NetworkPolicy must let in. */
  readonly pods: Peer;
}

/** An ingress controller and its class. TLS ends before it, at the load balancer. */
export interface IngressController {
  readonly className: string;
  readonly pods: Peer;
  /** What it is. @default - nobody says, and only what every Ingress can do is used */
  readonly implementation?: IngressImplementation;
}

/** The program behind an ingress class: what it can do beyond the fields of an Ingress follows from it and its version. */
export interface IngressImplementation {
  /** As its project calls it: `traefik`, `ingress-nginx`. */
  readonly name: string;
  /** Its major and minor version. */
  readonly version: `${number}.${number}`;
  /** Traefik alone: its provider `kubernetesCRD` runs beside `kubernetesIngress`, so that Ingresses may name Middlewares. @default false */
  readonly traefikMiddlewares?: boolean;
}

/** From the least to the most strict Pod Security Standard. */
export const POD_SECURITY_LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof POD_SECURITY_LEVELS)[number];

/** Providers of the Secrets Store CSI driver that strata can tell what to mount. */
export const CSI_PROVIDERS = ['vault', 'aws'] as const;
export type CsiProvider = (typeof CSI_PROVIDERS)[number];

/** How Secrets come to a place that has no store for External Secrets. */
export type SecretDelivery =
  /** Sealed in Git, at `<folder>/<target>/<name>.yaml`: the controller of Sealed Secrets opens them. */
  | { readonly by: 'sealed-secrets'; readonly folder: string }
  /** Encrypted by SOPS in Git, at `<folder>/<target>/<name>.yaml`: what applies the manifests decrypts them, Flux itself or a plugin of Argo CD. */
  | { readonly by: 'sops'; readonly folder: string }
  /** The Secrets Store CSI driver mounts them as files, from `<prefix><namespace>/<name>`; there are no Secrets. */
  | {
      readonly by: 'csi';
      readonly provider: CsiProvider;
      /** What stands before the entry, such as `secret/data/`. @default - nothing */
      readonly prefix?: string;
      /** What the provider is told beside the objects, such as `roleName` and `vaultAddress`. @default - nothing */
      readonly parameters?: Readonly<Record<string, string>>;
    };

/** The Prometheus operator, and what it keeps beside the pods of each Prometheus. */
export interface PrometheusOperator {
  /** The Service of all kubelets (`--kubelet-service`), found by its labels. */
  readonly kubeletService: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

/** Facts about a place. Nothing is decided here. */
export interface ClusterFacts<PoolName extends string = string> {
  readonly kubernetes: KubernetesVersion;
  /** Host names of routes are under it: `<namespace>.<domain>`. */
  readonly domain: string;
  readonly pools: Readonly<Record<PoolName, Pool>>;
  readonly network: { readonly plugin: string; readonly enforcesPolicies: boolean };
  /** @default - none: no HTTPRoute can be served */
  readonly gateway?: Gateway;
  /** @default - none: no VirtualService can be served */
  readonly istio?: IstioGateway;
  /** @default - none: no Ingress can be served */
  readonly ingress?: IngressController;
  /** The controller of Argo Rollouts that the place runs. @default - none */
  readonly argoRollouts?: ArgoRollouts;
  /** The Vertical Pod Autoscaler that the place runs. @default - none */
  readonly verticalPodAutoscaler?: VerticalPodAutoscaling;
  /** The KEDA that the place runs. @default - none: nothing scales by queues, nor to 0 */
  readonly keda?: Keda;
  readonly storage: readonly StorageClass[];
  /** `unsigned`: kubelets serve with certificates that no common CA signed, as kind and kubeadm do by default. */
  readonly kubeletCertificates: 'signed' | 'unsigned';
  /** The least strict Pod Security level that a namespace may enforce here. */
  readonly podSecurity: PodSecurityLevel;
  /** Whether the cluster brings a metrics-server of its own. */
  readonly resourceMetrics: boolean;
  /** The Prometheus operator that the place runs. @default - none */
  readonly prometheusOperator?: PrometheusOperator;
  /** The ClusterSecretStore that External Secrets reads. @default - none: `secrets` says how they come here */
  readonly secretStore?: string;
  /** How Secrets come here without a store of External Secrets. @default - a person or a pipeline makes them */
  readonly secrets?: SecretDelivery;
  /** Secrets with the credentials of image registries that the platform team puts into every namespace. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** How Argo CD calls the cluster: the name of its cluster secret. */
  readonly argoCluster: string;
  /** What the place demands of components and features. @default - nothing */
  readonly settings?: Layer;
  /** Changes of final objects that hold on this cluster. @default - none */
  readonly patches?: readonly Patch[];
}

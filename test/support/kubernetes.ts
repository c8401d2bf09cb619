import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';

/** Rendered objects as the tests read them: every field that a test asserts, typed, and no other. */

export type Strings = Readonly<Record<string, string>>;

export interface LabelSelector {
  readonly matchLabels?: Strings;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
  };
}

export interface EnvSource {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name: string };
  readonly secretRef?: { readonly name: string };
}

export interface Probe {
  readonly httpGet?: {
    readonly path: string;
    readonly port: string | number;
    readonly scheme?: string;
    readonly host?: string;
  };
  readonly tcpSocket?: { readonly port: string | number; readonly host?: string };
  readonly exec?: { readonly command: readonly string[] };
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Capabilities {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

export interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: Capabilities;
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly seccompProfile?: { readonly type: string };
  readonly sysctls?: readonly { readonly name: string }[];
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
  readonly mountPropagation?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number; readonly hostPort?: number }[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvSource[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: Probe };
  readonly resources?: { readonly requests?: Strings; readonly limits?: Strings };
  readonly restartPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly terminationMessagePolicy?: string;
  readonly volumeMounts?: readonly VolumeMount[];
}

export interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string; readonly items?: readonly KeyToPath[] };
  readonly secret?: {
    readonly secretName: string;
    readonly defaultMode?: number;
    readonly items?: readonly KeyToPath[];
  };
  readonly emptyDir?: { readonly sizeLimit?: string };
  readonly hostPath?: { readonly path: string; readonly type?: string };
}

export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector: LabelSelector;
}

interface Expressions {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface PodSpec {
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly Expressions[] };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly weight: number;
        readonly preference: Expressions;
      }[];
    };
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly weight: number;
        readonly podAffinityTerm: PodAffinityTerm;
      }[];
    };
  };
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly nodeSelector?: Strings;
  readonly priorityClassName?: string;
  readonly restartPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly {
    readonly key?: string;
    readonly operator: string;
    readonly value?: string;
    readonly effect?: string;
    readonly tolerationSeconds?: number;
  }[];
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey: string;
    readonly maxSkew: number;
    readonly whenUnsatisfiable: string;
    readonly labelSelector: LabelSelector;
    readonly matchLabelKeys?: readonly string[];
    readonly nodeAffinityPolicy?: string;
    readonly nodeTaintsPolicy?: string;
  }[];
  readonly volumes?: readonly Volume[];
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Strings };
  readonly spec: PodSpec;
}

interface ControllerSpec {
  readonly replicas?: number;
  readonly revisionHistoryLimit?: number;
  readonly selector: { readonly matchLabels: Strings };
  readonly template: PodTemplate;
}

export interface ClaimTemplate {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly storageClassName: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

export interface NetworkPolicyPeer {
  readonly ipBlock?: { readonly cidr: string };
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

export interface NetworkPolicyRule {
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number }[];
  readonly from?: readonly NetworkPolicyPeer[];
  readonly to?: readonly NetworkPolicyPeer[];
}

interface Rbac {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

interface IngressBackend {
  readonly service: { readonly name: string; readonly port: { readonly name?: string; readonly number?: number } };
}

/** What the tests know of each kind beside its metadata. */
export interface Kinds {
  Namespace: object;
  ServiceAccount: object;
  ConfigMap: { readonly data: Strings; readonly immutable?: boolean };
  /** As it is stored: base64. */
  Secret: { readonly data: Strings; readonly immutable?: boolean; readonly type: string };
  Service: {
    readonly spec: {
      readonly type?: string;
      readonly clusterIP?: string;
      readonly publishNotReadyAddresses?: boolean;
      readonly selector: Strings;
      readonly ports?: readonly {
        readonly name: string;
        readonly port: number;
        readonly targetPort: string | number;
      }[];
    };
  };
  Deployment: {
    readonly spec: ControllerSpec & {
      readonly strategy: {
        readonly type: string;
        readonly rollingUpdate?: { readonly maxSurge: number | string; readonly maxUnavailable: number | string };
      };
    };
  };
  StatefulSet: {
    readonly spec: ControllerSpec & {
      readonly serviceName: string;
      readonly podManagementPolicy?: string;
      readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted: string; readonly whenScaled: string };
      readonly volumeClaimTemplates?: readonly ClaimTemplate[];
    };
  };
  DaemonSet: {
    readonly spec: Omit<ControllerSpec, 'replicas'> & {
      readonly updateStrategy: {
        readonly type: string;
        readonly rollingUpdate?: { readonly maxSurge: number | string; readonly maxUnavailable: number | string };
      };
    };
  };
  Job: {
    readonly spec: {
      readonly completions?: number;
      readonly parallelism?: number;
      readonly backoffLimit: number;
      readonly activeDeadlineSeconds: number;
      readonly ttlSecondsAfterFinished?: number;
      readonly template: PodTemplate;
    };
  };
  CronJob: {
    readonly spec: {
      readonly schedule: string;
      readonly timeZone: string;
      readonly concurrencyPolicy: string;
      readonly startingDeadlineSeconds: number;
      readonly successfulJobsHistoryLimit: number;
      readonly failedJobsHistoryLimit: number;
      readonly jobTemplate: {
        readonly metadata: { readonly labels?: Strings };
        readonly spec: {
          readonly backoffLimit: number;
          readonly activeDeadlineSeconds: number;
          readonly template: PodTemplate;
        };
      };
    };
  };
  VerticalPodAutoscaler: {
    readonly spec: {
      readonly targetRef: { readonly kind: string };
      readonly updatePolicy: object;
      readonly resourcePolicy: { readonly containerPolicies: readonly object[] };
    };
  };
  HorizontalPodAutoscaler: {
    readonly spec: {
      readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
      readonly minReplicas: number;
      readonly maxReplicas: number;
      readonly metrics: readonly {
        readonly resource: {
          readonly name: string;
          readonly target: { readonly type: string; readonly averageUtilization: number };
        };
      }[];
      readonly behavior: Readonly<
        Record<
          'scaleUp' | 'scaleDown',
          {
            readonly stabilizationWindowSeconds: number;
            readonly selectPolicy?: string;
            readonly policies: readonly {
              readonly type: string;
              readonly value: number;
              readonly periodSeconds: number;
            }[];
          }
        >
      >;
    };
  };
  PodDisruptionBudget: {
    readonly spec: {
      readonly minAvailable?: number | string;
      readonly maxUnavailable?: number | string;
      readonly selector: { readonly matchLabels: Strings };
      readonly unhealthyPodEvictionPolicy?: string;
    };
  };
  NetworkPolicy: {
    readonly spec: {
      readonly podSelector: LabelSelector;
      readonly policyTypes: readonly string[];
      readonly ingress?: readonly NetworkPolicyRule[];
      readonly egress?: readonly NetworkPolicyRule[];
    };
  };
  PriorityClass: { readonly value: number; readonly globalDefault?: boolean };
  StorageClass: {
    readonly provisioner: string;
    readonly parameters?: Strings;
    readonly reclaimPolicy: string;
    readonly volumeBindingMode: string;
    readonly allowVolumeExpansion: boolean;
  };
  Ingress: {
    readonly spec: {
      readonly ingressClassName: string;
      readonly rules: readonly {
        readonly host: string;
        readonly http: {
          readonly paths: readonly {
            readonly path: string;
            readonly pathType: string;
            readonly backend: IngressBackend;
          }[];
        };
      }[];
    };
  };
  Middleware: { readonly spec: { readonly stripPrefix?: { readonly prefixes: readonly string[] } } };
  HTTPRoute: {
    readonly spec: {
      readonly parentRefs: readonly {
        readonly name: string;
        readonly namespace: string;
        readonly sectionName: string;
      }[];
      readonly hostnames: readonly string[];
      readonly rules: readonly {
        readonly matches: readonly {
          readonly path: { readonly type: string; readonly value: string };
          readonly headers?: readonly { readonly type: string; readonly name: string; readonly value: string }[];
        }[];
        readonly backendRefs: readonly { readonly name: string; readonly port: number; readonly weight?: number }[];
        readonly filters?: readonly object[];
      }[];
    };
  };
  ExternalSecret: {
    readonly spec: {
      readonly refreshPolicy: string;
      readonly secretStoreRef: { readonly name: string; readonly kind: string };
      readonly target: {
        readonly name: string;
        readonly creationPolicy: string;
        readonly immutable?: boolean;
        readonly template: { readonly data: Strings };
      };
      readonly data: readonly {
        readonly secretKey: string;
        readonly remoteRef: { readonly key: string; readonly property: string };
      }[];
    };
  };
  ClusterRole: {
    readonly rules: readonly {
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly verbs: readonly string[];
    }[];
  };
  Role: Kinds['ClusterRole'];
  ClusterRoleBinding: Rbac;
  RoleBinding: Rbac;
  PodMonitor: { readonly spec: { readonly podMetricsEndpoints: readonly object[] } };
  APIService: {
    readonly spec: {
      readonly group: string;
      readonly version: string;
      readonly insecureSkipTLSVerify?: boolean;
      readonly service: { readonly name: string; readonly namespace: string };
    };
  };
}

export type Kind = keyof Kinds;
export type Of<K extends Kind> = KubernetesObject & Kinds[K];

/** Rendered objects, and how tests find their way in them. */
export class Objects {
  readonly all: readonly KubernetesObject[];

  constructor(objects: readonly KubernetesObject[]) {
    // As they are written: fields without a value are gone.
    this.all = JSON.parse(JSON.stringify(objects)) as KubernetesObject[];
  }

  of<K extends Kind>(kind: K): Of<K>[] {
    return this.all.filter((object): object is Of<K> => object.kind === kind);
  }

  /** The one object of this kind and name; without a name the only one of the kind. */
  get<K extends Kind>(kind: K, name?: string): Of<K> {
    const found = this.of(kind).filter((object) => name === undefined || object.metadata.name === name);
    if (found.length !== 1)
      throw new Error(`${found.length} objects are a ${kind} ${name ?? ''}; rendered are ${this.names.join(', ')}`);
    return found[0]!;
  }

  get names(): string[] {
    return this.all.map(objectName);
  }

  /** Every pod template, with the object that holds it. */
  get pods(): { readonly owner: KubernetesObject; readonly template: PodTemplate }[] {
    return [
      ...(['Deployment', 'StatefulSet', 'DaemonSet', 'Job'] as const).flatMap((kind) =>
        this.of(kind).map((owner) => ({ owner, template: owner.spec.template })),
      ),
      ...this.of('CronJob').map((owner) => ({ owner, template: owner.spec.jobTemplate.spec.template })),
    ];
  }
}

/** What a Secret says. */
export function textsOf(secret: Of<'Secret'>): Strings {
  return Object.fromEntries(
    Object.entries(secret.data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** Main, init and sidecar containers. */
export function containersOf(pod: PodSpec): Container[] {
  return [...pod.containers, ...(pod.initContainers ?? [])];
}

/** Whether a label selector's labels are all there. */
export function selects(selector: Strings, labels: Strings): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

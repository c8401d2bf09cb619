import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { KubernetesVersion, PodSecurityLevel } from '../../model/cluster';

/** What a workload needs to know of its namespace. */
export interface NamespaceRef {
  readonly name: string;
  /** What its pods must meet. */
  readonly podSecurity: PodSecurityLevel;
  /** Secrets with the credentials of image registries, made by the platform team. */
  readonly imagePullSecrets: readonly string[];
}

/** The control plane's namespace, which strata uses and does not own. */
export const KUBE_SYSTEM: NamespaceRef = { name: 'kube-system', podSecurity: 'privileged', imagePullSecrets: [] };

export interface AppNamespaceProps {
  readonly name: string;
  /** Which Pod Security version the level is read by: the cluster's. */
  readonly kubernetes: KubernetesVersion;
  /** What its pods must meet. @default 'restricted' */
  readonly podSecurity?: PodSecurityLevel;
  /** Labels beyond the ones that strata sets, such as what a Gateway's listener admits. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly imagePullSecrets?: readonly string[];
}

/**
 * A namespace that enforces a Pod Security level. It warns by the same level: enforcement meets only the pods, and the warning is
 * what somebody sees who applies the Deployment.
 */
export class AppNamespace extends Construct implements NamespaceRef {
  readonly name: string;
  readonly podSecurity: PodSecurityLevel;
  readonly imagePullSecrets: readonly string[];

  constructor(scope: Construct, id: string, props: AppNamespaceProps) {
    super(scope, id);
    this.name = props.name;
    this.podSecurity = props.podSecurity ?? 'restricted';
    this.imagePullSecrets = props.imagePullSecrets ?? [];
    const version = `v${props.kubernetes}`;
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name: this.name,
        labels: {
          'app.kubernetes.io/part-of': 'course',
          'app.kubernetes.io/managed-by': 'strata',
          'pod-security.kubernetes.io/enforce': this.podSecurity,
          'pod-security.kubernetes.io/enforce-version': version,
          'pod-security.kubernetes.io/warn': this.podSecurity,
          'pod-security.kubernetes.io/warn-version': version,
          ...props.labels,
        },
      },
    });
  }
}

import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { PodSecurityLevel } from '../../model/cluster-facts';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import type { ExpectsSecrets, SecretContract } from '../../model/secret-contract';

/** A namespace to put things into, whoever made it: `{ name: 'shop' }` will do. */
export interface NamespaceRef {
  readonly name: string;
  /** The Pod Security level that it enforces. @default 'privileged': every pod is admitted */
  readonly podSecurity?: PodSecurityLevel;
  /** Secrets in it with the credentials of image registries. @default - none */
  readonly imagePullSecrets?: readonly string[];
}

/** The control plane's namespace, which strata uses and does not own. */
export const KUBE_SYSTEM: NamespaceRef = { name: 'kube-system' };

export interface AppNamespaceProps {
  readonly name: string;
  /** Which Pod Security version the level is read by: the cluster's. */
  readonly kubernetes: KubernetesVersion;
  /** What its pods must meet. @default 'restricted' */
  readonly podSecurity?: PodSecurityLevel;
  /** Labels beyond the chart's own, such as what a Gateway's listener admits. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Somebody else creates it, so that it is not rendered. @default false */
  readonly exists?: boolean;
}

/**
 * A namespace that enforces a Pod Security level. It warns by the same level: enforcement meets only the pods, and the warning is
 * what somebody sees who applies the Deployment.
 */
export class AppNamespace extends Construct implements NamespaceRef, ExpectsSecrets {
  readonly name: string;
  readonly podSecurity: PodSecurityLevel;
  readonly imagePullSecrets: readonly string[];

  constructor(scope: Construct, id: string, props: AppNamespaceProps) {
    super(scope, id);
    this.name = props.name;
    this.podSecurity = props.podSecurity ?? 'restricted';
    this.imagePullSecrets = props.imagePullSecrets ?? [];
    if (props.exists) return;
    const version = `v${props.kubernetes}`;
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name: this.name,
        labels: {
          'pod-security.kubernetes.io/enforce': this.podSecurity,
          'pod-security.kubernetes.io/enforce-version': version,
          'pod-security.kubernetes.io/warn': this.podSecurity,
          'pod-security.kubernetes.io/warn-version': version,
          ...props.labels,
        },
      },
    });
  }
  /** The credentials of registries, which the platform team of the cluster puts here. */
  get expectedSecrets(): readonly SecretContract[] {
    return this.imagePullSecrets.map((name) => ({
      namespace: this.name,
      name,
      type: 'kubernetes.io/dockerconfigjson',
      keys: [
        { key: '.dockerconfigjson', format: 'the registries and who logs in to them, as in ~/.docker/config.json' },
      ],
      origin: { from: 'cluster' },
    }));
  }
}

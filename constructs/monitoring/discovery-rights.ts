import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { NamespaceRef } from '../core/namespace';

export interface DiscoveryRightsProps {
  readonly namespace: NamespaceRef;
  /** The account's name. */
  readonly account: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * An account that may find targets in every namespace and read the metrics of kubelets and API servers, and nothing else. Reading
 * metrics takes `nodes/metrics`; `nodes/proxy`, which older instructions grant, would let it run commands in every pod.
 */
export class DiscoveryRights extends Construct {
  readonly account: string;

  constructor(scope: Construct, id: string, { namespace, account, labels }: DiscoveryRightsProps) {
    super(scope, id);
    this.account = account;
    // Names of cluster-wide objects: one of each target's Prometheus.
    const name = `${namespace.name}-${account}`;
    const watch = ['get', 'list', 'watch'];
    new k8s.KubeServiceAccount(this, 'account', { metadata: { name: account, namespace: namespace.name, labels } });
    new k8s.KubeClusterRole(this, 'role', {
      metadata: { name, labels },
      rules: [
        { apiGroups: [''], resources: ['nodes', 'pods', 'services'], verbs: watch },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: watch },
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { nonResourceUrLs: ['/metrics'], verbs: ['get'] },
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata: { name, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: namespace.name }],
    });
  }
}

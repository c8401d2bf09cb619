import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** Whoever may view, edit or administrate a namespace may see the CPU and memory of its pods, and those of nodes. */
export class MetricsReader extends Construct {
  constructor(scope: Construct, id: string, { labels }: { readonly labels: Readonly<Record<string, string>> }) {
    super(scope, id);
    new k8s.KubeClusterRole(this, 'role', {
      metadata: {
        name: 'system:aggregated-metrics-reader',
        labels: {
          ...labels,
          'rbac.authorization.k8s.io/aggregate-to-view': 'true',
          'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
          'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
        },
      },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    });
  }
}

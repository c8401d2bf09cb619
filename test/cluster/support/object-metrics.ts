import { k8s } from 'cdk8s-plus-28';
import { Controller } from '../../../constructs/core/controller';
import { Probe } from '../../../constructs/core/probe';
import { Workload } from '../../../constructs/core/workload';
import { ROLLOUT_ANNOTATIONS } from '../../../constructs/monitoring/dashboards/rollouts';
import { feature } from '../../../features/feature';

const NAME = 'kube-state-metrics';
/** What the dashboards ask for. */
const RESOURCES = [
  ...['daemonsets', 'deployments', 'horizontalpodautoscalers', 'nodes', 'pods', 'replicasets', 'statefulsets'],
];

/** kube-state-metrics as the dashboards need it, with the annotations by which rollouts are marked. */
export const objectMetrics = feature('object-metrics', {
  group: 'monitoring',
  summary: 'what the API server says of the objects, as metrics',
  apply: (context) => {
    const { namespace } = context;
    const scope = context.component(NAME);
    const allowed = Object.entries(ROLLOUT_ANNOTATIONS).map(([kind, names]) => `${kind}=[${names.join(',')}]`);
    const workload = new Workload(scope, NAME, {
      namespace,
      controller: Controller.deployment(),
      pod: {
        user: 65534,
        serviceAccount: NAME,
        container: {
          name: NAME,
          image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0',
          args: [
            '--port=8080',
            `--resources=${RESOURCES.join(',')}`,
            `--metric-annotations-allowlist=${allowed.join(',')}`,
          ],
          ports: { http: 8080 },
          resources: { cpu: '10m', memory: '64Mi', memoryLimit: '128Mi' },
          probes: { readiness: Probe.http('/healthz', 'http', { every: 2 }) },
        },
      },
    });
    workload.outside.push({ to: 'addresses', ports: [443, 6443] });
    workload.servesMetrics('http', { job: NAME, about: 'others', exposes: ['kube_*'] });
    const metadata = { name: NAME, labels: workload.labels };
    new k8s.KubeServiceAccount(scope, 'account', { metadata: { ...metadata, namespace: namespace.name } });
    new k8s.KubeClusterRole(scope, 'role', {
      metadata,
      rules: ['', 'apps', 'autoscaling'].map((group) => ({
        apiGroups: [group],
        resources: RESOURCES.filter((name) => groupOf(name) === group),
        verbs: ['list', 'watch'],
      })),
    });
    new k8s.KubeClusterRoleBinding(scope, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: namespace.name }],
    });
  },
});

function groupOf(resource: string): string {
  if (resource === 'horizontalpodautoscalers') return 'autoscaling';
  return resource === 'nodes' || resource === 'pods' ? '' : 'apps';
}

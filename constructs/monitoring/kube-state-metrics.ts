import { k8s } from 'cdk8s-plus-28';
import { Construct, type IConstruct } from 'constructs';
import { images } from '../../model/images';
import { addTo } from '../../model/multimap';
import { choice, resources } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import { API_SERVER_PORTS } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { Workload } from '../core/workload';
import { containerAlerts } from './container-rules';
import { shownExpressionsIn } from './grafana';
import { ruleExpressionsIn } from './loaded-rules';
import type { ObjectLabels, StateNeeds, StateResource } from './object-state';
import { STATE_RESOURCES, stateNeeds } from './object-state';
import { RuleSet } from './watch';
import { STATE_JOB, STATE_OWN_JOB, workloadAlerts, workloadRecordings } from './workload-rules';

export const kubeStateMetricsSettings = settingsOf('kubeStateMetrics', {
  /**
   * Whose objects are watched: `own-namespaces` those in the namespaces that the target has, so that two targets in one cluster do not tell
   * the same; `cluster` all of them, nodes too, which one target of a cluster at most should do. With several own namespaces nodes and other
   * objects of the cluster stand once for each namespace on the page (`buildStores` in its internal/store/builder.go); Prometheus keeps the first
   * of them and counts the others in `prometheus_target_scrapes_sample_duplicate_timestamp_total`, so no series is doubled.
   */
  covers: choice('own-namespaces', 'cluster'),
  /** What the pod asks for and may use: it keeps every object that it watches in memory. */
  resources: resources({ cpu: '20m', memory: '96Mi', memoryLimit: '192Mi' }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly kubeStateMetrics?: ValuesOf<typeof kubeStateMetricsSettings>;
  }
}

export interface KubeStateMetricsProps extends Partial<ValuesOf<typeof kubeStateMetricsSettings>> {
  readonly namespace: NamespaceRef;
  /** The namespaces of the target; asked for when all are there. Its own is always among them. */
  readonly namespaces: () => readonly NamespaceRef[];
}

const WATCH = ['list', 'watch'];

/**
 * kube-state-metrics: the state of objects as series, and the rules about workloads that are made of them. It watches the kinds that some
 * rule or dashboard of the tree asks for, with the labels and annotations that these name, and may list nothing else; Secrets never.
 */
export class KubeStateMetrics extends Construct {
  readonly workload: Workload;
  private readonly namespaces: () => readonly string[];
  private readonly isOfCluster: boolean;
  /** What its rights were given for: it lists no more and no less. */
  private granted: StateNeeds | undefined;

  constructor(scope: Construct, id: string, props: KubeStateMetricsProps) {
    super(scope, id);
    const settings = { ...kubeStateMetricsSettings.defaults, ...props };
    checkSettings('kubeStateMetrics', kubeStateMetricsSettings, settings);
    const { namespace, covers } = settings;
    this.namespaces = () => [...new Set([namespace, ...props.namespaces()].map(({ name }) => name))].sort();
    const isOfCluster = covers === 'cluster';
    this.isOfCluster = isOfCluster;
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.deployment(),
      pod: {
        user: 65534,
        serviceAccount: id,
        container: {
          name: 'kube-state-metrics',
          image: images.kubeStateMetrics,
          args: () => {
            const { resources: listed, labels, annotations } = this.granted ?? this.needs;
            return [
              '--port=8080',
              '--telemetry-port=8081',
              `--resources=${listed.join(',')}`,
              ...allowed('labels', labels),
              ...allowed('annotations', annotations),
              ...(isOfCluster ? [] : [`--namespaces=${this.namespaces().join(',')}`]),
            ];
          },
          ports: { metrics: 8080, telemetry: 8081 },
          resources: settings.resources,
          probes: {
            readiness: Probe.http('/readyz', 'telemetry', { every: 10 }),
            // Not /livez, which asks the API server: while that is away, another start would only forget what is known.
            liveness: Probe.http('/healthz', 'metrics', { every: 10 }),
          },
        },
      },
    });
    this.workload.servesMetrics('metrics', { job: STATE_JOB, about: 'others', exposes: ['kube_*'] });
    this.workload.servesMoreMetrics('telemetry', {
      job: STATE_OWN_JOB,
      exposes: ['kube_state_metrics_*', 'http_request_duration_seconds*', 'go_*', 'process_*'],
    });
    this.workload.outside.push({ to: 'addresses', ports: API_SERVER_PORTS });
    new k8s.KubeServiceAccount(this, 'account', {
      metadata: { name: id, namespace: namespace.name, labels: this.workload.labels },
    });

    const watched = () => ({ namespaces: isOfCluster ? undefined : this.namespaces() });
    new RuleSet(this, 'rules', {
      name: 'workloads',
      rules: () => ({ recordings: workloadRecordings(watched()), alerts: workloadAlerts(watched()) }),
    });
    new RuleSet(this, 'container-rules', {
      name: 'containers',
      ofKubelets: true,
      rules: () => ({ alerts: containerAlerts(watched()) }),
    });
  }

  /** What the rules and dashboards of the whole tree ask for. */
  private get needs(): StateNeeds {
    const { root } = this.node;
    return stateNeeds([...ruleExpressionsIn(root), ...shownExpressionsIn(root)]);
  }

  /** Lets it list what its rules need, when all of them are there: in the namespaces that it watches, or in the cluster. */
  grantRights(): void {
    this.granted = this.needs;
    const { resources: all } = this.granted;
    const isNamespaced = (resource: StateResource) => STATE_RESOURCES[resource].namespaced;
    const { app: account, namespace, labels } = this.workload;
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace: namespace.name }];
    const rbac = 'rbac.authorization.k8s.io';
    const ofCluster = this.isOfCluster ? all : all.filter((resource) => !isNamespaced(resource));
    const inNamespaces = this.isOfCluster ? [] : all.filter(isNamespaced);
    if (ofCluster.length > 0) {
      // Names of cluster-wide objects: one of each target.
      const name = `${namespace.name}-${account}`;
      new k8s.KubeClusterRole(this, 'role', { metadata: { name, labels }, rules: rightsTo(ofCluster) });
      new k8s.KubeClusterRoleBinding(this, 'binding', {
        metadata: { name, labels },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
        subjects,
      });
    }
    if (inNamespaces.length === 0) return;
    for (const one of this.namespaces()) {
      const metadata = { name: account, namespace: one, labels };
      new k8s.KubeRole(this, `role-${one}`, { metadata, rules: rightsTo(inNamespaces) });
      new k8s.KubeRoleBinding(this, `binding-${one}`, {
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name: account },
        subjects,
      });
    }
  }
}

/** The flag that lets labels or annotations of objects be shown. */
function allowed(what: 'labels' | 'annotations', keys: ObjectLabels): string[] {
  const each = Object.entries(keys).map(([resource, names]) => `${resource}=[${names.join(',')}]`);
  return each.length > 0 ? [`--metric-${what}-allowlist=${each.join(',')}`] : [];
}

/** Every such workload in a tree. */
export function stateMetricsIn(root: IConstruct): KubeStateMetrics[] {
  return root.node.findAll().filter((node): node is KubeStateMetrics => node instanceof KubeStateMetrics);
}

/** To list and watch, by API group. */
function rightsTo(resources: readonly StateResource[]): k8s.PolicyRule[] {
  const groups = new Map<string, StateResource[]>();
  for (const resource of resources) addTo(groups, STATE_RESOURCES[resource].group, resource);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, ofGroup]) => ({ apiGroups: [group], resources: ofGroup, verbs: WATCH }));
}

import { k8s } from 'cdk8s-plus-28';
import { Construct, type IConstruct } from 'constructs';
import type { Peer } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { images } from '../../model/images';
import { Config, lazily } from '../core/config';
import { Controller } from '../core/controller';
import type { FlowEnd } from '../core/flow';
import { flowEndsIn, openFlow } from '../core/flow';
import { KUBE_SYSTEM } from '../core/namespace';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';
import type { AdapterRule, DescribedObject, MetricQuery } from './adapter-rules';
import {
  externalRule,
  objectRule,
  podsRule,
  queryName,
  requestsName,
  requestsQuery,
  resourceRules,
} from './adapter-rules';
import { MetricsReader } from './metrics-reader';
import { OperatedPrometheus } from './operated-prometheus';
import { Prometheus } from './prometheus';

export interface PrometheusAdapterProps {
  /** Writes the configuration file. */
  readonly toYaml: (value: object) => string;
}

/** What somebody asks a Prometheus for, and where. */
export interface AskedQuery {
  readonly serverAddress: string;
  readonly query: string;
}

/** The APIs in which metrics are served, and the version that autoscalers of every supported Kubernetes ask. */
const APIS = {
  custom: { group: 'custom.metrics.k8s.io', version: 'v1beta2' },
  external: { group: 'external.metrics.k8s.io', version: 'v1beta1' },
  resource: { group: 'metrics.k8s.io', version: 'v1beta1' },
} as const;

const NAME = 'prometheus-adapter';
const FOLDER = '/etc/adapter';
const FILE = 'config.yaml';

/**
 * Serves what Prometheus knows as the metrics APIs that autoscalers read. It serves just what is asked for: without anybody who asks it
 * renders nothing, and an API without a metric would be one that does not answer. Once per cluster, for one Prometheus.
 *
 * The autoscaler's controller may read these APIs by the role that Kubernetes itself gives it (`system:controller:horizontal-pod-autoscaler`).
 */
export class PrometheusAdapter extends Construct {
  private readonly custom = new Map<string, AdapterRule>();
  private readonly external = new Map<string, AdapterRule>();
  private servesResources = false;
  private running: Workload | undefined;
  private readonly toYaml: PrometheusAdapterProps['toYaml'];

  constructor(scope: Construct, id: string, { toYaml }: PrometheusAdapterProps) {
    super(scope, id);
    this.toYaml = toYaml;
  }

  /** Its pods; undefined while nobody has asked for a metric. */
  get workload(): Workload | undefined {
    return this.running;
  }

  /** Serves the requests per second of each pod of a workload; gives the metric's name. */
  requestsPerPod(workload: FlowEnd): string {
    const prometheus = this.scraperOf(workload);
    if (!prometheus.discovers)
      throw new StrataError(
        `requests per pod of ${workload.app}`,
        'Prometheus finds its targets by DNS (form minimal), so no series says which pod it is from',
        [
          "let it ask the API server: prometheus.form: 'discovery'",
          `scale by the requests to the Service: { requestsTo: 'Service', perPod: … }`,
        ],
      );
    this.serve('custom', `pod ${requestsName(workload)}`, podsRule(workload, prometheus.interval));
    return requestsName(workload);
  }

  /** Serves the requests per second to a workload as a metric of an object that leads to it; gives the metric's name. */
  requestsTo(object: DescribedObject, workload: FlowEnd): string {
    const prometheus = this.scraperOf(workload);
    const rule = objectRule(workload, object, prometheus.interval);
    this.serve('custom', `${object.kind} ${requestsName(workload)}`, rule);
    return requestsName(workload);
  }

  /** Serves what a query gives as an external metric; gives its name. */
  queried(query: MetricQuery): string {
    const name = queryName(query);
    const workload = this.exposing(query);
    this.serve('external', name, externalRule(query, workload, this.scraperOf(workload).interval));
    return name;
  }

  /** Lets pods that are not ours ask Prometheus themselves for the requests per second to a workload. */
  requestsAskedBy(peer: Peer, workload: FlowEnd): AskedQuery {
    return this.askedBy(peer, requestsQuery(workload, this.scraperOf(workload).interval));
  }

  /** The same for what a query gives. */
  queryAskedBy(peer: Peer, query: MetricQuery): AskedQuery {
    const workload = this.exposing(query);
    return this.askedBy(peer, externalRule(query, workload, this.scraperOf(workload).interval).metricsQuery);
  }

  private askedBy(peer: Peer, query: string): AskedQuery {
    const { queries } = this.prometheusHere(NAME);
    const service = queries.workload.serviceOf(queries);
    queries.clients.add(peer);
    return { serverAddress: `http://${service.host}:${service.portOf(queries)}`, query };
  }

  /** The workload that says that it exposes what a query is about. */
  private exposing(query: MetricQuery): FlowEnd {
    const place = `metric ${queryName(query)}`;
    const known = flowEndsIn(this.node.root).filter(({ metrics }) => metrics);
    const workload = known.find(({ app }) => app === query.of);
    if (!workload)
      throw new StrataError(place, `no workload ${query.of} serves metrics here`, [
        `name one that does: ${known.map(({ app }) => app).join(', ') || 'there is none'}`,
      ]);
    const { exposes } = workload.metrics!;
    if (!exposes.some((pattern) => isNamed(pattern, query.metric)))
      throw new StrataError(
        place,
        exposes.length === 0
          ? `${workload.app} does not say which metrics it exposes`
          : `${workload.app} does not expose ${query.metric}`,
        [
          ...(exposes.length === 0 ? [] : [`take one that it does: ${exposes.join(', ')}`]),
          `if it does expose it, say so: servesMetrics('…', { exposes: ['${query.metric}'] })`,
        ],
      );
    return workload;
  }

  /** Serves CPU and memory of pods and nodes, where nothing else does. */
  resourceMetrics(): void {
    const prometheus = this.prometheusHere('resource metrics');
    if (!prometheus.discovers)
      throw new StrataError('resource metrics', 'Prometheus does not scrape the kubelets (form minimal)', [
        "let it: prometheus.form: 'discovery'",
        'use the feature metrics-server',
      ]);
    this.servesResources = true;
    new MetricsReader(this, 'reader', { labels: this.run().labels });
    this.publish('resource');
  }

  private serve(api: 'custom' | 'external', key: string, rule: AdapterRule): void {
    const rules = this[api];
    const other = rules.get(key);
    if (other && JSON.stringify(other) !== JSON.stringify(rule))
      throw new StrataError(
        `metric ${rule.name.as}`,
        `would be two different ones: ${other.metricsQuery} and ${rule.metricsQuery}`,
        ['give one of the two another name'],
      );
    rules.set(key, rule);
    this.run();
    this.publish(api);
  }

  private prometheusHere(place: string): Prometheus | OperatedPrometheus {
    const found = prometheusIn(this.node.root);
    if (found) return found;
    throw new StrataError(place, 'no Prometheus of this target could tell it', [
      'add the feature prometheus to the target',
      'scale by CPU alone',
    ]);
  }

  private scraperOf(workload: FlowEnd): Prometheus | OperatedPrometheus {
    const prometheus = this.prometheusHere(`metrics of ${workload.app}`);
    if (prometheus.jobs.some((job) => job.workload === workload)) return prometheus;
    throw new StrataError(`metrics of ${workload.app}`, 'Prometheus does not scrape it', [
      "say where it serves metrics: servesMetrics('http', …)",
    ]);
  }

  private publish(api: keyof typeof APIS): void {
    const id = `${api}-metrics`;
    if (this.node.tryFindChild(id)) return;
    const { group, version } = APIS[api];
    const workload = this.run();
    new k8s.KubeApiService(this, id, {
      metadata: { name: `${version}.${group}`, labels: workload.labels },
      spec: {
        group,
        version,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // Like metrics-server it makes its own certificate at every start, which no CA signs.
        insecureSkipTlsVerify: true,
        service: { name: workload.service().name, namespace: KUBE_SYSTEM.name },
      },
    });
  }

  /** Its pods and rights, from the first metric that somebody asks for. */
  private run(): Workload {
    if (this.running) return this.running;
    const namespace = KUBE_SYSTEM.name;
    const { queries } = this.prometheusHere(NAME);
    const service = queries.workload.serviceOf(queries);
    const config = new Config(this, `${NAME}-config`, {
      namespace: KUBE_SYSTEM,
      data: () => ({ [FILE]: this.toYaml(this.configuration) }),
    });
    const workload = new Workload(this, NAME, {
      namespace: KUBE_SYSTEM,
      controller: Controller.deployment(),
      pod: {
        user: 65534,
        serviceAccount: NAME,
        priorityClass: 'system-cluster-critical',
        container: {
          name: NAME,
          image: images.prometheusAdapter,
          args: [
            '--cert-dir=/tmp',
            '--secure-port=6443',
            `--config=${FOLDER}/${FILE}`,
            `--prometheus-url=http://${service.host}:${service.portOf(queries)}/`,
            '--metrics-relist-interval=1m',
            // A metric stays known while its series come and go, such as through a rollout.
            '--metrics-max-age=5m',
          ],
          ports: { https: 6443 },
          resources: { cpu: '50m', memory: '96Mi', memoryLimit: '192Mi' },
          probes: {
            readiness: Probe.https('/readyz', 'https', { every: 10 }),
            liveness: Probe.https('/livez', 'https', { every: 10 }),
          },
          mounts: [Volume.config(config).at(FOLDER), Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true })],
        },
      },
    });
    this.running = workload;
    workload.service().publish(workload.port('https'));
    openFlow(workload, queries);
    this.rights(workload.labels, namespace);
    return workload;
  }

  private rights(labels: Readonly<Record<string, string>>, namespace: string): void {
    const rbac = 'rbac.authorization.k8s.io';
    const account = { kind: 'ServiceAccount', name: NAME, namespace };
    new k8s.KubeServiceAccount(this, 'account', { metadata: { name: NAME, namespace, labels } });
    new k8s.KubeClusterRole(this, 'role', {
      metadata: { name: `system:${NAME}`, labels },
      // The pods that an autoscaler means by their labels; resource metrics are kept by pod and node.
      rules: lazily(() =>
        this.servesResources
          ? [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }]
          : [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      ),
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata: { name: `system:${NAME}`, labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: `system:${NAME}` },
      subjects: [account],
    });
    new k8s.KubeClusterRoleBinding(this, 'delegator', {
      metadata: { name: `${NAME}:system:auth-delegator`, labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [account],
    });
    new k8s.KubeRoleBinding(this, 'auth-reader', {
      metadata: { name: `${NAME}-auth-reader`, namespace, labels },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [account],
    });
  }

  private get configuration(): object {
    const sorted = (rules: ReadonlyMap<string, AdapterRule>) =>
      [...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
    const prometheus = this.prometheusHere(NAME);
    return {
      ...(this.custom.size > 0 ? { rules: sorted(this.custom) } : {}),
      ...(this.external.size > 0 ? { externalRules: sorted(this.external) } : {}),
      ...(this.servesResources ? { resourceRules: resourceRules(prometheus.interval) } : {}),
    };
  }
}

/** The Prometheus of a tree, in whichever form; undefined where there is none. */
export function prometheusIn(root: IConstruct): Prometheus | OperatedPrometheus | undefined {
  return root.node
    .findAll()
    .find(
      (node): node is Prometheus | OperatedPrometheus =>
        node instanceof Prometheus || node instanceof OperatedPrometheus,
    );
}

/** The adapter of a tree; undefined where there is none. */
export function adapterIn(root: IConstruct): PrometheusAdapter | undefined {
  return root.node.findAll().find((node): node is PrometheusAdapter => node instanceof PrometheusAdapter);
}

function isNamed(pattern: string, metric: string): boolean {
  return pattern.endsWith('*') ? metric.startsWith(pattern.slice(0, -1)) : metric === pattern;
}

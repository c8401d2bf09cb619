import type { Construct } from 'constructs';
import {
  PrometheusRuleSpecGroupsRulesExpr as Expr,
  PodMonitor,
  PrometheusRule,
  ScrapeConfig as ScrapeConfigObject,
  ServiceMonitor,
} from '../../imports/monitoring.coreos.com';
import { StrataError } from '../../model/errors';
import type { MetricsSubject } from '../core/flow';
import { selectorOf } from '../core/flow';
import type { RuleGroup } from './rule-groups';
import type { FlowJob } from './scrape';
import type { Relabeling, ScrapeConfig, ScrapeLimits } from './scrape-config';
import { NODE_OF_POD, setLabel, versionsByLabel } from './scrape-config';

type PodMonitorSpec = ConstructorParameters<typeof PodMonitor>[2]['spec'];
type ServiceMonitorSpec = ConstructorParameters<typeof ServiceMonitor>[2]['spec'];
type ScrapeConfigSpec = ConstructorParameters<typeof ScrapeConfigObject>[2]['spec'];

/** Where the objects stand: beside the Prometheus that selects them. */
interface At {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Rules, as the operator hands them to Prometheus. */
export function ruleObject(scope: Construct, id: string, at: At, groups: readonly RuleGroup[]): void {
  new PrometheusRule(scope, id, {
    metadata: { name: id, ...at },
    // The importer's names of fields are Prometheus' own in camel case; what it writes is what a rule file holds.
    spec: {
      groups: groups.map(({ name, interval, rules }) => ({ name, interval, rules: rules.map(toRule) })) as never,
    },
  });
}

function toRule(rule: RuleGroup['rules'][number]): object {
  const expr = Expr.fromString(rule.expr);
  if ('record' in rule) return { ...rule, expr };
  const { keep_firing_for, ...same } = rule;
  return { ...same, expr, ...(keep_firing_for === undefined ? {} : { keepFiringFor: keep_firing_for }) };
}

/** The operator says of every target which pod it is; what is not about the pod does not keep it. */
const SUBJECT_RELABELINGS: Readonly<Record<MetricsSubject, readonly Relabeling[]>> = {
  pod: [dropLabel('endpoint')],
  node: [NODE_OF_POD, dropLabel('endpoint|namespace|pod|container')],
  others: [dropLabel('endpoint|namespace|pod|container')],
};

/** Scrapes each pod of a flow. The label `job` is the flow's, and not the name of this object. */
export function podMonitor(scope: Construct, at: At, { name, path, port, about, workload }: FlowJob): void {
  const spec: PodMonitorSpec = {
    selector: selectorOf(workload) as PodMonitorSpec['selector'],
    namespaceSelector: { matchNames: [workload.namespace.name] },
    podMetricsEndpoints: [
      {
        // By number: whoever else wrote the pods may not have named their ports.
        portNumber: port.number,
        path,
        relabelings: toObjects([setLabel('job', name), ...SUBJECT_RELABELINGS[about], ...versionsByLabel(workload)]),
      },
    ],
  };
  new PodMonitor(scope, `monitor-${objectName(name)}`, { metadata: { name: objectName(name), ...at }, spec });
}

/** Scrapes what a Service of the cluster leads to, with the account of Prometheus. The Service takes the place of the discovery and of its relabelings. */
export function clusterMonitor(scope: Construct, at: At, job: ScrapeConfig, service: ClusterService): void {
  const { job_name, metrics_path: path, scheme, tls_config, authorization, metric_relabel_configs } = job;
  const { fallback_scrape_protocol, kubernetes_sd_configs: _, relabel_configs: __, ...rest } = job;
  checkHasForm('ServiceMonitor', rest, [
    ...['job_name', 'metrics_path', 'scheme', 'tls_config', 'authorization', 'metric_relabel_configs'],
    ...LIMITS,
  ]);
  const spec: ServiceMonitorSpec = {
    selector: { matchLabels: { ...service.labels } },
    namespaceSelector: { matchNames: [service.namespace] },
    ...(fallback_scrape_protocol === undefined ? {} : { fallbackScrapeProtocol: fallback_scrape_protocol as never }),
    ...limitsOf(job),
    endpoints: [
      {
        port: service.port,
        ...(scheme === undefined ? {} : { scheme: scheme as never }),
        ...(path === undefined ? {} : { path }),
        ...(authorization ? { bearerTokenFile: authorization.credentials_file } : {}),
        ...(tls_config === undefined
          ? {}
          : {
              tlsConfig: {
                caFile: tls_config.ca_file,
                ...(tls_config.insecure_skip_verify ? { insecureSkipVerify: true } : {}),
              },
            }),
        relabelings: toObjects([setLabel('job', job_name), ...service.relabelings]),
        ...(metric_relabel_configs ? { metricRelabelings: toObjects(metric_relabel_configs) } : {}),
      },
    ],
  };
  new ServiceMonitor(scope, `monitor-${job_name}`, { metadata: { name: job_name, ...at }, spec });
}

/** Throws where a job says more than an object of the operator is made of here. */
function checkHasForm(kind: string, job: object, known: readonly string[]): void {
  const more = Object.entries(job).flatMap(([field, value]) =>
    value === undefined || known.includes(field) ? [] : [field],
  );
  if (more.length === 0) return;
  const name = 'job_name' in job ? String(job.job_name) : 'of the job';
  throw new StrataError(`${kind} ${name}`, `has no form for ${more.join(', ')}: nothing would act on it`, [
    'leave it out, or give the object the field that stands for it',
  ]);
}

/** A Service that leads to a component of the cluster. */
export interface ClusterService {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: string;
  readonly relabelings: readonly Relabeling[];
}

/** A job as it stands in the configuration file, for what neither a pod's nor a Service's monitor can say. */
export function scrapeConfigObject(scope: Construct, at: At, job: ScrapeConfig): void {
  const { job_name, metrics_path, relabel_configs = [], kubernetes_sd_configs = [], fallback_scrape_protocol } = job;
  const { metric_relabel_configs } = job;
  checkHasForm('ScrapeConfig', job, [
    ...['job_name', 'metrics_path', 'relabel_configs', 'kubernetes_sd_configs', 'fallback_scrape_protocol'],
    ...['metric_relabel_configs', ...LIMITS],
  ]);
  for (const discovery of kubernetes_sd_configs)
    checkHasForm('ScrapeConfig', { job_name, ...discovery }, ['job_name', 'role']);
  const spec: ScrapeConfigSpec = {
    jobName: job_name,
    ...(metrics_path === undefined ? {} : { metricsPath: metrics_path }),
    kubernetesSdConfigs: kubernetes_sd_configs.map((discovery) => ({ role: roleOf(discovery) as never })),
    relabelings: toObjects([setLabel('job', job_name), ...relabel_configs]),
    ...(metric_relabel_configs ? { metricRelabelings: toObjects(metric_relabel_configs) } : {}),
    ...(fallback_scrape_protocol === undefined ? {} : { fallbackScrapeProtocol: fallback_scrape_protocol as never }),
    ...limitsOf(job),
  };
  new ScrapeConfigObject(scope, `scrape-${job_name}`, { metadata: { name: job_name, ...at }, spec });
}

const LIMITS: readonly (keyof ScrapeLimits)[] = [
  ...(['sample_limit', 'target_limit'] as const),
  ...(['label_limit', 'label_name_length_limit', 'label_value_length_limit'] as const),
];

/** ServiceMonitors and ScrapeConfigs have them under the same names. */
function limitsOf(job: ScrapeConfig): Partial<ScrapeConfigSpec & ServiceMonitorSpec> {
  const limits = {
    sampleLimit: job.sample_limit,
    targetLimit: job.target_limit,
    labelLimit: job.label_limit,
    labelNameLengthLimit: job.label_name_length_limit,
    labelValueLengthLimit: job.label_value_length_limit,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** The operator calls roles by the names of their kinds. */
function roleOf(discovery: object): string {
  const { role } = discovery as { readonly role: 'pod' | 'endpointslice' | 'node' };
  return { pod: 'Pod', endpointslice: 'EndpointSlice', node: 'Node' }[role];
}

function dropLabel(regex: string): Relabeling {
  return { action: 'labeldrop', regex };
}

/** Steps in the operator's words; each of its kinds has a type of its own for the same. */
function toObjects<T>(steps: readonly Relabeling[]): T[] {
  return steps.map(({ source_labels, target_label, ...same }) => ({
    ...same,
    ...(source_labels ? { sourceLabels: source_labels } : {}),
    ...(target_label === undefined ? {} : { targetLabel: target_label }),
  })) as T[];
}

/** Jobs may have characters that objects cannot be called by. */
function objectName(job: string): string {
  return job
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { isSet, scalarText } from '../upstream/prometheus/form';
import { relabel } from '../upstream/prometheus/relabel';
import type { Certainty } from './certainty';
import { all } from './certainty';
import type { MetaLabels } from './discovery-labels';
import { endpointTargets, POD_ADDRESS, podTargets, serviceTargets } from './discovery-labels';
import { labelsOfPods, selectsKnown } from './known-labels';
import { makesPods } from './pods';
import type { ConfiguredPrometheus } from './prometheus';
import { configuredPrometheuses } from './prometheus';
import type { ServiceView } from './services';
import { knownServices, serviceByHost } from './services';
import type { World } from './world';

/** What a job of Prometheus' own configuration finds by `kubernetes_sd_configs`, after its relabelings. */
export interface DiscoveredTarget {
  readonly prometheus: ConfiguredPrometheus;
  readonly job: string;
  /** As the file has it: a relabeling may have written another. */
  readonly jobName: string;
  /** The file that states the job. */
  readonly resource: Resource;
  readonly path: Path;
  /** Whose pods are scraped. */
  readonly workload: WorkloadManifest;
  readonly port: number;
  readonly metricsPath: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** What is done to its series: `metric_relabel_configs` of the job. */
  readonly metricRelabelings: readonly Json[];
  /** Its labels after the relabelings, as far as they are known; undefined where its page may bring its own. */
  readonly labels: MetaLabels | undefined;
  /** Whether it is scraped for certain: what a rule asks for may be known by the cluster alone. */
  readonly isCertain: boolean;
}

/** Every target that is found among the manifests, of each Prometheus that is configured by files. */
export const discoveredTargets = memo((world: World): readonly DiscoveredTarget[] =>
  configuredPrometheuses(world).flatMap((prometheus) =>
    [prometheus.configuration, ...prometheus.jobFiles].flatMap(({ resource, path, content }) =>
      mappings(record(content)?.['scrape_configs']).flatMap((job) =>
        targetsOfJob(world, prometheus, job).map((target) => ({ ...target, prometheus, resource, path })),
      ),
    ),
  ),
);

type Target = Omit<DiscoveredTarget, 'prometheus' | 'resource' | 'path'>;

function targetsOfJob(world: World, prometheus: ConfiguredPrometheus, job: Json): Target[] {
  const found = new Map<string, Target>();
  for (const config of mappings(job['kubernetes_sd_configs'])) {
    if (isElsewhere(config)) continue;
    for (const { ports, is } of discoveredObjects(world, config, prometheus.workload.namespace))
      for (const { labels, workload } of ports) {
        const target = is === 'no' ? undefined : targetOf(world, job, labels, workload, prometheus.workload.namespace);
        if (!target) continue;
        const one = { ...target, isCertain: target.isCertain && is === 'yes' };
        const key = `${world.idOf(one.workload.resource)} ${one.port} ${one.metricsPath}`;
        if (!found.get(key)?.isCertain) found.set(key, one);
      }
  }
  return [...found.values()];
}

/** Whether a discovery asks another cluster. */
export function isElsewhere(config: Json): boolean {
  return isSet(config['api_server']) || isSet(config['kubeconfig_file']);
}

/** A pod or Service that a discovery looks at. */
export interface DiscoveredObject {
  /** Whether the selectors of the discovery take it. */
  readonly is: Certainty;
  /** What is found of it, with the labels before relabeling. */
  readonly ports: readonly { readonly labels: MetaLabels; readonly workload: WorkloadManifest | undefined }[];
  /** Its endpoints are written by somebody, and are not followed here. */
  readonly isManual: boolean;
}

/** The namespaces in which a discovery looks; none: in all. */
export function namespacesOfDiscovery(config: Json, own: string): readonly string[] {
  const namespaces = record(config['namespaces']);
  return [...list(namespaces?.['names']).map(String), ...(namespaces?.['own_namespace'] === true ? [own] : [])];
}

/** What a discovery of pods or Services looks at, in its namespaces; `own`: that of the Prometheus. */
export function* discoveredObjects(world: World, config: Json, own: string): Iterable<DiscoveredObject> {
  const role = scalarText(config['role']) ?? '';
  const names = namespacesOfDiscovery(config, own);
  const isIn = ({ namespace }: { readonly namespace: string }) => names.length === 0 || names.includes(namespace);
  const selectors = mappings(config['selectors']).filter((selector) => selector['role'] === role);
  if (role === 'pod')
    for (const workload of [...world.workloads, ...world.operated].filter(makesPods).filter(isIn)) {
      const is = all(selectors.map((each) => chosen(each, labelsOfPods(workload))));
      yield { is, ports: podTargets(workload), isManual: false };
    }
  if (role !== 'service' && role !== 'endpoints' && role !== 'endpointslice') return;
  for (const service of knownServices(world).filter(isIn)) {
    const is = all(selectors.map((each) => chosen(each, labelsOfSelected(service, role))));
    const ports =
      role === 'service'
        ? serviceTargets(service).map((labels) => ({ labels, workload: undefined }))
        : endpointTargets(service, role);
    yield { is, ports, isManual: role !== 'service' && service.backing === 'manual' };
  }
}

function labelsOfSelected({ name, resource }: ServiceView, role: string) {
  // Its slices have others beside, of their controller.
  return {
    labels: { ...resource.labels, ...(role === 'endpointslice' ? { 'kubernetes.io/service-name': name } : {}) },
    complete: role === 'service',
  };
}

/** Whether a selector of the discovery takes what has these labels; one by fields is for the cluster to answer. */
function chosen(selector: Json, known: Parameters<typeof selectsKnown>[1]): Certainty {
  const text = string(selector['label']) ?? '';
  const labels = labelSelectorOf(text);
  const is = labels === undefined ? 'unknown' : selectsKnown(labels, known);
  return is === 'yes' && isSet(selector['field']) ? 'unknown' : is;
}

/** `app=web,tier!=db,env in (a, b),!old` as a LabelSelector; undefined for what is not read here. */
export function labelSelectorOf(text: string): Json | undefined {
  const parts =
    text
      .match(/[^,()]+(\([^)]*\))?/g)
      ?.map((part) => part.trim())
      .filter(Boolean) ?? [];
  const matchExpressions: Json[] = [];
  for (const part of parts) {
    const [, key, operator, value = ''] =
      /^([\w./-]+)\s*(==|=|!=|\s(?:not)?in\s*)\s*(\([^)]*\)|[\w.-]*)$/.exec(part) ?? [];
    const [, not, name] = /^(!?)\s*([\w./-]+)$/.exec(part) ?? [];
    if (key !== undefined && operator !== undefined) {
      const isNot = /^(!=|\s*notin\s*)$/.test(operator);
      const values = value
        .replace(/[()]/g, '')
        .split(',')
        .map((each) => each.trim());
      matchExpressions.push({ key, operator: isNot ? 'NotIn' : 'In', values });
    } else if (name !== undefined) matchExpressions.push({ key: name, operator: not ? 'DoesNotExist' : 'Exists' });
    else return undefined;
  }
  return { matchExpressions };
}

/** The labels of a target before the relabelings of its job. */
export function labelsOfTarget(job: Json, labels: MetaLabels): MetaLabels {
  return new Map([
    ...labels,
    ['job', scalarText(job['job_name']) ?? ''],
    ['__scheme__', scalarText(job['scheme']) || 'http'],
    ['__metrics_path__', scalarText(job['metrics_path']) || '/metrics'],
  ]);
}

function targetOf(
  world: World,
  job: Json,
  labels: MetaLabels,
  workload: WorkloadManifest | undefined,
  own: string,
): Target | undefined {
  const name = scalarText(job['job_name']) ?? '';
  const scheme = scalarText(job['scheme']) || 'http';
  const result = relabel(labelsOfTarget(job, labels), mappings(job['relabel_configs']));
  const address = result === 'dropped' ? undefined : result.labels.get('__address__');
  if (result === 'dropped' || address === undefined) return undefined;
  const [, host, written] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  const port = Number(written ?? (result.labels.get('__scheme__') === 'https' ? 443 : 80));
  const at = {
    job: result.labels.get('job') ?? name,
    jobName: name,
    metricsPath: result.labels.get('__metrics_path__') ?? '/metrics',
    scheme: result.labels.get('__scheme__') ?? scheme,
    metricRelabelings: mappings(job['metric_relabel_configs']),
    isCertain: result.isCertain,
    labels:
      job['honor_labels'] === true || !result.isCertain
        ? undefined
        : new Map([...result.labels].filter(([label]) => !label.startsWith('__'))),
  };
  if (host === POD_ADDRESS && workload) return { ...at, workload, port };
  // A Service, or whatever a relabeling puts in place of what was found, such as a prober.
  const [reached] = host ? (serviceByHost(world, host, own)?.reachedBy(port) ?? []) : [];
  return reached && { ...at, workload: reached.workload, port: reached.number };
}

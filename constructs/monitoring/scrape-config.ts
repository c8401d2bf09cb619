import type { Duration } from '../../model/quantity';
import type { FlowEnd, MetricsSubject } from '../core/flow';
import { selectorOf, versionsIn } from '../core/flow';
import type { FlowJob } from './scrape';
import { VERSION_LABEL } from './series';

/** A step of relabeling, in Prometheus' own words. */
export interface Relabeling {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly action?: 'keep' | 'drop' | 'replace' | 'labeldrop' | 'labelmap' | 'keepequal';
  readonly target_label?: string;
  readonly replacement?: string;
}

/** Bounds of what one target may send, and of how many there may be: a job beyond one fails, and says so. */
export interface ScrapeLimits {
  readonly sample_limit: number;
  readonly target_limit?: number;
  readonly label_limit?: number;
  readonly label_name_length_limit?: number;
  readonly label_value_length_limit?: number;
}

/** A job in the configuration file. */
export interface ScrapeConfig extends Partial<ScrapeLimits> {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly scheme?: 'https';
  readonly authorization?: { readonly credentials_file: string };
  readonly tls_config?: { readonly ca_file: string; readonly insecure_skip_verify?: boolean };
  readonly fallback_scrape_protocol?: string;
  readonly kubernetes_sd_configs?: readonly object[];
  readonly dns_sd_configs?: readonly object[];
  readonly static_configs?: readonly object[];
  readonly relabel_configs?: readonly Relabeling[];
  readonly metric_relabel_configs?: readonly Relabeling[];
}

/** Sets a label to a value. */
export function setLabel(name: string, value: string): Relabeling {
  return { target_label: name, replacement: value };
}

/** Takes a label from one that the discovery gives; without it, it stays unset. */
export function labelFrom(name: string, source: string): Relabeling {
  return { source_labels: [source], target_label: name };
}

/** Keeps the targets whose labels match. */
export function keep(sources: readonly string[], regex: string): Relabeling {
  return { source_labels: sources, action: 'keep', regex };
}

export function drop(sources: readonly string[], regex: string): Relabeling {
  return { source_labels: sources, action: 'drop', regex };
}

/** The name of a label or annotation as discovery has it: characters that labels of Prometheus cannot have become `_`. */
export function sanitized(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

/**
 * Finds each pod of a flow by the name that resolves to all of them. Each pod is a target: behind a balancing address every scrape
 * would meet another pod's counters. DNS knows no names of nodes: what is about one is told by its address, the label `instance`.
 */
export function byName({ name, path, port, about, workload }: FlowJob, interval: Duration): ScrapeConfig {
  return {
    job_name: name,
    metrics_path: path,
    dns_sd_configs: [
      {
        names: versionsIn(workload).map((version) => version.eachPod().host),
        type: 'A',
        port: port.number,
        refresh_interval: interval,
      },
    ],
    ...(about === 'pod'
      ? { relabel_configs: [setLabel('namespace', workload.namespace.name), ...versionsByName(workload)] }
      : {}),
  };
}

/** Finds each pod of a flow by asking the API server. */
export function byDiscovery({ name, path, port, about, workload }: FlowJob): ScrapeConfig {
  const { matchLabels = {}, matchExpressions = [] } = selectorOf(workload);
  const selector = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, values }) => `${key} in (${values.join(',')})`),
  ];
  return {
    job_name: name,
    metrics_path: path,
    kubernetes_sd_configs: [
      {
        role: 'pod',
        namespaces: { names: [workload.namespace.name] },
        selectors: [{ role: 'pod', label: selector.join(',') }],
      },
    ],
    relabel_configs: [
      ...runningContainers,
      keep(['__meta_kubernetes_pod_container_port_number'], String(port.number)),
      ...SUBJECT_LABELS[about],
      ...versionsByLabel(workload),
    ],
  };
}

function versionsByName(workload: FlowEnd): Relabeling[] {
  const versions = versionsIn(workload);
  if (versions.length === 1) return [];
  return versions.map((version) => ({
    source_labels: ['__meta_dns_name'],
    regex: version.eachPod().host.replaceAll('.', '\\.'),
    target_label: VERSION_LABEL,
    replacement: version.name,
  }));
}

/** The same where the labels of pods are known: its name is what each version is found by. */
export function versionsByLabel(workload: FlowEnd): Relabeling[] {
  if (versionsIn(workload).length === 1) return [];
  return Object.keys(workload.selector).map((key) =>
    labelFrom(VERSION_LABEL, `__meta_kubernetes_pod_label_${sanitized(key)}`),
  );
}

/** The node that a pod runs on. */
export const NODE_OF_POD = labelFrom('node', '__meta_kubernetes_pod_node_name');

/** Pods that have ended answer nobody, and init containers have ended before anything serves. */
export const runningContainers: readonly Relabeling[] = [
  drop(['__meta_kubernetes_pod_phase'], 'Succeeded|Failed'),
  drop(['__meta_kubernetes_pod_container_init'], 'true'),
];

/** What a target is, as far as its series are about it. */
const SUBJECT_LABELS: Readonly<Record<MetricsSubject, readonly Relabeling[]>> = {
  pod: [
    labelFrom('namespace', '__meta_kubernetes_namespace'),
    labelFrom('pod', '__meta_kubernetes_pod_name'),
    labelFrom('container', '__meta_kubernetes_pod_container_name'),
  ],
  node: [NODE_OF_POD],
  others: [],
};

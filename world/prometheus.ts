import { containerOf } from '../manifests/programs';
import type { Json } from '../manifests/resource';
import { list, mappings, number, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { PartlyKnownLabels } from '../upstream/prometheus/relabel';
import { relabel } from '../upstream/prometheus/relabel';
import type { Release } from '../upstream/prometheus/release';
import type { MountedFile } from './configuration-files';
import { configFileOf, mountedFiles } from './configuration-files';
import { releaseOf } from './prometheus-release';
import type { World } from './world';

/** A file that a Prometheus of the manifests reads, and what stands in it. */
export type PrometheusFile = MountedFile;

/** A Prometheus that is configured by files: its configuration, and the files that this names. */
export interface ConfiguredPrometheus {
  readonly workload: WorkloadManifest;
  readonly release: Release;
  readonly configuration: PrometheusFile;
  /** The files of `rule_files`. */
  readonly rules: readonly PrometheusFile[];
  /** The files of `scrape_config_files`, once for each pattern that matches them. */
  readonly jobFiles: readonly PrometheusFile[];
  /** Files that it sees and does not read: neither is it their name that `rule_files` or `scrape_config_files` match. */
  readonly unread: readonly PrometheusFile[];
}

/** Every Prometheus of which the configuration is among the manifests. */
export function configuredPrometheuses(world: World): readonly ConfiguredPrometheus[] {
  return [...byWorkload(world).values()];
}

/** The Prometheus that a workload runs, if its configuration is among the manifests. */
export function configuredPrometheusOf(world: World, workload: WorkloadManifest): ConfiguredPrometheus | undefined {
  return byWorkload(world).get(workload);
}

const byWorkload = memo((world: World): ReadonlyMap<WorkloadManifest, ConfiguredPrometheus> => {
  const found = world.workloads.flatMap((workload) => read(world, workload) ?? []);
  return new Map(found.map((prometheus) => [prometheus.workload, prometheus]));
});

function read(world: World, workload: WorkloadManifest): ConfiguredPrometheus | undefined {
  const container = containerOf(workload.running, 'prometheus');
  if (!container) return undefined;
  const files = new Map(mountedFiles(world, workload, container));
  const at = configFileOf(container, '/etc/prometheus/prometheus.yml');
  const configuration = files.get(at);
  if (!configuration) return undefined;
  const folder = at.slice(0, at.lastIndexOf('/'));
  const named = (field: string) =>
    list(record(configuration.content)?.[field]).flatMap((entry) => {
      const pattern = typeof entry === 'string' ? globOf(entry.startsWith('/') ? entry : `${folder}/${entry}`) : [];
      return [pattern].flat().flatMap((glob) => [...files].filter(([file]) => file !== at && glob.test(file)));
    });
  const rules = new Map(named('rule_files'));
  const jobFiles = named('scrape_config_files');
  const read = new Set([at, ...rules.keys(), ...jobFiles.map(([file]) => file)]);
  return {
    workload,
    release: releaseOf(container),
    configuration,
    rules: [...rules.values()],
    jobFiles: jobFiles.map(([, file]) => file),
    unread: [...files].flatMap(([file, content]) => (read.has(file) ? [] : [content])),
  };
}

/** What a Prometheus configuration names by address: static targets, and names of which the port is given. */
export function* addressesIn(configuration: unknown): Iterable<{
  readonly job: string;
  readonly host: string;
  readonly port: number;
  /** How it is asked; undefined where a relabeling decides. */
  readonly scheme: string | undefined;
  readonly metricsPath: string | undefined;
  readonly metricRelabelings: readonly Json[];
  /** The labels of the target after its relabelings, as far as they are known; undefined where its page may bring its own. */
  readonly labels: PartlyKnownLabels | undefined;
}> {
  for (const config of list(record(configuration)?.['scrape_configs']).map(record)) {
    const job = string(config?.['job_name']) ?? '';
    const written = new Set(mappings(config?.['relabel_configs']).map((rule) => rule['target_label']));
    const asked = {
      job,
      metricRelabelings: mappings(config?.['metric_relabel_configs']),
      scheme: written.has('__scheme__') ? undefined : string(config?.['scheme']) || 'http',
      metricsPath: written.has('__metrics_path__') ? undefined : string(config?.['metrics_path']) || '/metrics',
    };
    for (const group of list(config?.['static_configs']).map(record)) {
      const labels = record(group?.['labels']) ?? {};
      const own = {
        ...asked,
        ...(labels['__scheme__'] === undefined ? {} : { scheme: undefined }),
        ...(labels['__metrics_path__'] === undefined ? {} : { metricsPath: undefined }),
      };
      for (const target of list(group?.['targets'])) {
        const match = /^([a-z0-9][a-z0-9.-]*):(\d+)$/.exec(string(target) ?? '');
        if (match)
          yield { ...own, host: match[1]!, port: Number(match[2]), labels: labelsAfter(config, job, strings(labels)) };
      }
    }
    for (const group of list(config?.['dns_sd_configs']).map(record)) {
      const port = number(group?.['port']);
      if (port === undefined || (group?.['type'] !== 'A' && group?.['type'] !== 'AAAA')) continue;
      for (const name of list(group['names']))
        if (typeof name === 'string') yield { ...asked, host: name, port, labels: labelsAfter(config, job, {}) };
    }
  }
}

function labelsAfter(config: Json | undefined, job: string, own: Labels): PartlyKnownLabels | undefined {
  if (config?.['honor_labels'] === true) return undefined;
  const labels = new Map<string, string | undefined>([
    ['job', job],
    ['__address__', undefined],
    ...Object.entries(own),
  ]);
  const result = relabel(labels, mappings(config?.['relabel_configs']));
  if (result === 'dropped' || !result.isCertain) return undefined;
  return new Map([...result.labels].filter(([name]) => !name.startsWith('__')));
}

/** What a pattern of file names matches, as Go's `filepath.Match` reads it; nothing for one that is not read here. */
export function globOf(pattern: string): RegExp | [] {
  const parts = pattern.match(/\[\^?[\w.-]+\]|[^[\]\\]/g) ?? [];
  if (parts.join('') !== pattern) return [];
  const written = parts.map((part) => {
    if (part.length > 1) return part;
    return part === '*' ? '[^/]*' : part === '?' ? '[^/]' : part.replace(/[.+^$()|{}]/, '\\$&');
  });
  try {
    return new RegExp(`^${written.join('')}$`);
  } catch {
    return [];
  }
}

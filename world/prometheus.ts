import type { Json, Path, Resource } from '../manifests/resource';
import { list, number, record, string, strings } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { Release } from '../upstream/prometheus/release';
import type { Content } from '../upstream/prometheus/yaml';
import { readContent } from '../upstream/prometheus/yaml';
import { releaseOf } from './prometheus-release';
import type { World } from './world';

/** A file that a Prometheus of the manifests reads, and what stands in it. */
export interface PrometheusFile extends Content {
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
}

/** A Prometheus that is configured by files: its configuration, and the files that this names. */
export interface ConfiguredPrometheus {
  readonly workload: WorkloadManifest;
  readonly release: Release;
  readonly configuration: PrometheusFile;
  /** The files of `rule_files`. */
  readonly rules: readonly PrometheusFile[];
  /** The files of `scrape_config_files`, once for each pattern that matches them. */
  readonly jobFiles: readonly PrometheusFile[];
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
  const container = workload.running.find(({ json }) => /(^|\/)prometheus(:|@|$)/.test(string(json['image']) ?? ''));
  if (!container) return undefined;
  const files = new Map(mounted(world, workload, container));
  const at = configFile(container);
  const configuration = files.get(at);
  if (!configuration) return undefined;
  const folder = at.slice(0, at.lastIndexOf('/'));
  const named = (field: string) =>
    list(record(configuration.content)?.[field]).flatMap((entry) => {
      const pattern = typeof entry === 'string' ? globOf(entry.startsWith('/') ? entry : `${folder}/${entry}`) : [];
      return [pattern].flat().flatMap((glob) => [...files].filter(([file]) => file !== at && glob.test(file)));
    });
  return {
    workload,
    release: releaseOf(container),
    configuration,
    rules: [...new Map(named('rule_files')).values()],
    jobFiles: named('scrape_config_files').map(([, file]) => file),
  };
}

function configFile({ json }: Container): string {
  const words = [...list(json['command']), ...list(json['args'])].map(String);
  for (const [i, word] of words.entries()) {
    const given = /^--?config\.file(?:=(.*))?$/.exec(word);
    if (given) return given[1] ?? words[i + 1] ?? '';
  }
  return '/etc/prometheus/prometheus.yml';
}

/** The files of ConfigMaps by the path at which the container sees them. */
function* mounted(world: World, workload: WorkloadManifest, { json }: Container): Iterable<[string, PrometheusFile]> {
  const volumes = new Map(
    list(workload.podSpec['volumes']).map((entry) => [string(record(entry)?.['name']), record(entry)]),
  );
  for (const entry of list(json['volumeMounts'])) {
    const mount = record(entry);
    const folder = string(mount?.['mountPath'])?.replace(/\/$/, '');
    const volume = volumes.get(string(mount?.['name']));
    if (!volume || folder === undefined) continue;
    const sub = string(mount?.['subPath']);
    for (const source of [volume, ...list(record(volume['projected'])?.['sources']).map(record)]) {
      for (const { name, file } of filesOf(world, workload, record(source?.['configMap']))) {
        if (sub === undefined) yield [`${folder}/${name}`, file];
        else if (sub === name) yield [folder, file];
      }
    }
  }
}

function* filesOf(
  world: World,
  { namespace }: WorkloadManifest,
  source: Json | undefined,
): Iterable<{ readonly name: string; readonly file: PrometheusFile }> {
  const name = string(source?.['name']);
  const found = name ? world.find('ConfigMap', namespace, name) : undefined;
  if (found?.is !== 'present') return;
  const names = new Map(
    list(source?.['items']).map((item) => [string(record(item)?.['key']), string(record(item)?.['path'])]),
  );
  for (const [key, content] of Object.entries(strings(found.resource.at(['data'])))) {
    const path = names.size === 0 ? key : names.get(key);
    if (path !== undefined)
      yield {
        name: path,
        file: { resource: found.resource, path: ['data', key], text: content, ...readContent(content) },
      };
  }
}

/** What a Prometheus configuration names by address: static targets, and names of which the port is given. */
export function* addressesIn(configuration: unknown): Iterable<{ readonly host: string; readonly port: number }> {
  for (const job of list(record(configuration)?.['scrape_configs']).map(record)) {
    for (const group of list(job?.['static_configs']).map(record)) {
      for (const target of list(group?.['targets'])) {
        const match = /^([a-z0-9][a-z0-9.-]*):(\d+)$/.exec(string(target) ?? '');
        if (match) yield { host: match[1]!, port: Number(match[2]) };
      }
    }
    for (const group of list(job?.['dns_sd_configs']).map(record)) {
      const port = number(group?.['port']);
      if (port === undefined || (group?.['type'] !== 'A' && group?.['type'] !== 'AAAA')) continue;
      for (const name of list(group['names'])) if (typeof name === 'string') yield { host: name, port };
    }
  }
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

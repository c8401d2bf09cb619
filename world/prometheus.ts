import { load } from 'js-yaml';
import type { Json, Path, Resource } from '../manifests/resource';
import { list, number, record, string, strings } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { World } from './world';

/** A file that a Prometheus of the manifests reads, and what stands in it. */
export interface PrometheusFile {
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
  /** Undefined where it is no YAML. */
  readonly content: unknown;
  /** Why it is none. */
  readonly problem: string | undefined;
}

/** A Prometheus that is configured by files: its configuration, and the rules that this names. */
export interface ConfiguredPrometheus {
  readonly workload: WorkloadManifest;
  readonly configuration: PrometheusFile;
  readonly rules: readonly PrometheusFile[];
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
  const patterns = list(record(configuration.content)?.['rule_files']).flatMap((pattern) =>
    typeof pattern === 'string' ? globOf(pattern.startsWith('/') ? pattern : `${folder}/${pattern}`) : [],
  );
  return {
    workload,
    configuration,
    rules: [...files]
      .filter(([file]) => file !== at && patterns.some((pattern) => pattern.test(file)))
      .map(([, file]) => file),
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
        file: { resource: found.resource, path: ['data', key], text: content, ...parseContent(content) },
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

/** The values of a YAML text. Tags and what only Prometheus understands are none of its matter. */
export function parseContent(content: string): Pick<PrometheusFile, 'content' | 'problem'> {
  try {
    return { content: load(content), problem: undefined };
  } catch (error) {
    return { content: undefined, problem: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  }
}

/** What a pattern of file names matches; nothing for one with brackets. */
export function globOf(pattern: string): RegExp | [] {
  if (/[[\]\\]/.test(pattern)) return [];
  return new RegExp(
    `^${pattern.replace(/[.+^$()|{}]/g, '\\$&').replace(/[*?]/g, (star) => (star === '*' ? '[^/]*' : '[^/]'))}$`,
  );
}

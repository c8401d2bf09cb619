import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import { scalarText } from '../upstream/prometheus/form';
import { relabelingOf } from '../upstream/prometheus/relabeling-names';
import { operatorObjects } from './alertmanager';
import { selectionsOfObject } from './operator-selection';
import { configuredPrometheuses } from './prometheus';
import type { World } from './world';

/** A job that finds its targets by itself, of a file or of a ScrapeConfig in the form of a file. */
export interface DiscoveryJob {
  readonly resource: Resource;
  readonly path: Path;
  /** `job web`, `ScrapeConfig/shop/web`. */
  readonly by: string;
  /** The name of the job in a file; undefined in an object. */
  readonly name: string | undefined;
  /** The namespace of its Prometheus. */
  readonly own: string;
  readonly job: Json;
}

/** Every job of the files and ScrapeConfigs here. */
export function discoveryJobs(world: World): readonly DiscoveryJob[] {
  return [...jobsOfFiles(world), ...jobsOfObjects(world)];
}

/** Rules that decide what is scraped and where; others write labels alone. */
const DECIDING = /^(keep|drop|keepequal|dropequal)$/i;

/** What a job finds and asks, whatever it is called and whichever form it has; undefined for one without a discovery of Kubernetes. */
export function foundBy({ job, own }: DiscoveryJob): string | undefined {
  const configs = mappings(job['kubernetes_sd_configs']).map((config) => {
    const namespaces = record(config['namespaces']);
    const names = list(namespaces?.['names']).map(String);
    return {
      role: config['role'],
      server: config['api_server'] ?? null,
      names: [...names, ...(namespaces?.['own_namespace'] === true ? [own] : [])].sort(),
      selectors: mappings(config['selectors']).map(({ role, label, field }) => [role, label ?? '', field ?? '']),
    };
  });
  if (configs.length === 0) return undefined;
  const rules = mappings(job['relabel_configs'])
    .filter(({ action, target_label: to }) => DECIDING.test(String(action)) || String(to).startsWith('__'))
    .map(({ action = 'replace', source_labels: from, separator, regex, replacement, target_label: to }) => [
      ...[String(action).toLowerCase(), list(from), separator ?? ';', regex ?? '(.*)', replacement ?? '$1', to ?? ''],
    ]);
  return JSON.stringify([configs, rules]);
}

function* jobsOfFiles(world: World): Iterable<DiscoveryJob> {
  for (const { workload, configuration, jobFiles } of configuredPrometheuses(world))
    for (const { resource, path, content } of [configuration, ...jobFiles])
      for (const job of mappings(record(content)?.['scrape_configs'])) {
        const name = scalarText(job['job_name']) ?? '';
        yield { resource, path, by: `job ${name}`, name, own: workload.namespace, job };
      }
}

/** ScrapeConfigs in the form of a file, as `generateScrapeConfig` in the operator's `pkg/prometheus/promcfg.go` writes them. */
function* jobsOfObjects(world: World): Iterable<DiscoveryJob> {
  for (const resource of operatorObjects(world, 'ScrapeConfig')) {
    const by = selectionsOfObject(world, resource).find(({ is }) => is === 'yes')?.by ?? resource;
    const spec = record(resource.at(['spec'])) ?? {};
    const job = {
      job_name: `scrapeConfig/${world.namespaceOf(resource)}/${resource.name}`,
      kubernetes_sd_configs: mappings(spec['kubernetesSDConfigs']).map((config) => ({
        role: string(config['role'])?.toLowerCase(),
        ...(config['apiServer'] === undefined ? {} : { api_server: config['apiServer'] }),
        namespaces: {
          names: list(record(config['namespaces'])?.['names']),
          own_namespace: record(config['namespaces'])?.['ownNamespace'] === true,
        },
        selectors: mappings(config['selectors']).map((each) => ({
          ...each,
          role: string(each['role'])?.toLowerCase(),
        })),
      })),
      relabel_configs: mappings(spec['relabelings']).map(relabelingOf),
    };
    const place = { resource, path: ['spec'], by: world.idOf(resource), name: undefined };
    yield { ...place, own: world.namespaceOf(by), job };
  }
}

import type { Json, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { relabel } from '../upstream/prometheus/relabel';
import { relabelingOf } from '../upstream/prometheus/relabeling-names';
import type { MetaLabels } from './discovery-labels';
import { makesPods } from './pods';
import type { ServiceView } from './services';
import { knownServices } from './services';
import type { World } from './world';

/** The Prometheus operator's ServiceMonitors or PodMonitors. */
export function monitorsOf(world: World, kind: 'ServiceMonitor' | 'PodMonitor'): readonly Resource[] {
  return world.of(kind).filter(({ group }) => group === 'monitoring.coreos.com');
}

/** Where a monitor looks for Services or pods; undefined: everywhere. */
export function namespacesOfMonitor(world: World, monitor: Resource): readonly string[] | undefined {
  const selector = record(monitor.at(['spec', 'namespaceSelector']));
  if (selector?.['any'] === true) return undefined;
  const names = list(selector?.['matchNames']).filter((name) => typeof name === 'string');
  return names.length > 0 ? names : [world.namespaceOf(monitor)];
}

/** The Services that a ServiceMonitor finds. */
export function servicesOfMonitor(world: World, monitor: Resource): readonly ServiceView[] {
  return found(world, monitor, indexesOf(world).services, ({ resource }) => resource.labels);
}

/** The workloads whose pods a PodMonitor finds. */
export function workloadsOfMonitor(world: World, monitor: Resource): readonly WorkloadManifest[] {
  return found(world, monitor, indexesOf(world).workloads, ({ podLabels }) => podLabels);
}

/** By namespace and one label: `shop app=web`; without the one, the other or both for selectors that do not say. */
type Index<T> = ReadonlyMap<string, readonly T[]>;

interface Indexes {
  readonly services: Index<ServiceView>;
  readonly workloads: Index<WorkloadManifest>;
}

const indexesOf = memo(
  (world: World): Indexes => ({
    services: indexOf(knownServices(world), ({ resource }) => resource.labels),
    workloads: indexOf([...world.workloads, ...world.operated].filter(makesPods), ({ podLabels }) => podLabels),
  }),
);

function indexOf<T extends { readonly namespace: string }>(all: readonly T[], labelsOf: (one: T) => Labels): Index<T> {
  const index = new Map<string, T[]>();
  for (const one of all) {
    for (const label of ['', ...Object.entries(labelsOf(one)).map((entry) => entry.join('='))]) {
      for (const key of [`${one.namespace} ${label}`, ` ${label}`]) addTo(index, key, one);
    }
  }
  return index;
}

function found<T>(world: World, monitor: Resource, index: Index<T>, labelsOf: (one: T) => Labels): readonly T[] {
  const selector = monitor.at(['spec', 'selector']);
  const label = Object.entries(strings(record(selector)?.['matchLabels']))[0]?.join('=') ?? '';
  const candidates = (namespacesOfMonitor(world, monitor) ?? ['']).flatMap(
    (namespace) => index.get(`${namespace} ${label}`) ?? [],
  );
  return candidates.filter((one) => selects(selector, labelsOf(one)));
}

/** The job of what a monitor finds: a label of the Service or pod, where `jobLabel` names one that is there, unless a relabeling writes it. */
export function jobOf(
  monitor: Resource,
  endpoint: Json | undefined,
  labels: Labels,
  byDefault: string,
): string | undefined {
  const label = string(monitor.at(['spec', 'jobLabel']));
  return writtenJob(endpoint, (label ? labels[label] : undefined) || byDefault);
}

/**
 * The labels of a target of a monitor after its relabelings, as far as they are known; undefined where a page may bring its own, or nothing is
 * left of the target. `meta`: what the discovery says of it. The operator writes its own labels first: `generateServiceMonitorConfig` in its
 * pkg/prometheus/promcfg.go.
 */
export function labelsOfMonitored(endpoint: Json | undefined, meta: MetaLabels, own: Labels): MetaLabels | undefined {
  const of = (name: string) => (meta.has(name) ? meta.get(name) : '');
  const written = new Map<string, string | undefined>([
    ['namespace', of('__meta_kubernetes_namespace')],
    ['service', of('__meta_kubernetes_service_name')],
    ['pod', of('__meta_kubernetes_pod_name')],
    ['container', of('__meta_kubernetes_pod_container_name')],
    ...Object.entries(own),
  ]);
  if (endpoint?.['honorLabels'] === true) return undefined;
  const named = [...written].filter(([, value]) => value !== '');
  const result = relabel(new Map([...meta, ...named]), mappings(endpoint?.['relabelings']).map(relabelingOf));
  if (result === 'dropped' || !result.isCertain) return undefined;
  return new Map([...result.labels].filter(([name]) => !name.startsWith('__')));
}

/** The job after the relabelings of an endpoint; undefined where they make it of what only the cluster knows. */
function writtenJob(endpoint: Json | undefined, job: string): string | undefined {
  const written = mappings(endpoint?.['relabelings']).filter(({ targetLabel }) => targetLabel === 'job');
  if (written.length === 0) return job;
  const { sourceLabels, replacement, action = 'replace' } = written.at(-1)!;
  const isFixed = list(sourceLabels).length === 0 && String(action).toLowerCase() === 'replace';
  const text = string(replacement) ?? '$1';
  return isFixed && !text.includes('$') ? text : undefined;
}

/** The jobs that the monitors, probes and ScrapeConfigs here make; none where one of them may make others, by a rule or of what it scrapes. */
export const jobsOfMonitors = memo((world: World): readonly string[] => {
  const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'] as const;
  const monitors = kinds.flatMap((kind) => world.of(kind).filter(({ group }) => group === 'monitoring.coreos.com'));
  const jobs = monitors.flatMap((monitor) => jobsOfMonitor(world, monitor));
  return jobs.includes(undefined) ? [] : [...new Set(jobs.flatMap((job) => job ?? []))];
});

function jobsOfMonitor(world: World, monitor: Resource): readonly (string | undefined)[] {
  const own = `${world.namespaceOf(monitor)}/${monitor.name}`;
  const spec = record(monitor.at(['spec'])) ?? {};
  const [found, endpoints] =
    monitor.kind === 'ServiceMonitor'
      ? [
          servicesOfMonitor(world, monitor).map(({ resource, name }) => ({ labels: resource.labels, name })),
          mappings(spec['endpoints']),
        ]
      : monitor.kind === 'PodMonitor'
        ? [
            // Of pods that are made elsewhere it may be the default.
            [...workloadsOfMonitor(world, monitor).map(({ podLabels }) => ({ labels: podLabels, name: own }))].concat(
              workloadsOfMonitor(world, monitor).length === 0 ? [{ labels: {}, name: own }] : [],
            ),
            mappings(spec['podMetricsEndpoints']),
          ]
        : [[{ labels: {}, name: string(spec['jobName']) ?? jobOfObject(monitor.kind, own) }], [spec]];
  return (endpoints.length > 0 ? endpoints : [{}]).flatMap((endpoint: Json) => {
    const rules = [...mappings(endpoint['relabelings']), ...mappings(endpoint['metricRelabelings'])];
    // A page may bring jobs of its own, and a group of targets may be given one.
    if (
      endpoint['honorLabels'] === true ||
      rules.some(({ action }) => /^labelmap$/i.test(String(action))) ||
      mappings(endpoint['metricRelabelings']).some(({ targetLabel }) => targetLabel === 'job') ||
      mappings(endpoint['staticConfigs']).some(({ labels }) => strings(labels)['job'] !== undefined) ||
      OUTSIDE.some((field) => endpoint[field] !== undefined) ||
      // Its rules and labels stand with its targets.
      (monitor.kind === 'Probe' && /"targetLabel":"job"|"labelmap"|"job":/i.test(JSON.stringify(spec)))
    )
      return [undefined];
    return found.map(({ labels, name }) => jobOf(monitor, endpoint, labels, name));
  });
}

/** Discoveries of which the groups may say which job they are. */
const OUTSIDE = ['httpSDConfigs', 'fileSDConfigs'];

function jobOfObject(kind: string, own: string): string {
  return kind === 'Probe' ? `probe/${own}` : `scrapeConfig/${own}`;
}

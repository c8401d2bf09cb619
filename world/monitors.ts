import type { Resource } from '../manifests/resource';
import { list, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
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

/** The jobs that the monitors and probes here make; none where one of them changes the label by a rule of its own. */
export const jobsOfMonitors = memo((world: World): readonly string[] => {
  const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe'] as const;
  const monitors = kinds.flatMap((kind) => world.of(kind).filter(({ group }) => group === 'monitoring.coreos.com'));
  if (
    monitors.some((monitor) => /"targetLabel":"job"|"labelmap"|"honorLabels":true/.test(JSON.stringify(monitor.object)))
  )
    return [];
  return [
    ...new Set(
      monitors.flatMap((monitor): readonly string[] => {
        const [label, own] = [
          string(monitor.at(['spec', 'jobLabel'])),
          `${world.namespaceOf(monitor)}/${monitor.name}`,
        ];
        if (monitor.kind === 'Probe') return [string(monitor.at(['spec', 'jobName'])) ?? `probe/${own}`];
        if (monitor.kind === 'ServiceMonitor')
          return servicesOfMonitor(world, monitor).map(
            ({ resource, name }) => (label ? resource.labels[label] : undefined) ?? name,
          );
        const pods = workloadsOfMonitor(world, monitor);
        return label && pods.length > 0 ? pods.map(({ podLabels }) => podLabels[label] ?? own) : [own];
      }),
    ),
  ];
});

import type { ProgramName } from '../../manifests/programs';
import { containerOf } from '../../manifests/programs';
import type { WorkloadManifest } from '../../manifests/workload';
import { SERIES_ANNOTATION } from '../../model/marks';
import type { World } from '../../world/world';
import { claimCount, type Population, probeCount } from './population';
import { stateSeries } from './state-series';

/**
 * How many series whoever is scraped exposes. The figures were counted on clusters of 1.35 with one and two nodes, in steps of pods, containers
 * and kinds of objects, of the versions that `model/images.ts` names or of those of the test cluster (test/cluster/README says which).
 */

export interface PageSeries {
  /** Of all targets together. */
  readonly series: number;
  readonly targets: number;
  /** What the number is made of, in words. */
  readonly from: string;
  /** How many more come with time, as far as is known. @default 0 */
  readonly later?: number;
}

/** Beside what is exposed: `up`, the duration of the scrape, samples before and after relabelings, and new series (scrape/scrape.go). */
export const OF_SCRAPE = 5;

/**
 * By verb and kind of object, each a histogram or several: they come with the first request of their kind and stay until the server ends. With
 * the first namespace that is deleted, all kinds of objects are deleted by collection.
 */
const API_SERVER = { base: 17_000, ofKind: 300, ofDefinition: 90, later: 9_000 };
const KUBELET = { base: 1_950, ofContainer: 1, ofClaim: 7 };
const PROBES = { base: 16, ofProbe: 15 };
const CADVISOR = { ofNode: 400, ofCgroup: 44 };
const RESOURCE = { base: 12, ofPod: 3, ofContainer: 5 };
const NODE_EXPORTER = { base: 437, ofCpu: 10 };
const PROMETHEUS = { base: 600, ofJob: 23, ofGroup: 11 };
const STATE_OWN = 80;
const ALERTMANAGER = 550;

/** Whether series that belong to no pod are dropped. */
export type Keeps = (labels: ReadonlyMap<string, string>) => boolean;

/** Where a kubelet or an API server shows a series. */
export function pathOfSeries(of: 'kubelet' | 'API server', metric: string): string {
  if (of === 'API server') return '/metrics';
  if (/^(container|machine|cadvisor)_/.test(metric)) return '/metrics/cadvisor';
  return metric.startsWith('prober_') ? '/metrics/probes' : '/metrics';
}

/** What kubelets or API servers expose at a path; undefined for a path that is not known here. */
export function pageOfComponent(
  world: World,
  { nodes, pods }: Population,
  of: 'kubelet' | 'API server',
  path: string,
  keeps: Keeps = () => true,
): PageSeries | undefined {
  const containers = pods.reduce((sum, { running }) => sum + running.length, 0);
  const onNodes = (series: number, from: string) => ({
    series: series + nodes.length * OF_SCRAPE,
    targets: nodes.length,
    from,
  });
  if (of === 'API server') return path === '/metrics' ? apiServerPage(world, nodes) : undefined;
  switch (path) {
    case '/metrics': {
      const claims = pods.reduce((sum, pod) => sum + claimCount(pod), 0);
      return onNodes(
        nodes.length * KUBELET.base + containers * KUBELET.ofContainer + claims * KUBELET.ofClaim,
        `${KUBELET.base} of each of ${nodes.length} nodes, and some of containers and volumes`,
      );
    }
    case '/metrics/probes': {
      const probes = pods.reduce((sum, pod) => sum + probeCount(pod), 0);
      return onNodes(
        nodes.length * PROBES.base + probes * PROBES.ofProbe,
        `${PROBES.ofProbe} of each of ${probes} probes`,
      );
    }
    case '/metrics/resource':
      return onNodes(
        nodes.length * RESOURCE.base + pods.length * RESOURCE.ofPod + containers * RESOURCE.ofContainer,
        `${pods.length} pods with ${containers} containers`,
      );
    case '/metrics/cadvisor': {
      // A pod, its sandbox, and each of its containers is a cgroup.
      const cgroups = 2 * pods.length + containers;
      const ofNodes = keeps(
        new Map([
          ['__name__', 'container_memory_rss'],
          ['id', '/system.slice'],
        ]),
      )
        ? nodes.length * CADVISOR.ofNode
        : 0;
      return onNodes(
        ofNodes + cgroups * CADVISOR.ofCgroup,
        `${CADVISOR.ofCgroup} of each of ${cgroups} cgroups: ${pods.length} pods, their sandboxes, and ${containers} containers`,
      );
    }
    default:
      return undefined;
  }
}

function apiServerPage(world: World, nodes: Population['nodes']): PageSeries {
  const servers = Math.max(1, nodes.filter(({ isControlPlane }) => isControlPlane).length);
  const kinds = new Set(world.resources.map(({ group, kind }) => `${group}/${kind}`)).size;
  const definitions = new Set(
    [...world.of('CustomResourceDefinition'), ...(world.facts.known('customResourceDefinitions') ?? [])].map(
      ({ name }) => name,
    ),
  ).size;
  const each = API_SERVER.base + kinds * API_SERVER.ofKind + definitions * API_SERVER.ofDefinition;
  return {
    series: servers * (each + OF_SCRAPE),
    targets: servers,
    later: servers * API_SERVER.later,
    from: `${API_SERVER.base}, ${API_SERVER.ofKind} for each of ${kinds} kinds of objects${definitions > 0 ? `, ${API_SERVER.ofDefinition} for each of ${definitions} definitions` : ''}; ${API_SERVER.later} more once a namespace was deleted`,
  };
}

/** What else decides how many series a Prometheus has of itself. */
export interface OwnParts {
  readonly jobs: number;
  readonly groups: number;
}

/** What the pods of a workload expose at a port: as they say, or as is known of the program; undefined: nobody knows. */
export function pageOfWorkload(
  world: World,
  population: Population,
  workload: WorkloadManifest,
  port: number,
  own: OwnParts,
): PageSeries | undefined {
  const targets = population.pods.filter((pod) => isOf(pod, workload)).length;
  const each = (series: number, from: string): PageSeries => ({
    series: targets * (series + OF_SCRAPE),
    targets,
    from,
  });
  const stated = workload.resource.annotations[SERIES_ANNOTATION] ?? '';
  if (/^\d{1,9}$/.test(stated)) return each(Number(stated), `${stated} of each pod, as ${SERIES_ANNOTATION} says`);
  const runs = (program: ProgramName) => containerOf(workload.running, program) !== undefined;
  const name = workload.ports.find((one) => one.number === port)?.name ?? '';
  if (runs('kube-state-metrics')) {
    if (/telemetry|self/.test(name) || port === 8081) return each(STATE_OWN, 'what it says of itself');
    const series = stateSeries(world, workload, population);
    return series === undefined ? undefined : each(series, 'the objects that it lists');
  }
  if (runs('node-exporter')) {
    const cpus = population.nodes.reduce((sum, { cpu }) => sum + cpu, 0) / 1000;
    const mean = population.nodes.length === 0 ? 0 : Math.round(cpus / population.nodes.length);
    return each(
      NODE_EXPORTER.base + NODE_EXPORTER.ofCpu * mean,
      `${NODE_EXPORTER.base} of each node, and ${NODE_EXPORTER.ofCpu} of each CPU`,
    );
  }
  if (runs('alertmanager') && name !== 'reloader-web')
    return each(ALERTMANAGER, 'those of its receivers, by kind, whether it has them or not');
  if (runs('prometheus') && name !== 'reloader-web')
    return each(ownSeries(own), `${own.jobs} jobs and ${own.groups} groups of rules`);
  return undefined;
}

/** What a Prometheus says of itself. */
export function ownSeries({ jobs, groups }: OwnParts): number {
  return PROMETHEUS.base + jobs * PROMETHEUS.ofJob + groups * PROMETHEUS.ofGroup;
}

/** Whether a pod is one of a workload's. */
function isOf(pod: WorkloadManifest, workload: WorkloadManifest): boolean {
  if (pod === workload) return true;
  if (pod.resource.kind !== 'Pod' || pod.namespace !== workload.namespace) return false;
  const wanted = Object.entries(workload.podLabels);
  return wanted.length > 0 && wanted.every(([key, value]) => pod.podLabels[key] === value);
}

import type { Json, Resource } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { queryOf } from '../../upstream/prometheus/query';
import { relabel } from '../../upstream/prometheus/relabel';
import { resultLabels } from '../../upstream/prometheus/result-labels';
import { discoveredTargets } from '../../world/discovered-targets';
import type { SampleStore } from '../../world/prometheus-storage';
import { sampleStores } from '../../world/prometheus-storage';
import { scrapesAsAccounts } from '../../world/scrape-rights';
import type { World } from '../../world/world';
import { scrapesOf } from '../network/scrapes';
import { usesOf } from './metric-chains';
import type { OwnParts, PageSeries } from './pages';
import { OF_SCRAPE, ownSeries, pageOfComponent, pageOfWorkload } from './pages';
import type { Population } from './population';
import { populationOf } from './population';
import type { PrometheusReader } from './prometheus-readers';
import { prometheusReaders, statedJob } from './prometheus-readers';

/** The series of a job of a Prometheus. */
export interface JobSeries {
  readonly job: string;
  /** Whose they are: `Deployment/shop/web port 8080`, `kubelet /metrics`. */
  readonly of: string;
  /** Undefined: nobody says how many there are. */
  readonly page: PageSeries | undefined;
  /** Milliseconds from one scrape to the next. */
  readonly interval: number;
  /** Whether relabelings may drop some of them, so that there are fewer. */
  readonly isAtMost: boolean;
}

/** How many series a Prometheus has at a time, by what it scrapes and by what it records. */
export interface SeriesEstimate {
  readonly resource: Resource;
  readonly workload: WorkloadManifest;
  /** Whether it is an object of the operator. */
  readonly isOperated: boolean;
  /** Where its samples are kept, and for how long. */
  readonly store: SampleStore | undefined;
  readonly jobs: readonly JobSeries[];
  /** Those that rules record. */
  readonly recorded: number;
  /** All that is known of, when what is to be applied has been. */
  readonly total: number;
  /** The same once the cluster has been used for a while. */
  readonly later: number;
  /** Of the later ones. */
  readonly samplesPerSecond: number;
}

/** Each Prometheus of the manifests with its series; undefined where nobody says which nodes there are. */
export function seriesEstimates(world: World): readonly SeriesEstimate[] | undefined {
  const population = populationOf(world);
  if (!population) return undefined;
  return prometheusReaders(world).map((reader) => estimate(world, population, reader));
}

function estimate(world: World, population: Population, reader: PrometheusReader): SeriesEstimate {
  const { resource, workload, isOperated, sources, rules, groups, own } = reader;
  const parts: OwnParts = { jobs: [...sources.values()].flat().length, groups };
  const jobs = [
    ...(own === undefined ? [] : [ownJob(reader, own, parts)]),
    ...jobsOfWorkloads(world, population, reader, parts),
    ...jobsOfComponents(world, population, reader),
  ];
  const recorded = usesOf(world).filter(({ recorded: name, resource: by }) => name !== undefined && rules.has(by));
  const sum = recorded.reduce((all, { expr }) => all + seriesOfRule(expr, population), 0);
  const known = jobs.map(({ page, interval }) => ({ series: page?.series ?? 0, later: page?.later ?? 0, interval }));
  return {
    resource,
    workload,
    isOperated,
    store: sampleStores(world).find(({ of }) => of === resource),
    jobs,
    recorded: sum,
    total: known.reduce((all, { series }) => all + series, sum),
    later: known.reduce((all, { series, later }) => all + series + later, sum),
    samplesPerSecond:
      known.reduce((all, { series, later, interval }) => all + ((series + later) * 1000) / interval, 0) +
      (sum * 1000) / reader.evaluation,
  };
}

function ownJob({ interval, sources }: PrometheusReader, job: string, parts: OwnParts): JobSeries {
  const stated = [...sources.values()].flat().find(({ key }) => key === job);
  return {
    job,
    of: 'itself',
    page: {
      series: ownSeries(parts) + OF_SCRAPE,
      targets: 1,
      from: `${parts.jobs} jobs and ${parts.groups} groups of rules`,
    },
    interval: stated?.interval ?? interval,
    isAtMost: (stated?.relabelings ?? []).some(drops),
  };
}

/** Each page of a workload once for each job, however many pods it has. */
function jobsOfWorkloads(world: World, population: Population, reader: PrometheusReader, parts: OwnParts): JobSeries[] {
  const scrapes = [
    ...scrapesOf(world).map(({ resource, path, job, jobName, target }) => ({
      ...{ resource, path, job, jobName },
      workload: target.workload,
      port: target.number,
    })),
    // A Prometheus that finds its own pod.
    ...discoveredTargets(world)
      .filter(({ workload, prometheus, isCertain }) => isCertain && workload === prometheus.workload)
      .map(({ resource, path, job, jobName, workload, port }) => ({ resource, path, job, jobName, workload, port })),
  ];
  const found = new Map<string, JobSeries>();
  for (const { resource, path, job = 'named by a relabeling', jobName, workload, port } of scrapes) {
    if (!reader.sources.has(resource)) continue;
    const stated = statedJob(reader, resource, path, jobName);
    const of = `${world.idOf(workload.resource)} port ${port}`;
    found.set(`${job} ${of}`, {
      job,
      of,
      page: pageOfWorkload(world, population, workload, port, parts),
      interval: stated?.interval ?? reader.interval,
      isAtMost: stated?.relabelings.some(drops) ?? false,
    });
  }
  return [...found.values()];
}

function jobsOfComponents(world: World, population: Population, reader: PrometheusReader): JobSeries[] {
  return [...scrapesAsAccounts(world)].flatMap(({ resource, path, by, of, url }): JobSeries[] => {
    const job = by.replace(/^.*[ /]/, '');
    if (!reader.sources.has(resource)) return [];
    const { interval = reader.interval, relabelings = [] } = statedJob(reader, resource, path, job) ?? {};
    const keeps = (labels: ReadonlyMap<string, string>) => relabel(labels, relabelings) !== 'dropped';
    return [
      {
        job,
        of: `${of} ${url}`,
        page: pageOfComponent(world, population, of, url, keeps),
        interval,
        // Of cAdvisor it is known which of them belong to no pod.
        isAtMost: url !== '/metrics/cadvisor' && relabelings.some(drops),
      },
    ];
  });
}

function drops(rule: Json): boolean {
  return ['keep', 'drop', 'keepequal', 'dropequal'].includes(String(rule['action'] ?? '').toLowerCase());
}

/** One, or one of each node where its series have what is a node's. */
function seriesOfRule(expr: string, { nodes }: Population): number {
  const labels = resultLabels(queryOf(expr));
  return labels?.has('node') || labels?.has('instance') ? nodes.length : 1;
}

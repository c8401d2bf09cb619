import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { relabel } from '../../upstream/prometheus/relabel';
import { operatorObjects } from '../../world/alertmanager';
import { discoveredTargets } from '../../world/discovered-targets';
import { operatedBy } from '../../world/operated-pods';
import { SELECTED_KINDS, selectionsOfObject } from '../../world/operator-selection';
import { configuredPrometheuses } from '../../world/prometheus';
import { scrapesAsAccounts } from '../../world/scrape-rights';
import type { World } from '../../world/world';
import { scrapesOf } from '../network/scrapes';
import { scrapeConfigs, usesOf } from './metric-chains';
import type { OwnParts, PageSeries } from './pages';
import { OF_SCRAPE, ownSeries, pageOfComponent, pageOfWorkload } from './pages';
import type { Population } from './population';
import { populationOf } from './population';

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
  return readersOf(world).map((reader) => estimate(world, population, reader));
}

/** A Prometheus and what it is told to do. */
interface Reader {
  readonly resource: Resource;
  readonly workload: WorkloadManifest;
  readonly isOperated: boolean;
  /** Milliseconds from one scrape to the next, and from one evaluation of its rules to the next. */
  readonly interval: number;
  readonly evaluation: number;
  /** What states its jobs: files and monitors. */
  readonly sources: ReadonlyMap<Resource, readonly StatedJob[]>;
  readonly rules: ReadonlySet<Resource>;
  /** How many groups of rules there are. */
  readonly groups: number;
  /** The job by which it scrapes itself without finding its pod. */
  readonly own: string | undefined;
}

interface StatedJob {
  /** The name, or where in a monitor it stands. */
  readonly key: string;
  readonly interval: number | undefined;
  readonly relabelings: readonly Json[];
}

/** How often both are by default: `DefaultGlobalConfig` in config/config.go, `scrapeInterval` and `evaluationInterval` of the CRD. */
const INTERVALS = { configured: 60_000, operated: 30_000 };

function readersOf(world: World): Reader[] {
  const configured = configuredPrometheuses(world).map((prometheus): Reader => {
    const { workload, configuration, jobFiles, rules } = prometheus;
    const global = record(record(configuration.content)?.['global']);
    return {
      resource: workload.resource,
      workload,
      isOperated: false,
      interval: prometheusDuration(global?.['scrape_interval']) ?? INTERVALS.configured,
      evaluation: prometheusDuration(global?.['evaluation_interval']) ?? INTERVALS.configured,
      sources: new Map(
        [configuration, ...jobFiles].map(({ resource, content }) => [
          resource,
          mappings(record(content)?.['scrape_configs']).map((job) => ({
            key: String(job['job_name']),
            interval: prometheusDuration(job['scrape_interval']),
            relabelings: mappings(job['metric_relabel_configs']),
          })),
        ]),
      ),
      rules: new Set(rules.map(({ resource }) => resource)),
      groups: rules.reduce((sum, { content }) => sum + list(record(content)?.['groups']).length, 0),
      own: scrapeConfigs(prometheus)
        .filter((job) => mappings(job['static_configs']).some(({ targets }) => list(targets).some(isItself)))
        .map((job) => String(job['job_name']))[0],
    };
  });
  const operated = operatorObjects(world, 'Prometheus').flatMap((resource): Reader[] => {
    const [workload] = operatedBy(world, resource);
    if (!workload) return [];
    const taken = SELECTED_KINDS.flatMap((kind) => operatorObjects(world, kind)).filter((object) =>
      selectionsOfObject(world, object).some(({ by, is }) => by === resource && is !== 'no'),
    );
    const rules = taken.filter(({ kind }) => kind === 'PrometheusRule');
    return [
      {
        resource,
        workload,
        isOperated: true,
        interval: prometheusDuration(resource.at(['spec', 'scrapeInterval'])) ?? INTERVALS.operated,
        evaluation: prometheusDuration(resource.at(['spec', 'evaluationInterval'])) ?? INTERVALS.operated,
        sources: new Map(taken.filter((each) => !rules.includes(each)).map((each) => [each, endpointsOf(each)])),
        rules: new Set(rules),
        groups: rules.reduce((sum, rule) => sum + list(rule.at(['spec', 'groups'])).length, 0),
        own: undefined,
      },
    ];
  });
  return [...configured, ...operated];
}

function isItself(target: unknown): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(String(target));
}

/** What a monitor or ScrapeConfig says of each of its endpoints. */
function endpointsOf(object: Resource): StatedJob[] {
  if (object.kind === 'ScrapeConfig') {
    const spec = record(object.at(['spec'])) ?? {};
    return [statedIn('spec', spec)];
  }
  const field = object.kind === 'PodMonitor' ? 'podMetricsEndpoints' : 'endpoints';
  return mappings(object.at(['spec', field])).map((endpoint, i) => statedIn(`spec.${field}.${i}`, endpoint));
}

function statedIn(key: string, endpoint: Json): StatedJob {
  return {
    key,
    interval: prometheusDuration(endpoint['interval'] ?? endpoint['scrapeInterval'] ?? 'none'),
    relabelings: mappings(endpoint['metricRelabelings']).map((rule) => ({
      ...rule,
      ...(rule['sourceLabels'] === undefined ? {} : { source_labels: rule['sourceLabels'] }),
      ...(rule['targetLabel'] === undefined ? {} : { target_label: rule['targetLabel'] }),
    })),
  };
}

function estimate(world: World, population: Population, reader: Reader): SeriesEstimate {
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
    jobs,
    recorded: sum,
    total: known.reduce((all, { series }) => all + series, sum),
    later: known.reduce((all, { series, later }) => all + series + later, sum),
    samplesPerSecond:
      known.reduce((all, { series, later, interval }) => all + ((series + later) * 1000) / interval, 0) +
      (sum * 1000) / reader.evaluation,
  };
}

function ownJob({ interval, sources }: Reader, job: string, parts: OwnParts): JobSeries {
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
function jobsOfWorkloads(world: World, population: Population, reader: Reader, parts: OwnParts): JobSeries[] {
  const scrapes = [
    ...scrapesOf(world).map(({ resource, path, job, target }) => ({
      resource,
      path,
      job,
      workload: target.workload,
      port: target.number,
    })),
    // A Prometheus that finds its own pod.
    ...discoveredTargets(world)
      .filter(({ workload, prometheus, isCertain }) => isCertain && workload === prometheus.workload)
      .map(({ resource, path, job, workload, port }) => ({ resource, path, job, workload, port })),
  ];
  const found = new Map<string, JobSeries>();
  for (const { resource, path, job = 'named by a relabeling', workload, port } of scrapes) {
    const stated = statedFor(reader, resource, path, job);
    if (!stated) continue;
    const of = `${world.idOf(workload.resource)} port ${port}`;
    found.set(`${job} ${of}`, {
      job,
      of,
      page: pageOfWorkload(world, population, workload, port, parts),
      interval: stated.interval ?? reader.interval,
      isAtMost: stated.relabelings.some(drops),
    });
  }
  return [...found.values()];
}

function jobsOfComponents(world: World, population: Population, reader: Reader): JobSeries[] {
  return [...scrapesAsAccounts(world)].flatMap(({ resource, path, by, of, url }): JobSeries[] => {
    const job = by.replace(/^.*[ /]/, '');
    const stated = statedFor(reader, resource, path, job);
    if (!stated) return [];
    const keeps = (labels: ReadonlyMap<string, string>) => relabel(labels, stated.relabelings) !== 'dropped';
    return [
      {
        job,
        of: `${of} ${url}`,
        page: pageOfComponent(world, population, of, url, keeps),
        interval: stated.interval ?? reader.interval,
        // Of cAdvisor it is known which of them belong to no pod.
        isAtMost: url !== '/metrics/cadvisor' && stated.relabelings.some(drops),
      },
    ];
  });
}

function statedFor({ sources }: Reader, resource: Resource, path: Path, job: string): StatedJob | undefined {
  const stated = sources.get(resource);
  return (
    stated?.find(({ key }) => key === job || key === path.join('.')) ??
    (stated && { key: job, interval: undefined, relabelings: [] })
  );
}

function drops(rule: Json): boolean {
  return ['keep', 'drop', 'keepequal', 'dropequal'].includes(String(rule['action'] ?? '').toLowerCase());
}

/** One, or one of each node where it is grouped by what is a node's. */
function seriesOfRule(expr: string, { nodes }: Population): number {
  return /\bby\s*\([^)]*\b(node|instance)\b/.test(expr) ? nodes.length : 1;
}

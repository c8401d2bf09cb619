import { areWordsOpen, flagValues, wordsOf } from '../../manifests/flags';
import { containerOf } from '../../manifests/programs';
import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { scalarText } from '../../upstream/prometheus/form';
import { relabelingOf } from '../../upstream/prometheus/relabeling-names';
import { operatorObjects } from '../../world/alertmanager';
import { operatedBy } from '../../world/operated-pods';
import { SELECTED_KINDS, selectionsOfObject } from '../../world/operator-selection';
import type { PrometheusFile } from '../../world/prometheus';
import { configuredPrometheuses } from '../../world/prometheus';
import type { World } from '../../world/world';
import { scrapeConfigs } from './metric-chains';

/** A Prometheus and what it is told to do. */
export interface PrometheusReader {
  readonly resource: Resource;
  readonly workload: WorkloadManifest;
  readonly isOperated: boolean;
  /** Milliseconds from one scrape to the next, and from one evaluation of its rules to the next. */
  readonly interval: number;
  readonly evaluation: number;
  /** How old a sample may be that an expression sees, in milliseconds; undefined where a variable or a shell may say. */
  readonly lookback: number | undefined;
  /** Where the two intervals would be said, and what is written there: a file of its configuration, or a field of its object. */
  readonly stated: Readonly<Record<'interval' | 'evaluation', StatedInterval>>;
  /** What states its jobs: files and monitors. */
  readonly sources: ReadonlyMap<Resource, readonly StatedJob[]>;
  readonly rules: ReadonlySet<Resource>;
  /** How many groups of rules there are. */
  readonly groups: number;
  /** The job by which it scrapes itself without finding its pod. */
  readonly own: string | undefined;
}

export interface StatedInterval {
  readonly resource: Resource;
  readonly path: Path;
  /** @default - the one of every Prometheus */
  readonly every: string | undefined;
}

/** A job of a file, or an endpoint of a monitor. */
export interface StatedJob {
  /** The name, or where in a monitor it stands. */
  readonly key: string;
  /** Where the interval is or would be written; of a file, the file. */
  readonly path: Path;
  /** As it is written. @default - that of its Prometheus */
  readonly every: string | undefined;
  /** The same in milliseconds. */
  readonly interval: number | undefined;
  readonly relabelings: readonly Json[];
}

/** How often both are by default: `DefaultGlobalConfig` in config/config.go, `scrapeInterval` and `evaluationInterval` of the CRD. */
export const INTERVALS = { configured: 60_000, operated: 30_000 };
/** `--query.lookback-delta` of cmd/prometheus/main.go, by default. */
export const LOOKBACK = 300_000;

/** Every Prometheus of the manifests. */
export const prometheusReaders = memo((world: World): readonly PrometheusReader[] => {
  const configured = configuredPrometheuses(world).map((prometheus): PrometheusReader => {
    const { workload, configuration, jobFiles, rules } = prometheus;
    const global = record(record(configuration.content)?.['global']);
    return {
      resource: workload.resource,
      workload,
      isOperated: false,
      interval: prometheusDuration(global?.['scrape_interval']) ?? INTERVALS.configured,
      evaluation: prometheusDuration(global?.['evaluation_interval']) ?? INTERVALS.configured,
      lookback: lookbackOf(workload),
      stated: {
        interval: { ...configuration, every: scalarText(global?.['scrape_interval']) },
        evaluation: { ...configuration, every: scalarText(global?.['evaluation_interval']) },
      },
      sources: jobsByResource([configuration, ...jobFiles]),
      rules: new Set(rules.map(({ resource }) => resource)),
      groups: rules.reduce((sum, { content }) => sum + list(record(content)?.['groups']).length, 0),
      own: scrapeConfigs(prometheus)
        .filter((job) => mappings(job['static_configs']).some(({ targets }) => list(targets).some(isItself)))
        .map((job) => String(job['job_name']))[0],
    };
  });
  const operated = operatorObjects(world, 'Prometheus').flatMap((resource): PrometheusReader[] => {
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
        lookback: prometheusDuration(resource.at(['spec', 'query', 'lookbackDelta'])) ?? LOOKBACK,
        stated: {
          interval: statedAt(resource, ['spec', 'scrapeInterval']),
          evaluation: statedAt(resource, ['spec', 'evaluationInterval']),
        },
        sources: new Map(taken.filter((each) => !rules.includes(each)).map((each) => [each, scrapedEndpoints(each)])),
        rules: new Set(rules),
        groups: rules.reduce((sum, rule) => sum + list(rule.at(['spec', 'groups'])).length, 0),
        own: undefined,
      },
    ];
  });
  return [...configured, ...operated];
});

function isItself(target: unknown): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(String(target));
}

function statedAt(resource: Resource, path: Path): StatedInterval {
  return { resource, path, every: scalarText(resource.at(path)) };
}

/** The jobs of all its files that stand in an object. */
function jobsByResource(files: readonly PrometheusFile[]): ReadonlyMap<Resource, readonly StatedJob[]> {
  const jobs = new Map<Resource, StatedJob[]>();
  for (const { resource, path, content } of files)
    for (const job of mappings(record(content)?.['scrape_configs']))
      addTo(jobs, resource, {
        ...{ key: String(job['job_name']), path, every: scalarText(job['scrape_interval']) || undefined },
        interval: prometheusDuration(job['scrape_interval'] || 'none'),
        relabelings: mappings(job['metric_relabel_configs']),
      });
  return jobs;
}

function lookbackOf({ running }: WorkloadManifest): number | undefined {
  const container = containerOf(running, 'prometheus');
  const words = container ? wordsOf(container) : [];
  if (areWordsOpen(words)) return undefined;
  return prometheusDuration(flagValues(words, 'query.lookback-delta').at(-1) ?? 'none') ?? LOOKBACK;
}

/** What a monitor, Probe or ScrapeConfig says of each of its endpoints. */
export function scrapedEndpoints(object: Resource): readonly StatedJob[] {
  if (object.kind === 'ScrapeConfig' || object.kind === 'Probe')
    return [statedIn(['spec'], object.kind === 'Probe' ? 'interval' : 'scrapeInterval', record(object.at(['spec'])))];
  const field = object.kind === 'PodMonitor' ? 'podMetricsEndpoints' : 'endpoints';
  return mappings(object.at(['spec', field])).map((endpoint, i) => statedIn(['spec', field, i], 'interval', endpoint));
}

function statedIn(path: Path, field: string, endpoint: Json = {}): StatedJob {
  return {
    ...{ key: path.join('.'), path: [...path, field], every: scalarText(endpoint[field]) || undefined },
    interval: prometheusDuration(endpoint[field] || 'none'),
    relabelings: mappings(endpoint['metricRelabelings']).map(relabelingOf),
  };
}

/** What a Prometheus is told of a job of a file by its name, or of an endpoint of a monitor by its place; undefined where nothing is. */
export function statedJob(
  { sources }: PrometheusReader,
  resource: Resource,
  path: Path,
  jobName: string | undefined,
): StatedJob | undefined {
  return sources.get(resource)?.find(({ key }) => key === jobName || key === path.join('.'));
}

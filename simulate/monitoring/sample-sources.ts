import { areWordsOpen, wordsOf } from '../../manifests/flags';
import type { Path, Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import type { Selection } from '../../upstream/prometheus/query';
import { SELECTED_KINDS, selectionsOfObject } from '../../world/operator-selection';
import { scrapesOfComponents } from '../../world/scrape-rights';
import type { World } from '../../world/world';
import { scrapesOf } from '../network/scrapes';
import { exposersOf } from './exposers';
import type { Use } from './metric-chains';
import { jobsAreKnown, recordings, recordsWith } from './metric-chains';
import { pathOfSeries } from './pages';
import type { PrometheusReader } from './prometheus-readers';
import { prometheusReaders, scrapedEndpoints, statedJob } from './prometheus-readers';

/** What brings samples of a series: a job that scrapes it, or a rule that records it. */
export interface SampleSource {
  /** `job web of ConfigMap/shop/prometheus`, `PodMonitor/shop/web`, `rule web:requests:rate5m`. */
  readonly by: string;
  /** Milliseconds from one sample to the next; undefined where nobody here says. */
  readonly interval: number | undefined;
}

/** Flags and features by which others send samples. */
const RECEIVES = /remote-write-receiver|otlp/;
const OF_SCRAPES = /^(up|scrape_\w+)$/;
/** Labels by which the series of one program differ, and not its programs. */
const INSTRUMENTED =
  /^(code|status|status_code|response_code|grpc_code|le|quantile|method|verb|path|route|handler|phase|reason|state|mode|type|resource|__name__)$/;

/** The Prometheuses that evaluate a use: the one of its file, or those that select its object; none where that is not known. */
export function evaluatorsOf(world: World, { resource, prometheus }: Use): readonly PrometheusReader[] {
  const readers = prometheusReaders(world);
  if (prometheus) return readers.filter(({ workload }) => workload === prometheus.workload);
  if (resource.kind !== 'PrometheusRule') return [];
  return readers.filter((reader) => isTaken(world, reader, resource));
}

export function isTaken(world: World, reader: PrometheusReader, resource: Resource): boolean {
  return selectionsOfObject(world, resource).some(({ by, is }) => by === reader.resource && is === 'yes');
}

/**
 * What brings the series of a selection to whoever evaluates it, in groups: each is about one program or rule, of which any source is enough.
 * None where it is not known who exposes or records it, nor which jobs there are.
 */
export function sampleSources(
  world: World,
  use: Use,
  { metric, equal }: Selection,
): readonly (readonly SampleSource[])[] {
  if (metric === undefined) return [];
  const rules = recordings(world).get(metric) ?? [];
  const meant = rules.filter((rule) => recordsWith(rule, equal));
  if (rules.length > 0) return meant.map((rule) => [{ by: rule.name, interval: evaluationOf(world, rule) }]);
  const scrapes = everyScrape(world).flatMap((scrape) => {
    const source = sourceFor(world, use, scrape);
    const { job } = equal;
    const isMeant = job === undefined || scrape.job === undefined || scrape.job === job;
    return source && isMeant ? [{ of: scrape.of, source }] : [];
  });
  if (/^ALERTS(_FOR_STATE)?$/.test(metric)) return [];
  if (OF_SCRAPES.test(metric) && scrapes.length > 0)
    return [...new Set(scrapes.map(({ of }) => of))].map((of) =>
      scrapes.filter((each) => each.of === of).map(({ source }) => source),
    );
  const groups = exposersOf(world, metric)
    .filter(
      (exposer) =>
        exposer.of !== 'workload' ||
        exposer.statedBy === undefined ||
        [undefined, exposer.workload.namespace].includes(equal['namespace']),
    )
    .map((exposer) => {
      const of = exposer.of === 'workload' ? exposer.workload : `${exposer.of} ${pathOfSeries(exposer.of, metric)}`;
      return scrapes.filter((each) => each.of === of).map(({ source }) => source);
    })
    .filter((sources) => sources.length > 0);
  return groups.length > 0 || metric.includes(':') ? groups : someJobOf(world, use, equal['job']);
}

/** Of a series that nobody says to expose: whichever job of a file brings it, if nothing else brings samples to its Prometheus. */
function someJobOf(world: World, use: Use, name: string | undefined): readonly (readonly SampleSource[])[] {
  const { prometheus } = use;
  const [reader] = prometheus ? evaluatorsOf(world, use) : [];
  const words = prometheus?.workload.running.flatMap(wordsOf) ?? [];
  const content = record(prometheus?.configuration.content);
  if (!reader || areWordsOpen(words) || words.some((word) => RECEIVES.test(word))) return [];
  if (content?.['scrape_config_files'] !== undefined) return [];
  const jobs = [...reader.sources.values()].flat();
  const meant = name === undefined || !jobsAreKnown(prometheus!) ? jobs : jobs.filter(({ key }) => key === name);
  if (meant.length === 0) return [];
  const { resource } = prometheus!.configuration;
  return [
    meant.map(({ key, interval = reader.interval }) => ({
      by: meant.length === 1 ? `job ${key} of ${world.idOf(resource)}` : `whichever job of ${world.idOf(resource)}`,
      interval,
    })),
  ];
}

/** Whether labels that a selection asks for may leave some of those programs out. */
export function mayNarrow(labels: readonly string[]): boolean {
  return labels.some((label) => !INSTRUMENTED.test(label) && label !== 'job' && label !== 'namespace');
}

/** Milliseconds from one evaluation of a rule to the next; undefined where nobody here says. */
export function evaluationOf(world: World, rule: Use): number | undefined {
  if (rule.every !== undefined) return prometheusDuration(rule.every);
  const all = evaluatorsOf(world, rule).map(({ evaluation }) => evaluation);
  return all.length > 0 ? Math.max(...all) : undefined;
}

interface KnownScrape {
  readonly resource: Resource;
  readonly path: Path;
  readonly job: string | undefined;
  readonly jobName: string | undefined;
  /** The workload that is scraped, or the page of a component. */
  readonly of: unknown;
}

const everyScrape = memo((world: World): readonly KnownScrape[] => [
  ...scrapesOf(world).map(({ resource, path, job, jobName, target }) => ({
    ...{ resource, path, job, jobName, of: target.workload },
  })),
  ...[...scrapesOfComponents(world)].map(({ resource, path, by, of, url }) => {
    const job = by.replace(/^.*[ /]/, '');
    // The job of a monitor is a label of the Service that it finds.
    const isFile = by.startsWith('job ');
    return { resource, path, job: isFile ? job : undefined, jobName: isFile ? job : undefined, of: `${of} ${url}` };
  }),
]);

/** A scrape as whoever evaluates the use sees it; undefined where another Prometheus makes it. */
function sourceFor(world: World, use: Use, { resource, path, jobName }: KnownScrape): SampleSource | undefined {
  const isMonitor = SELECTED_KINDS.includes(resource.kind);
  const by = jobName === undefined ? world.idOf(resource) : `job ${jobName} of ${world.idOf(resource)}`;
  const evaluators = evaluatorsOf(world, use);
  const readers = (evaluators.length > 0 ? evaluators : prometheusReaders(world)).filter(({ sources }) =>
    sources.has(resource),
  );
  if (evaluators.length > 0 && readers.length === 0) return undefined;
  // Rules that the operator loads read what it scrapes.
  if (use.resource.kind === 'PrometheusRule' && !isMonitor) return undefined;
  const stated = isMonitor ? scrapedEndpoints(resource).find(({ key }) => key === path.join('.')) : undefined;
  if (stated?.every !== undefined) return { by, interval: stated.interval };
  const intervals = readers.map((reader) => {
    const job = statedJob(reader, resource, path, jobName);
    const isKnown = job !== undefined && (!isMonitor || isTaken(world, reader, resource));
    return isKnown ? (job.interval ?? reader.interval) : undefined;
  });
  const known = intervals.flatMap((interval) => interval ?? []);
  return { by, interval: known.length > 0 && known.length === intervals.length ? Math.min(...known) : undefined };
}

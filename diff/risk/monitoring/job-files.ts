import type { Json } from '../../../manifests/resource';
import { list, mappings, record } from '../../../manifests/resource';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { scalarText } from '../../../upstream/prometheus/form';
import { discoveryJobs, foundBy } from '../../../world/discovery-jobs';
import { scrapesOfComponents } from '../../../world/scrape-rights';
import type { ObjectChange } from '../../object-change';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { foundIn } from './found';
import { isGone, pageOf } from './pages';
import type { ReadFile } from './prometheus-files';
import { changedConfigurations } from './prometheus-files';
import { keepsLess, keepsLessText } from './relabelings';

/** What the files of a Prometheus make it read no more: the pages of what is here first, then what only the jobs say. */
export function* jobsLost(diff: WorldChange): Iterable<FoundRisk> {
  const told = new Set<ObjectChange>();
  for (const found of pagesLost(diff)) {
    told.add(found.change);
    yield found;
  }
  for (const { before, after, placeOf } of changedConfigurations(diff)) {
    const [was, is] = [before, after].map(jobsOf) as [Jobs, Jobs];
    for (const { text, job, message } of [...jobsGoneOf(was, is), ...jobsThatFindLess(was, is)]) {
      const place = placeOf(text);
      // What is read of what is here stands above, in whatever form it is read.
      const isJudged = job !== undefined && (told.has(place.change) || isFollowed(diff, place.change, job));
      if (!isJudged) yield { ...place, message };
    }
    for (const { text, message } of jobsThatKeepLess(was, is)) yield { ...placeOf(text), message };
    const remotes = new Set(after.flatMap(remotesIn));
    for (const file of before)
      for (const url of remotesIn(file))
        if (!remotes.has(url)) yield { ...placeOf(file.text), message: `it sends what it measures to ${url} no more` };
  }
}

/** Files of a Prometheus that go, or that name what they scraped no more; what nobody reads then, monitors included. */
function* pagesLost(diff: WorldChange): Iterable<FoundRisk> {
  const files = changesOf(diff, 'ConfigMap', 'Secret');
  if (files.length === 0) return;
  const now = new Set(scrapesOf(diff.after).map((scrape) => pageOf(diff.after, scrape)));
  for (const change of files) {
    const lost = scrapesOf(diff.before).filter(
      (scrape) => scrape.resource === change.before && !isGone(diff, scrape) && !now.has(pageOf(diff.before, scrape)),
    );
    const pages = [...new Set(lost.map((scrape) => pageOf(diff.before, scrape).replace(/\/metrics$/, '')))];
    const all = [...pages, ...jobsGone(diff, change)];
    if (all.length === 0 || isKept(change.before!)) continue;
    const [at] = lost.map(({ path }) => path);
    yield {
      change,
      field: change.after ? fieldAt(change, (at ?? ['data']).map(String)) : undefined,
      message: `the metrics of ${firstNames(all)} are read no more`,
    };
  }
}

/** Whether it is known what a job of a file scrapes: then what becomes of that decides, and not the job. */
function isFollowed({ before }: WorldChange, change: ObjectChange, job: string): boolean {
  return scrapesOf(before).some(({ resource, jobName }) => resource === change.before && jobName === job);
}

/** Discoveries of a file that are in no other form: of components, and of what is not among the manifests. */
function jobsGone({ before, after }: WorldChange, change: ObjectChange): string[] {
  const now = new Set([...foundIn(after).values()].flat());
  const names = new Set(discoveryJobs(after).map(({ name }) => name));
  const components = [...scrapesOfComponents(before)].filter(({ resource }) => resource === change.before);
  const isOfComponent = new Set(components.map(({ by }) => by));
  const scraped = new Set(scrapesOf(before).map(({ jobName }) => jobName));
  return [
    ...components.flatMap(({ of, url }) => (now.has(`${of} ${url}`) ? [] : [`the ${of} at ${url}`])),
    ...discoveryJobs(before).flatMap((job) => {
      const text = job.resource === change.before && !isOfComponent.has(job.by) ? foundBy(job) : undefined;
      const isTold = text === undefined || now.has(text) || names.has(job.name) || scraped.has(job.name);
      return isTold ? [] : [`what ${job.by} finds`];
    }),
  ];
}

/** A job, and the file that says it. */
interface Job {
  readonly json: Json;
  readonly text: string;
}

type Jobs = ReadonlyMap<string, Job>;

function jobsOf(files: readonly ReadFile[]): Jobs {
  return new Map(
    files.flatMap(({ text, content }) =>
      mappings(record(content)?.['scrape_configs']).map(
        (json) => [scalarText(json['job_name']) ?? '', { json, text }] as const,
      ),
    ),
  );
}

function remotesIn({ content }: ReadFile): string[] {
  return mappings(record(content)?.['remote_write']).map(({ url }) => String(url));
}

interface Lost {
  /** The job that is read no more, or finds less. @default - it is there under another name */
  readonly job?: string;
  readonly message: string;
  /** The file that said so before. */
  readonly text: string;
}

function* jobsGoneOf(was: Jobs, is: Jobs): Iterable<Lost> {
  const same = new Map([...is].map(([name, { json }]) => [jobText(json), name]));
  for (const [job, { json, text }] of was) {
    if (is.has(job)) continue;
    const other = same.get(jobText(json));
    yield other === undefined || was.has(other)
      ? { text, job, message: `the metrics of job ${job} are read no more` }
      : { text, message: `job ${job} is called ${other}: whatever asks for job="${job}" finds nothing any more` };
  }
}

function jobText({ job_name: _, ...json }: Json): string {
  return JSON.stringify(json);
}

/** Jobs that stay and do not find something any more, as far as they say whom they ask. */
function* jobsThatFindLess(was: Jobs, is: Jobs): Iterable<Lost> {
  const everywhere = new Set([...is.values()].flatMap(({ json }) => targetsOf(json)));
  for (const [job, { json, text }] of was) {
    const now = is.get(job)?.json;
    if (!now) continue;
    const gone = targetsOf(json).filter((target) => !everywhere.has(target));
    if (gone.length > 0)
      yield {
        ...{ text, job },
        message: `job ${job} does not ask ${firstNames(gone)} any more: ${byNumber(gone.length, 'its', 'their')} metrics are read no more`,
      };
    const kinds = discoveriesOf(json).filter((kind) => !discoveriesOf(now).includes(kind));
    if (kinds.length > 0) yield { text, job, message: `job ${job} finds nobody by ${kinds.join(' and ')} any more` };
    const rule = keepsLess(mappings(json['relabel_configs']), mappings(now['relabel_configs']));
    if (rule) yield { text, job, message: `job ${job} may find less than before: ${keepsLessText(rule)}` };
  }
}

/** Jobs that stay and keep less of what they read. */
function* jobsThatKeepLess(was: Jobs, is: Jobs): Iterable<Lost> {
  for (const [job, { json, text }] of was) {
    const now = is.get(job)?.json;
    const rule = now && keepsLess(mappings(json['metric_relabel_configs']), mappings(now['metric_relabel_configs']));
    if (rule) yield { text, job, message: `job ${job} keeps less of what it reads: ${keepsLessText(rule)}` };
  }
}

function targetsOf(job: Json): string[] {
  return mappings(job['static_configs']).flatMap(({ targets }) => list(targets).map(String));
}

function discoveriesOf(job: Json): string[] {
  return Object.keys(job).filter((key) => /_sd_configs$/.test(key) && list(job[key]).length > 0);
}

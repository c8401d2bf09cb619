import type { Json } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { TARGETS, targetProblems } from './discovery';
import type { ConfigProblem } from './form';
import { eachOf, isSet, LABELS, objectOf, scalarText, TEXTS, typeProblems } from './form';
import { HTTP, headerProblems, httpProblems, records, SIGV4, TLS, tlsProblems } from './http-client';
import { labelNameProblems } from './names';
import { RELABELINGS, relabelingsProblems } from './relabeling';
import type { Release } from './release';
import { isOlderThan } from './release';
import { REMOTE_READ, REMOTE_WRITE, remoteProblems } from './remote';
import { SCRAPING, scrapingProblems } from './scraping';
import { OTLP, otlpProblems, STORAGE, storageProblems } from './storage';

const JOB = objectOf(
  {
    ...eachOf('text', 'job_name metrics_path scheme fallback_scrape_protocol'),
    ...eachOf(
      'switch',
      'honor_labels honor_timestamps track_timestamps_staleness enable_compression scrape_classic_histograms',
    ),
    params: { map: TEXTS },
    native_histogram_bucket_limit: 'count',
    native_histogram_min_bucket_factor: 'number',
    relabel_configs: RELABELINGS,
    metric_relabel_configs: RELABELINGS,
  },
  SCRAPING,
  TARGETS,
  HTTP,
);
const ALERTMANAGER = objectOf(
  {
    ...eachOf('text', 'scheme path_prefix'),
    api_version: { oneOf: ['v1', 'v2'] },
    timeout: 'duration',
    relabel_configs: RELABELINGS,
    alert_relabel_configs: RELABELINGS,
    sigv4: SIGV4,
  },
  TARGETS,
  HTTP,
);
const TRACING = objectOf({
  client_type: { oneOf: ['http', 'grpc'] },
  endpoint: 'text',
  compression: { oneOf: ['gzip'], empty: true },
  sampling_fraction: 'number',
  insecure: 'switch',
  tls_config: TLS,
  headers: LABELS,
  timeout: 'duration',
});
const JOBS = { each: JOB } as const;

/** A prometheus.yml. */
const CONFIGURATION = objectOf({
  global: objectOf(
    {
      ...eachOf('duration', 'evaluation_interval rule_query_offset query_max_duration'),
      ...eachOf('count', 'query_max_series query_max_samples_read'),
      query_log_file: 'text',
      external_labels: LABELS,
    },
    SCRAPING,
  ),
  runtime: objectOf({ gogc: 'integer', log_level: { oneOf: ['debug', 'info', 'warn', 'error'], anyCase: true } }),
  alerting: objectOf({ alert_relabel_configs: RELABELINGS, alertmanagers: { each: ALERTMANAGER } }),
  ...eachOf({ each: 'glob', empty: true }, 'rule_files scrape_config_files'),
  scrape_configs: JOBS,
  storage: STORAGE,
  tracing: TRACING,
  remote_write: { each: REMOTE_WRITE },
  remote_read: { each: REMOTE_READ },
  otlp: OTLP,
});
/** A file that `scrape_config_files` names. */
const SCRAPE_CONFIG_FILE = objectOf({ scrape_configs: JOBS });

/** What Prometheus refuses of a prometheus.yml; null stands for a file that is empty. */
export function* configurationProblems(content: unknown, release: Release = {}): Iterable<ConfigProblem> {
  yield* typeProblems(content, CONFIGURATION, [], release);
  const configuration = record(content) ?? {};
  const global = record(configuration['global']) ?? {};
  yield* scrapingProblems(global, ['global'], {});
  for (const name of Object.keys(record(global['external_labels']) ?? {}))
    yield* labelNameProblems(name, 'label', ['global', 'external_labels', name], release);
  yield* jobsProblems(configuration['scrape_configs'], global, release);
  yield* alertingProblems(record(configuration['alerting']) ?? {}, release);
  yield* remoteProblems(configuration, release);
  const tracing = record(configuration['tracing']);
  if (tracing) yield* tracingProblems(tracing);
  yield* storageProblems(configuration);
  yield* otlpProblems(configuration);
  if (release.agent) yield* agentProblems(configuration);
}

/** A file of jobs beside the main one. The names of its jobs differ from those of all others. */
export function* scrapeConfigFileProblems(
  content: unknown,
  main: unknown,
  release: Release = {},
): Iterable<ConfigProblem> {
  yield* typeProblems(content, SCRAPE_CONFIG_FILE, [], release);
  yield* jobsProblems(record(content)?.['scrape_configs'], record(record(main)?.['global']) ?? {}, release);
}

/** The names of the jobs in a file. */
export function jobNamesOf(content: unknown): string[] {
  return records(record(content)?.['scrape_configs']).flatMap(([, job]) => scalarText(job['job_name']) ?? []);
}

function* jobsProblems(jobs: unknown, global: Json, release: Release): Iterable<ConfigProblem> {
  const names = new Set<string>();
  for (const [i, job] of records(jobs)) {
    const path = ['scrape_configs', i];
    const name = scalarText(job['job_name']) ?? '';
    if (name === '') yield { path, reason: 'the job has no job_name' };
    else if (names.has(name)) yield { path: [...path, 'job_name'], value: name, reason: `two jobs are called ${name}` };
    names.add(name);
    yield* scrapingProblems(job, path, global);
    yield* httpProblems(job, path);
    yield* targetProblems(job, path);
    for (const field of ['relabel_configs', 'metric_relabel_configs'])
      yield* relabelingsProblems(job[field], [...path, field], release);
  }
}

function* alertingProblems(alerting: Json, release: Release): Iterable<ConfigProblem> {
  yield* relabelingsProblems(alerting['alert_relabel_configs'], ['alerting', 'alert_relabel_configs'], release);
  for (const [i, entry] of records(alerting['alertmanagers'])) {
    const path = ['alerting', 'alertmanagers', i];
    const old = isOlderThan(release, 3);
    if (entry['api_version'] === 'v1' && old !== true)
      yield {
        path: [...path, 'api_version'],
        value: 'v1',
        reason: 'api_version v1 is no longer supported; use v2',
        ...(old === undefined ? { open: true } : {}),
      };
    yield* httpProblems(entry, path);
    yield* targetProblems(entry, path);
    for (const field of ['relabel_configs', 'alert_relabel_configs'])
      yield* relabelingsProblems(entry[field], [...path, field], release);
    if (isSet(entry['sigv4']) && ['basic_auth', 'authorization', 'oauth2'].some((name) => isSet(entry[name])))
      yield { path, reason: 'sigv4 cannot be set beside basic_auth, authorization or oauth2' };
  }
}

function* tracingProblems(tracing: Json): Iterable<ConfigProblem> {
  if (!scalarText(tracing['endpoint'])) yield { path: ['tracing'], reason: 'tracing needs an endpoint' };
  yield* tlsProblems(tracing['tls_config'], ['tracing', 'tls_config']);
  yield* headerProblems(tracing['headers'], ['tracing', 'headers']);
}

function* agentProblems(configuration: Json): Iterable<ConfigProblem> {
  const alerting = record(configuration['alerting']) ?? {};
  const used = {
    alerting: list(alerting['alertmanagers']).length + list(alerting['alert_relabel_configs']).length,
    rule_files: list(configuration['rule_files']).length,
    remote_read: list(configuration['remote_read']).length,
  };
  for (const [field, count] of Object.entries(used))
    if (count > 0) yield { path: [field], reason: `${field} cannot be set in agent mode` };
}

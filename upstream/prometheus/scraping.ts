import type { Json, Path } from '../../manifests/resource';
import { list } from '../../manifests/resource';
import { prometheusDuration } from './duration';
import type { ConfigProblem } from './form';
import { eachOf, isSet, objectOf, scalarText, TEXTS } from './form';

/** Limits and formats that jobs have, and `global` for all of them. */
export const SCRAPING = objectOf({
  ...eachOf('duration', 'scrape_interval scrape_timeout'),
  ...eachOf(
    'count',
    'sample_limit target_limit label_limit label_name_length_limit label_value_length_limit keep_dropped_targets',
  ),
  ...eachOf(
    'switch',
    'scrape_native_histograms convert_classic_histograms_to_nhcb always_scrape_classic_histograms extra_scrape_metrics',
  ),
  ...eachOf('text', 'scrape_failure_log_file'),
  metric_name_validation_scheme: { oneOf: ['legacy', 'utf8'], empty: true },
  metric_name_escaping_scheme: 'text',
  scrape_protocols: TEXTS,
  body_size_limit: 'size',
});

const PROTOCOLS = [
  'PrometheusProto',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
  'OpenMetricsText0.0.1',
  'OpenMetricsText1.0.0',
  'OpenMetricsText2.0.0',
];
const ESCAPINGS = ['allow-utf-8', 'underscores', 'dots', 'values'];

/** What is wrong with how a job scrapes; for `global` itself, what stands above is empty. */
export function* scrapingProblems(own: Json, path: Path, global: Json): Iterable<ConfigProblem> {
  // Nothing and 0 stand for the default.
  const interval = milliseconds(own['scrape_interval']) || milliseconds(global['scrape_interval']) || 60_000;
  if (milliseconds(own['scrape_timeout']) > interval)
    yield {
      path: [...path, 'scrape_timeout'],
      value: own['scrape_timeout'],
      reason: 'the scrape_timeout is longer than the scrape_interval',
    };
  yield* protocolProblems(own, path);
  yield* schemeProblems(own, path, global);
}

function* protocolProblems(own: Json, path: Path): Iterable<ConfigProblem> {
  const protocols = own['scrape_protocols'];
  const at = { path: [...path, 'scrape_protocols'], value: protocols };
  if (Array.isArray(protocols) && protocols.length === 0) yield { ...at, reason: 'scrape_protocols is empty' };
  const seen = new Set<string>();
  for (const protocol of [
    ...list(protocols),
    ...(isSet(own['fallback_scrape_protocol']) ? [own['fallback_scrape_protocol']] : []),
  ]) {
    const name = scalarText(protocol ?? '');
    if (name !== undefined && !PROTOCOLS.includes(name))
      yield {
        ...at,
        value: protocol,
        reason: `there is no scrape protocol ${name || '""'}; it is one of ${PROTOCOLS.join(', ')}`,
      };
  }
  for (const protocol of list(protocols)) {
    const name = String(protocol).toLowerCase();
    if (seen.has(name)) yield { ...at, reason: `scrape_protocols has ${String(protocol)} twice` };
    seen.add(name);
  }
}

function* schemeProblems(own: Json, path: Path, global: Json): Iterable<ConfigProblem> {
  const validation = own['metric_name_validation_scheme'];
  const escaping = own['metric_name_escaping_scheme'];
  if (isSet(escaping) && !ESCAPINGS.includes(String(escaping)))
    yield {
      path: [...path, 'metric_name_escaping_scheme'],
      value: escaping,
      reason: `metric_name_escaping_scheme is one of ${ESCAPINGS.join(', ')}`,
    };
  // In global it matters only for its jobs.
  if (path[0] === 'global') return;
  const inherited = isSet(validation) ? undefined : global['metric_name_escaping_scheme'];
  const legacy = (isSet(validation) ? validation : global['metric_name_validation_scheme']) === 'legacy';
  if (legacy && (isSet(escaping) ? escaping : inherited) === 'allow-utf-8')
    yield {
      path: [...path, 'metric_name_escaping_scheme'],
      value: 'allow-utf-8',
      reason: 'names in UTF-8 cannot be asked for where metric_name_validation_scheme is legacy',
    };
}

function milliseconds(value: unknown): number {
  return prometheusDuration(value ?? 0) ?? 0;
}

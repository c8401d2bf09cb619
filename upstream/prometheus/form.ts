import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { near } from '../../model/near';
import { prometheusDuration } from './duration';
import { regexProblem } from './regex';

/** Something that Prometheus refuses, with its place from the top of what was judged. */
export interface ConfigProblem {
  readonly path: Path;
  readonly reason: string;
  readonly value?: unknown;
  /** It depends on the version. */
  readonly open?: boolean;
}

/** What may stand in a field. An entry of `each` may be nothing only where that is said. */
export type FieldType =
  | 'text'
  | 'duration'
  | 'integer'
  | 'count'
  | 'number'
  | 'switch'
  | 'size'
  | 'regex'
  | 'anything'
  | { readonly each: FieldType; readonly empty?: true }
  | { readonly map: FieldType }
  | Fields;
/** An object with these fields. */
export interface Fields {
  readonly fields: Readonly<Record<string, FieldType>>;
}

const TEXTS: FieldType = { each: 'text', empty: true };
const LABELS: FieldType = { map: 'text' };

function fields(names: Readonly<Record<string, FieldType>>, ...more: readonly Fields[]): Fields {
  return {
    fields: Object.assign({}, ...more.map((form) => form.fields), names) as Readonly<Record<string, FieldType>>,
  };
}

function all(form: FieldType, names: string): Readonly<Record<string, FieldType>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, form]));
}

const RULE = fields({
  ...all('text', 'record alert expr'),
  ...all('duration', 'for keep_firing_for'),
  labels: LABELS,
  annotations: LABELS,
});
const GROUP = fields({
  name: 'text',
  ...all('duration', 'interval query_offset'),
  limit: 'integer',
  labels: LABELS,
  rules: { each: RULE, empty: true },
  partial_response_strategy: 'text',
});
/** A file of rules. */
export const RULE_GROUPS: FieldType = { each: GROUP, empty: true };
/** A file of rules beside its groups. */
export const RULE_FILE = fields({ namespace: 'text' });

const RELABELING = fields({
  source_labels: TEXTS,
  separator: 'text',
  regex: 'regex',
  modulus: 'count',
  target_label: 'text',
  replacement: 'text',
  action: 'text',
});
const RELABELINGS: FieldType = { each: RELABELING };
const TLS = fields({
  ...all('text', 'ca cert key ca_file cert_file key_file ca_ref cert_ref key_ref server_name min_version max_version'),
  insecure_skip_verify: 'switch',
});
const PROXY = fields({
  proxy_url: 'text',
  no_proxy: 'text',
  proxy_from_environment: 'switch',
  proxy_connect_header: 'anything',
});
const HTTP = fields(
  {
    basic_auth: fields(all('text', 'username username_file username_ref password password_file password_ref')),
    authorization: fields(all('text', 'type credentials credentials_file credentials_ref')),
    ...all('text', 'bearer_token bearer_token_file'),
    ...all('switch', 'follow_redirects enable_http2'),
    ...all('anything', 'oauth2 http_headers sigv4 azuread google_iam'),
    tls_config: TLS,
  },
  PROXY,
);
const STATIC: FieldType = { each: fields({ targets: TEXTS, labels: LABELS }) };
const KUBERNETES: FieldType = {
  each: fields(
    {
      ...all('text', 'api_server role kubeconfig_file'),
      namespaces: fields({ own_namespace: 'switch', names: TEXTS }),
      selectors: { each: fields(all('text', 'role label field')), empty: true },
      attach_metadata: { map: 'switch' },
    },
    HTTP,
  ),
};
const DNS: FieldType = { each: fields({ names: TEXTS, refresh_interval: 'duration', type: 'text', port: 'integer' }) };
const FILES: FieldType = { each: fields({ files: TEXTS, refresh_interval: 'duration' }) };
const TARGETS = fields({
  static_configs: STATIC,
  kubernetes_sd_configs: KUBERNETES,
  dns_sd_configs: DNS,
  file_sd_configs: FILES,
  http_sd_configs: { each: fields({ url: 'text', refresh_interval: 'duration' }, HTTP) },
});

/** Limits and formats that jobs have, and `global` for all of them. */
const SCRAPING = fields({
  ...all('duration', 'scrape_interval scrape_timeout'),
  ...all(
    'count',
    'sample_limit target_limit label_limit label_name_length_limit label_value_length_limit keep_dropped_targets',
  ),
  ...all(
    'switch',
    'scrape_native_histograms convert_classic_histograms_to_nhcb always_scrape_classic_histograms extra_scrape_metrics',
  ),
  ...all('text', 'scrape_failure_log_file metric_name_validation_scheme metric_name_escaping_scheme'),
  scrape_protocols: TEXTS,
  body_size_limit: 'size',
});
const JOB = fields(
  {
    ...all('text', 'job_name metrics_path scheme fallback_scrape_protocol'),
    ...all(
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
const ALERTMANAGER = fields(
  {
    ...all('text', 'scheme path_prefix api_version'),
    timeout: 'duration',
    relabel_configs: RELABELINGS,
    alert_relabel_configs: RELABELINGS,
  },
  TARGETS,
  HTTP,
);
const REMOTE_WRITE = fields(
  {
    ...all('text', 'url name protobuf_message'),
    remote_timeout: 'duration',
    headers: LABELS,
    write_relabel_configs: RELABELINGS,
    ...all('switch', 'send_exemplars send_native_histograms round_robin_dns failed_request_logging'),
    queue_config: fields({
      ...all('integer', 'capacity max_shards min_shards max_samples_per_send'),
      ...all('duration', 'batch_send_deadline min_backoff max_backoff sample_age_limit'),
      retry_on_http_429: 'switch',
    }),
    metadata_config: fields({ send: 'switch', send_interval: 'duration', max_samples_per_send: 'integer' }),
  },
  HTTP,
);
const REMOTE_READ = fields(
  {
    ...all('text', 'url name'),
    remote_timeout: 'duration',
    chunked_read_limit: 'count',
    headers: LABELS,
    required_matchers: LABELS,
    ...all('switch', 'read_recent filter_external_labels'),
  },
  HTTP,
);

/** A prometheus.yml. */
export const CONFIGURATION = fields({
  global: fields(
    { ...all('duration', 'evaluation_interval rule_query_offset'), query_log_file: 'text', external_labels: LABELS },
    SCRAPING,
  ),
  runtime: fields({ gogc: 'integer', log_level: 'text' }),
  alerting: fields({ alert_relabel_configs: RELABELINGS, alertmanagers: { each: ALERTMANAGER } }),
  rule_files: TEXTS,
  scrape_config_files: TEXTS,
  scrape_configs: { each: JOB },
  storage: fields({
    tsdb: fields({
      out_of_order_time_window: 'duration',
      stale_series_compaction_threshold: 'number',
      chunk_encoding: 'anything',
      retention: 'anything',
    }),
    exemplars: fields({ max_exemplars: 'integer' }),
  }),
  tracing: fields({
    ...all('text', 'client_type endpoint compression'),
    sampling_fraction: 'number',
    insecure: 'switch',
    tls_config: TLS,
    headers: LABELS,
    timeout: 'duration',
  }),
  remote_write: { each: REMOTE_WRITE },
  remote_read: { each: REMOTE_READ },
  otlp: 'anything',
});

/** Prometheus takes the text of every scalar: `job_name: 1` is the job "1". */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** What Prometheus refuses for its form alone. Nothing may stand everywhere. */
export function* typeProblems(value: unknown, form: FieldType, path: Path): Iterable<ConfigProblem> {
  if (value === undefined || value === null || form === 'anything') return;
  if (typeof form === 'string') {
    const reason = scalarProblem(value, form);
    if (reason) yield { path, value, reason: `${String(path.at(-1))} ${reason}` };
  } else if ('each' in form) {
    if (!Array.isArray(value)) yield { path, value, reason: `${String(path.at(-1))} is a list, not ${kindOf(value)}` };
    for (const [i, entry] of list(value).entries()) {
      if (entry === null && !form.empty) yield { path: [...path, i], value: entry, reason: 'the entry is empty' };
      yield* typeProblems(entry, form.each, [...path, i]);
    }
  } else {
    const object = record(value);
    if (!object) yield { path, value, reason: `${String(path.at(-1))} is an object, not ${kindOf(value)}` };
    else if ('map' in form)
      for (const [key, entry] of Object.entries(object)) yield* typeProblems(entry, form.map, [...path, key]);
    else yield* judgeFields(object, form, path);
  }
}

function* judgeFields(object: Json, { fields: known }: Fields, path: Path): Iterable<ConfigProblem> {
  for (const [field, value] of Object.entries(object)) {
    const form = Object.hasOwn(known, field) ? known[field] : undefined;
    if (form) yield* typeProblems(value, form, [...path, field]);
    else if (!field.endsWith('_sd_configs')) {
      const meant = near(field, Object.keys(known));
      // What is not near may come from a later version.
      yield {
        path: [...path, field],
        value,
        reason: `there is no field ${field}${meant}`,
        ...(meant ? {} : { open: true }),
      };
    }
  }
}

function scalarProblem(value: unknown, form: Extract<FieldType, string>): string | undefined {
  const written = scalarText(value);
  if (written === undefined) return `is ${WORDS[form] ?? 'a text'}, not ${kindOf(value)}`;
  switch (form) {
    case 'duration':
      return prometheusDuration(value) === undefined ? 'is no duration such as 30s or 1h30m' : undefined;
    case 'switch':
      return typeof value === 'boolean' || /^(?:y|yes|n|no|on|off|true|false)$/i.test(written)
        ? undefined
        : 'is true or false';
    case 'integer':
    case 'number':
      return isNumber(value) ? undefined : 'is a number';
    case 'count':
      return isNumber(value) && !(typeof value === 'number' && value < 0)
        ? undefined
        : 'is a number that is not negative';
    case 'size':
      return /^(?:0|(?:\d+(?:\.\d*)?(?:[KMGTPE]i?)?B)+)$/.test(written) ? undefined : 'is no size such as 10MB';
    case 'regex': {
      const reason = regexProblem(written);
      return reason && `${written} cannot be read: ${reason}`;
    }
    default:
      return undefined;
  }
}

/** Go's YAML knows ways to write a number that are a text here, such as 1_000. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[-+]?(?:\d[\d_]*|0[xob][\da-f_]+)$/i.test(value));
}

const WORDS: Partial<Record<string, string>> = {
  duration: 'a duration',
  switch: 'true or false',
  integer: 'a number',
  number: 'a number',
  count: 'a number',
  size: 'a size',
  regex: 'a regular expression',
};

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : record(value) ? 'an object' : `"${String(value).slice(0, 40)}"`;
}

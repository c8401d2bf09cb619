import type { Json, Path } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { prometheusDuration } from './duration';
import type { ConfigProblem } from './form';
import { eachOf, isSet, LABELS, objectOf, scalarText } from './form';
import { HTTP, headerProblems, httpProblems, records, SIGV4 } from './http-client';
import { RELABELINGS, relabelingsProblems } from './relabeling';
import type { Release } from './release';

/** An entry of `remote_write`. */
export const REMOTE_WRITE = objectOf(
  {
    url: 'url',
    name: 'text',
    protobuf_message: { oneOf: ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] },
    remote_timeout: 'duration',
    headers: LABELS,
    write_relabel_configs: RELABELINGS,
    ...eachOf(
      'switch',
      'send_exemplars send_native_histograms round_robin_dns failed_request_logging convert_nhcb_to_classic',
    ),
    queue_config: objectOf({
      ...eachOf('integer', 'capacity max_shards min_shards max_samples_per_send'),
      ...eachOf('duration', 'batch_send_deadline min_backoff max_backoff sample_age_limit'),
      retry_on_http_429: 'switch',
    }),
    metadata_config: objectOf({ send: 'switch', send_interval: 'duration', max_samples_per_send: 'integer' }),
    sigv4: SIGV4,
    ...eachOf('anything', 'azuread google_iam'),
  },
  HTTP,
);
/** An entry of `remote_read`. */
export const REMOTE_READ = objectOf(
  {
    url: 'url',
    name: 'text',
    remote_timeout: 'duration',
    chunked_read_limit: 'count',
    headers: LABELS,
    required_matchers: LABELS,
    ...eachOf('switch', 'read_recent filter_external_labels'),
  },
  HTTP,
);

/** What is wrong with the remote ends of a configuration. */
export function* remoteProblems(configuration: Json, release: Release): Iterable<ConfigProblem> {
  for (const field of ['remote_write', 'remote_read']) {
    const names = new Set<string>();
    for (const [i, entry] of records(configuration[field])) {
      const path = [field, i];
      if ((entry['url'] ?? null) === null) yield { path, reason: `${field} needs a url` };
      const name = scalarText(entry['name']) ?? '';
      if (name !== '' && names.has(name))
        yield { path: [...path, 'name'], value: name, reason: `two entries of ${field} are called ${name}` };
      names.add(name);
      yield* headerProblems(entry['headers'], [...path, 'headers']);
      yield* httpProblems(entry, path);
      yield* relabelingsProblems(entry['write_relabel_configs'], [...path, 'write_relabel_configs'], release);
      if (field === 'remote_write') {
        yield* credentialProblems(entry, path);
        yield* queueProblems(record(entry['queue_config']) ?? {}, [...path, 'queue_config']);
      }
    }
  }
}

function* credentialProblems(entry: Json, path: Path): Iterable<ConfigProblem> {
  const clouds = ['sigv4', 'azuread', 'google_iam'].filter((name) => isSet(entry[name]));
  const others = ['basic_auth', 'authorization', 'oauth2'].filter((name) => isSet(entry[name]));
  if (clouds.length > 0 && clouds.length + others.length > 1)
    yield { path, reason: `only one of ${[...others, ...clouds].join(', ')} can be set` };
}

const QUEUE = { max_shards: 50, min_shards: 1, max_samples_per_send: 2000, capacity: 10_000 };

function* queueProblems(queue: Json, path: Path): Iterable<ConfigProblem> {
  const numberOf = (field: keyof typeof QUEUE) => {
    const value = queue[field];
    return typeof value === 'number' ? value : QUEUE[field];
  };
  for (const field of ['max_shards', 'min_shards', 'max_samples_per_send', 'capacity'] as const)
    if (numberOf(field) <= 0)
      yield { path: [...path, field], value: queue[field], reason: `${field} must be greater than 0` };
  if (numberOf('min_shards') > numberOf('max_shards'))
    yield {
      path: [...path, 'min_shards'],
      value: queue['min_shards'],
      reason: `min_shards is greater than max_shards (${numberOf('max_shards')})`,
    };
  const [min, max] = [queue['min_backoff'] ?? '30ms', queue['max_backoff'] ?? '5s'].map(prometheusDuration);
  if (min !== undefined && max !== undefined && max < min)
    yield {
      path: [...path, 'max_backoff'],
      value: queue['max_backoff'],
      reason: 'max_backoff is shorter than min_backoff',
    };
}

import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { ConfigProblem, FieldType } from './form';
import { eachOf, isSet, LABELS, objectOf, scalarText, TEXTS } from './form';
import { atMostOne, HTTP, httpProblems, records, TLS } from './http-client';
import { kubernetesProblems, ROLES } from './kubernetes-discovery';
import { goUrl, webUrlProblem } from './url';

const RECORDS = ['A', 'AAAA', 'MX', 'NS', 'SRV'];
const DOCKER_FILTERS: FieldType = { each: objectOf({ name: 'text', values: TEXTS }), empty: true };
const ZOOKEEPER = objectOf({ servers: TEXTS, paths: TEXTS, timeout: 'duration' });

/** The discoveries whose fields are known. */
const FORMS: Readonly<Record<string, FieldType>> = {
  static: objectOf({ targets: TEXTS, labels: LABELS }),
  kubernetes: objectOf(
    {
      api_server: 'url',
      kubeconfig_file: 'text',
      role: { oneOf: ROLES },
      namespaces: objectOf({ own_namespace: 'switch', names: TEXTS }),
      selectors: { each: objectOf({ role: { oneOf: ROLES }, ...eachOf('text', 'label field') }), empty: true },
      attach_metadata: objectOf(eachOf('switch', 'node namespace deployment job cronjob')),
    },
    HTTP,
  ),
  dns: objectOf({
    names: TEXTS,
    refresh_interval: 'duration',
    type: { oneOf: RECORDS, anyCase: true },
    port: 'integer',
  }),
  file: objectOf({ files: TEXTS, refresh_interval: 'duration' }),
  http: objectOf({ url: 'url', refresh_interval: 'duration' }, HTTP),
  consul: objectOf(
    {
      ...eachOf(
        'text',
        'server path_prefix token datacenter namespace partition tag_separator scheme username password filter health_filter',
      ),
      allow_stale: 'switch',
      refresh_interval: 'duration',
      ...eachOf(TEXTS, 'services tags'),
      node_meta: LABELS,
    },
    HTTP,
  ),
  docker: objectOf(
    {
      host: 'url',
      port: 'integer',
      filters: DOCKER_FILTERS,
      host_networking_host: 'text',
      refresh_interval: 'duration',
      match_first_network: 'switch',
    },
    HTTP,
  ),
  dockerswarm: objectOf(
    {
      host: 'url',
      role: { oneOf: ['tasks', 'services', 'nodes'] },
      port: 'integer',
      filters: DOCKER_FILTERS,
      refresh_interval: 'duration',
    },
    HTTP,
  ),
  eureka: objectOf({ server: 'url', refresh_interval: 'duration' }, HTTP),
  kuma: objectOf({ server: 'url', ...eachOf('duration', 'refresh_interval fetch_timeout'), client_id: 'text' }, HTTP),
  marathon: objectOf(
    { servers: TEXTS, refresh_interval: 'duration', ...eachOf('text', 'auth_token auth_token_file') },
    HTTP,
  ),
  nerve: ZOOKEEPER,
  nomad: objectOf(
    { allow_stale: 'switch', ...eachOf('text', 'namespace region server tag_separator'), refresh_interval: 'duration' },
    HTTP,
  ),
  puppetdb: objectOf(
    { url: 'url', query: 'text', include_parameters: 'switch', port: 'integer', refresh_interval: 'duration' },
    HTTP,
  ),
  serverset: ZOOKEEPER,
  triton: objectOf({
    ...eachOf('text', 'account role dns_suffix endpoint'),
    groups: TEXTS,
    ...eachOf('integer', 'port version'),
    refresh_interval: 'duration',
    tls_config: TLS,
  }),
  uyuni: objectOf(
    { server: 'url', ...eachOf('text', 'username password entitlement separator'), refresh_interval: 'duration' },
    HTTP,
  ),
};
/** Clouds of which only the name is known. */
const CLOUDS =
  'aws azure digitalocean ec2 ecs elasticache gce hetzner ionos lightsail linode msk oci openstack outscale ovhcloud rds scaleway stackit vultr';

/** Where targets come from: `static_configs` and each `…_sd_configs`. */
export const TARGETS = objectOf({
  ...Object.fromEntries(
    Object.entries(FORMS).map(([name, form]): [string, FieldType] => [
      name === 'static' ? 'static_configs' : `${name}_sd_configs`,
      { each: form },
    ]),
  ),
  ...Object.fromEntries(
    CLOUDS.split(' ').map((name): [string, FieldType] => [`${name}_sd_configs`, { each: 'anything' }]),
  ),
});

/** What is wrong with where a job, or Prometheus for its alerts, finds its targets. */
export function* targetProblems(job: Json, path: Path): Iterable<ConfigProblem> {
  yield* staticProblems(job, path);
  for (const [field, entries] of Object.entries(job)) {
    const name = /^(.+)_sd_configs$/.exec(field)?.[1];
    if (name === undefined) continue;
    for (const [i, found] of records(entries)) {
      const at = [...path, field, i];
      yield* httpProblems(found, at);
      yield* (RULES[name] ?? nothing)(found, at);
    }
  }
}

function* staticProblems(job: Json, path: Path): Iterable<ConfigProblem> {
  // With relabelings a target may be anything: blackbox exporters take whole URLs.
  const relabeled = list(job['relabel_configs']).length > 0;
  for (const [i, group] of list(job['static_configs']).entries()) {
    const at = [...path, 'static_configs', i];
    for (const target of list(record(group)?.['targets'])) {
      if (relabeled) continue;
      const address = target === null ? '' : scalarText(target);
      if (address?.includes('/'))
        yield {
          path: at,
          value: target,
          reason: `target ${address} is no host and port: a path stands in metrics_path, a scheme in scheme`,
        };
      // That of an Alertmanager is not looked at.
      else if (address === '' && path[0] === 'scrape_configs')
        yield { path: at, value: target, reason: 'a target is empty' };
    }
  }
}

type Rule = (found: Json, path: Path) => Iterable<ConfigProblem>;

/** Each discovery's own rules. */
const RULES: Readonly<Record<string, Rule>> = {
  kubernetes: kubernetesProblems,
  *dns(found, path) {
    yield* needs(found, ['names'], path, 'dns_sd_configs');
    const type = (scalarText(found['type'] ?? 'SRV') ?? 'SRV').toUpperCase();
    if (type === '') yield { path: [...path, 'type'], value: type, reason: `type is one of ${RECORDS.join(', ')}` };
    else if (RECORDS.includes(type) && type !== 'SRV' && !found['port'])
      yield { path, reason: `records of type ${type} have no port: give one` };
  },
  *file(found, path) {
    yield* needs(found, ['files'], path, 'file_sd_configs');
    for (const file of list(found['files']))
      if (typeof file === 'string' && !/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(file))
        yield {
          path: [...path, 'files'],
          value: file,
          reason: `${file || '""'} ends in none of .json, .yml, .yaml, or has a * that is not in its last part`,
        };
  },
  *http(found, path) {
    yield* needs(found, ['url'], path, 'http_sd_configs');
    yield* webUrlProblems(found, 'url', path);
  },
  *consul(found, path) {
    if (found['server'] !== undefined) yield* needs(found, ['server'], path, 'consul_sd_configs');
    if ((isSet(found['username']) || isSet(found['password'])) && record(found['basic_auth']))
      yield { path, reason: 'only one of basic_auth and username with password can be set' };
    yield* atMostOne(found, ['token', isSet(found['oauth2']) ? 'oauth2' : 'authorization'], path);
  },
  docker: (found, path) => needs(found, ['host'], path, 'docker_sd_configs'),
  dockerswarm: (found, path) => needs(found, ['host', 'role'], path, 'dockerswarm_sd_configs'),
  *eureka(found, path) {
    yield* needs(found, ['server'], path, 'eureka_sd_configs');
    yield* hostProblems(found, 'server', path);
  },
  *kuma(found, path) {
    yield* needs(found, ['server'], path, 'kuma_sd_configs');
    yield* hostProblems(found, 'server', path);
  },
  *marathon(found, path) {
    yield* needs(found, ['servers'], path, 'marathon_sd_configs');
    const other = ['basic_auth', 'bearer_token', 'bearer_token_file', 'authorization'].filter((name) =>
      isSet(found[name]),
    );
    yield* atMostOne(found, ['auth_token', 'auth_token_file', ...other.slice(0, 1)], path);
  },
  nerve: zookeeper('nerve_sd_configs'),
  nomad: (found, path) => (found['server'] === undefined ? [] : needs(found, ['server'], path, 'nomad_sd_configs')),
  *puppetdb(found, path) {
    yield* needs(found, ['url', 'query'], path, 'puppetdb_sd_configs');
    yield* webUrlProblems(found, 'url', path);
  },
  serverset: zookeeper('serverset_sd_configs'),
  *triton(found, path) {
    yield* needs(found, ['account', 'dns_suffix', 'endpoint'], path, 'triton_sd_configs');
    const role = scalarText(found['role'] ?? 'container') ?? '';
    if (role !== 'container' && role !== 'cn')
      yield { path: [...path, 'role'], value: role, reason: 'role is one of container, cn' };
  },
  uyuni: (found, path) => needs(found, ['server', 'username', 'password'], path, 'uyuni_sd_configs'),
};

function nothing(): Iterable<ConfigProblem> {
  return [];
}

/** Fields that must have something in them. */
export function* needs(found: Json, names: readonly string[], path: Path, of: string): Iterable<ConfigProblem> {
  for (const name of names) {
    const value = found[name];
    if (!isSet(value) || (Array.isArray(value) && value.length === 0))
      yield { path, reason: `${of} needs ${/s$/.test(name) ? name : `a ${name}`}` };
  }
}

function zookeeper(of: string): Rule {
  return function* (found, path) {
    yield* needs(found, ['servers', 'paths'], path, of);
    for (const one of list(found['paths']))
      if (typeof one === 'string' && !one.startsWith('/'))
        yield { path: [...path, 'paths'], value: one, reason: `the path ${one || '""'} does not begin with /` };
  };
}

function* webUrlProblems(found: Json, field: string, path: Path): Iterable<ConfigProblem> {
  const text = scalarText(found[field]) ?? '';
  // What is no URL at all is refused for its form.
  const problem = text === '' || 'problem' in goUrl(text) ? undefined : webUrlProblem(text);
  if (problem) yield { path: [...path, field], value: text, reason: `${field} ${text} ${problem}` };
}

function* hostProblems(found: Json, field: string, path: Path): Iterable<ConfigProblem> {
  const text = scalarText(found[field]) ?? '';
  const url = goUrl(text);
  if (text !== '' && !('problem' in url) && (url.scheme === '' || url.host === ''))
    yield { path: [...path, field], value: text, reason: `${field} ${text} has no scheme or no host` };
}

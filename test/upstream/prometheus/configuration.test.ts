import { pathText } from '../../../manifests/resource';
import { configurationProblems, scrapeConfigFileProblems } from '../../../upstream/prometheus/configuration';
import type { Release } from '../../../upstream/prometheus/release';
import { readContent } from '../../../upstream/prometheus/yaml';

const NEWEST: Release = { version: { major: 3, minor: 16 }, features: new Set(), agent: false };

/** `path: reason` of each problem; those that depend on the version begin with "open". */
function problems(yaml: string, release = NEWEST): string[] {
  return [...configurationProblems(readContent(yaml).content, release)].map(
    ({ path, reason, open }) => `${open ? 'open ' : ''}${pathText(path)}: ${reason}`,
  );
}
const job = (fields: string, release = NEWEST) =>
  problems(`scrape_configs: [{ job_name: a, ${fields} }]`, release).map((text) =>
    text.replace('scrape_configs[0]', 'job'),
  );

describe('the HTTP client', () => {
  /** Every place at which Prometheus has one. */
  const PLACES: Readonly<Record<string, (client: string) => string>> = {
    'a job': (client) => `scrape_configs: [{ job_name: a, ${client} }]`,
    'an Alertmanager': (client) => `alerting: { alertmanagers: [{ ${client} }] }`,
    remote_write: (client) => `remote_write: [{ url: 'http://a', ${client} }]`,
    remote_read: (client) => `remote_read: [{ url: 'http://a', ${client} }]`,
    http_sd_configs: (client) => `scrape_configs: [{ job_name: a, http_sd_configs: [{ url: 'http://a', ${client} }] }]`,
    kubernetes_sd_configs: (client) =>
      `scrape_configs: [{ job_name: a, kubernetes_sd_configs: [{ role: pod, api_server: 'https://a', ${client} }] }]`,
    'consul_sd_configs of an Alertmanager': (client) =>
      `alerting: { alertmanagers: [{ consul_sd_configs: [{ server: a, ${client} }] }] }`,
    'a discovery of a cloud': (client) =>
      `scrape_configs: [{ job_name: a, hetzner_sd_configs: [{ role: hcloud, ${client} }] }]`,
  };
  test.each(Object.entries(PLACES))('%s takes one credential, and has its fields', (_, place) => {
    expect(problems(place('basic_auth: { username: a, password_file: /p }, tls_config: { ca_file: /c }'))).toEqual([]);
    expect(problems(place('basic_auth: { username: a }, bearer_token_file: /t'))).toEqual([
      expect.stringContaining('only one of basic_auth, bearer_token_file can be set'),
    ]);
    expect(problems(place('oauth2: { client_id: a, client_secret: b }'))).toEqual([
      expect.stringContaining('oauth2 needs a token_url'),
    ]);
  });
  test.each([
    ['authorization: { credentials: a }, basic_auth: {}', 'only one of basic_auth, authorization can be set'],
    ['authorization: { type: Basic }', 'the type of an authorization cannot be basic'],
    ['basic_auth: { username: a, username_file: /u }', 'only one of username and username_file can be set'],
    [
      'authorization: { credentials: a, credentials_file: /b }',
      'only one of credentials and credentials_file can be set',
    ],
    ['oauth2: { token_url: "http://a" }', 'oauth2 needs a client_id'],
    ['oauth2: { client_id: a, token_url: b, tls_config: { min_version: "1.2" } }', 'min_version is one of TLS10'],
    [
      'tls_config: { min_version: TLS1.2 }',
      'min_version is one of TLS10, TLS11, TLS12, TLS13, not "TLS1.2"; did you mean "TLS12"?',
    ],
    ['tls_config: { cert_file: /c }', 'a client certificate needs its key'],
    ['tls_config: { ca: a, ca_file: /a }', 'only one of ca and ca_file can be set'],
    ['no_proxy: a', 'no_proxy needs a proxy_url'],
    ['proxy_url: "http://a b"', 'is no URL'],
    ['proxy_from_environment: true, proxy_url: "http://a"', 'only one of proxy_url and proxy_from_environment'],
    ['http_headers: { Authorization: { values: [a] } }', 'the header Authorization cannot be set'],
    [
      'oauth2: { client_id: a, token_url: b, tls_configs: {} }',
      'there is no field tls_configs; did you mean "tls_config"?',
    ],
  ])('%s: %s', (client, reason) => expect(job(client)).toEqual([expect.stringContaining(reason)]));
});

describe('kubernetes_sd_configs', () => {
  const found = (fields: string) => job(`kubernetes_sd_configs: [{ ${fields} }]`);
  test.each([
    'role: pod',
    'role: pod, selectors: [{ role: pod, label: "app in (a, b),!x" }, { role: node }]',
    'role: endpoints, selectors: [{ role: service, field: metadata.name=a }]',
    'role: node, api_server: "https://a", bearer_token_file: /t',
    'role: ingress, kubeconfig_file: /k, tls_config: {}',
    'role: endpointslice, namespaces: { own_namespace: true }',
  ])('takes { %s }', (fields) => expect(found(fields)).toEqual([]));
  test.each([
    [
      'role: Pod',
      'role is one of pod, service, endpoints, endpointslice, node, ingress, not "Pod"; did you mean "pod"?',
    ],
    ['namespaces: {}', 'kubernetes_sd_configs needs a role'],
    ['role: pod, bearer_token_file: /t', 'bearer_token_file is for an api_server that is named'],
    ['role: pod, tls_config: { insecure_skip_verify: true }', 'tls_config is for an api_server that is named'],
    ['role: pod, follow_redirects: false', 'follow_redirects is for an api_server that is named'],
    ['role: pod, kubeconfig_file: /k, basic_auth: {}', 'basic_auth cannot be set beside kubeconfig_file'],
    ['role: pod, kubeconfig_file: /k, api_server: "https://a"', 'only one of api_server and kubeconfig_file'],
    [
      'role: pod, api_server: "https://a", namespaces: { own_namespace: true }',
      'own_namespace cannot be set beside api_server',
    ],
    ['role: service, selectors: [{ role: pod }]', 'role service selects by service only, not by pod'],
    ['role: pod, selectors: [{ role: pod }, { role: pod }]', 'two selectors are for role pod'],
    ['role: pod, selectors: [{ role: pod, label: "app in (a" }]', 'app in (a is no label selector'],
    ['role: pod, selectors: [{ role: pod, field: spec.nodeName }]', 'spec.nodeName is no field selector'],
  ])('refuses { %s }: %s', (fields, reason) => expect(found(fields)).toEqual([expect.stringContaining(reason)]));
});

test.each([
  ['consult_sd_configs: []', 'there is no field consult_sd_configs; did you mean "consul_sd_configs"?'],
  ['kubernetes_sd_config: []', 'did you mean "kubernetes_sd_configs"?'],
  ['eureka_sd_configs: [{}]', 'eureka_sd_configs needs a server'],
  ['eureka_sd_configs: [{ server: eureka }]', 'has no scheme or no host'],
  ['marathon_sd_configs: [{ servers: [a], auth_token: b, basic_auth: {} }]', 'only one of auth_token and basic_auth'],
  ['puppetdb_sd_configs: [{ url: "http://a" }]', 'puppetdb_sd_configs needs a query'],
  ['uyuni_sd_configs: [{ server: "http://a", username: b }]', 'uyuni_sd_configs needs a password'],
  ['serverset_sd_configs: [{ servers: [a], paths: [b] }]', 'the path b does not begin with /'],
  ['dockerswarm_sd_configs: [{ host: a, role: task }]', 'did you mean "tasks"?'],
  ['http_sd_configs: [{ url: "ftp://a" }]', 'does not begin with http:// or https://'],
  ['file_sd_configs: [{ files: ["a/*/b.yml"] }]', 'has a * that is not in its last part'],
  ['fallback_scrape_protocol: prometheusproto', 'there is no scrape protocol prometheusproto'],
  ['scrape_protocols: [PrometheusProto, PrometheusProto]', 'scrape_protocols has PrometheusProto twice'],
  ['scrape_protocols: []', 'scrape_protocols is empty'],
  ['metric_name_validation_scheme: Legacy', 'metric_name_validation_scheme is one of legacy, utf8'],
  [
    'metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8',
    'names in UTF-8 cannot be asked for',
  ],
  ['relabel_configs: [{ action: labelmap, replacement: "", regex: a }]', 'labelmap needs a replacement'],
])('a job with %s is refused: %s', (fields, reason) => expect(job(fields)).toEqual([expect.stringContaining(reason)]));

test.each([
  ['rule_files: ["a/*/b"]', 'rule_files a/*/b has a * that is not in its last part'],
  ['scrape_config_files: ["*/a.yml"]', 'has a * that is not in its last part'],
  ['runtime: { log_level: verbose }', 'log_level is one of debug'],
  ['alerting: { alertmanagers: [{ api_version: v1 }] }', 'api_version v1 is no longer supported'],
  ['tracing: { client_type: grpc }', 'tracing needs an endpoint'],
  ['tracing: { endpoint: a, compression: zstd }', 'compression is one of gzip'],
  ['tracing: { endpoint: a, headers: { Authorization: b } }', 'the header Authorization cannot be set'],
  ['storage: { tsdb: { retention: { percentage: 101 } } }', 'percentage is from 0 to 100'],
  ['storage: { tsdb: { chunk_encoding: { floats: XOR } } }', 'did you mean "xor"?'],
  ['otlp: { promote_resource_attributes: [a, " a "] }', 'a stands there twice'],
  ['otlp: { ignore_resource_attributes: [a] }', 'needs promote_all_resource_attributes'],
  ['otlp: { translation_strategy: None }', 'translation_strategy is one of'],
  [
    'remote_write: [{ url: "http://a", name: b }, { url: "http://a", name: b }]',
    'two entries of remote_write are called b',
  ],
  ['remote_write: [{ url: "http://a", headers: { Host: b } }]', 'the header Host cannot be set'],
  ['remote_write: [{ url: "http://a", protobuf_message: v2 }]', 'protobuf_message is one of'],
  ['remote_write: [{ url: "http://a", queue_config: { max_shards: 0 } }]', 'max_shards must be greater than 0'],
  [
    'remote_write: [{ url: "http://a", queue_config: { min_shards: 60 } }]',
    'min_shards is greater than max_shards (50)',
  ],
  [
    'remote_write: [{ url: "http://a", queue_config: { max_backoff: 1ms } }]',
    'max_backoff is shorter than min_backoff',
  ],
  ['remote_write: [{ url: "http://a", sigv4: {}, basic_auth: {} }]', 'only one of basic_auth, sigv4 can be set'],
  ['remote_read: [{ url: "http://a:b" }]', 'is no URL: :b is no port'],
  ['[]', 'the file is an object, not a list'],
])('%s is refused: %s', (yaml, reason) => expect(problems(yaml)).toContainEqual(expect.stringContaining(reason)));

describe('what depends on the version', () => {
  const old: Release = { version: { major: 2, minor: 53 } };
  test('a field that no Prometheus up to the version has is refused, and left open where the version is not known', () => {
    expect(job('something_new: 1')).toEqual(['job.something_new: there is no field something_new']);
    expect(job('something_new: 1', old)).toEqual(['job.something_new: there is no field something_new']);
    expect(job('something_new: 1', {})).toEqual(['open job.something_new: there is no field something_new']);
    expect(job('something_new: 1', { version: { major: 4, minor: 0 } })[0]).toMatch(/^open/);
  });
  test('a discovery that is none of Prometheus itself may be that of another build', () => {
    expect(job('warehouse_sd_configs: []')[0]).toMatch(/^open/);
  });
  test('Prometheus 3 takes labels of any name, and Prometheus 2 takes api_version v1', () => {
    const label = 'relabel_configs: [{ target_label: a-b }]';
    expect(job(label)).toEqual([]);
    expect(job(label, old)[0]).toContain('the name of label a-b');
    expect(job(label, {})[0]).toMatch(/^open/);
    expect(problems('alerting: { alertmanagers: [{ api_version: v1 }] }', old)).toEqual([]);
  });
  test('an agent evaluates nothing', () => {
    const agent: Release = { ...NEWEST, agent: true };
    expect(problems('rule_files: [a.yml]', agent)).toEqual(['rule_files: rule_files cannot be set in agent mode']);
    expect(problems('remote_read: [{ url: "http://a" }]', agent)).toHaveLength(1);
    expect(problems('rule_files: []', agent)).toEqual([]);
  });
});

test('the jobs of another file are judged with the global settings of the main one', () => {
  const said = (file: string) =>
    [...scrapeConfigFileProblems(readContent(file).content, { global: { scrape_interval: '5s' } }, NEWEST)].map(
      ({ reason }) => reason,
    );
  expect(said('scrape_configs: [{ job_name: a, scrape_timeout: 5s }]')).toEqual([]);
  expect(said('scrape_configs: [{ job_name: a, scrape_timeout: 6s }]')[0]).toContain('scrape_timeout is longer');
  expect(said('global: {}')[0]).toContain('there is no field global');
});

describe('the YAML of Go', () => {
  const content = (text: string) => readContent(text);
  test.each(['', '\n', '# nothing\n', '---\n# nothing\n', '---\n...\n'])('%j is an empty document', (text) =>
    expect(content(text)).toEqual({ content: null, problem: undefined }),
  );
  test('merge keys are merged, and what is written beside them wins', () => {
    expect(content('a: &a { x: 1, y: 2 }\nb: { <<: *a, y: 3 }').content).toEqual({
      a: { x: 1, y: 2 },
      b: { x: 1, y: 3 },
    });
    expect(content('a: &a { x: 1 }\nb: &b { y: 2 }\nc: { <<: [*a, *b] }').content).toMatchObject({ c: { x: 1, y: 2 } });
  });
  test.each([
    ['a: 1\n---\nb: 2\n', { a: 1 }],
    ['---\na: |\n  text\n---\n[broken', { a: 'text\n' }],
    ['a: 1\n...\nb: 2\n', { a: 1 }],
    ['---\n---\nb: 2\n', null],
  ])('of %j the first document is read', (text, first) =>
    expect(content(text)).toEqual({ content: first, problem: undefined, ignoresRest: true }),
  );
  test('a document of comments behind the first is nothing', () => {
    expect(content('a: 1\n---\n# the end\n')).toEqual({ content: { a: 1 }, problem: undefined });
    expect(content('a: 1\n...\n')).toEqual({ content: { a: 1 }, problem: undefined });
  });
});

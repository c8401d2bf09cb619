import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { ConfigProblem } from './form';
import { eachOf, isSet, LABELS, objectOf, scalarText, TEXTS } from './form';

const TLS_VERSION = { oneOf: ['TLS10', 'TLS11', 'TLS12', 'TLS13'] };

/** How a client of Prometheus or Alertmanager proves itself and its peer. */
export const TLS = objectOf({
  ...eachOf('text', 'ca cert key ca_file cert_file key_file ca_ref cert_ref key_ref server_name'),
  ...eachOf(TLS_VERSION, 'min_version max_version'),
  insecure_skip_verify: 'switch',
});
const PROXY = objectOf({
  proxy_url: 'url',
  no_proxy: 'text',
  proxy_from_environment: 'switch',
  proxy_connect_header: { map: TEXTS },
});
const OAUTH2 = objectOf(
  {
    ...eachOf('text', 'client_id client_secret client_secret_file client_secret_ref token_url'),
    ...eachOf(
      'text',
      'client_certificate_key_id client_certificate_key client_certificate_key_file client_certificate_key_ref',
    ),
    ...eachOf('text', 'grant_type signature_algorithm iss audience'),
    claims: { map: 'anything' },
    scopes: TEXTS,
    endpoint_params: LABELS,
    tls_config: TLS,
  },
  PROXY,
);
/** The HTTP client of Prometheus' common library. Its fields stand inline in many objects. */
export const HTTP = objectOf(
  {
    basic_auth: objectOf(eachOf('text', 'username username_file username_ref password password_file password_ref')),
    authorization: objectOf(eachOf('text', 'type credentials credentials_file credentials_ref')),
    ...eachOf('text', 'bearer_token bearer_token_file'),
    ...eachOf('switch', 'follow_redirects enable_http2'),
    oauth2: OAUTH2,
    http_headers: { map: objectOf({ values: TEXTS, secrets: TEXTS, files: TEXTS }) },
    tls_config: TLS,
  },
  PROXY,
);

/** How requests are signed for AWS. */
export const SIGV4 = objectOf({
  ...eachOf('text', 'region access_key secret_key profile role_arn external_id session_name service_name'),
  tags: LABELS,
  use_fips_sts_endpoint: 'switch',
});

/** Headers that Prometheus sets itself. */
const RESERVED = new Set(
  'authorization host content-encoding content-length content-type user-agent connection keep-alive proxy-authenticate proxy-authorization www-authenticate accept-encoding x-prometheus-remote-write-version x-prometheus-remote-read-version x-amz-date x-amz-security-token x-amz-content-sha256'.split(
    ' ',
  ),
);

/** What is wrong with the headers that are added to requests. */
export function* headerProblems(headers: unknown, path: Path): Iterable<ConfigProblem> {
  for (const name of Object.keys(record(headers) ?? {}))
    if (RESERVED.has(name.toLowerCase()))
      yield {
        path: [...path, name],
        value: name,
        reason: `the header ${name} cannot be set${name.toLowerCase() === 'authorization' ? '; use authorization or basic_auth' : ''}`,
      };
}

/** What is wrong with the fields of an HTTP client that stand in an object. */
export function* httpProblems(client: Json, path: Path): Iterable<ConfigProblem> {
  const [basic, authorization, oauth2] = ['basic_auth', 'authorization', 'oauth2'].map((name) => record(client[name]));
  // An empty object is a credential too, and null is none.
  const ways = ['basic_auth', 'authorization', 'oauth2', 'bearer_token', 'bearer_token_file'].filter((name) =>
    isSet(client[name]),
  );
  if (ways.length > 1) yield { path, reason: `only one of ${ways.join(', ')} can be set` };
  yield* atMostOne(basic, ['username', 'username_file', 'username_ref'], [...path, 'basic_auth']);
  yield* atMostOne(basic, ['password', 'password_file', 'password_ref'], [...path, 'basic_auth']);
  yield* atMostOne(authorization, ['credentials', 'credentials_file', 'credentials_ref'], [...path, 'authorization']);
  if ((scalarText(authorization?.['type']) ?? '').trim().toLowerCase() === 'basic')
    yield {
      path: [...path, 'authorization', 'type'],
      value: authorization?.['type'],
      reason: 'the type of an authorization cannot be basic; use basic_auth',
    };
  if (oauth2) yield* oauth2Problems(oauth2, [...path, 'oauth2']);
  yield* tlsProblems(client['tls_config'], [...path, 'tls_config']);
  yield* proxyProblems(client, path);
  const timeout = 'x-prometheus-scrape-timeout-seconds';
  const headers = record(client['http_headers']);
  yield* headerProblems(headers, [...path, 'http_headers']);
  for (const name of Object.keys(headers ?? {}))
    if (name.toLowerCase() === timeout)
      yield { path: [...path, 'http_headers', name], value: name, reason: `the header ${name} cannot be set` };
}

const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function* oauth2Problems(oauth2: Json, path: Path): Iterable<ConfigProblem> {
  for (const field of ['client_id', 'token_url'])
    if (!isSet(oauth2[field])) yield { path, reason: `oauth2 needs a ${field}` };
  if (oauth2['grant_type'] === JWT) {
    const keys = ['client_certificate_key', 'client_certificate_key_file', 'client_certificate_key_ref'];
    yield* atMostOne(oauth2, keys, path);
    const algorithm = oauth2['signature_algorithm'];
    if (isSet(algorithm) && !['RS256', 'RS384', 'RS512'].includes(String(algorithm)))
      yield {
        path: [...path, 'signature_algorithm'],
        value: algorithm,
        reason: 'signature_algorithm is one of RS256, RS384, RS512',
      };
  } else yield* atMostOne(oauth2, ['client_secret', 'client_secret_file', 'client_secret_ref'], path);
  yield* tlsProblems(oauth2['tls_config'], [...path, 'tls_config']);
  yield* proxyProblems(oauth2, path);
}

/** What is wrong with a `tls_config`. */
export function* tlsProblems(value: unknown, path: Path): Iterable<ConfigProblem> {
  const tls = record(value);
  if (!tls) return;
  const has = (name: string) => ['', '_file', '_ref'].some((ending) => isSet(tls[name + ending]));
  for (const name of ['ca', 'cert', 'key']) yield* atMostOne(tls, [name, `${name}_file`, `${name}_ref`], path);
  if (has('cert') !== has('key'))
    yield {
      path,
      reason: has('cert') ? 'a client certificate needs its key' : 'the key of a client needs its certificate',
    };
}

function* proxyProblems(client: Json, path: Path): Iterable<ConfigProblem> {
  const [url, noProxy] = [isSet(client['proxy_url']), isSet(client['no_proxy'])];
  const environment = client['proxy_from_environment'] === true;
  const headers = Object.values(record(client['proxy_connect_header']) ?? {}).length > 0;
  if (headers && !environment && !url) yield { path, reason: 'proxy_connect_header needs a proxy_url' };
  if (environment && url) yield { path, reason: 'only one of proxy_url and proxy_from_environment can be set' };
  if (environment && noProxy) yield { path, reason: 'only one of no_proxy and proxy_from_environment can be set' };
  // An empty proxy_url that is written out is enough for Prometheus.
  if (!environment && noProxy && !isWritten(client['proxy_url'])) yield { path, reason: 'no_proxy needs a proxy_url' };
}

function isWritten(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** At most one of some fields of an object may be set. */
export function* atMostOne(object: Json | undefined, names: readonly string[], path: Path): Iterable<ConfigProblem> {
  const set = names.filter((name) => isSet(object?.[name]));
  if (set.length > 1) yield { path, reason: `only one of ${set.join(' and ')} can be set` };
}

/** The objects of a list with their index. */
export function records(value: unknown): readonly (readonly [number, Json])[] {
  return list(value).flatMap((entry, i): (readonly [number, Json])[] => {
    const object = record(entry);
    return object ? [[i, object]] : [];
  });
}

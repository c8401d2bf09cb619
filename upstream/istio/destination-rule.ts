import type { Json, Path } from '../../manifests/resource';
import { list, number, record, string, strings } from '../../manifests/resource';
import { istioDurationProblem } from './durations';
import { isDnsLabel, isWildcardDomain, tagsProblem } from './hosts';
import type { IstioProblem } from './problem';
import { wrong } from './problem';
import { exportProblems } from './routes';
import { selectorProblems } from './selector';

/** ValidateDestinationRule. Localities and the names of cookies' attributes are not looked at. */
export function* destinationRuleProblems(spec: Json, namespace: string): Iterable<IstioProblem> {
  const host = string(spec['host']) ?? '';
  if (!isWildcardDomain(host))
    yield wrong(spec, ['spec'], 'host', `is ${JSON.stringify(host)}, which is no name of a Service or a host`);
  yield* policyProblems(record(spec['trafficPolicy']), ['spec', 'trafficPolicy']);
  const names = new Set<string>();
  for (const [i, value] of list(spec['subsets']).entries()) {
    const at = ['spec', 'subsets', i];
    const subset = record(value);
    if (!subset) {
      yield { path: at, value, message: 'is empty' };
      continue;
    }
    const name = string(subset['name']) ?? '';
    if (names.has(name)) yield wrong(subset, at, 'name', `is ${name}, and another subset is called so, too`);
    names.add(name);
    if (!isDnsLabel(name))
      yield wrong(subset, at, 'name', `is ${JSON.stringify(name)}, and takes letters, digits and inner hyphens`);
    const tags = tagsProblem(strings(subset['labels']));
    if (tags !== undefined) yield wrong(subset, at, 'labels', tags);
    yield* policyProblems(record(subset['trafficPolicy']), [...at, 'trafficPolicy']);
  }
  yield* exportProblems(spec, namespace);
  const selector = record(spec['workloadSelector']);
  const seen = list(spec['exportTo']).map((name) => (name === '.' ? namespace : name));
  if (selector && seen.length > 0 && (seen.length > 1 || seen[0] !== namespace))
    yield wrong(
      spec,
      ['spec'],
      'exportTo',
      'shows it to other namespaces, and with workloadSelector it holds in its own alone',
    );
  yield* selectorProblems(selector, ['spec', 'workloadSelector']);
}

const OF_PORT = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'] as const;
const OF_ALL = [...OF_PORT, 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'] as const;

function* policyProblems(policy: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!policy) return;
  const isSet = (field: string) =>
    field === 'portLevelSettings' ? Array.isArray(policy[field]) && policy[field].length > 0 : record(policy[field]);
  if (!OF_ALL.some(isSet)) {
    yield { path: at, value: policy, message: 'says nothing: it has no field that counts' };
    return;
  }
  if (record(policy['tunnel']) && record(policy['proxyProtocol'])) {
    yield wrong(policy, at, 'tunnel', 'stands beside proxyProtocol, and a policy has one of them');
    return;
  }
  yield* settingsProblems(policy, at);
  for (const [i, value] of list(policy['portLevelSettings']).entries()) {
    const here = [...at, 'portLevelSettings', i];
    const own = record(value);
    if (!own) {
      yield { path: here, value, message: 'is empty' };
      continue;
    }
    if (!record(own['port'])) yield wrong(own, here, 'port', 'is missing');
    if (!OF_PORT.some((field) => record(own[field])))
      yield { path: here, value: own, message: 'says nothing: it has no field that counts' };
    else yield* settingsProblems(own, here);
  }
}

function* settingsProblems(of: Json, at: Path): Iterable<IstioProblem> {
  yield* outlierProblems(record(of['outlierDetection']), [...at, 'outlierDetection']);
  yield* poolProblems(record(of['connectionPool']), [...at, 'connectionPool']);
  yield* balancerProblems(record(of['loadBalancer']), [...at, 'loadBalancer']);
  yield* tlsProblems(record(of['tls']), [...at, 'tls']);
}

function* durations(of: Json, at: Path, fields: readonly string[], zero = false): Iterable<IstioProblem> {
  for (const field of fields) {
    const problem = istioDurationProblem(of[field], zero);
    if (problem !== undefined) yield wrong(of, at, field, problem);
  }
}

function* notNegative(of: Json, at: Path, fields: readonly string[]): Iterable<IstioProblem> {
  for (const field of fields)
    if ((number(of[field]) ?? 0) < 0) yield wrong(of, at, field, `is ${String(of[field])}, and not negative`);
}

function* outlierProblems(outlier: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!outlier) return;
  yield* durations(outlier, at, ['baseEjectionTime', 'interval']);
  if (
    outlier['splitExternalLocalOriginErrors'] !== true &&
    (number(outlier['consecutiveLocalOriginFailures']) ?? 0) > 0
  )
    yield wrong(
      outlier,
      at,
      'consecutiveLocalOriginFailures',
      'counts with splitExternalLocalOriginErrors: true alone',
    );
  for (const field of ['maxEjectionPercent', 'minHealthPercent']) {
    const percent = number(outlier[field]) ?? 0;
    if (percent < 0 || percent > 100) yield wrong(outlier, at, field, `is ${percent}, and a percentage is 0 to 100`);
  }
}

function* poolProblems(pool: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!pool) return;
  const [http, tcp] = [record(pool['http']), record(pool['tcp'])];
  if (!http && !tcp) yield { path: at, value: pool, message: 'has neither http nor tcp' };
  if (http) {
    const here = [...at, 'http'];
    yield* notNegative(http, here, [
      ...['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries'],
      'maxConcurrentStreams',
    ]);
    yield* durations(http, here, ['idleTimeout']);
    if (http['h2UpgradePolicy'] === 'UPGRADE' && http['useClientProtocol'] === true)
      yield wrong(http, here, 'useClientProtocol', 'stands beside h2UpgradePolicy: UPGRADE, and one of them holds');
  }
  if (!tcp) return;
  const here = [...at, 'tcp'];
  yield* notNegative(tcp, here, ['maxConnections']);
  yield* durations(tcp, here, ['connectTimeout', 'maxConnectionDuration']);
  yield* durations(tcp, here, ['idleTimeout'], true);
  const alive = record(tcp['tcpKeepalive']);
  if (alive) yield* durations(alive, [...here, 'tcpKeepalive'], ['time', 'interval']);
}

function* balancerProblems(balancer: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!balancer) return;
  const hash = record(balancer['consistentHash']);
  const cookie = record(hash?.['httpCookie']);
  if (cookie && !string(cookie['name']))
    yield wrong(cookie, [...at, 'consistentHash', 'httpCookie'], 'name', 'is missing');
  const maglev = record(hash?.['maglev']);
  const ring = number(hash?.['minimumRingSize']) ?? 0;
  if (ring !== 0 && (maglev || record(hash?.['ringHash'])))
    yield wrong(hash, [...at, 'consistentHash'], 'minimumRingSize', 'stands beside maglev or ringHash');
  if (maglev) {
    const size = number(maglev['tableSize']) ?? 0;
    if (size >= 5_000_011 || !isPrime(size))
      yield wrong(
        maglev,
        [...at, 'consistentHash', 'maglev'],
        'tableSize',
        `is ${size}, and takes a prime number below 5,000,011`,
      );
  }
  const warmup = record(balancer['warmup']);
  if (!warmup) return;
  const here = [...at, 'warmup'];
  if (typeof warmup['duration'] !== 'string') yield wrong(warmup, here, 'duration', 'is missing');
  yield* durations(warmup, here, ['duration']);
  if ((number(warmup['minimumPercent']) ?? 0) > 100)
    yield wrong(warmup, here, 'minimumPercent', `is ${String(warmup['minimumPercent'])}, and 100 is the most`);
  const aggression = number(warmup['aggression']);
  if (aggression !== undefined && aggression <= 0)
    yield wrong(warmup, here, 'aggression', `is ${aggression}, and takes more than 0`);
}

function isPrime(size: number): boolean {
  if (size > 0 && size < 4) return true;
  if (size % 2 === 0) return false;
  for (let factor = 3; factor * factor <= size; factor += 2) if (size % factor === 0) return false;
  return true;
}

function* tlsProblems(tls: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!tls) return;
  const mode = string(tls['mode']) ?? 'DISABLE';
  const isSet = (field: string) => Boolean(string(tls[field]));
  const names = Array.isArray(tls['subjectAltNames']) && tls['subjectAltNames'].length > 0;
  const beside = (field: string, other: string) => wrong(tls, at, field, `stands beside ${other}, which leaves it out`);
  if (tls['insecureSkipVerify'] === true) {
    const own = mode === 'SIMPLE' ? ['caCertificates', 'credentialName'] : mode === 'MUTUAL' ? ['caCertificates'] : [];
    for (const field of own) if (isSet(field)) yield beside(field, 'insecureSkipVerify');
    if (names && (mode === 'SIMPLE' || mode === 'MUTUAL')) yield beside('subjectAltNames', 'insecureSkipVerify');
  }
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && isSet('credentialName')) {
    for (const field of ['clientCertificate', 'caCertificates', 'privateKey', 'caCrl'])
      if (isSet(field)) yield beside(field, 'credentialName');
    return;
  }
  if (mode === 'MUTUAL')
    for (const field of ['clientCertificate', 'privateKey'])
      if (!isSet(field)) yield wrong(tls, at, field, 'is missing, and MUTUAL needs it');
}

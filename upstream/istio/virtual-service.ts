import { STATUS_CODES } from 'node:http';
import type { Json, Path } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { istioDurationProblem } from './durations';
import { hostsMatch, isAddress, isDnsLabel, isHostWithin, isWildcardDomain } from './hosts';
import type { IstioProblem } from './problem';
import { wrong } from './problem';
import {
  destinationProblems,
  exportProblems,
  gatewayNameProblems,
  portProblems,
  regexProblems,
  sourceProblems,
  stringMatchProblems,
  subnetProblems,
  weightedProblems,
} from './routes';

/** ValidateVirtualService. Changes of headers, CORS and faults are not looked at. */
export function* virtualServiceProblems(spec: Json, namespace: string): Iterable<IstioProblem> {
  const hosts = list(spec['hosts']).map((host) => String(host ?? ''));
  const gateways = list(spec['gateways']).map(String);
  const isDelegate = hosts.length === 0;
  if (isDelegate)
    for (const field of ['gateways', 'tls', 'tcp'])
      if (list(spec[field]).length > 0)
        yield wrong(
          spec,
          ['spec'],
          field,
          'is set, and a VirtualService without hosts, to which others delegate, has none',
        );
  yield* gatewayNameProblems(spec, ['spec']);
  const atGateway = gateways.length > 0 && !gateways.includes('mesh');
  yield* hostProblems(hosts, atGateway, isSni(spec));
  if (['http', 'tls', 'tcp'].every((protocol) => list(spec[protocol]).length === 0))
    yield { path: ['spec'], value: spec, message: 'has neither http nor tls nor tcp' };
  for (const [i, rule] of list(spec['http']).entries())
    yield* httpProblems(record(rule), ['spec', 'http', i], isDelegate, atGateway);
  for (const [i, value] of list(spec['tls']).entries()) {
    const rule = record(value);
    if (rule) yield* tlsProblems(rule, ['spec', 'tls', i], hosts, atGateway);
  }
  for (const [i, value] of list(spec['tcp']).entries()) {
    const rule = record(value);
    if (rule) yield* tcpProblems(rule, ['spec', 'tcp', i]);
  }
  yield* exportProblems(spec, namespace);
}

function isSni(spec: Json): boolean {
  return list(spec['tls']).some((rule) =>
    list(record(rule)?.['match']).some((match) => list(record(match)?.['sniHosts']).length > 0),
  );
}

function* hostProblems(hosts: readonly string[], atGateway: boolean, sni: boolean): Iterable<IstioProblem> {
  let valid = true;
  for (const [i, host] of hosts.entries()) {
    const problem = (message: string) => ({ path: ['spec', 'hosts', i], value: host, message });
    if (!(isWildcardDomain(host) || (atGateway && sni && isOutboundSni(host)))) {
      if (isAddress(host)) continue;
      valid = false;
      yield problem(`is ${JSON.stringify(host)}, which is no host name`);
    } else if (!atGateway && host === '*') {
      valid = false;
      yield problem('is *, which only a VirtualService that is bound to Gateways alone may have');
    }
  }
  if (!valid) return;
  for (const [i, host] of hosts.entries()) {
    const other = hosts.slice(0, i).find((before) => hostsMatch(before, host));
    if (other !== undefined)
      yield { path: ['spec', 'hosts', i], value: host, message: `is ${host}, which means hosts of ${other}, too` };
  }
}

/** `outbound_.80_._.web.shop`: names that Istio makes itself. */
function isOutboundSni(host: string): boolean {
  if (!host.startsWith('outbound_') || host.length > 255) return false;
  const parts = host.split('_');
  return parts.length >= 4 && /[0-9]/.test(parts[1]!) && /[a-zA-Z]/.test(parts[3]!);
}

/** What takes the place of destinations. */
const INSTEAD = ['redirect', 'directResponse'] as const;

function* httpProblems(
  rule: Json | undefined,
  at: Path,
  isDelegate: boolean,
  atGateway: boolean,
): Iterable<IstioProblem> {
  if (!rule) {
    yield { path: at, value: rule, message: 'is empty' };
    return;
  }
  yield* conflicts(rule, at, isDelegate);
  for (const [i, value] of list(rule['match']).entries()) {
    const match = record(value);
    if (match) yield* httpMatchProblems(match, [...at, 'match', i], atGateway);
  }
  for (const field of ['mirrorPercent', 'mirror_percent']) {
    const percent = number(rule[field]) ?? 0;
    if (percent > 100) yield wrong(rule, at, field, `is ${percent}, and 100 is the most`);
  }
  yield* percentageProblems(rule, at, 'mirrorPercentage');
  yield* destinationProblems(rule['mirror'], [...at, 'mirror']);
  for (const [i, value] of list(rule['mirrors']).entries()) {
    const mirror = record(value);
    const here = [...at, 'mirrors', i];
    if (!record(mirror?.['destination'])) {
      yield wrong(mirror, here, 'destination', 'is missing');
      continue;
    }
    yield* destinationProblems(mirror?.['destination'], [...here, 'destination']);
    yield* percentageProblems(mirror!, here, 'percentage');
  }
  yield* redirectProblems(rule, at);
  yield* statusProblems(record(rule['directResponse']), [...at, 'directResponse']);
  yield* retryProblems(record(rule['retries']), [...at, 'retries']);
  yield* rewriteProblems(rule, at);
  yield* weightedProblems(rule, at);
  const timeout = istioDurationProblem(rule['timeout']);
  if (timeout !== undefined) yield wrong(rule, at, 'timeout', timeout);
}

function* conflicts(rule: Json, at: Path, isDelegate: boolean): Iterable<IstioProblem> {
  const has = (field: string) => (field === 'route' ? list(rule[field]).length > 0 : record(rule[field]) !== undefined);
  const beside = (field: string, other: string) =>
    wrong(rule, at, field, `stands beside ${other}, and a rule has one of them`);
  if (!isDelegate && has('delegate')) {
    if (has('redirect')) yield beside('redirect', 'delegate');
    if (Array.isArray(rule['route']) && rule['route'].length > 0) yield beside('route', 'delegate');
    return;
  }
  if (isDelegate && has('delegate'))
    yield wrong(rule, at, 'delegate', 'stands in a VirtualService that others delegate to');
  const instead = INSTEAD.find(has);
  if (instead) {
    for (const field of ['route', 'fault', 'rewrite']) if (has(field)) yield beside(field, instead);
    if (has('redirect') && has('directResponse')) yield beside('directResponse', 'redirect');
  } else if (!has('route')) yield wrong(rule, at, 'route', 'is missing, and so are redirect and directResponse');
  if (has('mirror') && list(rule['mirrors']).length > 0) yield beside('mirror', 'mirrors');
}

const PSEUDO_HEADERS: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status']);
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const CLAIM = /^@request\.auth\.claims(?:\..+|\[.+\])$/is;

function* httpMatchProblems(match: Json, at: Path, atGateway: boolean): Iterable<IstioProblem> {
  for (const field of ['headers', 'withoutHeaders'])
    for (const [name, value] of Object.entries(record(match[field]) ?? {})) {
      const here = [...at, field, name];
      const isClaim = CLAIM.test(name);
      if (!isClaim && !PSEUDO_HEADERS.has(name) && !HEADER_NAME.test(name))
        yield { path: here, value, message: `has the name ${JSON.stringify(name)}, which is no name of a header` };
      else if (isClaim && !atGateway)
        yield {
          path: here,
          value,
          message: 'is a claim of a token, which only a VirtualService bound to Gateways alone may ask for',
        };
      // `*`: the header is there.
      if (field === 'headers' || record(value)?.['regex'] !== '*') yield* stringMatchProblems(value, here, false);
    }
  yield* stringMatchProblems(match['uri'], [...at, 'uri'], true);
  for (const field of ['scheme', 'method', 'authority'])
    yield* stringMatchProblems(match[field], [...at, field], false);
  for (const [name, value] of Object.entries(record(match['queryParams']) ?? {}))
    yield* stringMatchProblems(value, [...at, 'queryParams', name], false);
  yield* sourceProblems(match, at);
  const namespace = string(match['sourceNamespace']);
  if (namespace && !isDnsLabel(namespace))
    yield wrong(match, at, 'sourceNamespace', `is ${namespace}, which is no name of a namespace`);
}

function* percentageProblems(of: Json, at: Path, field: string): Iterable<IstioProblem> {
  const value = number(record(of[field])?.['value']) ?? 0;
  if (value < 0 || value > 100)
    yield wrong(record(of[field]), [...at, field], 'value', `is ${value}, and a percentage is 0 to 100`);
}

/** Istio tells the first of these alone. */
function* redirectProblems(rule: Json, rules: Path): Iterable<IstioProblem> {
  const redirect = record(rule['redirect']);
  if (!redirect) return;
  const at = [...rules, 'redirect'];
  const [uri, prefix] = [string(redirect['uri']), string(redirect['prefixRewrite'])];
  const isPrefix = (match: unknown) => {
    const path = record(record(match)?.['uri']);
    return !path || path['prefix'] !== undefined;
  };
  const code = number(redirect['redirectCode']) ?? 0;
  const scheme = string(redirect['scheme']);
  const named = ['uri', 'prefixRewrite', 'authority', 'scheme'].some((field) => string(redirect[field]));
  const port = number(redirect['port']);
  if (uri && prefix) yield wrong(redirect, at, 'prefixRewrite', 'stands beside uri, and a redirect has one of them');
  else if (prefix && !list(rule['match']).every(isPrefix))
    yield wrong(redirect, at, 'prefixRewrite', 'is set, and not every match is by prefix');
  else if (!named && port === undefined && string(redirect['derivePort']) === undefined)
    yield { path: at, value: redirect, message: 'has none of uri, prefixRewrite, authority, scheme, port' };
  else if (code !== 0 && (code < 300 || code > 399))
    yield wrong(redirect, at, 'redirectCode', `is ${code}, and that of a redirect is 300 to 399`);
  else if (scheme && scheme !== 'http' && scheme !== 'https')
    yield wrong(redirect, at, 'scheme', `is ${scheme}, and takes http or https`);
  else if (port) yield* portProblems(redirect, at, 'port');
}

function* statusProblems(response: Json | undefined, at: Path): Iterable<IstioProblem> {
  const status = number(response?.['status']) ?? 0;
  if (response && (status < 200 || status > 600))
    yield wrong(response, at, 'status', `is ${status}, and a status is 200 to 599`);
}

const RETRY_ON: ReadonlySet<string> = new Set([
  ...['5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream'],
  ...['retriable-status-codes', 'retriable-headers', 'envoy-ratelimited', 'http3-post-connect-failure'],
  ...['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'],
]);

/** Those that node has and Go has not, and the other way round. */
const OTHER_STATUS: Readonly<Record<string, boolean>> = { 418: true, 509: false };

function isStatus(text: string): boolean {
  const status = /^[+-]?\d+$/.test(text) ? String(Number(text)) : '0';
  return OTHER_STATUS[status] ?? STATUS_CODES[status] !== undefined;
}

function* retryProblems(retries: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!retries) return;
  const attempts = number(retries['attempts']) ?? 0;
  if (attempts < 0) yield wrong(retries, at, 'attempts', `is ${attempts}, and not negative`);
  const retryOn = string(retries['retryOn']) ?? '';
  if (attempts === 0 && (retries['perTryTimeout'] != null || retryOn || retries['retryRemoteLocalities'] != null))
    yield wrong(retries, at, 'attempts', 'is 0, so nothing is tried again, and other fields say how it would be');
  for (const field of ['perTryTimeout', 'backoff']) {
    const problem = istioDurationProblem(retries[field]);
    if (problem !== undefined) yield wrong(retries, at, field, problem);
  }
  if (retryOn === '') return;
  const odd = retryOn.split(',').find((policy) => !RETRY_ON.has(policy) && !isStatus(policy));
  if (odd !== undefined)
    yield wrong(retries, at, 'retryOn', `names ${JSON.stringify(odd)}, which is no reason to try again`);
}

function* rewriteProblems(rule: Json, rules: Path): Iterable<IstioProblem> {
  const rewrite = record(rule['rewrite']);
  if (!rewrite) return;
  const at = [...rules, 'rewrite'];
  const byRegex = record(rewrite['uriRegexRewrite']);
  const [uri, authority] = [string(rewrite['uri']), string(rewrite['authority'])];
  if (uri && byRegex) yield wrong(rewrite, at, 'uri', 'stands beside uriRegexRewrite, and a rewrite has one of them');
  else if (!uri && !byRegex && !authority)
    yield { path: at, value: rewrite, message: 'has none of uri, uriRegexRewrite, authority' };
  else if (byRegex) {
    const here = [...at, 'uriRegexRewrite'];
    const missing = ['match', 'rewrite'].find((field) => !string(byRegex[field]));
    if (missing !== undefined) yield wrong(byRegex, here, missing, 'is missing');
    else yield* regexProblems(byRegex, here, 'match', string(byRegex['match'])!);
  }
}

function* tlsProblems(rule: Json, at: Path, hosts: readonly string[], atGateway: boolean): Iterable<IstioProblem> {
  const matches = list(rule['match']);
  if (matches.length === 0)
    yield wrong(rule, at, 'match', 'is empty, and a rule of TLS names the hosts that it is for');
  for (const [i, value] of matches.entries()) {
    const match = record(value);
    const here = [...at, 'match', i];
    if (!match) {
      yield { path: here, value, message: 'is empty' };
      continue;
    }
    const names = list(match['sniHosts']).map((name) => String(name ?? ''));
    if (names.length === 0)
      yield wrong(match, here, 'sniHosts', 'is empty, and a rule of TLS names the hosts that it is for');
    for (const [j, name] of names.entries()) {
      const path = [...here, 'sniHosts', j];
      if (isWildcardDomain(name) || (atGateway && isOutboundSni(name))) {
        if (!hosts.some((host) => isHostWithin(name, host)))
          yield { path, value: name, message: `is ${name}, which is none of the hosts of the VirtualService` };
      } else if (!isAddress(name))
        yield { path, value: name, message: `is ${JSON.stringify(name)}, which is no host name` };
    }
    yield* subnetProblems(match, here);
    yield* sourceProblems(match, here);
  }
  if (list(rule['route']).length === 0) yield wrong(rule, at, 'route', 'is missing');
  yield* weightedProblems(rule, at);
}

function* tcpProblems(rule: Json, at: Path): Iterable<IstioProblem> {
  for (const [i, value] of list(rule['match']).entries()) {
    const match = record(value);
    const here = [...at, 'match', i];
    if (!match) {
      yield { path: here, value, message: 'is empty' };
      continue;
    }
    yield* subnetProblems(match, here);
    yield* sourceProblems(match, here);
  }
  if (list(rule['route']).length === 0) yield wrong(rule, at, 'route', 'is missing');
  yield* weightedProblems(rule, at);
}

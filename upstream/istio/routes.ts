import type { Json, Path } from '../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../manifests/resource';
import { goRegExp } from '../kubernetes/cel/regexp';
import { isAddress, isAddressRange, isDnsLabel, isDomain, isWildcardDomain, tagsProblem } from './hosts';
import type { IstioProblem } from './problem';
import { wrong } from './problem';

/** A port that is named, and is none. */
export function* portProblems(of: Json | undefined, at: Path, field: string): Iterable<IstioProblem> {
  const port = number(of?.[field]) ?? 0;
  if (!of || (port >= 1 && port <= 65535)) return;
  yield wrong(of, at, field, `is ${String(of[field] ?? 'missing')}, and a port is 1 to 65535`);
}

export function* destinationProblems(value: unknown, at: Path): Iterable<IstioProblem> {
  const destination = record(value);
  if (!destination) return;
  const host = string(destination['host']) ?? '';
  if (host === '*' || !isWildcardDomain(host))
    yield wrong(destination, at, 'host', `is ${JSON.stringify(host)}, which is no name of a Service or a host`);
  const subset = string(destination['subset']);
  if (subset && !isDnsLabel(subset))
    yield wrong(
      destination,
      at,
      'subset',
      `is ${subset}, and names of subsets are of letters, digits and inner hyphens`,
    );
  yield* portProblems(record(destination['port']), [...at, 'port'], 'number');
}

/** The destinations of a rule with their weights. */
export function* weightedProblems(rule: Json, at: Path): Iterable<IstioProblem> {
  const routes = list(rule['route']);
  for (const [i, entry] of routes.entries()) {
    const route = record(entry);
    const here = [...at, 'route', i];
    if (!route) {
      yield { path: here, value: entry, message: 'is empty' };
      continue;
    }
    if (!record(route['destination'])) yield wrong(route, here, 'destination', 'is missing');
    yield* destinationProblems(route['destination'], [...here, 'destination']);
    const weight = number(route['weight']) ?? 0;
    if (weight < 0) yield wrong(route, here, 'weight', `is ${weight}, and a weight is not negative`);
  }
  const total = mappings(routes).reduce((sum, { weight }) => sum + (number(weight) ?? 0), 0);
  if (routes.length > 1 && total === 0)
    yield wrong(rule, at, 'route', 'has several destinations, and none with a weight');
}

/** A StringMatch: `empty` says whether a prefix may be empty, as that of a path may. */
export function* stringMatchProblems(value: unknown, at: Path, empty: boolean): Iterable<IstioProblem> {
  const match = record(value);
  if (!match) return;
  if (match['prefix'] === '' && !empty) yield wrong(match, at, 'prefix', 'is empty, so it matches everything');
  const regex = string(match['regex']);
  if (regex !== undefined) yield* regexProblems(match, at, 'regex', regex);
}

export function* regexProblems(of: Json, at: Path, field: string, regex: string): Iterable<IstioProblem> {
  if (regex === '') yield wrong(of, at, field, 'is empty');
  else if (Buffer.byteLength(regex) > 1024)
    yield wrong(of, at, field, `has ${Buffer.byteLength(regex)} bytes, and 1024 are the most`);
  else if (!goRegExp(regex))
    yield wrong(of, at, field, `is ${JSON.stringify(regex)}, which does not compile: Istio reads it as RE2 does`);
}

/** Names of Gateways: after one without a namespace Istio looks at no further one. */
export function* gatewayNameProblems(of: Json, at: Path): Iterable<IstioProblem> {
  for (const [i, value] of list(of['gateways']).entries()) {
    const name = String(value ?? '');
    const slash = name.indexOf('/');
    const problem = (message: string) => ({ path: [...at, 'gateways', i], value, message });
    if (slash < 0) {
      if (!isDomain(name)) yield problem(`is ${JSON.stringify(name)}, which is no name of a Gateway`);
      return;
    }
    if (!isDnsLabel(name.slice(0, slash)) || !isDnsLabel(name.slice(slash + 1)))
      yield problem(`is ${JSON.stringify(name)}, and a Gateway is named NAMESPACE/NAME, each without dots`);
  }
}

/** What matches of HTTP, TLS and TCP have in common. */
export function* sourceProblems(match: Json, at: Path): Iterable<IstioProblem> {
  if ((number(match['port']) ?? 0) !== 0) yield* portProblems(match, at, 'port');
  const tags = tagsProblem(strings(match['sourceLabels']));
  if (tags !== undefined) yield wrong(match, at, 'sourceLabels', tags);
  yield* gatewayNameProblems(match, at);
}

export function* subnetProblems(match: Json, at: Path): Iterable<IstioProblem> {
  for (const [i, value] of list(match['destinationSubnets']).entries()) {
    const text = String(value ?? '');
    const fine = text.split('/').length === 2 ? isAddressRange(text) : isAddress(text);
    if (!fine)
      yield { path: [...at, 'destinationSubnets', i], value, message: `is ${text}, which is no range of addresses` };
  }
}

/** Namespaces that see an object: `.` is its own, `*` all. */
export function* exportProblems(spec: Json, namespace: string): Iterable<IstioProblem> {
  const seen = new Set<string>();
  const all = list(spec['exportTo']).map(String);
  for (const [i, name] of all.entries()) {
    const key = name === '.' ? namespace : name;
    const problem = (message: string) => ({ path: ['spec', 'exportTo', i], value: name, message });
    if (seen.has(key)) yield problem(`is ${name}, which stands there twice`);
    else if (key !== '*' && !isDnsLabel(key))
      yield problem(`is ${JSON.stringify(name)}, and takes ., * or a namespace`);
    else seen.add(key);
  }
  if (seen.has('*') && all.length > 1) yield wrong(spec, ['spec'], 'exportTo', 'has * beside others');
}

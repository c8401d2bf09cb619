import type { Json, Path } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { isAddress, isAddressRange } from './hosts';
import type { IstioProblem } from './problem';
import { wrong } from './problem';
import { selectorProblems } from './selector';

/** ValidateAuthorizationPolicy. */
export function* authorizationPolicyProblems(spec: Json): Iterable<IstioProblem> {
  yield* aboutProblems(spec);
  const action = string(spec['action']) ?? 'ALLOW';
  const rules = list(spec['rules']);
  const hasRules = rules.length > 0;
  const provider = record(spec['provider']);
  if (action === 'CUSTOM' || action === 'DENY') {
    if (!hasRules)
      yield wrong(
        spec,
        ['spec'],
        'rules',
        `is missing, so ${action} never happens; an empty rule ({}) means every request`,
      );
    else if (action === 'CUSTOM' && !string(provider?.['name']))
      yield wrong(provider, ['spec', 'provider'], 'name', 'is missing, and CUSTOM asks it');
  }
  if (provider && action !== 'CUSTOM') yield wrong(spec, ['spec'], 'provider', `is set, and ${action} asks nobody`);
  for (const [i, value] of rules.entries()) {
    const at = ['spec', 'rules', i];
    const rule = record(value);
    if (!rule) {
      yield { path: at, value, message: 'is empty' };
      continue;
    }
    yield* ruleProblems(rule, at);
    if (action === 'CUSTOM') yield* customProblems(rule, at);
  }
}

const TARGETS: ReadonlySet<string> = new Set([
  ...['/Service', 'core/Service', 'networking.istio.io/ServiceEntry', 'gateway.networking.k8s.io/Gateway'],
  'gateway.networking.k8s.io/GatewayClass',
]);

/** What it is about: pods by labels, or objects by name. */
export function* aboutProblems(spec: Json): Iterable<IstioProblem> {
  const [selector, one] = [record(spec['selector']), record(spec['targetRef'])];
  const several = list(spec['targetRefs']);
  if ([selector, one, several.length > 0].filter(Boolean).length > 1)
    yield wrong(spec, ['spec'], 'selector', 'stands beside targetRefs, and one of them says what it is about');
  yield* selectorProblems(selector, ['spec', 'selector']);
  const all: [unknown, Path][] = [
    [one, ['spec', 'targetRef']],
    ...several.map((ref, i): [unknown, Path] => [ref, ['spec', 'targetRefs', i]]),
  ];
  for (const [value, at] of all) {
    const ref = record(value);
    if (!ref) continue;
    if (!string(ref['name'])) yield wrong(ref, at, 'name', 'is missing');
    if (string(ref['namespace']))
      yield wrong(ref, at, 'namespace', 'is set, and it means objects of its own namespace alone');
    const kind = `${string(ref['group']) ?? ''}/${string(ref['kind']) ?? ''}`;
    if (!TARGETS.has(kind)) yield wrong(ref, at, 'kind', `is ${kind}, and takes ${[...TARGETS].join(', ')}`);
  }
}

const SOURCE = [
  ...['principals', 'requestPrincipals', 'namespaces', 'ipBlocks', 'remoteIpBlocks'],
  ...['serviceAccounts', 'trustDomains'],
];
const OPERATION = ['ports', 'methods', 'paths', 'hosts'];

function withNegations(fields: readonly string[]): string[] {
  return fields.flatMap((field) => [field, `not${field[0]!.toUpperCase()}${field.slice(1)}`]);
}

function* ruleProblems(rule: Json, at: Path): Iterable<IstioProblem> {
  for (const field of ['from', 'to'] as const) {
    if (Array.isArray(rule[field]) && rule[field].length === 0) yield wrong(rule, at, field, 'is empty');
    const inner = field === 'from' ? 'source' : 'operation';
    for (const [i, value] of list(rule[field]).entries()) {
      const here = [...at, field, i];
      const entry = record(value);
      const own = record(entry?.[inner]);
      if (!entry) yield { path: here, value, message: 'is empty' };
      else if (!own) yield wrong(entry, here, inner, 'is missing');
      else yield* field === 'from' ? sourceProblems(own, [...here, inner]) : operationProblems(own, [...here, inner]);
    }
  }
  for (const [i, value] of list(rule['when']).entries()) {
    const when = record(value);
    if (when) yield* conditionProblems(when, [...at, 'when', i]);
  }
}

function* sourceProblems(source: Json, at: Path): Iterable<IstioProblem> {
  const has = (field: string) => list(source[field]).length > 0;
  const accounts = ['serviceAccounts', 'notServiceAccounts'].filter(has);
  if (accounts.length > 0 && withNegations(['principals', 'namespaces']).some(has))
    yield wrong(source, at, accounts[0]!, 'stands beside principals or namespaces, and one of them says who it is');
  if (!withNegations(SOURCE).some(has)) yield { path: at, value: source, message: 'is empty' };
  for (const field of withNegations(SOURCE)) {
    const values = list(source[field]).map(String);
    const problem = /ipBlocks$/i.test(field)
      ? addressesProblem(values)
      : /serviceAccounts$/i.test(field)
        ? accountsProblem(values)
        : /trustDomains$/i.test(field)
          ? trustDomainsProblem(values)
          : emptyProblem(values);
    if (problem !== undefined) yield wrong(source, at, field, problem);
  }
}

function* operationProblems(operation: Json, at: Path): Iterable<IstioProblem> {
  if (!withNegations(OPERATION).some((field) => list(operation[field]).length > 0))
    yield { path: at, value: operation, message: 'is empty' };
  for (const field of withNegations(OPERATION)) {
    const values = list(operation[field]).map(String);
    const problem =
      emptyProblem(values) ??
      (/ports$/i.test(field) ? portsProblem(values) : /paths$/i.test(field) ? templatesProblem(values) : undefined);
    if (problem !== undefined) yield wrong(operation, at, field, problem);
  }
}

function emptyProblem(values: readonly string[]): string | undefined {
  return values.includes('') ? 'has an empty value' : undefined;
}

function addressesProblem(values: readonly string[]): string | undefined {
  const odd = values.find((value) => !(value.includes('/') ? isAddressRange(value) : isAddress(value)));
  return odd === undefined ? undefined : `has ${JSON.stringify(odd)}, which is no address and no range of them`;
}

function portsProblem(values: readonly string[]): string | undefined {
  const odd = values.find((value) => !/^\d+$/.test(value) || Number(value) > 65535);
  return odd === undefined ? undefined : `has ${JSON.stringify(odd)}, which is no port`;
}

function accountsProblem(values: readonly string[]): string | undefined {
  if (values.length > 16) return `has ${values.length} values, and 16 are the most`;
  const odd = values.find(
    (value) =>
      value === '' || value.includes('*') || Buffer.byteLength(value) > 320 || !/^[^/]+(?:\/[^/]+)?$/s.test(value),
  );
  return odd === undefined
    ? undefined
    : `has ${JSON.stringify(odd)}, and takes ACCOUNT or NAMESPACE/ACCOUNT, without stars`;
}

function wildcardProblem(values: readonly string[]): string | undefined {
  const isOdd = (value: string) => {
    const stars = value.split('*').length - 1;
    return stars > 1 || (stars === 1 && !value.startsWith('*') && !value.endsWith('*'));
  };
  const odd = values.find(isOdd);
  return (
    emptyProblem(values) ??
    (odd === undefined ? undefined : `has ${JSON.stringify(odd)}, and a star stands at the start or the end, once`)
  );
}

function trustDomainsProblem(values: readonly string[]): string | undefined {
  const odd = values.find((value) => value.includes('/'));
  return (
    wildcardProblem(values) ??
    (odd === undefined ? undefined : `has ${JSON.stringify(odd)}, and a trust domain has no /`)
  );
}

/** `{*}` stands for one element of a path, `{**}` for all that are left. */
function templatesProblem(values: readonly string[]): string | undefined {
  const isFine = (path: string) => {
    const hasTemplate = path.includes('{*}') || path.includes('{**}');
    let ended = false;
    for (const element of path.replace(/^\/+|\/+$/g, '').split('/')) {
      if (element === '{*}' || element === '{**}') {
        if (ended) return false;
        ended = element === '{**}';
        continue;
      }
      if (/[{}]/.test(element)) return false;
      if (hasTemplate && !/^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/.test(element)) return false;
    }
    return true;
  };
  const odd = values.find((path) => !isFine(path));
  return odd === undefined ? undefined : `has ${JSON.stringify(odd)}, whose braces are no {*} and no {**} at the end`;
}

const PLAIN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['source.namespace', 'source.principal', 'request.auth.principal', 'request.auth.audiences'],
  ...['request.auth.presenter', 'connection.sni'],
]);

function* conditionProblems(when: Json, at: Path): Iterable<IstioProblem> {
  const key = string(when['key']) ?? '';
  if (key === '') {
    yield wrong(when, at, 'key', 'is missing');
    return;
  }
  const [values, others] = [list(when['values']).map(String), list(when['notValues']).map(String)];
  if (values.length === 0 && others.length === 0) {
    yield wrong(when, at, 'values', 'is missing, and so is notValues');
    return;
  }
  for (const [field, given] of [
    ['values', values],
    ['notValues', others],
  ] as const) {
    const problem = attributeProblem(key, given);
    if (problem !== undefined) yield wrong(when, at, field, `of ${key} ${problem}`);
  }
}

function attributeProblem(key: string, values: readonly string[]): string | undefined {
  const empty = emptyProblem(values);
  if (empty !== undefined) return empty;
  if (/^(?:request\.headers|request\.auth\.claims|experimental\.envoy\.filters\.)/.test(key)) {
    const open = key.indexOf('[');
    return key.endsWith(']') && open > 0 && open < key.length - 2 ? undefined : 'is not of the form a[b]';
  }
  if (['source.ip', 'remote.ip', 'destination.ip'].includes(key)) return addressesProblem(values);
  if (key === 'source.serviceAccount') return accountsProblem(values);
  if (key === 'source.trustDomain') return wildcardProblem(values);
  if (key === 'destination.port') return portsProblem(values);
  return PLAIN_ATTRIBUTES.has(key) ? undefined : 'is nothing that a condition can be about';
}

const NOT_CUSTOM_KEYS: ReadonlySet<string> = new Set([
  ...['source.namespace', 'source.serviceAccount', 'source.trustDomain', 'source.principal'],
]);

/** What is asked before the proxy knows who calls. */
function* customProblems(rule: Json, at: Path): Iterable<IstioProblem> {
  const unknown = 'is nothing that CUSTOM knows of';
  for (const [i, value] of list(rule['from']).entries()) {
    const source = record(record(value)?.['source']) ?? {};
    for (const field of withNegations(SOURCE).filter((name) => !/ipBlocks$/i.test(name)))
      if (list(source[field]).length > 0) yield wrong(source, [...at, 'from', i, 'source'], field, unknown);
  }
  for (const [i, value] of list(rule['when']).entries()) {
    const key = string(record(value)?.['key']) ?? '';
    if (NOT_CUSTOM_KEYS.has(key) || key.startsWith('request.auth.'))
      yield wrong(record(value), [...at, 'when', i], 'key', unknown);
  }
}

import type { Json, Path } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { ConfigProblem } from './form';
import { isSet, scalarText } from './form';
import { records } from './http-client';

/** What `kubernetes_sd_configs` discovers. */
export const ROLES = ['pod', 'service', 'endpoints', 'endpointslice', 'node', 'ingress'];
/** Which objects each role may select. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  pod: ['pod', 'node'],
  service: ['service'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  endpoints: ['pod', 'service', 'endpoints'],
  node: ['node'],
  ingress: ['ingress'],
};
const CLIENT: readonly string[] = [
  ...['basic_auth', 'authorization', 'oauth2', 'bearer_token', 'bearer_token_file', 'tls_config', 'http_headers'],
  ...['proxy_url', 'no_proxy', 'proxy_from_environment', 'proxy_connect_header'],
];

/** An entry of `kubernetes_sd_configs`. */
export function* kubernetesProblems(found: Json, path: Path): Iterable<ConfigProblem> {
  const role = scalarText(found['role']) ?? '';
  if (role === '')
    yield { path: [...path, 'role'], value: role, reason: `kubernetes_sd_configs needs a role: ${ROLES.join(', ')}` };
  const [server, kubeconfig] = [found['api_server'], found['kubeconfig_file']];
  // An empty api_server that is written out is one: Go reads it as a URL without anything.
  const hasServer = server !== undefined && server !== null;
  const own = record(found['namespaces'])?.['own_namespace'] === true;
  const client = CLIENT.filter((name) => isCustom(found, name)).concat(
    ['follow_redirects', 'enable_http2'].filter((name) => found[name] === false),
  );
  if (hasServer && isSet(kubeconfig)) yield { path, reason: 'only one of api_server and kubeconfig_file can be set' };
  else if (client.length > 0 && isSet(kubeconfig))
    yield { path, reason: `${client[0]} cannot be set beside kubeconfig_file, which says how to connect` };
  else if (client.length > 0 && !hasServer)
    yield {
      path,
      reason: `${client[0]} is for an api_server that is named; without one, the pod's own ServiceAccount is used (did you mean the ${client[0]} of the job?)`,
    };
  if (own && (hasServer || isSet(kubeconfig)))
    yield {
      path,
      reason: `namespaces.own_namespace cannot be set beside ${hasServer ? 'api_server' : 'kubeconfig_file'}`,
    };
  yield* selectorProblems(found, role, path);
}

/** Whether a field of the client differs from its default: objects with nothing in them do, but for `tls_config`. */
function isCustom(found: Json, name: string): boolean {
  const value = found[name];
  if (name === 'tls_config') return Object.values(record(value) ?? {}).some((entry) => isSet(entry) && entry !== false);
  return value === '' ? name === 'proxy_url' : isSet(value) && value !== false;
}

function* selectorProblems(found: Json, role: string, path: Path): Iterable<ConfigProblem> {
  const seen = new Set<string>();
  for (const [i, selector] of records(found['selectors'])) {
    const at = [...path, 'selectors', i];
    const own = scalarText(selector['role']) ?? '';
    if (seen.has(own)) yield { path: [...at, 'role'], value: own, reason: `two selectors are for role ${own || '""'}` };
    seen.add(own);
    const known = SELECTABLE[role];
    if (known && !known.includes(own))
      yield {
        path: [...at, 'role'],
        value: own,
        reason: `role ${role} selects by ${known.join(', ')} only, not by ${own || '""'}`,
      };
    const [label, field] = [scalarText(selector['label']) ?? '', scalarText(selector['field']) ?? ''];
    if (!isLabelSelector(label))
      yield { path: [...at, 'label'], value: label, reason: `${label} is no label selector` };
    if (!isFieldSelector(field))
      yield { path: [...at, 'field'], value: field, reason: `${field} is no field selector such as spec.nodeName=a` };
  }
}

const KEY = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?`;
const VALUE = String.raw`(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?`;
const REQUIREMENT = new RegExp(
  String.raw`^\s*(?:!\s*${KEY}|${KEY}|${KEY}\s*(?:=|==|!=)\s*${VALUE}|${KEY}\s*[<>]\s*-?\d+|${KEY}\s+(?:in|notin)\s*\([^()]*\))\s*$`,
);

/** The string form of a label selector: `app=web,tier in (a, b),!canary`. */
function isLabelSelector(text: string): boolean {
  if (text.trim() === '') return true;
  return text.split(/,(?![^(]*\))/).every((part) => REQUIREMENT.test(part));
}

function isFieldSelector(text: string): boolean {
  return text === '' || text.split(',').every((part) => part === '' || /=/.test(part));
}

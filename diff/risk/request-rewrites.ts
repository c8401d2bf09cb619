import type { Json, Resource } from '../../manifests/resource';
import { mappings, record, string, strings } from '../../manifests/resource';
import type { ChangeStep } from '../field-change';
import { matchText } from './request-limits';

/** What becomes of the requests of one rule on their way to the program behind. */
export interface RequestRewrite {
  /** `requests for /api`; what has the same key before and after is of the same. */
  readonly at: string;
  readonly key: string;
  readonly path: readonly ChangeStep[];
  /** What the program sees in place of what was asked for, by the part: `path`, `host`, `protocol`. */
  readonly sees: ReadonlyMap<string, string>;
  /** Headers of clients that do not reach the program, in small letters: they are removed, or set. */
  readonly withheld: ReadonlySet<string>;
}

/** What an Ingress or a route does to requests, by its kind. */
export function requestRewrites(resource: Resource): readonly RequestRewrite[] {
  const { group, kind } = resource;
  if (kind === 'Ingress') return ofIngress(resource);
  if (group === 'gateway.networking.k8s.io' && (kind === 'HTTPRoute' || kind === 'GRPCRoute'))
    return mappings(resource.at(['spec', 'rules'])).map((rule) => of('rules', rule, ofFilters(rule)));
  if (group === 'networking.istio.io' && kind === 'VirtualService')
    return mappings(resource.at(['spec', 'http'])).map((rule) => of('http', rule, ofIstio(rule)));
  return [];
}

type Done = Pick<RequestRewrite, 'sees' | 'withheld'>;

function of(field: string, rule: Json, done: Done): RequestRewrite {
  const key = string(rule['name']) ?? JSON.stringify(rule['matches'] ?? rule['match'] ?? []);
  return { at: `requests for ${matchText(rule)}`, key, path: ['spec', field], ...done };
}

/** gateway-api.sigs.k8s.io/reference/spec/#httproutefilter */
function ofFilters(rule: Json): Done {
  const sees = new Map<string, string>();
  const withheld = new Set<string>();
  for (const filter of mappings(rule['filters'])) {
    const rewrite = record(filter['urlRewrite']);
    const path = record(rewrite?.['path']);
    if (path)
      sees.set('path', string(path['replaceFullPath']) ?? `${string(path['replacePrefixMatch'])} for the prefix`);
    if (string(rewrite?.['hostname'])) sees.set('host', String(rewrite!['hostname']));
    const headers = record(filter['requestHeaderModifier']);
    for (const { name } of mappings(headers?.['set'])) withheld.add(String(name).toLowerCase());
    for (const name of Array.isArray(headers?.['remove']) ? headers['remove'] : [])
      withheld.add(String(name).toLowerCase());
  }
  return { sees, withheld };
}

/** istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite */
function ofIstio(rule: Json): Done {
  const rewrite = record(rule['rewrite']);
  const regex = record(rewrite?.['uriRegexRewrite']);
  const [uri, authority] = [string(rewrite?.['uri']), string(rewrite?.['authority'])];
  const sees = new Map<string, string>();
  if (uri !== undefined) sees.set('path', `${uri} for what matched`);
  else if (regex) sees.set('path', `${String(regex['rewrite'])} for ${String(regex['match'])}`);
  if (authority !== undefined) sees.set('host', authority);
  const headers = record(record(rule['headers'])?.['request']);
  const set = Object.keys(strings(headers?.['set']));
  const removed = Array.isArray(headers?.['remove']) ? headers['remove'].map(String) : [];
  return { sees, withheld: new Set([...set, ...removed].map((name) => name.toLowerCase())) };
}

/** kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations */
const ANNOTATIONS: Readonly<Record<string, string>> = {
  'nginx.ingress.kubernetes.io/rewrite-target': 'path',
  'nginx.ingress.kubernetes.io/app-root': 'path of /',
  'nginx.ingress.kubernetes.io/upstream-vhost': 'host',
  'nginx.ingress.kubernetes.io/backend-protocol': 'protocol',
  'haproxy.org/path-rewrite': 'path',
  'haproxy.org/set-host': 'host',
  'alb.ingress.kubernetes.io/backend-protocol': 'protocol',
  'alb.ingress.kubernetes.io/backend-protocol-version': 'version of the protocol',
};
/** What holds without: requests go on by HTTP. */
const UNSET = new Set(['HTTP', 'HTTP1']);

function ofIngress({ annotations }: Resource): RequestRewrite[] {
  return Object.entries(ANNOTATIONS).map(([name, part]) => {
    const value = annotations[name];
    const sees = new Map(value === undefined || value === '' || UNSET.has(value) ? [] : [[part, value]]);
    return {
      at: 'its requests',
      key: name,
      path: ['metadata', 'annotations', name],
      sees,
      withheld: new Set<string>(),
    };
  });
}

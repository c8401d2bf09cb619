import { string } from '../../manifests/resource';
import type { HttpMatch } from './http-matches';
import { meansHost } from './http-matches';

/**
 * The order that the Gateway API demands among matches that take the same request: negative where the first comes before (apis/v1,
 * HTTPRouteSpec.hostnames and HTTPRouteRule.matches). Where regular expressions stand is left to the implementation: here between Exact
 * and PathPrefix, as Envoy Gateway has them.
 */
export function gatewayOrder(a: HttpMatch, b: HttpMatch, host: string): number {
  return hostOrder(a, b, host) || matchOrder(a, b) || routeOrder(a, b);
}

/** The narrower host name first: most characters in a matching name without a star, then most characters. */
export function hostOrder(a: HttpMatch, b: HttpMatch, host: string): number {
  const [one, two] = [widthOf(a, host), widthOf(b, host)];
  return two.exact - one.exact || two.length - one.length;
}

function widthOf({ hostnames }: HttpMatch, host: string): { readonly exact: number; readonly length: number } {
  let [exact, length] = [0, 0];
  for (const name of hostnames) {
    if (!meansHost(name, host)) continue;
    length = Math.max(length, name.length);
    if (!name.startsWith('*.')) exact = Math.max(exact, name.length);
  }
  return { exact, length };
}

/** What decides between matches, in this order. */
type Ordered = Pick<HttpMatch, 'path' | 'method' | 'headers' | 'query'>;

const PATH_ORDER = { Exact: 0, RegularExpression: 1, PathPrefix: 2 } as const;

/** Exact path, longest path, method, most headers, most query parameters. */
export function matchOrder(a: Ordered, b: Ordered): number {
  return (
    PATH_ORDER[a.path.type] - PATH_ORDER[b.path.type] ||
    (a.path.type === 'Exact' ? 0 : prefixLength(b) - prefixLength(a)) ||
    Number(b.method !== undefined) - Number(a.method !== undefined) ||
    namesOf(b.headers) - namesOf(a.headers) ||
    b.query.length - a.query.length
  );
}

/** A slash at the end of a prefix means nothing. */
function prefixLength({ path }: Ordered): number {
  return path.type === 'PathPrefix' ? path.value.replace(/\/$/, '').length : path.value.length;
}

/** Of headers whose names differ only in case the first alone counts. */
function namesOf(headers: HttpMatch['headers']): number {
  return new Set(headers.map(({ name }) => name.toLowerCase())).size;
}

/** What decides between two routes that match alike, where it is not known here: their age. @default - the order is known */
export function ageUnknown(a: HttpMatch, b: HttpMatch, host: string): boolean {
  if (a.route === b.route || hostOrder(a, b, host) !== 0 || matchOrder(a, b) !== 0) return false;
  return createdAt(a) === undefined || createdAt(b) === undefined;
}

/** Between routes the older, then by name; within one the first rule, then its first match. */
function routeOrder(a: HttpMatch, b: HttpMatch): number {
  if (a.route !== b.route) {
    const [one, two] = [createdAt(a), createdAt(b)];
    if (one !== undefined && two !== undefined && one !== two) return one < two ? -1 : 1;
    const [x, y] = [`${a.namespace}/${a.route.name}`, `${b.namespace}/${b.route.name}`];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return a.rule - b.rule || Number(a.at.at(-1)) - Number(b.at.at(-1)) || 0;
}

function createdAt({ route }: HttpMatch): string | undefined {
  return string(route.at(['metadata', 'creationTimestamp']));
}

/** What the order says, for people. */
export function orderText({ hostnames, path, method, headers, query }: HttpMatch): string {
  return [
    hostnames.length > 0 ? `host ${hostnames.join(' or ')}` : 'any host',
    `${path.type} ${path.value}`,
    ...(method === undefined ? [] : [`method ${method}`]),
    ...headers.map(({ name, value, regex }) => `header ${name}${regex ? ' matching' : ':'} ${value}`),
    ...query.map(({ name, value, regex }) => `query ${name}${regex ? ' matching ' : '='}${value}`),
  ].join(', ');
}

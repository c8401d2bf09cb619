import type { HttpMatch } from './http-matches';

/** What a rank is made of, so that messages can say which part decides. */
export interface TraefikRank {
  readonly rank: number;
  /** `prefix /a 10,200 + method 1,000 + rule 1 of 2: 2`. */
  readonly sum: string;
}

/**
 * The priority that Traefik gives to a match of an HTTPRoute, one number: the rule with the largest takes the request, and rules with
 * the same number are tried in an order that changes with each reload (pkg/provider/kubernetes/gateway/httproute.go, buildMatchRule;
 * pkg/muxer/http/mux.go sorts routes that come out of a map). 3.5.0 to 3.7.9.
 */
export function traefikRank({ hostnames, path, method, headers, query, rule, rules }: TraefikRanked): TraefikRank {
  const parts: [string, number][] = [];
  if (path.type === 'Exact') parts.push([`Exact ${path.value}`, 100_000]);
  else if (path.type === 'PathPrefix' && path.value === '/') parts.push(['PathPrefix /', 1]);
  else parts.push([`${path.type} ${path.value}`, 10_000 + byteLength(path.value) * 100]);
  if (method !== undefined) parts.push([`method ${method}`, 1_000]);
  if (headers.length > 0)
    parts.push([`${headers.length} header${headers.length > 1 ? 's' : ''}`, headers.length * 100]);
  if (query.length > 0)
    parts.push([`${query.length} query parameter${query.length > 1 ? 's' : ''}`, query.length * 10]);
  const host = Math.max(0, ...hostnames.map((name) => name.length));
  if (host > 0) parts.push(['host name', host]);
  parts.push([`rule ${rule + 1} of ${rules}`, rules - rule]);
  const rank = parts.reduce((sum, [, points]) => sum + points, 0);
  return { rank, sum: parts.map(([what, points]) => `${what} ${points.toLocaleString('en')}`).join(' + ') };
}

/** What the rank depends on. */
export type TraefikRanked = Pick<HttpMatch, 'hostnames' | 'path' | 'method' | 'headers' | 'query' | 'rule' | 'rules'>;

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

import type { Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import type { Listener } from '../../world/listeners';
import { gatewayOfSet, holderOf, listenerSetsOf } from '../../world/listeners';
import {
  allowsRoute,
  hostnamesIntersect,
  hostnamesOf,
  listenersMeant,
  parentRefsOf,
  routesOf,
  servesHostname,
} from '../../world/routes';
import type { World } from '../../world/world';

export type PathMatchType = 'Exact' | 'PathPrefix' | 'RegularExpression';

/** A header or query parameter that a match asks for. */
export interface NamedMatch {
  readonly name: string;
  readonly value: string;
  readonly regex: boolean;
}

/** One match of one rule of an HTTPRoute, at one listener. */
export interface HttpMatch {
  readonly route: Resource;
  readonly namespace: string;
  readonly listener: Listener;
  /** Host names that route and listener have in common; empty: any host. */
  readonly hostnames: readonly string[];
  readonly rule: number;
  /** How many rules the route has. */
  readonly rules: number;
  readonly path: { readonly type: PathMatchType; readonly value: string };
  readonly method: string | undefined;
  readonly headers: readonly NamedMatch[];
  readonly query: readonly NamedMatch[];
  /** Where it stands: the match, or the rule that has none. */
  readonly at: Path;
}

/** The matches of a route's rules, whatever listener they are at; a rule without one matches everything. */
export type WrittenMatch = Pick<HttpMatch, 'rule' | 'rules' | 'path' | 'method' | 'headers' | 'query' | 'at'>;

/** Reads the matches of an HTTPRoute. */
export const matchesOf = memo((route: Resource): readonly WrittenMatch[] => {
  const written = route.at(['spec', 'rules']);
  // The API server fills in a rule that matches everything and has no backend, but not for an empty list, which versions before 1.5 take.
  if (!Array.isArray(written)) return [matchAt({}, 0, 1, ['spec'])];
  const rules = list(written);
  return rules.flatMap((entry, rule) => {
    const at = ['spec', 'rules', rule];
    const matches = list(record(entry)?.['matches']);
    return matches.length === 0
      ? [matchAt({}, rule, rules.length, at)]
      : matches.map((match, i) => matchAt(record(match) ?? {}, rule, rules.length, [...at, 'matches', i]));
  });
});

function matchAt(match: Readonly<Record<string, unknown>>, rule: number, rules: number, at: Path): WrittenMatch {
  const path = record(match['path']);
  const type = string(path?.['type']);
  return {
    rule,
    rules,
    path: {
      type: type === 'Exact' || type === 'RegularExpression' ? type : 'PathPrefix',
      value: string(path?.['value']) || '/',
    },
    method: string(match['method']),
    headers: namedMatches(match['headers']),
    query: namedMatches(match['queryParams']),
    at,
  };
}

function namedMatches(values: unknown): NamedMatch[] {
  return mappings(values).map(({ name, value, type }) => ({
    name: string(name) ?? '',
    value: string(value) ?? '',
    regex: type === 'RegularExpression',
  }));
}

/** All matches of the HTTPRoutes at a Gateway's own listeners and those of its ListenerSets. What may be allowed counts as allowed. */
export const matchesAt = memo((world: World, gateway: Resource): readonly HttpMatch[] => {
  const holders = new Set<Resource>([
    gateway,
    ...listenerSetsOf(world).filter((set) => {
      const above = gatewayOfSet(world, set);
      return above !== undefined && holderOf(world, above) === gateway;
    }),
  ]);
  return routesOf(world).flatMap((route): HttpMatch[] => {
    if (route.kind !== 'HTTPRoute') return [];
    const listeners = new Set<Listener>();
    const known = new Set<string>();
    for (const ref of parentRefsOf(world, route)) {
      const holder = holderOf(world, ref);
      if (!holder || !holders.has(holder)) continue;
      for (const listener of listenersMeant(holder, ref)) {
        const key = `${world.idOf(holder)}/${listener.name}`;
        const isHttp = listener.protocol === 'HTTP' || listener.protocol === 'HTTPS';
        if (known.has(key) || !isHttp || allowsRoute(world, listener, route) === 'no') continue;
        if (!servesHostname(listener, route)) continue;
        known.add(key);
        listeners.add(listener);
      }
    }
    const namespace = world.namespaceOf(route);
    return [...listeners].flatMap((listener) => {
      const hostnames = commonHostnames(listener.hostname, hostnamesOf(route));
      return matchesOf(route).map((match) => ({ ...match, route, namespace, listener, hostnames }));
    });
  });
});

/** The host names of a route that a listener serves, each as narrow as the narrower of the two says it. */
function commonHostnames(listener: string | undefined, route: readonly string[]): string[] {
  const names = route.map((name) => name.toLowerCase());
  if (listener === undefined) return names;
  const own = listener.toLowerCase();
  if (names.length === 0) return [own];
  return names
    .filter((name) => hostnamesIntersect(own, name))
    .map((name) => (own.startsWith('*.') && (!name.startsWith('*.') || name.length > own.length) ? name : own));
}

/** Whether a host name, `*.example.com` for any number of labels in place of the star, means a host. */
export function meansHost(name: string, host: string): boolean {
  return name.startsWith('*.') ? host.length > name.length - 1 && host.endsWith(name.slice(1)) : name === host;
}

/** A port or 80 and 443 by scheme, where the request says neither a listener takes it. */
export function takesConnection(
  { listener }: HttpMatch,
  { scheme, port }: { readonly scheme?: string | undefined; readonly port?: number | undefined },
): boolean {
  if (port !== undefined && listener.port !== undefined && listener.port !== port) return false;
  return scheme === undefined || listener.protocol === scheme.toUpperCase();
}

/** The weight of a backendRef: 1 where none is written. */
export function weightOf(ref: Readonly<Record<string, unknown>>): number {
  return number(ref['weight']) ?? 1;
}

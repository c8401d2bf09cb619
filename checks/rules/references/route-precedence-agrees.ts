import type { Resource } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { gatewayOrder } from '../../../simulate/routing/gateway-order';
import { gatewayDialect } from '../../../simulate/routing/gateway-routing';
import type { HttpMatch, NamedMatch } from '../../../simulate/routing/http-matches';
import { matchesAt } from '../../../simulate/routing/http-matches';
import { traefikRank } from '../../../simulate/routing/traefik-rank';
import { everyKnown } from '../../../world/known';
import { GATEWAY_API } from '../../../world/listeners';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { matchPlace } from '../../route-words';

const manifests = (method: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: traefik }
spec: { controllerName: traefik.io/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: traefik, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  hostnames: [shop.example.com]
  rules:
    - matches: [{ path: { type: PathPrefix, value: /api }${method} }]
      backendRefs: [{ name: api, port: 80 }]
    - matches: [{ path: { type: PathPrefix, value: /api/new } }]
      backendRefs: [{ name: api-new, port: 80 }]
`;

export default check({
  id: 'route-precedence-agrees',
  group: 'references',
  description: 'rules that match the same request are ranked alike by the Gateway API and by the controller',
  severity: 'advice',
  needs: ['cluster'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: 'write the longer path with the same method, headers and query parameters too, or let both rules have the same backends',
  example: {
    broken: manifests(', method: POST'),
    fails: ['HTTPRoute/shop/web spec.rules[1].matches[0].path.value'],
    fixed: manifests(''),
  },
  *judge(world) {
    // Routes of one team meet at the Gateway of another, which is only known.
    for (const gateway of everyKnown(world, 'Gateway')) {
      if (gateway.group !== GATEWAY_API) continue;
      if (gatewayDialect(world, gateway) !== 'traefik') continue;
      yield* disagreements(world, gateway);
    }
  },
});

function* disagreements(world: World, gateway: Resource): Iterable<Finding> {
  const byHost = new Map<string, HttpMatch[]>();
  const wild: HttpMatch[] = [];
  for (const match of matchesAt(world, gateway)) {
    // The place of regular expressions is the implementation's own.
    if (match.path.type === 'RegularExpression') continue;
    if (match.hostnames.length === 0 || match.hostnames.some((name) => name.startsWith('*.'))) wild.push(match);
    for (const name of match.hostnames) if (!name.startsWith('*.')) addTo(byHost, name, match);
  }
  const hosts = [...byHost].map(
    ([host, own]) => [host, [...own, ...wild.filter((match) => takes(match, host))]] as const,
  );
  const reported = new Set<string>();
  for (const [host, matches] of [...hosts, ...wildHosts(wild)]) {
    for (const [first, second] of rivals(matches)) {
      const [one, two] = gatewayOrder(first, second, host) <= 0 ? [first, second] : [second, first];
      const [ours, other] = [traefikRank(one), traefikRank(two)];
      if (ours.rank > other.rank || outcome(one) === outcome(two)) continue;
      const key = `${world.idOf(one.route)} ${one.at.join()}`;
      if (reported.has(key)) continue;
      reported.add(key);
      const where =
        two.route === one.route ? `rule ${two.rule + 1}` : `${world.idOf(two.route)}, rule ${two.rule + 1},`;
      const [rank, rivalRank] = [ours.rank, other.rank].map((value) => value.toLocaleString('en'));
      yield {
        resource: one.route,
        ...matchPlace(one.route, one.at),
        message:
          ours.rank === other.rank
            ? `the Gateway API puts this match before ${where} for requests to ${host} that both match; Traefik gives both the rank ${rank} (${ours.sum}; ${other.sum}), so one or the other answers, and that may change at each reload`
            : `the Gateway API puts this match before ${where} for requests to ${host} that both match; Traefik puts it behind: rank ${rank} (${ours.sum}) against ${rivalRank} (${other.sum})`,
      };
    }
  }
}

function takes({ hostnames }: HttpMatch, host: string): boolean {
  return (
    hostnames.length === 0 ||
    hostnames.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))))
  );
}

/** A host for each name with a star, to which only routes with stars and without names belong. */
function wildHosts(wild: readonly HttpMatch[]): (readonly [string, readonly HttpMatch[]])[] {
  const names = new Set(
    wild.flatMap(({ hostnames }) =>
      hostnames.length === 0 ? ['*'] : hostnames.filter((name) => name.startsWith('*.')),
    ),
  );
  return [...names].map((name) => {
    const host = name === '*' ? 'any host' : name.replace('*', 'any');
    return [host, wild.filter((match) => takes(match, host))] as const;
  });
}

/** Pairs that some request matches both of. Paths are sorted, so that only those that begin alike are looked at. */
function* rivals(matches: readonly HttpMatch[]): Iterable<readonly [HttpMatch, HttpMatch]> {
  const sorted = [...matches].sort((a, b) => (prefixOf(a) < prefixOf(b) ? -1 : prefixOf(a) > prefixOf(b) ? 1 : 0));
  for (const [i, one] of sorted.entries()) {
    const prefix = prefixOf(one);
    for (let j = i + 1; j < sorted.length && prefixOf(sorted[j]!).startsWith(prefix); j++)
      if (meet(one, sorted[j]!)) yield [one, sorted[j]!];
  }
}

function prefixOf({ path }: HttpMatch): string {
  return path.type === 'Exact' ? path.value : path.value.replace(/\/$/, '');
}

function meet(a: HttpMatch, b: HttpMatch): boolean {
  if (a.route === b.route && a.rule === b.rule) return false;
  if (a.listener.port !== b.listener.port) return false;
  const [short, long] = [prefixOf(a), prefixOf(b)];
  const isSame = short === long;
  const paths =
    a.path.type === 'Exact' || b.path.type === 'Exact'
      ? isSame || (a.path.type !== 'Exact' && long.startsWith(`${short}/`))
      : isSame || long.startsWith(`${short}/`);
  const methods = a.method === undefined || b.method === undefined || a.method === b.method;
  return paths && methods && together(a.headers, b.headers) && together(a.query, b.query);
}

/** Whether one request can have what both ask for: not where a name would need two values. */
function together(a: readonly NamedMatch[], b: readonly NamedMatch[]): boolean {
  return a.every((one) =>
    b.every(
      (other) =>
        one.name.toLowerCase() !== other.name.toLowerCase() || one.regex || other.regex || one.value === other.value,
    ),
  );
}

/** What becomes of the requests: two rules that do the same may stand in any order. */
function outcome({ route, rule }: HttpMatch): string {
  const { backendRefs, filters } = record(route.at(['spec', 'rules', rule])) ?? {};
  return JSON.stringify([route.statedNamespace, backendRefs, filters]);
}

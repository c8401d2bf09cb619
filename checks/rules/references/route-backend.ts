import type { Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { backendRefsOf, routesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import type { TraefikRef } from '../../../world/traefik-routes';
import { TRAEFIK_ROUTES, traefikRefsOf } from '../../../world/traefik-routes';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { noCoreKind } from '../../core-kinds';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';
import { backendFails } from '../../route-words';

const manifests = (port: number) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: web, port: ${port} }] }] }
`;

/** The protocol of each kind of route to its backends. */
const PROTOCOL: ReadonlyMap<string, string> = new Map(Object.entries({ UDPRoute: 'UDP' }));

export default check({
  id: 'route-backend',
  group: 'references',
  description:
    'the backends of a route, also of one of Traefik and of a TraefikService, are existing Services and ports of those Services',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: 'name an existing Service and its own port, not the port of its pods',
  example: {
    broken: manifests(8080),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[0].port'],
    fixed: manifests(80),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      yield* withoutBackends(route);
      const protocol = PROTOCOL.get(route.kind) ?? 'TCP';
      for (const { group, kind, name, namespace, port, path } of backendRefsOf(world, route)) {
        const wrong = group === '' ? noCoreKind(kind, ['Service']) : undefined;
        if (wrong)
          yield {
            resource: route,
            path: [...path, 'kind'],
            value: kind,
            message: `${wrong}, so ${backendFails(route.kind, 'invalid')}`,
          };
        if (group === 'traefik.io' && kind === 'TraefikService' && !name.includes('@')) {
          const gone = missing(world, { resource: route, path: [...path, 'name'], kind, namespace, name }, LEFT_OUT);
          if (gone) yield gone;
        }
        if (group !== '' || kind !== 'Service') continue; // defined by the implementation
        const absent = missing(
          world,
          { resource: route, path: [...path, 'name'], kind: 'Service', namespace, name },
          backendFails(route.kind, 'invalid'),
        );
        if (absent) {
          yield absent;
          continue;
        }
        const service = serviceOf(world, namespace, name);
        if (!service) continue;
        if (port === undefined) {
          yield {
            resource: route,
            path,
            message: `the reference to Service ${name} has no port: the API server rejects the route`,
          };
          continue;
        }
        if (service.backing === 'external') continue;
        const served = service.port(port, protocol);
        if (served) {
          const end = deadEnd(world, service, served);
          if (end)
            yield {
              resource: route,
              path: [...path, 'name'],
              value: name,
              message: `${end.why}, so ${backendFails(route.kind, 'no pods')}`,
              causedBy: end.causedBy,
            };
          continue;
        }
        const other = service.port(port);
        const target = service.ports.find((candidate) => candidate.target === port);
        const at = { resource: route, path: [...path, 'port'], value: port };
        const hint = target
          ? `; ${port} is the port of its pods, and a route names the Service port, ${target.number}`
          : '';
        if (other)
          yield {
            ...at,
            message: `port ${port} of Service ${name} has protocol ${other.protocol} only, so ${backendFails(route.kind, 'invalid')}`,
          };
        else
          yield {
            ...at,
            message: `Service ${name} has no port ${port} (it has: ${service.portList}), so ${backendFails(route.kind, 'invalid')}${hint}`,
          };
      }
    }
    for (const kind of [...TRAEFIK_ROUTES, 'TraefikService', 'Middleware'])
      for (const resource of world.of(kind)) yield* ofTraefik(world, resource);
  },
});

/** Filters that answer no request themselves; others may: a redirect, and those that an implementation defines. */
const NO_ANSWER: ReadonlySet<unknown> = new Set([
  ...['RequestHeaderModifier', 'ResponseHeaderModifier', 'URLRewrite', 'RequestMirror', 'CORS', 'ExternalAuth'],
]);

/** Rules that name nobody who answers. */
function* withoutBackends(route: Resource): Iterable<Finding> {
  // Routes of other kinds have backends, or their schema tells.
  if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') return;
  const rules = route.at(['spec', 'rules']);
  if (list(rules).length === 0) {
    // Of an HTTPRoute alone the API server fills in a rule, and where it is told of an empty list not even that; Gateway API 1.5 refuses that one.
    const isFilledIn = route.kind === 'HTTPRoute' && !Array.isArray(rules);
    yield {
      resource: route,
      path: isFilledIn ? ['spec'] : ['spec', 'rules'],
      message: isFilledIn
        ? `without rules the API server fills in one that takes every path and has no backends, so nobody answers: ${backendFails(route.kind, 'invalid')} (Traefik: 503)`
        : 'the route has no rules, so it takes no requests',
      fix: 'write a rule with a Service in backendRefs',
    };
  }
  for (const [i, entry] of list(rules).entries()) {
    const rule = record(entry);
    if (!rule || list(rule['backendRefs']).length > 0) continue;
    if (!list(rule['filters']).every((filter) => NO_ANSWER.has(record(filter)?.['type']))) continue;
    yield {
      resource: route,
      path: ['spec', 'rules', i],
      message: `the rule has no backends and no redirect, so nobody answers: ${backendFails(route.kind, 'invalid')}${route.kind === 'HTTPRoute' ? ' (Traefik: 503)' : ''}`,
      fix: 'name a Service in backendRefs, or add a RequestRedirect filter',
    };
  }
}

/** What becomes of a rule whose TraefikService Traefik cannot build. */
const LEFT_OUT = 'Traefik leaves out the rules that name it: other rules get their requests, or nobody (404)';

/** What becomes of a reference of Traefik's own kinds that cannot be used (pkg/provider/kubernetes/crd/kubernetes_{http,tcp,udp}.go, kubernetes.go). */
const BY_KIND: Readonly<Record<string, string>> = {
  TraefikService: LEFT_OUT,
  IngressRoute: 'Traefik leaves out the whole rule: other rules get its requests, or nobody (404)',
  IngressRouteTCP: 'Traefik leaves it out: the other services of the rule get its connections, or nobody',
  IngressRouteUDP: 'Traefik leaves it out: the other services of the rule get its packets, or nobody',
  Middleware:
    'Traefik leaves out the Middleware and every rule that names it: other rules get their requests, or nobody (404)',
};

/** The Services of Traefik's own kinds. */
function* ofTraefik(world: World, resource: Resource): Iterable<Finding> {
  const consequence = BY_KIND[resource.kind]!;
  if (resource.kind === 'TraefikService') yield* leadsToItself(world, resource);
  for (const { kind, name, namespace, port, path } of traefikRefsOf(world, resource)) {
    if (name.includes('@')) continue;
    const absent = missing(world, { resource, path: [...path, 'name'], kind, namespace, name }, consequence);
    if (absent) yield absent;
    if (absent || kind !== 'Service') continue;
    const service = serviceOf(world, namespace, name);
    if (!service) continue;
    if (port === undefined || port === 0 || port === '') {
      yield { resource, path, message: `the reference to Service ${name} has no port, so ${consequence}` };
      continue;
    }
    if (service.backing === 'external' || service.port(port)) continue;
    yield {
      resource,
      path: [...path, 'port'],
      value: port,
      message: `Service ${name} has no port ${port} (it has: ${service.portList}), so ${consequence}`,
    };
  }
}

/** A TraefikService that names itself, or one that leads back to it (recursion.CheckRecursion of pkg/server/service/service.go). */
function* leadsToItself(world: World, resource: Resource): Iterable<Finding> {
  for (const ref of traefikRefsOf(world, resource)) {
    const way = wayTo(world, resource, ref, []);
    if (way === undefined) continue;
    const names = way.length > 0 ? ` (by ${way.join(', ')})` : '';
    yield {
      resource,
      path: [...ref.path, 'name'],
      value: ref.name,
      message: `TraefikService ${resource.name} leads to itself${names}, which cannot be built: ${LEFT_OUT}`,
      fix: 'name a Service, or a TraefikService that does not lead back',
    };
  }
}

/** The TraefikServices between a reference and the one that it leads back to; undefined where it does not. */
function wayTo(world: World, sought: Resource, ref: TraefikRef, above: readonly Resource[]): string[] | undefined {
  if (ref.kind !== 'TraefikService' || ref.name.includes('@')) return undefined;
  const found = world.find('TraefikService', ref.namespace, ref.name);
  if (found.is !== 'present' || above.includes(found.resource)) return undefined;
  if (found.resource === sought) return [];
  for (const next of traefikRefsOf(world, found.resource)) {
    const way = wayTo(world, sought, next, [...above, found.resource]);
    if (way) return [found.resource.name, ...way];
  }
  return undefined;
}

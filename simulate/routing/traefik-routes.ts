import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import type { TraefikRule } from '../../upstream/traefik/rule';
import { traefikRule, traefikRuleProblem } from '../../upstream/traefik/rule';
import { everyKnown } from '../../world/known';
import { isTraefik, isTraefikSince, traefikOf } from '../../world/traefik';
import type { World } from '../../world/world';
import type { RoutedShare, RoutingAnswer } from './answer';
import { failing } from './answer';
import type { OutsideRequest } from './request';
import { comparedPath, sanitizedPath } from './request-path';
import { traefikTakes } from './traefik-conditions';
import type { MiddlewareChain } from './traefik-middlewares';
import { routeMiddlewares } from './traefik-middlewares';
import type { BuiltService } from './traefik-service';
import { traefikServices } from './traefik-service';

/** A route of an IngressRoute as Traefik makes a router of it. */
interface Router {
  readonly resource: Resource;
  readonly path: Path;
  readonly rank: number;
  readonly because: string;
  /** Undefined: it is read by another syntax, or in another way than here. */
  readonly rule: TraefikRule | undefined;
  /** Why it may not take what its rule takes. @default - nothing */
  readonly unless?: string | undefined;
  readonly takesScheme: (scheme: OutsideRequest['scheme']) => boolean;
  readonly service: Extract<BuiltService, { readonly is: 'built' }>;
  readonly middlewares: MiddlewareChain;
}

/** Routers, and those that Traefik leaves out, with the reason. */
interface Routers {
  readonly made: readonly Router[];
  readonly left: readonly string[];
}

/** The classes of the IngressRoutes that are known; empty: those that Traefik reads without being told of a class. */
export function ingressRouteClasses(world: World): readonly string[] {
  return [...new Set(ingressRoutesOf(world).map((route) => classOf(world, route)))].sort();
}

/**
 * Which Service answers a request by the IngressRoutes of a class (pkg/provider/kubernetes/crd/kubernetes_http.go, 3.5.0 to 3.7.9): the largest
 * priority wins, which is the length of the rule where none is written; a route whose rule, Middleware or service Traefik cannot build is left out.
 * Which entry point a port means is not known, so that ports are not compared.
 */
export function routeByIngressRoutes(world: World, className: string, request: OutsideRequest): RoutingAnswer {
  const since37 = isTraefikSince(world, 3, 7) !== false;
  const sanitized = sanitizedPath(request.path);
  const asked = { request, path: comparedPath(sanitized) };
  const { made, left } = routersOf(world, className);
  const notes: string[] = [];
  const matching: Router[] = [];
  for (const router of made) {
    if (matching.length > 0 && router.rank < matching[0]!.rank) break;
    if (!router.takesScheme(request.scheme)) continue;
    const takes = router.rule ? traefikTakes(router.rule, asked, since37) : 'unknown';
    if (takes === 'no') continue;
    if (takes === 'yes' && router.unless === undefined) matching.push(router);
    else
      notes.push(
        `${placeOf(router)} may answer in its place: ${router.unless ?? 'it asks for the address of the client (ClientIP)'}`,
      );
  }
  const [first, ...others] = matching;
  if (!first) notes.push(...left);
  return {
    dialect: 'traefik-crd',
    rule: first,
    ties: others
      .filter(({ service }) => service.shares !== first?.service.shares)
      .map((rule) => ({ rule, shares: arrived(rule, request, sanitized) })),
    shares: first ? arrived(first, request, sanitized) : failing(404, 'no rule matches'),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function arrived({ service, middlewares }: Router, request: OutsideRequest, sanitized: string): readonly RoutedShare[] {
  const passed = middlewares(sanitized);
  if (passed.is === 'answer') return failing(passed.status, passed.why);
  const { path, unknown } = passed;
  return (service.of?.(request) ?? service.shares).map(({ share, to }) => ({
    share,
    to: to.is === 'backend' ? { ...to, host: request.host, path: path || '/', unknown } : to,
  }));
}

function placeOf({ resource, path }: Pick<Router, 'resource' | 'path'>): string {
  return `route ${(path[2] as number) + 1} of ${resource.kind} ${resource.name}`;
}

// ------------------------------------------------------------------ what is read

/** Traefik 3 reads those of its newer group alone. */
const ingressRoutesOf = memo((world: World): readonly Resource[] =>
  everyKnown(world, 'IngressRoute').filter(
    (route) => isTraefik(route) && (route.group === 'traefik.io' || isTraefikSince(world, 3, 0) !== true),
  ),
);

/** What Traefik is told to read, or reads unless it is told, is one class here. */
function classOf(world: World, route: Resource): string {
  const own = string(route.at(['spec', 'ingressClassName'])) ?? route.annotations['kubernetes.io/ingress.class'] ?? '';
  const { crdClass } = traefikOf(world);
  return crdClass === '' && own === 'traefik' ? '' : own;
}

const routersOf = memo((world: World, className: string): Routers => {
  const made: Router[] = [];
  const left: string[] = [];
  for (const resource of ingressRoutesOf(world)) {
    if (classOf(world, resource) !== className) continue;
    for (const [i, value] of list(resource.at(['spec', 'routes'])).entries()) {
      const path: Path = ['spec', 'routes', i, 'match'];
      const router = routerOf(world, resource, record(value) ?? {}, path);
      if (typeof router !== 'string') made.push(router);
      else left.push(`${placeOf({ resource, path })} is left out by Traefik: ${router}`);
    }
  }
  return { made: made.sort((a, b) => b.rank - a.rank), left };
});

/** A router, or why Traefik makes none. */
function routerOf(world: World, resource: Resource, route: Json, path: Path): Router | string {
  const kind = string(route['kind']);
  if (kind && kind !== 'Rule') return `its kind is ${kind}, and Rule is the only one`;
  const match = string(route['match']) ?? '';
  const read = ruleOf(world, resource, route, match);
  if (typeof read === 'string') return read;
  const middlewares = routeMiddlewares(world, resource, mappings(route['middlewares']));
  if (!middlewares) return 'a Middleware of it is not there, or in another namespace';
  const isLayered = layered(world).has(resource);
  const service: BuiltService = isLayered
    ? { is: 'built', shares: failing(404, 'no route below it matches') }
    : traefikServices(world, resource, mappings(route['services']));
  if (service.is === 'broken') return service.why;
  const priority = number(route['priority']) ?? 0;
  const length = Buffer.byteLength(match);
  return {
    ...{ resource, path, service, middlewares },
    rule: read.rule,
    unless: read.unless ?? (isLayered ? 'IngressRoutes with parentRefs are not read here' : undefined),
    rank: priority === 0 ? length : priority,
    because: priority === 0 ? `the rule ${match} is ${length} characters long` : `priority ${priority}`,
    takesScheme: schemesOf(world, resource),
  };
}

/** The rule of a route, or why Traefik cannot read it. What Traefik 2 alone reads is not told here. */
function ruleOf(
  world: World,
  resource: Resource,
  route: Json,
  match: string,
): Pick<Router, 'rule' | 'unless'> | string {
  const { ruleSyntax, seen } = traefikOf(world);
  const written = string(route['syntax']);
  const usual = resource.group === 'traefik.io' ? ruleSyntax : 'v2';
  const syntax = written === 'v2' || written === 'v3' ? written : usual;
  const read = traefikRule(match, 'http', syntax);
  const old = { rule: undefined, unless: 'its rule is one of Traefik 2, which is not read here' };
  if (syntax === 'v2') return typeof read === 'string' ? read : old;
  if (typeof read !== 'string') return { rule: read };
  return !seen && written !== 'v3' && traefikRuleProblem(match, 'http', 'v2') === undefined ? old : read;
}

/** IngressRoutes whose routes lead to those of others, by `parentRefs`, and these others (since 3.6). */
const layered = memo((world: World): ReadonlySet<Resource> => {
  const all = ingressRoutesOf(world);
  return new Set(
    all.flatMap((child) => {
      const parents = mappings(child.at(['spec', 'parentRefs']));
      if (parents.length === 0) return [];
      const above = all.filter((each) =>
        parents.some(
          ({ name, namespace }) =>
            name === each.name && (string(namespace) || world.namespaceOf(child)) === world.namespaceOf(each),
        ),
      );
      return [child, ...above];
    }),
  );
});

/** With `tls`, or at an entry point that has it for all, a router takes requests with TLS alone. */
function schemesOf(world: World, route: Resource): Router['takesScheme'] {
  const hasTls = record(route.at(['spec', 'tls'])) !== undefined;
  const names = list(route.at(['spec', 'entryPoints'])).map((name) => String(name).toLowerCase());
  const { tlsEntryPoints } = traefikOf(world);
  // The name that TLS has in Traefik's own Helm chart.
  const isTls = (name: string) => (tlsEntryPoints ? tlsEntryPoints.has(name) : name === 'websecure');
  const anyTls = names.length > 0 ? names.some(isTls) : !tlsEntryPoints || tlsEntryPoints.size > 0;
  const anyPlain = names.length === 0 || !names.every(isTls);
  return (scheme) => (scheme === undefined ? true : scheme === 'https' ? hasTls || anyTls : !hasTls && anyPlain);
}

import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { regexProblem } from '../../../upstream/prometheus/regex';
import { traefikRuleProblem } from '../../../upstream/traefik/rule';
import { controllerOf, featuresListed, TRAEFIK_CONTROLLER } from '../../../world/gateway-controllers';
import { holderOf } from '../../../world/listeners';
import { gatewaysOfRoute } from '../../../world/route-gateways';
import { backendRefsOf, listenersMeant, parentRefsOf, routesOf } from '../../../world/routes';
import { isTraefik, isTraefikSince, traefikOf } from '../../../world/traefik';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { backendFails } from '../../route-words';

const manifests = (filter: string) => `
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
  rules: [{ filters: [${filter}], backendRefs: [{ name: web, port: 80 }] }]
`;

export default check({
  id: 'route-feature-supported',
  group: 'references',
  description:
    "the Gateway's controller supports the filters, matches, backends and fields of a route, Traefik those of its own kinds",
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: 'remove what is not supported, or do the same by what the controller has instead (Traefik mirrors with a TraefikService)',
  example: {
    broken: manifests('{ type: RequestMirror, requestMirror: { backendRef: { name: audit, port: 80 } } }'),
    fails: ['HTTPRoute/shop/web spec.rules[0].filters[0].type'],
    fixed: manifests('{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [x-debug] } }'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      const reported = new Set<string>();
      for (const gateway of gatewaysOfRoute(world, route)) {
        for (const finding of judgedAt(world, route, gateway)) {
          const key = finding.path.join();
          if (!reported.has(key)) yield finding;
          reported.add(key);
        }
      }
    }
    for (const kind of ['IngressRoute', 'IngressRouteTCP', 'TraefikService'])
      for (const resource of world.of(kind)) if (isTraefik(resource)) yield* ofTraefik(world, resource);
    if (isTraefikSince(world, 3, 0)) yield* ofOldGroup(world);
  },
});

function* judgedAt(world: World, route: Resource, gateway: Resource): Iterable<Finding> {
  yield* traefikServicesElsewhere(world, route, gateway);
  const known = controllerOf(world, gateway);
  if (!known) {
    yield* notListed(world, route, gateway);
    return;
  }
  const { controller, certain } = known;
  const className = string(gateway.at(['spec', 'gatewayClassName'])) ?? '';
  const ofTraefik = controller.name === 'Traefik';
  for (const { type, path, ofBackend } of filtersOf(route)) {
    const applied = controller.applies?.[route.kind];
    const refused = applied ? !applied.includes(type) : controller.lacked?.includes(type) === true;
    const at = { resource: route, path, value: type };
    if (ofBackend && ofTraefik && isTraefikSince(world, 3, 7) === false) {
      yield certainly({
        ...at,
        message: `Traefik ${versionOf(world)} ignores filters inside a backendRef, ${type} too; it reads them from 3.7 on`,
      });
      continue;
    }
    if (!refused) continue;
    const follows = `${backendFails(route.kind, 'invalid')}${ofBackend ? ' for the share of this backend' : ' where this rule matches'}`;
    if (certain && applied)
      yield { ...at, message: `${controller.name} does not support the filter ${type}, so ${follows}` };
    else
      yield {
        ...at,
        verdict: 'unknown',
        settledBy: certain ? 'program' : 'cluster',
        message: certain
          ? `${controller.name} did not support the filter ${type} when it was last tested; if the version that runs does not either, ${follows}`
          : `if GatewayClass ${className} is one of ${controller.name}, it does not support the filter ${type} and ${follows}`,
      };
  }
  if (ofTraefik && route.kind === 'HTTPRoute')
    for (const finding of traefikLacks(world, route, gateway)) yield certainly(finding);

  function certainly(finding: Finding): Finding {
    return certain
      ? finding
      : {
          ...finding,
          verdict: 'unknown',
          settledBy: 'cluster',
          message: `if GatewayClass ${className} is one of Traefik: ${finding.message}`,
        };
  }
}

// ------------------------------------------------------------------ Traefik

/** Fields of a rule that Traefik does not read: pkg/provider/kubernetes/gateway, 3.5.0 to 3.7.9. */
const IGNORED: Readonly<Record<string, string>> = {
  timeouts: 'requests may take as long as they like',
  retry: 'a request that fails is not tried again',
  sessionPersistence: 'requests of one user go to any pod',
};
/** Of the status codes of a redirect it took these alone before 3.7. */
const OLD_REDIRECTS: ReadonlySet<unknown> = new Set([undefined, null, 301, 302]);

function* traefikLacks(world: World, route: Resource, gateway: Resource): Iterable<Finding> {
  const since37 = isTraefikSince(world, 3, 7);
  const rules = list(route.at(['spec', 'rules'])).map(record);
  for (const [i, rule] of rules.entries()) {
    const place: Path = ['spec', 'rules', i];
    for (const [field, follows] of Object.entries(IGNORED)) {
      if (rule?.[field] === undefined || rule[field] === null) continue;
      yield {
        resource: route,
        path: [...place, field],
        value: rule[field],
        message: `Traefik ignores ${field} of a rule: ${follows}`,
      };
    }
    for (const [j, match] of list(rule?.['matches']).map(record).entries())
      yield* unmatchable(route, match, [...place, 'matches', j], since37 === false);
    for (const [j, filter] of list(rule?.['filters']).map(record).entries()) {
      const code = record(filter?.['requestRedirect'])?.['statusCode'];
      if (since37 === false && !OLD_REDIRECTS.has(code))
        yield {
          resource: route,
          path: [...place, 'filters', j, 'requestRedirect', 'statusCode'],
          value: code,
          message: `Traefik ${versionOf(world)} has no redirects with status ${code}, and leaves the rule out: other rules get its requests, or nobody (404)`,
        };
    }
    for (const [j, ref] of list(rule?.['backendRefs']).map(record).entries()) {
      const [group, kind] = [string(ref?.['group']) ?? '', string(ref?.['kind']) ?? 'Service'];
      if (group === '' || (group === 'traefik.io' && kind === 'TraefikService')) continue;
      yield {
        resource: route,
        path: [...place, 'backendRefs', j, 'kind'],
        value: kind,
        message: `Traefik sends requests to Services and TraefikServices alone, not to ${kind} of ${group}, so ${backendFails(route.kind, 'invalid')} for the share of this backend`,
      };
    }
  }
  if (since37 === false) yield* tooWide(world, route, gateway);
}

/** What no request matches, so that the rule is as good as not there. */
function* unmatchable(
  route: Resource,
  match: Readonly<Record<string, unknown>> | undefined,
  at: Path,
  isOld: boolean,
): Iterable<Finding> {
  const texts: { path: Path; value: unknown; regex: boolean; name?: unknown; header?: boolean }[] = [];
  const path = record(match?.['path']);
  if (path)
    texts.push({ path: [...at, 'path', 'value'], value: path['value'], regex: path['type'] === 'RegularExpression' });
  for (const field of ['headers', 'queryParams'])
    for (const [i, entry] of list(match?.[field]).map(record).entries())
      texts.push({
        path: [...at, field, i, 'value'],
        value: entry?.['value'],
        regex: entry?.['type'] === 'RegularExpression',
        name: entry?.['name'],
        header: field === 'headers',
      });
  for (const { path: place, value, regex, name, header } of texts) {
    if (header && typeof name === 'string' && name.toLowerCase() === 'host')
      yield {
        resource: route,
        path: [...place.slice(0, -1), 'name'],
        value: name,
        message:
          'Traefik never finds a header Host, which it keeps apart from the others, so no request matches; match hostnames instead',
      };
    if (typeof value !== 'string') continue;
    const wrong = regex ? regexProblem(value) : undefined;
    if (wrong)
      yield {
        resource: route,
        path: place,
        value,
        message: `Traefik cannot compile the regular expression (${wrong}) and leaves the rule out: other rules get its requests, or nobody (404)`,
      };
    else if (isOld && value.includes('`'))
      yield {
        resource: route,
        path: place,
        value,
        message:
          'Traefik before 3.7 cannot read a value with a backtick and leaves the rule out, or reads it as another rule',
      };
  }
}

/** Before 3.7 the wider of two names that begin with a star counts. */
function* tooWide(world: World, route: Resource, gateway: Resource): Iterable<Finding> {
  const names = list(route.at(['spec', 'hostnames']));
  for (const ref of parentRefsOf(world, route)) {
    const holder = holderOf(world, ref);
    if (holder !== gateway) continue;
    for (const { hostname, name: listener } of listenersMeant(holder, ref)) {
      if (!hostname?.startsWith('*.')) continue;
      for (const [i, name] of names.entries()) {
        if (typeof name !== 'string' || !name.startsWith('*.') || name.toLowerCase() === hostname.toLowerCase())
          continue;
        if (!name.toLowerCase().endsWith(hostname.toLowerCase().slice(1))) continue;
        yield {
          resource: route,
          path: ['spec', 'hostnames', i],
          value: name,
          message: `Traefik ${versionOf(world)} takes the wider of two names with a star: at listener ${listener} (${hostname}) this route gets the requests of all its hosts, not of ${name} alone`,
          fix: 'name the hosts one by one, give the listener no hostname or this one, or upgrade Traefik to 3.7',
        };
      }
    }
  }
}

function versionOf(world: World): string {
  return traefikOf(world).version?.join('.') ?? '';
}

/** TraefikServices behind a Gateway that certainly is of another controller: a kind that it does not know. */
function* traefikServicesElsewhere(world: World, route: Resource, gateway: Resource): Iterable<Finding> {
  const className = string(gateway.at(['spec', 'gatewayClassName'])) ?? '';
  const found = world.find('GatewayClass', '', className);
  const controller = found.is === 'present' ? string(found.resource.at(['spec', 'controllerName'])) : undefined;
  if (controller === undefined || controller === TRAEFIK_CONTROLLER) return;
  for (const { group, kind, path } of backendRefsOf(world, route))
    if (group === 'traefik.io' && kind === 'TraefikService')
      yield {
        resource: route,
        path: [...path, 'kind'],
        value: kind,
        message: `only Traefik sends requests to a TraefikService, and GatewayClass ${className} is one of ${controller}, so ${backendFails(route.kind, 'invalid')} for the share of this backend`,
        fix: 'name Services as backendRefs, with their weights, or lead the route to a Gateway of Traefik',
      };
}

// ------------------------------------------------------------------ Traefik's own kinds

/** What becomes of the rules of a TraefikService that Traefik cannot build. */
const NOT_BUILT =
  'Traefik does not build the TraefikService and leaves out the rules that lead to it: other rules get their requests, or nobody (404)';
/** What a TraefikService can be: the first that it has counts (buildTraefikService of pkg/provider/kubernetes/crd/kubernetes_http.go). */
const TYPES = ['weighted', 'mirroring', 'highestRandomWeight', 'failover'];

/** Objects of the group that Traefik read until 2. */
function* ofOldGroup(world: World): Iterable<Finding> {
  for (const resource of world.resources) {
    if (!isTraefik(resource) || resource.group === 'traefik.io') continue;
    yield {
      resource,
      path: ['apiVersion'],
      value: resource.apiVersion,
      message: `Traefik ${versionOf(world)} reads no objects of ${resource.group}: it is as if this ${resource.kind} were not there`,
      fix: 'write apiVersion: traefik.io/v1alpha1, and its rules in the syntax of Traefik 3',
    };
  }
}

function* ofTraefik(world: World, resource: Resource): Iterable<Finding> {
  if (resource.kind !== 'TraefikService') {
    for (const [i, entry] of list(resource.at(['spec', 'routes'])).entries())
      yield* unreadable(world, resource, record(entry) ?? {}, ['spec', 'routes', i, 'match']);
    return;
  }
  const [counts, ...ignored] = TYPES.filter((type) => record(resource.at(['spec', type])));
  for (const type of ignored)
    yield {
      resource,
      path: ['spec', type],
      value: resource.at(['spec', type]),
      message: `a TraefikService is one of ${TYPES.join(', ')}: Traefik takes ${counts} and ignores ${type}`,
      fix: 'make it two TraefikServices, one of which names the other',
    };
  for (const [i, entry] of list(resource.at(['spec', 'mirroring', 'mirrors'])).entries()) {
    const percent = number(record(entry)?.['percent']);
    if (counts === 'mirroring' && percent !== undefined && (percent < 0 || percent > 100))
      yield {
        resource,
        path: ['spec', 'mirroring', 'mirrors', i, 'percent'],
        value: percent,
        message: `percent is 0 to 100, so ${NOT_BUILT}`,
        fix: 'write how many of 100 requests are copied',
      };
  }
}

/** A rule whose match Traefik cannot read. */
function* unreadable(world: World, resource: Resource, route: Json, path: Path): Iterable<Finding> {
  const { match } = route;
  if (typeof match !== 'string') return;
  const of = resource.kind === 'IngressRoute' ? 'http' : 'tcp';
  // Traefik 3 does not read the older group.
  const older = resource.group === 'traefik.io' ? traefikOf(world).ruleSyntax : 'v2';
  const syntax = route['syntax'] === 'v2' || route['syntax'] === 'v3' ? route['syntax'] : older;
  const why = traefikRuleProblem(match, of, syntax);
  if (why === undefined) return;
  const follows = `cannot read the match (${why}) and leaves the rule out: other rules get its requests, or nobody (404)`;
  const at = { resource, path, value: match, fix: 'write matchers that Traefik has, their values in backticks' };
  if (syntax === 'v2' || traefikOf(world).version || traefikRuleProblem(match, of, 'v2') !== undefined)
    yield { ...at, message: `Traefik ${follows}` };
  else
    yield {
      ...at,
      verdict: 'unknown',
      settledBy: 'external',
      message: `unless it is Traefik 2, or runs with --core.defaultRuleSyntax=v2, Traefik ${follows}`,
    };
}

// ------------------------------------------------------------------ what a GatewayClass lists

/** The feature that a filter needs, by what a GatewayClass calls it (pkg/features of the Gateway API); core features are not asked for. */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  RequestMirror: ['HTTPRouteRequestMirror'],
  ResponseHeaderModifier: ['HTTPRouteResponseHeaderModification'],
  URLRewrite: ['HTTPRoutePathRewrite', 'HTTPRouteHostRewrite'],
  CORS: ['HTTPRouteCORS'],
};

/** Filters whose features the class does not list: its controller may have them all the same. */
function* notListed(world: World, route: Resource, gateway: Resource): Iterable<Finding> {
  const listed = featuresListed(world, gateway);
  if (!listed || route.kind !== 'HTTPRoute') return;
  for (const { type, path, ofBackend } of filtersOf(route)) {
    const needed = FEATURES[type];
    if (!needed || needed.some((feature) => listed.has(feature))) continue;
    yield {
      resource: route,
      path,
      value: type,
      verdict: 'unknown',
      settledBy: 'program',
      message: `GatewayClass ${gateway.at(['spec', 'gatewayClassName'])} does not list ${needed[0]} among its supportedFeatures; if its controller does not support the filter ${type}, ${backendFails(route.kind, 'invalid')}${ofBackend ? ' for the share of this backend' : ' where this rule matches'}`,
    };
  }
}

// ------------------------------------------------------------------ filters

interface Filter {
  readonly type: string;
  readonly path: Path;
  readonly ofBackend: boolean;
}

function* filtersOf(route: Resource): Iterable<Filter> {
  for (const [i, rule] of list(route.at(['spec', 'rules']))
    .map(record)
    .entries()) {
    yield* at(rule?.['filters'], ['spec', 'rules', i, 'filters'], false);
    // Those of a GRPCRoute's backends Traefik does not read.
    if (route.kind !== 'HTTPRoute') continue;
    for (const [j, ref] of list(rule?.['backendRefs']).map(record).entries())
      yield* at(ref?.['filters'], ['spec', 'rules', i, 'backendRefs', j, 'filters'], true);
  }

  function* at(filters: unknown, path: Path, ofBackend: boolean): Iterable<Filter> {
    for (const [i, filter] of list(filters).entries()) {
      const type = string(record(filter)?.['type']);
      if (type !== undefined) yield { type, path: [...path, i, 'type'], ofBackend };
    }
  }
}

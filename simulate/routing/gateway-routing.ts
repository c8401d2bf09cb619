import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../manifests/resource';
import { string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import { controllerOf } from '../../world/gateway-controllers';
import { everyKnown } from '../../world/known';
import { GATEWAY_API } from '../../world/listeners';
import { hostnamesIntersect, hostnamesOf } from '../../world/routes';
import { isTraefikSince } from '../../world/traefik';
import type { World } from '../../world/world';
import type { DecidingRule, RoutedShare, RoutingAnswer } from './answer';
import { failing, sharesOf } from './answer';
import { ageUnknown, gatewayOrder, hostOrder, matchOrder, orderText } from './gateway-order';
import type { BackendPart } from './http-backends';
import { backendsOf, ruleFilters } from './http-backends';
import type { FilterStyle } from './http-filters';
import { filtered, GATEWAY_STYLE, traefikStyle } from './http-filters';
import type { HttpMatch, NamedMatch } from './http-matches';
import { matchesAt, meansHost, takesConnection } from './http-matches';
import type { OutsideRequest } from './request';
import { queryValues } from './request';
import { comparedPath, decodedPath, sanitizedPath } from './request-path';
import { extensionMiddleware } from './traefik-middlewares';
import { traefikRank } from './traefik-rank';

/** Whose rules hold for a Gateway: Traefik's own if its class is Traefik's, or is called so and not known; else the specification's. */
export function gatewayDialect(world: World, gateway: Resource): 'gateway-api' | 'traefik' {
  return controllerOf(world, gateway)?.controller.name === 'Traefik' ? 'traefik' : 'gateway-api';
}

/** Which backends answer a request that arrives at a Gateway, and with which shares. A pure function of the world. */
export function routeAtGateway(
  world: World,
  gateway: Resource,
  request: OutsideRequest,
  dialect: 'gateway-api' | 'traefik' = gatewayDialect(world, gateway),
): RoutingAnswer {
  const table = dialect === 'traefik' ? traefikTable(world, gateway) : gatewayTable(world, gateway);
  return table.answer(request);
}

/** A match that can take requests, with what it does to them. */
interface Router {
  readonly match: HttpMatch;
  readonly because: string;
  /** Where two that take the same request stand alike: larger first. Only Traefik's is the same for every host. */
  readonly rank: number;
  readonly takes: (request: OutsideRequest, path: string) => boolean;
  readonly serve: (request: OutsideRequest, path: string) => readonly RoutedShare[];
}

/** How a dialect reads requests and orders its routers. */
interface Reading {
  readonly dialect: 'gateway-api' | 'traefik';
  /** The path that filters get. */
  readonly path: (path: string) => string;
  /** The path that rules compare. */
  readonly compared: (path: string) => string;
  readonly order: (a: Router, b: Router, host: string) => number;
  /**
   * Whether nothing says which of two routers that both match comes first; `age`: their age does, which is not known here; `done`: the first one comes
   * before all others that stand behind, too.
   */
  readonly tie: (first: Router, other: Router, host: string) => 'yes' | 'no' | 'age' | 'done';
  /** Of the routers for a host only those that really compete for it. */
  readonly competing: (routers: readonly Router[], host: string) => readonly Router[];
}

/** All routers of a Gateway, looked up by host. */
class RoutingTable {
  private readonly byHost = new Map<string, readonly Router[]>();
  /** Those that name a host. */
  private readonly named = new Map<string, Router[]>();
  /** Those for any host, or with a name that begins with a star. */
  private readonly wide: readonly Router[];

  constructor(
    routers: readonly Router[],
    private readonly reading: Reading,
  ) {
    this.wide = routers.filter(
      ({ match: { hostnames } }) => hostnames.length === 0 || hostnames.some((name) => name.startsWith('*.')),
    );
    for (const router of routers) for (const name of new Set(router.match.hostnames)) addTo(this.named, name, router);
  }

  answer(request: OutsideRequest): RoutingAnswer {
    const { dialect, tie } = this.reading;
    const path = this.reading.path(request.path);
    const compared = this.reading.compared(path);
    let first: Router | undefined;
    const ties: Router[] = [];
    const notes: string[] = [];
    for (const router of this.for(request.host)) {
      let tied: ReturnType<typeof tie> | undefined;
      if (first) {
        tied = tie(first, router, request.host);
        if (tied === 'done') break;
        const isSame = first.match.route === router.match.route && first.match.rule === router.match.rule;
        if (tied === 'no' || isSame) continue;
      }
      if (!takesConnection(router.match, request) || !router.takes(request, compared)) continue;
      if (first && tied === 'age') notes.push(...byAge(first, router, request, path));
      else if (first) ties.push(router);
      else first = router;
    }
    return {
      dialect,
      rule: first && deciding(first),
      ties: ties.map((router) => ({ rule: deciding(router), shares: router.serve(request, path) })),
      shares: first ? first.serve(request, path) : failing(404, 'no rule matches'),
      ...(notes.length > 0 ? { notes } : {}),
    };
  }

  private for(host: string): readonly Router[] {
    let found = this.byHost.get(host);
    if (!found) {
      const wide = this.wide.filter(
        ({ match: { hostnames } }) => hostnames.length === 0 || hostnames.some((name) => meansHost(name, host)),
      );
      const meant = [...new Set([...(this.named.get(host) ?? []), ...wide])];
      found = [...this.reading.competing(meant, host)].sort((a, b) => this.reading.order(a, b, host));
      this.byHost.set(host, found);
    }
    return found;
  }
}

/** That another route answers if it is the older one; nothing where it makes no difference. */
function byAge(first: Router, other: Router, request: OutsideRequest, path: string): readonly string[] {
  if (isDeepStrictEqual(first.serve(request, path), other.serve(request, path))) return [];
  const [one, two] = [first, other].map(
    ({ match: { route, namespace } }) => `${route.kind} ${namespace}/${route.name}`,
  );
  return [
    `${two} has the same match as ${one}, and the older of the two answers: metadata.creationTimestamp, which objects of the cluster have, tells which; without it the first by name is taken here`,
  ];
}

function deciding({ match: { route, at }, because }: Router): DecidingRule {
  return { resource: route, path: at, because };
}

// ------------------------------------------------------------------ the specification

const gatewayTable = memo((world: World, gateway: Resource): RoutingTable => {
  const routers = matchesAt(world, gateway).flatMap((match): Router[] => {
    const takes = gatewayCondition(match);
    const backends = backendsOf(world, match, 'gateway-api');
    if (!takes || backends.is === 'dropped') return [];
    const serve = serving(backends.parts, match, GATEWAY_STYLE, 500);
    return [{ match, because: orderText(match), rank: 0, takes, serve }];
  });
  return new RoutingTable(routers, {
    dialect: 'gateway-api',
    path: (path) => path,
    compared: decodedPath,
    order: (a, b, host) => gatewayOrder(a.match, b.match, host),
    tie: ({ match: first }, { match: other }, host) => {
      // The specification leaves the place of regular expressions to the implementation; Exact paths come first all the same.
      const isRegex = first.path.type === 'RegularExpression';
      if (isRegex && hostOrder(first, other, host) === 0 && first.path.value !== other.path.value) return 'yes';
      if (ageUnknown(first, other, host)) return 'age';
      return isRegex || (hostOrder(first, other, host) === 0 && matchOrder(first, other) === 0) ? 'no' : 'done';
    },
    competing: narrowestListener,
  });
});

/** A request belongs to the listener with the narrowest host name alone, even if no route there takes it (GatewaySpec.listeners). */
function narrowestListener(routers: readonly Router[], host: string): readonly Router[] {
  const widths = routers.map(({ match: { listener } }) =>
    listener.hostname === undefined
      ? 0
      : listener.hostname.toLowerCase() === host
        ? Number.MAX_SAFE_INTEGER
        : listener.hostname.length,
  );
  const narrowest = new Map<number | undefined, number>();
  routers.forEach(({ match: { listener } }, i) => {
    narrowest.set(listener.port, Math.max(narrowest.get(listener.port) ?? 0, widths[i]!));
  });
  return routers.filter(({ match: { listener } }, i) => widths[i] === narrowest.get(listener.port));
}

function gatewayCondition({ path, method, headers, query }: HttpMatch): Router['takes'] | undefined {
  const takesPath = gatewayPath(path);
  // Of entries with the same name the first alone counts.
  const once = headers.filter(
    ({ name }, i) => headers.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) === i,
  );
  const named = [...once, ...query].map((match) => wholeValue(match));
  if (!takesPath || named.some((test) => !test)) return undefined;
  const [headerTests, queryTests] = [named.slice(0, once.length), named.slice(once.length)];
  return (request, compared) =>
    (method === undefined || method === request.method) &&
    takesPath(compared) &&
    once.every(({ name }, i) => {
      const values = name.toLowerCase() === 'host' ? [request.host] : request.headers[name.toLowerCase()];
      return values !== undefined && headerTests[i]!(values.join(','));
    }) &&
    query.every(({ name }, i) => {
      const [value] = queryValues(request, name);
      return value !== undefined && queryTests[i]!(value);
    });
}

function gatewayPath({ type, value }: HttpMatch['path']): ((path: string) => boolean) | undefined {
  if (type === 'Exact') return (path) => path === value;
  if (type === 'RegularExpression') return wholeValue({ name: '', value, regex: true });
  const prefix = value.replace(/\/$/, '');
  return (path) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}

/** Regular expressions match the whole value, as Envoy has it; undefined where one does not compile. */
function wholeValue({ value, regex }: NamedMatch): ((text: string) => boolean) | undefined {
  if (!regex) return (text) => text === value;
  const pattern = goRegExp(`^(?:${value})$`);
  return pattern && ((text) => pattern.test(text));
}

// ------------------------------------------------------------------ Traefik

const traefikTable = memo((world: World, gateway: Resource): RoutingTable => {
  // One Traefik serves all Gateways of its class at the same entry points, and puts their rules together.
  const className = string(gateway.at(['spec', 'gatewayClassName']));
  const beside = everyKnown(world, 'Gateway').filter(
    (other) => other.group === GATEWAY_API && string(other.at(['spec', 'gatewayClassName'])) === className,
  );
  const since37 = isTraefikSince(world, 3, 7) !== false;
  const style = traefikStyle(since37, (filter, namespace) => extensionMiddleware(world, namespace, filter));
  const routers = [...new Set([gateway, ...beside])].flatMap((each) =>
    matchesAt(world, each).flatMap(
      (match) => traefikRouter(world, since37 ? match : { ...match, hostnames: wideHostnames(match) }, style) ?? [],
    ),
  );
  return new RoutingTable(routers, {
    dialect: 'traefik',
    path: sanitizedPath,
    compared: comparedPath,
    order: (a, b) => b.rank - a.rank,
    tie: (first, other) => (first.rank === other.rank ? 'yes' : 'done'),
    competing: (all) => all,
  });
});

/**
 * The host names of a match before 3.7: of two that begin with a star the wider one, so that a route for `*.apps.example.com` at a
 * listener for `*.example.com` takes the requests of all hosts of the listener (findMatchingHostname; seen with 3.5.0, and mended in 3.7.9).
 */
function wideHostnames({ route, listener, hostnames }: HttpMatch): readonly string[] {
  const own = listener.hostname?.toLowerCase();
  if (!own?.startsWith('*.')) return hostnames;
  return hostnamesOf(route).length === 0
    ? hostnames
    : hostnamesOf(route).flatMap((written) => {
        const name = written.toLowerCase();
        if (!hostnamesIntersect(own, name)) return [];
        if (!name.startsWith('*.')) return [name];
        return [name.length < own.length ? name : own];
      });
}

/** Status codes of a redirect that Traefik takes before 3.7; with another one it drops the rule. */
const OLD_REDIRECTS: ReadonlySet<unknown> = new Set([undefined, 301, 302]);
/** Filters of a rule that Traefik has; with any other one the rule answers 500 to every request. */
const FILTERS: ReadonlySet<unknown> = new Set([
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'ExtensionRef',
]);

function traefikRouter(world: World, match: HttpMatch, style: FilterStyle): Router | undefined {
  const since37 = isTraefikSince(world, 3, 7) !== false;
  const takes = traefikCondition(match, since37);
  if (!takes) return undefined;
  const { rank, sum } = traefikRank(match);
  const because = `rank ${rank.toLocaleString('en')} = ${sum}`;
  const filters = ruleFilters(match);
  const refused = filters.find(({ type }) => !FILTERS.has(type));
  if (refused) {
    const shares = failing(500, `Traefik does not support the filter ${refused['type']}`);
    return { match, because, rank, takes, serve: () => shares };
  }
  // A Middleware that is not there: Traefik cannot build the router.
  if (filters.some((filter) => filter['type'] === 'ExtensionRef' && !style.extension?.(filter, match.namespace)))
    return undefined;
  if (!since37 && filters.some(({ requestRedirect }) => !OLD_REDIRECTS.has(statusCode(requestRedirect))))
    return undefined;
  const backends = backendsOf(world, match, 'traefik');
  if (backends.is === 'dropped') return undefined;
  const parts = backends.parts.map((part) => {
    const wrong = part.filters.find(({ type }) => !FILTERS.has(type));
    return wrong
      ? { ...part, filters: [], shares: failing(500, `Traefik does not support the filter ${wrong['type']}`) }
      : part;
  });
  return { match, because, rank, takes, serve: serving(parts, match, style, 503) };
}

function statusCode(redirect: unknown): unknown {
  return (redirect as { statusCode?: unknown } | undefined)?.statusCode;
}

/** Undefined where Traefik cannot read the rule, and leaves it out: a regular expression that does not compile, before 3.7 a backtick. */
function traefikCondition({ path, method, headers, query }: HttpMatch, since37: boolean): Router['takes'] | undefined {
  const texts = [path.value, ...[...headers, ...query].flatMap(({ name, value }) => [name, value])];
  if (!since37 && texts.some((text) => text.includes('`'))) return undefined;
  const takesPath = traefikPath(path);
  const named = [...headers, ...query].map((match) => anywhere(match));
  if (!takesPath || named.some((test) => !test)) return undefined;
  const [headerTests, queryTests] = [named.slice(0, headers.length), named.slice(headers.length)];
  return (request, compared) =>
    takesPath(compared) &&
    (method === undefined || method === request.method) &&
    headers.every(({ name }, i) => {
      // Go keeps Host apart from the headers.
      const values = name.toLowerCase() === 'host' ? undefined : request.headers[name.toLowerCase()];
      return values?.some((value) => headerTests[i]!(value)) ?? false;
    }) &&
    query.every(({ name }, i) => queryValues(request, name).some((value) => queryTests[i]!(value)));
}

function traefikPath({ type, value }: HttpMatch['path']): ((path: string) => boolean) | undefined {
  if (type === 'RegularExpression') {
    const pattern = goRegExp(value);
    return pattern && ((path) => pattern.test(path));
  }
  if (!value.startsWith('/')) return undefined;
  if (type === 'Exact') return (path) => path === value;
  if (value === '/') return () => true;
  const prefix = value.replace(/\/$/, '');
  return (path) => path === prefix || path.startsWith(`${prefix}/`);
}

/** Regular expressions are searched for. */
function anywhere({ value, regex }: NamedMatch): ((text: string) => boolean) | undefined {
  if (!regex) return (text) => text === value;
  const pattern = goRegExp(value);
  return pattern && ((text) => pattern.test(text));
}

// ------------------------------------------------------------------ both

/** What becomes of the requests that a rule takes; `nobody`: the status where no backend has a positive weight. */
function serving(
  parts: readonly BackendPart[],
  match: HttpMatch,
  style: FilterStyle,
  nobody: 500 | 503,
): Router['serve'] {
  const filters = ruleFilters(match);
  const byCookie = parts.some(({ of }) => of !== undefined);
  const balanced = sharesOf(parts.map(({ weight, shares }) => ({ weight, of: shares })));
  const ownFilters = parts.some((part) => part.filters.length > 0);
  const none = failing(nobody, parts.length === 0 ? 'the rule has no backends' : 'no backend has a positive weight');
  const shares = balanced.length > 0 ? balanced : none;
  return (request, path) => {
    const arrived = { request, host: request.host, path };
    if (!ownFilters && !byCookie) return filtered(shares, filters, match, arrived, style);
    const each = parts.map(({ weight, shares: all, of, filters: own }) => {
      const through = filtered(of?.(request) ?? all, filters, match, arrived, style);
      return { weight, of: own.length === 0 ? through : through.flatMap((share) => again(share, own)) };
    });
    const all = sharesOf(each);
    return all.length > 0 ? all : filtered(none, filters, match, arrived, style);

    function again({ share, to }: RoutedShare, own: BackendPart['filters']): readonly RoutedShare[] {
      if (to.is !== 'backend') return [{ share, to }];
      const arrivedAt = { request, host: to.host, path: to.path };
      return filtered([{ share: 1, to }], own, match, arrivedAt, style).map((inner) => ({
        share: share * inner.share,
        to: inner.to,
      }));
    }
  };
}

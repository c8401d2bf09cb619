import { isDeepStrictEqual } from 'node:util';
import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { podsOf } from '../../world/autoscalers';
import type { IstioServer } from '../../world/istio-gateways';
import { commonHosts, istioGatewaysOf, istioServersOf } from '../../world/istio-gateways';
import { everyKnown } from '../../world/known';
import {
  boundGateways,
  destinationRulesFor,
  istioShare,
  mirrorPercentageOf,
  serviceOfIstioHost,
} from '../../world/virtual-services';
import type { World } from '../../world/world';
import type { RoutedService, RoutedShare, RoutingAnswer } from './answer';
import { allToService, failing, sharesOf } from './answer';
import { istioRules } from './istio-delegates';
import { isCatchAll, istioCondition, istioRewrite, replacedPath } from './istio-matches';
import type { OutsideRequest } from './request';
import { envoyPath } from './request-path';
import { serviceState } from './service-state';

/** A match of a VirtualService as a route of Envoy. */
interface IstioRoute {
  readonly resource: Resource;
  readonly path: Path;
  readonly isCatchAll: boolean;
  readonly takes: (request: OutsideRequest, path: string) => boolean;
  readonly serve: (request: OutsideRequest, path: string) => readonly RoutedShare[];
  /** The VirtualService that is bound to the Gateway: the one that delegates, where the rule is of another one. */
  readonly root: Resource;
  /** The VirtualService that its rule delegates to, where nothing shows whether it is there: whether it answers is not known. */
  readonly unseen?: string;
}

/** What becomes of requests for a host name at a port. */
interface VirtualHost {
  readonly routes: readonly IstioRoute[];
  /** Without TLS people are sent to https. */
  readonly redirects: boolean;
}

/** A port of Envoy, or what a server of it serves with TLS. */
interface Port {
  readonly number: number | undefined;
  readonly isTls: boolean;
  readonly hosts: ReadonlyMap<string, VirtualHost>;
}

/**
 * Which Service answers a request that arrives at a Gateway of Istio (pilot/pkg/networking/core/gateway.go, 1.31): all Gateways of the same pods
 * are one; the VirtualServices of a host stand by their age and then by name, and what takes every request is moved to the end; the first
 * that matches takes it.
 */
export function routeAtIstioGateway(world: World, gateway: Resource, request: OutsideRequest): RoutingAnswer {
  const path = envoyPath(request.path);
  const none: RoutingAnswer = { dialect: 'istio', rule: undefined, ties: [], shares: failing(404, 'no rule matches') };
  let redirect: RoutingAnswer | undefined;
  let unseen: string | undefined;
  for (const port of portsOf(world, gateway)) {
    if (request.port !== undefined && port.number !== undefined && request.port !== port.number) continue;
    if (request.scheme !== undefined && port.isTls !== (request.scheme === 'https')) continue;
    const name = hostFor(port.hosts, request.host);
    const host = name === undefined ? undefined : port.hosts.get(name);
    if (!host) continue;
    if (host.redirects && !port.isTls) {
      const location = `https://${request.host}${request.path}${queryText(request)}`;
      redirect ??= { ...none, shares: [{ share: 1, to: { is: 'redirect', status: 301, location } }] };
      continue;
    }
    const matching = host.routes.filter(({ takes }) => takes(request, path));
    const route = matching.find(({ unseen: delegate }) => delegate === undefined);
    const before = route ? matching.slice(0, matching.indexOf(route)) : matching;
    const [delegate] = before.flatMap((each) => each.unseen ?? []);
    if (!route) {
      unseen ??= delegate;
      continue;
    }
    const because = `host ${name}, the first rule that matches${route.isCatchAll ? '; it takes every request, so it comes last' : ''}`;
    return {
      ...none,
      rule: { resource: route.resource, path: route.path, because },
      shares: delegated(route.serve(request, path), delegate),
      ...byAge(world, route, matching, request, path),
    };
  }
  return redirect ?? { ...none, shares: delegated(none.shares, unseen) };
}

/** That a rule of another VirtualService of the host answers if that one is older; nothing where both ages are known, or it makes no difference. */
function byAge(
  world: World,
  first: IstioRoute,
  matching: readonly IstioRoute[],
  request: OutsideRequest,
  path: string,
): { readonly notes?: readonly string[] } {
  const age = ({ root }: IstioRoute) => string(root.at(['metadata', 'creationTimestamp']));
  const own = first.serve(request, path);
  const other = matching.find(
    (each) =>
      each.root !== first.root &&
      each.unseen === undefined &&
      each.isCatchAll === first.isCatchAll &&
      (age(each) === undefined || age(first) === undefined) &&
      !isDeepStrictEqual(each.serve(request, path), own),
  );
  if (!other) return {};
  const [one, two] = [first, other].map(({ root }) => `${root.kind} ${keyOf(world, root)}`);
  const note = `${two} has a rule for the request, too, and of two VirtualServices of a host the rules of the older come first: metadata.creationTimestamp, which objects of the cluster have, tells which; without it ${one} comes first here`;
  return { notes: [note] };
}

/** What is told where a VirtualService that is not here may answer before. */
function delegated(shares: readonly RoutedShare[], delegate: string | undefined): readonly RoutedShare[] {
  if (delegate === undefined) return shares;
  const unknown = `${delegate}, which an earlier rule delegates to, is not among these and may answer in its place`;
  return shares.map(({ share, to }) => ({
    share,
    to: to.is === 'backend' ? { ...to, unknown } : to.is === 'error' ? { ...to, why: `${to.why}; ${unknown}` } : to,
  }));
}

/** Envoy takes the name itself, then the longest after a star, then `*`. */
function hostFor(hosts: ReadonlyMap<string, unknown>, asked: string): string | undefined {
  if (hosts.has(asked)) return asked;
  const wild = [...hosts.keys()].filter(
    (name) => name.startsWith('*') && name !== '*' && asked.length >= name.length && asked.endsWith(name.slice(1)),
  );
  return wild.sort((a, b) => b.length - a.length)[0] ?? (hosts.has('*') ? '*' : undefined);
}

function queryText({ query }: OutsideRequest): string {
  return query === '' ? '' : `?${query}`;
}

const portsOf = memo((world: World, gateway: Resource): readonly Port[] => {
  const pods = JSON.stringify(Object.entries(strings(gateway.at(['spec', 'selector']))).sort());
  const beside = istioGatewaysOf(world).filter(
    (other) => JSON.stringify(Object.entries(strings(other.at(['spec', 'selector']))).sort()) === pods,
  );
  const servers = [...new Set([gateway, ...beside])].flatMap((each) => istioServersOf(world, each)).filter(isHttp);
  const groups = new Map<string, IstioServer[]>();
  // Servers without TLS share the routes of their port; each with TLS has its own.
  for (const [i, server] of servers.entries())
    addTo(groups, isTls(server) ? `tls ${i}` : `port ${String(server.port)}`, server);
  return [...groups.values()].map((group) => {
    const [first] = group;
    return { number: first!.port, isTls: isTls(first!), hosts: hostsOf(world, group) };
  });
});

function isHttp({ protocol, gateway, path }: IstioServer): boolean {
  const mode = string(record(gateway.at([...path, 'tls']))?.['mode']);
  if (protocol === 'HTTPS') return mode !== 'PASSTHROUGH' && mode !== 'AUTO_PASSTHROUGH' && mode !== undefined;
  return ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'].includes(protocol);
}

function isTls({ protocol }: IstioServer): boolean {
  return protocol === 'HTTPS';
}

function hostsOf(world: World, servers: readonly IstioServer[]): ReadonlyMap<string, VirtualHost> {
  const found = new Map<string, { routes: IstioRoute[]; redirects: boolean }>();
  const at = (host: string) => {
    const own = found.get(host) ?? { routes: [], redirects: false };
    found.set(host, own);
    return own;
  };
  for (const server of servers) {
    for (const service of virtualServicesAt(world, server.gateway)) {
      const routes = routesOf(world, service, server);
      // Without a rule for this Gateway it is as if it were not there.
      if (routes.length === 0) continue;
      for (const host of commonHosts(server, service, world.namespaceOf(service))) {
        const own = at(host);
        own.routes.push(...routes);
        own.redirects ||= server.redirects;
      }
    }
    // Names with a namespace are no names of hosts there.
    if (server.redirects)
      for (const { host, namespace } of server.hosts) if (namespace === '*') at(host).redirects = true;
  }
  for (const own of found.values())
    own.routes = [...own.routes.filter((each) => !each.isCatchAll), ...own.routes.filter((each) => each.isCatchAll)];
  return found;
}

/** The VirtualServices that are bound to a Gateway and seen by it: those that only its namespace sees first, then the oldest (VirtualServicesForGateway). */
const virtualServicesAt = memo((world: World, gateway: Resource): readonly Resource[] => {
  const [key, own] = [keyOf(world, gateway), world.namespaceOf(gateway)];
  const seenBy = (each: Resource): 'own' | 'named' | 'all' | 'nobody' => {
    const names = list(each.at(['spec', 'exportTo'])).map((name) => (name === '.' ? world.namespaceOf(each) : name));
    if (names.length === 0 || names.includes('*')) return 'all';
    if (!names.includes(own)) return 'nobody';
    return world.namespaceOf(each) === own ? 'own' : 'named';
  };
  const RANKS = { own: '0', named: '1', all: '2', nobody: '' } as const;
  // What is not in the cluster yet will be the newest.
  const created = (each: Resource) => string(each.at(['metadata', 'creationTimestamp'])) ?? '9';
  const order = (each: Resource) => [RANKS[seenBy(each)], created(each), each.name, world.namespaceOf(each)];
  return everyKnown(world, 'VirtualService')
    .filter((each) => each.group === 'networking.istio.io' && boundGateways(world, each).includes(key))
    .filter((each) => seenBy(each) !== 'nobody')
    .sort((a, b) => compare(order(a), order(b)));
});

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((text, i) => text !== b[i]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

function keyOf(world: World, gateway: Resource): string {
  return `${world.namespaceOf(gateway)}/${gateway.name}`;
}

function routesOf(world: World, service: Resource, server: IstioServer): IstioRoute[] {
  const routes: IstioRoute[] = [];
  for (const each of istioRules(world, service)) {
    const matches = each.matches.length > 0 ? each.matches : [undefined];
    for (const placed of matches) {
      const match = placed?.match;
      if (match && !isForServer(world, match, server)) continue;
      const isAll = each.unseen === undefined && isCatchAll(match);
      routes.push({
        ...{ root: service, resource: each.resource, path: placed?.path ?? each.path, isCatchAll: isAll },
        takes: istioCondition(match ?? {}),
        serve: servingRule(world, each.resource, server, each.rule, match),
        ...(each.unseen === undefined ? {} : { unseen: each.unseen }),
      });
      // Nothing that stands behind it is asked.
      if (isAll) return routes;
    }
  }
  return routes;
}

/** Whether a match is for this Gateway, by name, by the labels and the namespace of its pods, and by port. */
function isForServer(world: World, match: Json, { gateway, port }: IstioServer): boolean {
  const asked = number(match['port']) ?? 0;
  if (asked !== 0 && asked !== port) return false;
  const names = list(match['gateways']);
  if (names.length > 0) return names.includes(keyOf(world, gateway));
  const from = string(match['sourceNamespace']);
  return (
    (!from || from === world.namespaceOf(gateway)) &&
    selects({ matchLabels: strings(match['sourceLabels']) }, strings(gateway.at(['spec', 'selector'])))
  );
}

function servingRule(
  world: World,
  service: Resource,
  server: IstioServer,
  rule: Json,
  match: Json | undefined,
): IstioRoute['serve'] {
  const redirect = record(rule['redirect']);
  if (redirect)
    return (request, path) => faulty(rule, [{ share: 1, to: redirected(redirect, match, server, request, path) }]);
  const direct = record(rule['directResponse']);
  if (direct) {
    const status = number(direct['status']) ?? 200;
    const answer = faulty(rule, [
      { share: 1, to: { is: 'error', status, why: 'the rule answers itself (directResponse)' } },
    ]);
    return () => answer;
  }
  const shares = faulty(rule, destinationShares(world, service, server, rule));
  const rewrite = record(rule['rewrite']);
  return (request, path) =>
    shares.map(({ share, to }) => ({
      share,
      to:
        to.is === 'backend'
          ? {
              ...to,
              host: string(rewrite?.['authority']) || request.host,
              path: istioRewrite(rewrite, match, path),
            }
          : to,
    }));
}

/**
 * With `fault.abort` a part of the requests is answered by Envoy itself: none without a percentage, unlike copies (TranslateFault of
 * pilot/pkg/networking/core/route/route.go sets none then, and that is 0 for Envoy). What `fault.delay` holds up is answered as without it.
 */
function faulty(rule: Json, shares: readonly RoutedShare[]): readonly RoutedShare[] {
  const abort = record(record(rule['fault'])?.['abort']);
  const [http, grpc] = [number(abort?.['httpStatus']), string(abort?.['grpcStatus'])];
  if (!abort || (http === undefined && grpc === undefined)) return shares;
  const part = istioShare(abort['percentage'], 0);
  // A status of gRPC travels with status 200 of HTTP.
  const why = `the rule aborts requests (fault.abort${http === undefined ? ` with the gRPC status ${grpc}` : ''})`;
  const aborted: RoutedShare = { share: 1, to: { is: 'error', status: http ?? 200, why } };
  return sharesOf([
    { weight: part, of: [aborted] },
    { weight: 1 - part, of: shares },
  ]);
}

function destinationShares(world: World, service: Resource, server: IstioServer, rule: Json): readonly RoutedShare[] {
  const routes = mappings(rule['route']);
  const mirrors = [
    ...(record(rule['mirror']) ? [{ destination: rule['mirror'], percentage: mirrorPercentageOf(rule) }] : []),
    ...mappings(rule['mirrors']),
  ].flatMap(({ destination, percentage }) => {
    const share = istioShare(percentage, 1);
    const copied = sharesAt(world, service, server, record(destination) ?? {})[0];
    return copied?.to.is === 'backend' && share > 0 ? [{ service: copied.to.service, share }] : [];
  });
  // The only one gets everything, whatever its weight.
  const weightOf = ({ weight }: Json) => (routes.length === 1 ? 1 : (number(weight) ?? 0));
  const parts = routes.map((route) => ({
    weight: weightOf(route),
    of: sharesAt(world, service, server, record(route['destination']) ?? {}),
  }));
  const all = sharesOf(parts);
  if (all.length === 0) return failing(503, 'the rule has no destination with a weight');
  return all.map(({ share, to }) => ({ share, to: to.is === 'backend' ? { ...to, mirrors } : to }));
}

/** The Service of a destination; undefined for hosts outside of the cluster. */
function routedService(
  world: World,
  from: Resource,
  { port: gatewayPort }: IstioServer,
  destination: Json,
): RoutedService | undefined {
  const host = (string(destination['host']) ?? '').toLowerCase();
  // Names with dots are no short ones.
  if (host.includes('.') && !host.includes('.svc.')) return undefined;
  const named = serviceOfIstioHost(host, world.namespaceOf(from));
  if (!named) return undefined;
  const stated = number(record(destination['port'])?.['number']);
  const state = serviceState(world, named.namespace, named.name, stated ?? gatewayPort);
  const only =
    stated === undefined && state.is !== 'unseen' && state.is !== 'absent' ? onlyPort(world, named) : undefined;
  const subset = string(destination['subset']);
  return { ...named, port: stated ?? only ?? gatewayPort ?? 0, ...(subset ? { subset } : {}) };
}

function onlyPort(world: World, { namespace, name }: { namespace: string; name: string }): number | undefined {
  const found = world.find('Service', namespace, name);
  const ports = found.is === 'present' ? mappings(found.resource.at(['spec', 'ports'])) : [];
  return ports.length === 1 ? number(ports[0]!['port']) : undefined;
}

function sharesAt(world: World, from: Resource, server: IstioServer, destination: Json): readonly RoutedShare[] {
  const host = string(destination['host']) ?? '';
  const service = routedService(world, from, server, destination);
  if (!service) return outside(world, host, destination, server);
  const { namespace, name, port, subset } = service;
  const state = serviceState(world, namespace, name, port);
  if (state.is === 'unseen') return allToService(service, true);
  if (state.is === 'external name') return allToService(service, true);
  if (state.is !== 'there') return failing(503, state.why);
  if (subset === undefined) return allToService(service, state.assumed);
  const rules = destinationRulesFor(world, service);
  const labels = rules
    .flatMap((rule) => mappings(rule.at(['spec', 'subsets'])))
    .find((each) => each['name'] === subset)?.['labels'];
  const isDefined = rules.some((rule) =>
    mappings(rule.at(['spec', 'subsets'])).some((each) => each['name'] === subset),
  );
  if (!isDefined)
    return rules.length > 0 || world.isComplete(namespace, 'DestinationRule')
      ? failing(503, `no DestinationRule has subset ${subset} of Service ${namespace}/${name}`)
      : allToService(service, true);
  const { workloads } = state.service;
  const chosen = workloads.filter(({ podLabels }) => selects({ matchLabels: strings(labels) }, podLabels));
  if (workloads.length === 0 || state.assumed) return allToService(service, true);
  if (chosen.every((workload) => podsOf(world, workload)?.max === 0))
    return world.isComplete(namespace, 'Pod') || chosen.length > 0
      ? failing(503, `no pod of Service ${namespace}/${name} is one of subset ${subset}`)
      : allToService(service, true);
  return allToService(service, false);
}

/** A host that a ServiceEntry enters, or that nobody is known to enter. */
function outside(world: World, host: string, destination: Json, { port }: IstioServer): readonly RoutedShare[] {
  const isEntered = everyKnown(world, 'ServiceEntry').some((entry) =>
    list(entry.at(['spec', 'hosts'])).some((name) => String(name).toLowerCase() === host.toLowerCase()),
  );
  // In the form of a whole name, such as that of a misspelt domain, it was meant as a Service, which is none.
  if (!isEntered && (host.toLowerCase().includes('.svc.') || world.isComplete('', 'ServiceEntry')))
    return failing(503, `${host} is no name of a Service, and no ServiceEntry has it`);
  const service = { namespace: '', name: host, port: number(record(destination['port'])?.['number']) ?? port ?? 0 };
  return allToService(service, !isEntered);
}

function redirected(
  redirect: Json,
  match: Json | undefined,
  { port, protocol }: IstioServer,
  request: OutsideRequest,
  path: string,
): RoutedShare['to'] {
  const scheme = string(redirect['scheme']) || (protocol === 'HTTPS' ? 'https' : 'http');
  const derived = redirect['derivePort'] === 'FROM_REQUEST_PORT' ? port : undefined;
  const asked = number(redirect['port']) ?? derived;
  const isUsual = asked === undefined || asked === 0 || asked === (scheme === 'https' ? 443 : 80);
  const [uri, prefix] = [string(redirect['uri']), string(redirect['prefixRewrite'])];
  const to = prefix ? replacedPath(match, path, prefix) : uri || path;
  return {
    is: 'redirect',
    status: number(redirect['redirectCode']) || 301,
    location: `${scheme}://${string(redirect['authority']) || request.host}${isUsual ? '' : `:${asked}`}${to}${queryText(request)}`,
  };
}

import type { App } from 'cdk8s';
import type { Construct } from 'constructs';
import type {
  HttpRouteSpecRules,
  HttpRouteSpecRulesBackendRefs,
  HttpRouteSpecRulesFilters,
  HttpRouteSpecRulesMatches,
  HttpRouteSpecRulesMatchesHeaders,
} from '../../imports/gateway.networking.k8s.io';
import {
  HttpRouteSpecRulesFiltersType,
  HttpRouteSpecRulesMatchesHeadersType,
  HttpRouteSpecRulesMatchesMethod,
} from '../../imports/gateway.networking.k8s.io';
import {
  TraefikService,
  TraefikServiceSpecMirroringKind,
  TraefikServiceSpecMirroringMirrorsKind,
  TraefikServiceSpecMirroringPort,
  TraefikServiceSpecWeightedServicesKind,
  TraefikServiceSpecWeightedServicesPort,
  TraefikServiceSpecWeightedStickyCookieSameSite,
} from '../../imports/traefik.io';
import type { RequestMatch } from '../../model/release';
import type { FlowEnd, Split, StickySplit } from '../core/flow';
import type { Port } from '../core/workload';
import { Component } from '../synthesis/component';

/** Requests that a rule takes, and what is done to them on the way. */
export interface RoutedRequests {
  readonly matches: readonly HttpRouteSpecRulesMatches[];
  /** @default - nothing */
  readonly filters?: readonly HttpRouteSpecRulesFilters[];
}

/**
 * The rules of an HTTPRoute that lead requests to a service, and to another version of it as its release says. `prefix`: where the service
 * is on its host, other services being beside it.
 */
export function rulesFor(
  scope: Construct,
  port: Port<object, FlowEnd>,
  requests: readonly RoutedRequests[],
  prefix: string,
): HttpRouteSpecRules[] {
  const lead = leading(scope, port, prefix);
  return requests.flatMap(({ matches, filters = [] }) =>
    lead(matches).flatMap((rule) => {
      const all = [...filters, ...(rule.filters ?? [])];
      const whole = all.length > 0 ? { ...rule, filters: all } : rule;
      // The Gateway API takes ReplacePrefixMatch with a single match alone.
      return filters.some(isReplacingPrefix) ? eachMatch(whole) : [whole];
    }),
  );
}

function isReplacingPrefix({ urlRewrite }: HttpRouteSpecRulesFilters): boolean {
  return urlRewrite?.path?.replacePrefixMatch !== undefined;
}

/** A rule for each of its matches. */
function eachMatch(rule: HttpRouteSpecRules): HttpRouteSpecRules[] {
  return (rule.matches ?? []).map((match) => ({ ...rule, matches: [match] }));
}

/** The rules for some matches, as the release of the service says. What they lead to is made once. */
function leading(
  scope: Construct,
  port: Port<object, FlowEnd>,
  prefix: string,
): (matches: readonly HttpRouteSpecRulesMatches[]) => HttpRouteSpecRules[] {
  const { split } = port.workload;
  const own = backendOf(port.workload, port);
  const plain = (matches: readonly HttpRouteSpecRulesMatches[]) => ({ matches: [...matches], backendRefs: [own] });
  if (!split) return (matches) => [plain(matches)];
  if ('sharesBy' in split) {
    const other = { name: split.next.name, port: split.next.portOf(port) };
    const backendRefs = split.sharesBy === 'traefik' ? sharing(scope, port, own, other) : weighted(own, other, 0);
    return (matches) => [{ ...plain(matches), backendRefs }];
  }
  const next = backendOf(split.to, port);
  if ('share' in split) {
    const backendRefs = split.sticky
      ? stickyBackends(scope, { ...split, sticky: split.sticky, prefix }, own, next, port)
      : weighted(own, next, split.share);
    return (matches) => [{ ...plain(matches), backendRefs }];
  }
  // A path of the plain rule may be more precise than one without the header: so each path stands in both rules.
  if ('when' in split)
    return (matches) => [
      { matches: matches.map((match) => ({ ...match, headers: [headerOf(split.when)] })), backendRefs: [next] },
      plain(matches),
    ];
  const copying = copyingBy(scope, split, own, next, port);
  if (split.copies === 0) return (matches) => [plain(matches)];
  return (matches) => {
    const copied = { ...plain(matches), ...copying };
    if (split.methods.length === 0) return [copied];
    const methods = split.methods.map((method) => HttpRouteSpecRulesMatchesMethod[method]);
    return [
      { ...copied, matches: matches.flatMap((match) => methods.map((method) => ({ ...match, method }))) },
      plain(matches),
    ];
  };
}

/**
 * Shares of new clients, who stay where they came by a cookie: a TraefikService between the route and the Services. While the next version
 * has no share the route leads to the service itself, so that route and TraefikService never come, or go, in one moment.
 */
function stickyBackends(
  scope: Construct,
  {
    to,
    share,
    sticky,
    prefix,
  }: Extract<Split, { readonly share: number }> & { readonly sticky: StickySplit; readonly prefix: string },
  own: HttpRouteSpecRulesBackendRefs,
  next: HttpRouteSpecRulesBackendRefs,
  { workload }: Port<object, FlowEnd>,
): HttpRouteSpecRulesBackendRefs[] {
  const { name } = to;
  const [first, second] = weighted(own, next, share).map(weightedService);
  new TraefikService(scope, 'shares', {
    metadata: { name, namespace: workload.namespace.name, labels: { ...workload.labels } },
    spec: {
      weighted: {
        // A Service without endpoints takes the whole TraefikService with it, whatever its weight: who has no share is left out, and the
        // next version stands by the address of its Service, so that an outage of it costs its own share alone.
        services: [
          ...(share < 100 ? [first!] : []),
          ...(share > 0 ? [{ ...second!, ...(share < 100 ? { nativeLb: true } : {}) }] : []),
        ],
        sticky: {
          cookie: {
            name: sticky.cookie,
            ...{ httpOnly: true, sameSite: TraefikServiceSpecWeightedStickyCookieSameSite.LAX },
            ...(sticky.seconds === undefined ? {} : { maxAge: sticky.seconds }),
            // A service of the same name beside it on the host would write its own over it.
            ...(prefix === '' ? {} : { path: prefix }),
          },
        },
      },
    },
  });
  return share === 0 ? [own] : throughTraefik(name);
}

function backendOf(end: FlowEnd, { name }: Port<object, FlowEnd>): HttpRouteSpecRulesBackendRefs {
  const port = end.allPorts.find((each) => each.name === name)!;
  const service = end.serviceOf(port);
  return { name: service.name, port: service.portOf(port) };
}

/**
 * Gateway API knows no cookies. Implementations differ in whether an expression must match the whole header (Envoy) or is looked for in it
 * (Traefik): this one means the same in both.
 */
function headerOf({ by, name, value }: RequestMatch): HttpRouteSpecRulesMatchesHeaders {
  if (by === 'header') return { type: HttpRouteSpecRulesMatchesHeadersType.EXACT, name, value };
  return {
    type: HttpRouteSpecRulesMatchesHeadersType.REGULAR_EXPRESSION,
    name: 'Cookie',
    value: cookieExpression(name, value),
  };
}

/** Both versions with their shares of the requests. `share`: percent of the next one; 0 before a controller has written any. */
export function weighted<Backend>(
  own: Backend,
  next: Backend,
  share: number,
): [Backend & { readonly weight: number }, Backend & { readonly weight: number }] {
  return [
    { ...own, weight: 100 - share },
    { ...next, weight: share },
  ];
}

/** The same as an entry of a TraefikService. */
function weightedService({ name, port, weight }: HttpRouteSpecRulesBackendRefs & { readonly weight: number }) {
  const kind = TraefikServiceSpecWeightedServicesKind.SERVICE;
  return { kind, name, port: TraefikServiceSpecWeightedServicesPort.fromNumber(port!), weight };
}

/** What a route names to lead through a TraefikService. */
function throughTraefik(name: string): HttpRouteSpecRulesBackendRefs[] {
  return [{ group: 'traefik.io', kind: 'TraefikService', name }];
}

/**
 * A TraefikService of the service's own name, between the route and both Services. It is a component of its own, which comes before the
 * route: of a route whose TraefikService it has not read yet, Traefik answers 404.
 */
function sharing(
  scope: Construct,
  { workload }: Port<object, FlowEnd>,
  own: HttpRouteSpecRulesBackendRefs,
  next: HttpRouteSpecRulesBackendRefs,
): HttpRouteSpecRulesBackendRefs[] {
  const { name } = workload;
  new TraefikService(new Component(scope.node.root as App, `${name}-shares`), 'shares', {
    metadata: { name, namespace: workload.namespace.name, labels: { ...workload.labels } },
    spec: { weighted: { services: weighted(own, next, 0).map(weightedService) } },
  });
  return throughTraefik(name);
}

/** What the header `Cookie` is like if it has a cookie of this name with this value, among others or alone. */
export function cookieExpression(name: string, value: string): string {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `^(.*;\\s*)?${literal(name)}=${literal(value)}(;.*)?$`;
}

/** What makes copies: a filter, or a TraefikService between the route and the Service. */
function copyingBy(
  scope: Construct,
  { copies, by, to }: Extract<Split, { readonly copies: number }>,
  own: HttpRouteSpecRulesBackendRefs,
  next: HttpRouteSpecRulesBackendRefs,
  { workload }: Port<object, FlowEnd>,
): Pick<HttpRouteSpecRules, 'filters' | 'backendRefs'> {
  if (by === 'filter') {
    const filter: HttpRouteSpecRulesFilters = {
      type: HttpRouteSpecRulesFiltersType.REQUEST_MIRROR,
      // Without a percentage it copies all, and only newer implementations read one.
      requestMirror: { backendRef: next, ...(copies === 100 ? {} : { percent: copies }) },
    };
    return { filters: [filter] };
  }
  const { name } = to;
  const service = ({ name, port }: HttpRouteSpecRulesBackendRefs) => ({
    name,
    port: TraefikServiceSpecMirroringPort.fromNumber(port!),
  });
  new TraefikService(scope, 'mirror', {
    metadata: { name, namespace: workload.namespace.name, labels: { ...workload.labels } },
    spec: {
      mirroring: {
        ...{ kind: TraefikServiceSpecMirroringKind.SERVICE, ...service(own) },
        // By the address of its Service: of one whose pods are away Traefik knows no endpoints, drops the whole rule, and answers 404 to
        // people (seen with 3.5.0).
        mirrors: [
          {
            ...{ kind: TraefikServiceSpecMirroringMirrorsKind.SERVICE, ...service(next) },
            ...{ percent: copies, nativeLb: true },
          },
        ],
      },
    },
  });
  return { backendRefs: throughTraefik(name) };
}

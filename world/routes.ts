import type { Json, Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import type { Certainty } from './certainty';
import { all, some } from './certainty';
import type { Listener, ListenerKind } from './listeners';
import { allowsKind, allowsNamespace, GATEWAY_API, LISTENER_KINDS, listenersOf } from './listeners';
import type { World } from './world';

/** The routes of the Gateway API. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
/** These alone know host names. */
const WITH_HOSTNAMES: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);

/** A route's parentRef. */
export interface ParentRef {
  readonly route: Resource;
  readonly routeNamespace: string;
  readonly kind: ListenerKind;
  readonly name: string;
  readonly namespace: string;
  readonly sectionName: string | undefined;
  readonly port: number | undefined;
  readonly path: Path;
}

/** A reference to what a route sends traffic to. */
export interface BackendRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly port: number | undefined;
  /** The share of requests among the backends of the rule. */
  readonly weight: number;
  /** Of the requests the part that comes there as copies, 0 to 1; undefined: it gets no copies. */
  readonly copied: number | undefined;
  readonly path: Path;
}

export function routesOf(world: World): readonly Resource[] {
  return ROUTE_KINDS.flatMap((kind) => world.of(kind)).filter(isRoute);
}

/** Whether an object is a route of the Gateway API. */
export function isRoute({ group, kind }: Resource): boolean {
  return group === GATEWAY_API && (ROUTE_KINDS as readonly string[]).includes(kind);
}

/** The Gateways and ListenerSets that a route names; parents of other kinds (a Service of a mesh) are not judged. */
export function parentRefsOf(world: World, route: Resource): ParentRef[] {
  const routeNamespace = world.namespaceOf(route);
  return list(route.at(['spec', 'parentRefs'])).flatMap((entry, i) => {
    const ref = record(entry);
    const name = string(ref?.['name']);
    const kind = string(ref?.['kind']) ?? 'Gateway';
    if (!ref || name === undefined || !isListenerKind(kind)) return [];
    if ((string(ref['group']) ?? GATEWAY_API) !== LISTENER_KINDS[kind]) return [];
    return [
      {
        route,
        routeNamespace,
        kind,
        name,
        namespace: string(ref['namespace']) ?? routeNamespace,
        sectionName: string(ref['sectionName']) || undefined,
        port: number(ref['port']),
        path: ['spec', 'parentRefs', i],
      },
    ];
  });
}

function isListenerKind(kind: string): kind is ListenerKind {
  return kind in LISTENER_KINDS;
}

/** The listeners that a parentRef means, or may mean, whether or not they take the route. */
export function listenersMeant(parent: Resource, { sectionName, port }: ParentRef): Listener[] {
  return listenersOf(parent).filter(
    (listener) =>
      (sectionName === undefined || listener.name === sectionName) &&
      (port === undefined || (listener.port ?? port) === port),
  );
}

/** Whether a listener takes a route, its host names aside. */
export function allowsRoute(world: World, listener: Listener, route: Resource): Certainty {
  return all([
    allowsKind(listener, route.kind) ? 'yes' : 'no',
    allowsNamespace(world, listener, world.namespaceOf(route)),
  ]);
}

/** The host names of a route; empty where it takes those of its listener. */
export function hostnamesOf(route: Resource): string[] {
  return WITH_HOSTNAMES.has(route.kind)
    ? list(route.at(['spec', 'hostnames'])).flatMap((name) => string(name) ?? [])
    : [];
}

/** Whether a listener serves at least one host name of a route. */
export function servesHostname({ hostname }: Listener, route: Resource): boolean {
  const hostnames = hostnamesOf(route);
  return (
    hostname === undefined ||
    hostnames.length === 0 ||
    !WITH_HOSTNAMES.has(route.kind) ||
    hostnames.some((name) => hostnamesIntersect(hostname, name))
  );
}

/** Whether some host is meant by both names: `*.example.com` means `a.example.com` and `a.b.example.com`, not `example.com`. */
export function hostnamesIntersect(a: string, b: string): boolean {
  const [one, two] = [a.toLowerCase(), b.toLowerCase()];
  if (one === two) return true;
  const [wildOne, wildTwo] = [one.startsWith('*.'), two.startsWith('*.')];
  if (wildOne && wildTwo) return one.endsWith(two.slice(1)) || two.endsWith(one.slice(1));
  if (wildOne) return two.endsWith(one.slice(1));
  if (wildTwo) return one.endsWith(two.slice(1));
  return false;
}

/** Whether any of the listeners certainly takes the route. */
export function anyAllows(world: World, listeners: readonly Listener[], route: Resource): Certainty {
  return some(listeners.map((listener) => allowsRoute(world, listener, route)));
}

/** Where a route sends traffic, mirrors included. */
export function backendRefsOf(world: World, route: Resource): BackendRef[] {
  const namespace = world.namespaceOf(route);
  const refs: BackendRef[] = [];
  const add = (value: unknown, path: Path, copied?: number) => {
    const ref = record(value);
    const name = string(ref?.['name']);
    if (!ref || name === undefined) return;
    refs.push({
      group: string(ref['group']) ?? '',
      kind: string(ref['kind']) ?? 'Service',
      name,
      namespace: string(ref['namespace']) || namespace,
      port: number(ref['port']),
      weight: number(ref['weight']) ?? 1,
      ...{ copied, path },
    });
  };
  const addMirrors = (filters: unknown, path: Path) =>
    list(filters).forEach((filter, i) => {
      const mirror = record(record(filter)?.['requestMirror']);
      if (mirror) add(mirror['backendRef'], [...path, i, 'requestMirror', 'backendRef'], copiedShare(mirror));
    });
  list(route.at(['spec', 'rules'])).forEach((entry, i) => {
    const rule = record(entry);
    const path = ['spec', 'rules', i];
    addMirrors(rule?.['filters'], [...path, 'filters']);
    list(rule?.['backendRefs']).forEach((ref, j) => {
      add(ref, [...path, 'backendRefs', j]);
      addMirrors(record(ref)?.['filters'], [...path, 'backendRefs', j, 'filters']);
    });
  });
  return refs;
}

/** The share of requests, 0 to 1, that a RequestMirror copies: all where it says neither a percentage nor a fraction (apis/v1, HTTPRequestMirrorFilter). */
export function copiedShare(mirror: Json): number {
  const percent = number(mirror['percent']);
  if (percent !== undefined) return percent / 100;
  const fraction = record(mirror['fraction']);
  return fraction ? (number(fraction['numerator']) ?? 0) / (number(fraction['denominator']) ?? 100) : 1;
}

/** Whether a ReferenceGrant in `to.namespace` lets an object of `from` refer to this one. */
export function isGranted(
  world: World,
  from: { readonly group: string; readonly kind: string; readonly namespace: string },
  to: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  return (grants(world).get(to.namespace) ?? []).some(
    (grant) =>
      list(grant.at(['spec', 'from'])).some((entry) => {
        const source = record(entry);
        return (
          source?.['group'] === from.group && source['kind'] === from.kind && source['namespace'] === from.namespace
        );
      }) &&
      list(grant.at(['spec', 'to'])).some((entry) => {
        const target = record(entry);
        return (
          (string(target?.['group']) ?? '') === to.group &&
          target?.['kind'] === to.kind &&
          (!target['name'] || target['name'] === to.name)
        );
      }),
  );
}

const grants = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const map = new Map<string, Resource[]>();
  for (const grant of [
    ...world.external.filter(({ kind }) => kind === 'ReferenceGrant'),
    ...world.of('ReferenceGrant'),
  ])
    addTo(map, world.namespaceOf(grant), grant);
  return map;
});

/** Where an Ingress sends traffic. */
export interface IngressBackend {
  readonly service: string;
  /** By number or by name; undefined where it is missing. */
  readonly port: number | string | undefined;
  readonly path: Path;
}

export function ingressesOf(world: World): readonly Resource[] {
  return world.of('Ingress').filter(isIngress);
}

/** Whether an object is an Ingress of Kubernetes. */
export function isIngress({ group, kind }: Resource): boolean {
  return kind === 'Ingress' && (group === 'networking.k8s.io' || group === 'extensions');
}

export function ingressBackendsOf(ingress: Resource): IngressBackend[] {
  const backends: IngressBackend[] = [];
  const add = (value: unknown, path: Path) => {
    const service = record(record(value)?.['service']);
    const name = string(service?.['name']);
    if (!service || name === undefined) return;
    const port = record(service['port']);
    backends.push({
      service: name,
      port: number(port?.['number']) ?? string(port?.['name']),
      path: [...path, 'service'],
    });
  };
  add(ingress.at(['spec', 'defaultBackend']), ['spec', 'defaultBackend']);
  list(ingress.at(['spec', 'rules'])).forEach((rule, i) =>
    list(record(record(rule)?.['http'])?.['paths']).forEach((path, j) =>
      add(record(path)?.['backend'], ['spec', 'rules', i, 'http', 'paths', j, 'backend']),
    ),
  );
  return backends;
}

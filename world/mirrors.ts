import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, number, record, string } from '../manifests/resource';
import { ingressClassOf, ingressProgramOf } from './ingress-classes';
import { everyKnown } from './known';
import { copiedShare, ingressBackendsOf, ingressesOf, routesOf } from './routes';
import { serviceByHost } from './services';
import { isTraefik } from './traefik';
import { traefikRefsOf } from './traefik-routes';
import { istioDestinationsOf, virtualServicesOf } from './virtual-services';
import type { World } from './world';

/** A Service by its name. */
interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** Requests that one Service answers, and copies of them that another one gets. */
export interface Mirrored {
  readonly resource: Resource;
  /** Where the Service that gets the copies stands. */
  readonly path: Path;
  readonly value: unknown;
  /** The Services that answer. */
  readonly live: readonly ServiceName[];
  readonly copy: ServiceName;
  /** Methods of the requests that are copied; undefined: all. */
  readonly methods: readonly string[] | undefined;
}

/** Every place where requests are copied: filters of HTTPRoutes, TraefikServices, VirtualServices, annotations of ingress-nginx. Copies of none are left out. */
export function mirrorsOf(world: World): Mirrored[] {
  return [
    ...routesOf(world).flatMap((route) => ofRoute(world, route)),
    ...world.of('TraefikService').flatMap((service) => (isTraefik(service) ? ofTraefikService(world, service) : [])),
    ...virtualServicesOf(world).flatMap((service) => ofVirtualService(world, service)),
    ...ingressesOf(world).flatMap((ingress) => ofIngress(world, ingress)),
  ];
}

// ------------------------------------------------------------------ the Gateway API

function ofRoute(world: World, route: Resource): Mirrored[] {
  const namespace = world.namespaceOf(route);
  return list(route.at(['spec', 'rules'])).flatMap((entry, i) => {
    const rule = record(entry) ?? {};
    const at: Path = ['spec', 'rules', i];
    const backends = list(rule['backendRefs']).map((ref) => record(ref) ?? {});
    // A GRPCRoute has no methods of HTTP: every call is a POST.
    const methods = route.kind === 'HTTPRoute' ? methodsOf(mappings(rule['matches'])) : undefined;
    const copies = (filters: unknown, place: Path, live: readonly Json[]): Mirrored[] =>
      list(filters).flatMap((value, j) => {
        const mirror = record(record(value)?.['requestMirror']);
        const copy = serviceRef(record(mirror?.['backendRef']), namespace);
        if (!mirror || !copy || copiedShare(mirror) === 0) return [];
        return {
          resource: route,
          path: [...place, j, 'requestMirror', 'backendRef', 'name'],
          value: copy.name,
          live: live.flatMap((ref) => (ref['weight'] === 0 ? [] : (serviceRef(ref, namespace) ?? []))),
          copy,
          methods,
        };
      });
    return [
      ...copies(rule['filters'], [...at, 'filters'], backends),
      ...backends.flatMap((ref, j) => copies(ref['filters'], [...at, 'backendRefs', j, 'filters'], [ref])),
    ];
  });
}

/** The methods of matches; undefined where one of them takes any, or there is none. */
function methodsOf(matches: readonly Json[]): readonly string[] | undefined {
  const methods = matches.map((match) => string(match['method']));
  return methods.length === 0 || methods.includes(undefined) ? undefined : [...new Set(methods as string[])];
}

function serviceRef(ref: Json | undefined, namespace: string): ServiceName | undefined {
  const name = string(ref?.['name']);
  if (name === undefined || (string(ref?.['kind']) || 'Service') !== 'Service' || string(ref?.['group']))
    return undefined;
  return { namespace: string(ref?.['namespace']) || namespace, name };
}

// ------------------------------------------------------------------ Traefik

function ofTraefikService(world: World, resource: Resource): Mirrored[] {
  const mirroring = record(resource.at(['spec', 'mirroring']));
  if (!mirroring) return [];
  const namespace = world.namespaceOf(resource);
  const live = servicesBehind(world, namespace, mirroring);
  const methods = methodsTo(world, { namespace, name: resource.name });
  return list(mirroring['mirrors']).flatMap((value, i) => {
    const entry = record(value) ?? {};
    // Without a percentage it copies none.
    if (!((number(entry['percent']) ?? 0) > 0)) return [];
    const path = ['spec', 'mirroring', 'mirrors', i, 'name'];
    return servicesBehind(world, namespace, entry).map((copy) => ({
      ...{ resource, path, value: entry['name'], live, copy, methods },
    }));
  });
}

/** The Services that an entry of a TraefikService leads to, copies left out. */
function servicesBehind(
  world: World,
  parent: string,
  entry: Json,
  above: readonly Resource[] = [],
): readonly ServiceName[] {
  const own = serviceRef(entry, parent);
  if (own) return number(entry['weight']) === 0 ? [] : [own];
  if (string(entry['kind']) !== 'TraefikService') return [];
  const namespace = string(entry['namespace']) || parent;
  const found = world.find('TraefikService', namespace, string(entry['name']) ?? '');
  if (found.is !== 'present' || above.includes(found.resource)) return [];
  const spec = record(found.resource.at(['spec'])) ?? {};
  const main = record(spec['mirroring']);
  const inside = [
    ...mappings(record(spec['weighted'])?.['services']),
    ...mappings(record(spec['highestRandomWeight'])?.['services']),
    ...(main ? [main] : []),
  ];
  return inside.flatMap((each) => servicesBehind(world, namespace, each, [...above, found.resource]));
}

/** The methods of the requests that routes lead to a TraefikService; undefined: all, also where nothing shows who leads there. */
function methodsTo(world: World, { namespace, name }: ServiceName): readonly string[] | undefined {
  const methods = routesOf(world).flatMap((route) =>
    list(route.at(['spec', 'rules'])).flatMap((value) => {
      const rule = record(value) ?? {};
      const leads = mappings(rule['backendRefs']).some(
        (ref) =>
          string(ref['kind']) === 'TraefikService' &&
          ref['name'] === name &&
          (string(ref['namespace']) || world.namespaceOf(route)) === namespace,
      );
      return leads ? [methodsOf(mappings(rule['matches']))] : [];
    }),
  );
  // Rules of other kinds, and TraefikServices around this one, may take any.
  return methods.length === 0 || methods.includes(undefined) || isNamedOtherwise(world, { namespace, name })
    ? undefined
    : [...new Set(methods.flat() as string[])];
}

/** Whether an object of Traefik's own kinds leads to a TraefikService. */
function isNamedOtherwise(world: World, { namespace, name }: ServiceName): boolean {
  return ['IngressRoute', 'TraefikService', 'Middleware'].some((kind) =>
    everyKnown(world, kind).some((resource) =>
      traefikRefsOf(world, resource).some(
        (ref) => ref.kind === 'TraefikService' && ref.name === name && ref.namespace === namespace,
      ),
    ),
  );
}

// ------------------------------------------------------------------ Istio

function ofVirtualService(world: World, resource: Resource): Mirrored[] {
  const all = istioDestinationsOf(world, resource).filter(({ protocol }) => protocol === 'http');
  const ruleOf = ({ path }: { readonly path: Path }) => path[2];
  return all.flatMap((destination) => {
    const { service, path, host, matches } = destination;
    if (!destination.copied || !service) return [];
    const live = all.flatMap((other) =>
      other.copied === undefined && ruleOf(other) === ruleOf(destination) && other.weight !== 0 && other.service
        ? [other.service]
        : [],
    );
    return { resource, path: [...path, 'host'], value: host, live, copy: service, methods: istioMethods(matches) };
  });
}

/** Only exact ones are known. */
function istioMethods(matches: readonly Json[]): readonly string[] | undefined {
  const methods = matches.map((match) => string(record(match['method'])?.['exact']));
  return methods.length === 0 || methods.includes(undefined) ? undefined : [...new Set(methods as string[])];
}

// ------------------------------------------------------------------ ingress-nginx

function ofIngress(world: World, ingress: Resource): Mirrored[] {
  const key = 'nginx.ingress.kubernetes.io/mirror-target';
  const target = ingress.annotations[key];
  const program = ingressProgramOf(world, ingressClassOf(world, ingress) ?? '')?.program;
  if (target === undefined || program !== 'ingress-nginx') return [];
  const namespace = world.namespaceOf(ingress);
  const host = /^https?:\/\/([^/:$?]+)/i.exec(target)?.[1];
  // Its controller is in a namespace of its own, so that short names are those of that one.
  const copy = host === undefined || !host.includes('.') ? undefined : serviceByHost(world, host, namespace);
  if (!copy) return [];
  const live = ingressBackendsOf(ingress).map(({ service }) => ({ namespace, name: service }));
  return [
    {
      ...{ resource: ingress, path: ['metadata', 'annotations', key], value: target, live },
      copy: { namespace: copy.namespace, name: copy.name },
      methods: undefined,
    },
  ];
}

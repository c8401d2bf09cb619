import { createHash } from 'node:crypto';
import type { Json, Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { isTraefik, traefikOf } from '../../world/traefik';
import type { World } from '../../world/world';
import type { RoutedService, RoutedShare } from './answer';
import { allToService, failing, sharesOf } from './answer';
import type { OutsideRequest } from './request';
import { cookieOf } from './request';
import { serviceState } from './service-state';

/** What a TraefikService does; `broken`: Traefik cannot build it, and drops every rule that names it. */
export type BuiltService =
  | {
      readonly is: 'built';
      /** Of requests that bring no cookie. */
      readonly shares: readonly RoutedShare[];
      /** Of a request with the cookies that it brings. @default - the same for all */
      readonly of?: ((request: OutsideRequest) => readonly RoutedShare[]) | undefined;
    }
  | { readonly is: 'broken'; readonly why: string };

/**
 * A Service of Kubernetes or a TraefikService as Traefik builds it (pkg/provider/kubernetes/crd/kubernetes_http.go). Paths and hosts are
 * those of the request: whoever asks puts them in.
 */
export function traefikService(
  world: World,
  namespace: string,
  name: string,
  above: readonly string[] = [],
): BuiltService {
  const id = `TraefikService ${namespace}/${name}`;
  // `api@internal`: of Traefik itself, or of another provider.
  if (name.includes('@')) return assumed(namespace, name, 0);
  if (above.includes(id)) return { is: 'broken', why: `${id} contains itself` };
  const resource = namedService(world, namespace, name);
  if (resource === 'unseen') return assumed(namespace, name, 0);
  if (!resource) return { is: 'broken', why: `there is no ${id}` };
  const inside = [...above, id];
  // The first that there is counts: weighted, mirroring, highestRandomWeight.
  const mirroring = record(resource.at(['spec', 'mirroring']));
  const weighted =
    record(resource.at(['spec', 'weighted'])) ??
    (mirroring ? undefined : record(resource.at(['spec', 'highestRandomWeight'])));
  if (weighted) {
    const parts: WeightedPart[] = [];
    for (const entry of mappings(weighted['services'])) {
      const built = loadBalanced(world, namespace, entry, inside);
      if (built.is === 'broken') return built;
      parts.push({ weight: number(entry['weight']) ?? 1, built, name: builtName(namespace, entry) });
    }
    const none = failing(503, `no service of ${id} has a positive weight`);
    return balanced(parts, string(record(record(weighted['sticky'])?.['cookie'])?.['name']), none);
  }
  if (!mirroring) return { is: 'broken', why: `${id} is neither weighted nor mirroring` };
  const main = loadBalanced(world, namespace, mirroring, inside);
  if (main.is === 'broken') return main;
  const mirrors: { service: RoutedService; share: number }[] = [];
  for (const entry of mappings(mirroring['mirrors'])) {
    const built = loadBalanced(world, namespace, entry, inside);
    if (built.is === 'broken') return built;
    const percent = (number(entry['percent']) ?? 0) / 100;
    // AddMirror of pkg/server/service/loadbalancer/mirror/mirror.go.
    if (percent < 0 || percent > 1) return { is: 'broken', why: `${id} has a mirror of ${percent * 100} percent` };
    for (const { share, to } of built.shares)
      if (to.is === 'backend' && percent > 0) mirrors.push({ service: to.service, share: share * percent });
  }
  const copied = (shares: readonly RoutedShare[]) =>
    shares.map(({ share, to }) => ({
      share,
      to: to.is === 'backend' ? { ...to, mirrors: [...to.mirrors, ...mirrors] } : to,
    }));
  const { of } = main;
  return { is: 'built', shares: copied(main.shares), of: of && ((request) => copied(of(request))) };
}

/** The services of a route of an IngressRoute: one alone gets everything whatever its weight, several share by weight. */
export function traefikServices(world: World, route: Resource, services: readonly Json[]): BuiltService {
  const namespace = world.namespaceOf(route);
  const id = `${route.kind} ${namespace}/${route.name}`;
  const [only, ...others] = services;
  if (!only) return { is: 'broken', why: 'the route has no services' };
  if (others.length === 0) return loadBalanced(world, namespace, only, [id]);
  const parts: WeightedPart[] = [];
  for (const entry of services) {
    const built = loadBalanced(world, namespace, entry, [id]);
    if (built.is === 'broken') return built;
    parts.push({ weight: number(entry['weight']) ?? 1, built, name: builtName(namespace, entry) });
  }
  return balanced(parts, undefined, failing(503, 'no service of the route has a positive weight'));
}

interface WeightedPart {
  readonly weight: number;
  readonly built: Extract<BuiltService, { readonly is: 'built' }>;
  /** What Traefik calls the service. */
  readonly name: string;
}

/**
 * Shares by weight, and for who brings the cookie of an earlier answer the service that it names, unless that has no weight any more
 * (pkg/server/service/loadbalancer, sticky.go and wrr.go).
 */
function balanced(
  parts: readonly WeightedPart[],
  cookie: string | undefined,
  none: readonly RoutedShare[],
): BuiltService {
  const shared = (sharesIn: (part: WeightedPart) => readonly RoutedShare[]) => {
    const shares = sharesOf(parts.map((part) => ({ weight: part.weight, of: sharesIn(part) })));
    if (shares.length === 0) return none;
    if (cookie === undefined) return shares;
    return shares.map(({ share, to }) => ({ share, to: to.is === 'backend' ? { ...to, sticky: cookie } : to }));
  };
  const shares = shared(({ built }) => built.shares);
  if (cookie === undefined && parts.every(({ built }) => built.of === undefined)) return { is: 'built', shares };
  const sharesFor = ({ built }: WeightedPart, request: OutsideRequest) => built.of?.(request) ?? built.shares;
  return {
    is: 'built',
    shares,
    of: (request) => {
      const brought = cookie === undefined ? undefined : cookieOf(request, cookie);
      const kept =
        brought === undefined
          ? undefined
          : parts.find(({ weight, name }) => weight > 0 && (stickyValue(name) === brought || name === brought));
      return kept ? sharesFor(kept, request) : shared((part) => sharesFor(part, request));
    },
  };
}

/** What a cookie says of a service. */
export function stickyValue(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** The name of the entry of a TraefikService in Traefik's configuration (fullServiceName; provider.Normalize). */
function builtName(parent: string, entry: Json): string {
  const port =
    string(entry['kind']) === 'TraefikService' ? undefined : (number(entry['port']) ?? string(entry['port']));
  return [string(entry['namespace']) || parent, string(entry['name']) ?? '', port === undefined ? '' : String(port)]
    .join('-')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join('-');
}

/** The entry of a TraefikService: a Service with a port, or another TraefikService. */
function loadBalanced(world: World, parent: string, entry: Json, above: readonly string[]): BuiltService {
  const name = string(entry['name']) ?? '';
  const namespace = string(entry['namespace']) || parent;
  const kind = string(entry['kind']) || 'Service';
  const settings = traefikOf(world);
  if (namespace !== parent && !settings.allowCrossNamespace)
    return { is: 'broken', why: `${kind} ${namespace}/${name} is in another namespace than ${above.at(-1)}` };
  if (kind === 'TraefikService') return traefikService(world, namespace, name, above);
  const port = number(entry['port']) ?? string(entry['port']);
  const state = serviceState(world, namespace, name, port);
  switch (state.is) {
    case 'there':
      return serving({ namespace, name, port: port! }, state.assumed);
    case 'unseen':
      return assumed(namespace, name, port ?? 0);
    case 'no endpoints':
    case 'no slices':
      // By the Service's own address Traefik looks for no endpoints, and nobody answers there.
      if (entry['nativeLB'] === true) return { is: 'built', shares: failing(502, state.why) };
      return settings.allowEmptyServices.crd
        ? { is: 'built', shares: failing(503, state.why) }
        : { is: 'broken', why: state.why };
    default:
      return { is: 'broken', why: state.why };
  }
}

function namedService(world: World, namespace: string, name: string): Resource | 'unseen' | undefined {
  const found = world.find('TraefikService', namespace, name);
  if (found.is === 'present' && isTraefik(found.resource)) return found.resource;
  return found.is === 'unknown' ? 'unseen' : undefined;
}

function assumed(namespace: string, name: string, port: number | string): BuiltService {
  return serving({ namespace, name, port }, true);
}

function serving(service: RoutedService, isAssumed: boolean): BuiltService {
  return {
    is: 'built',
    shares: allToService(service, isAssumed),
  };
}

import type { Json } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { copiedShare, isGranted } from '../../world/routes';
import { isTraefikSince } from '../../world/traefik';
import type { World } from '../../world/world';
import type { RoutedService, RoutedShare } from './answer';
import { allToService, failing } from './answer';
import type { HttpMatch } from './http-matches';
import { weightOf } from './http-matches';
import type { OutsideRequest } from './request';
import { serviceState } from './service-state';
import type { BuiltService } from './traefik-service';
import { traefikService } from './traefik-service';

/** What a backendRef of a rule comes to: its part of the requests, and the filters of its own that are applied. */
export interface BackendPart {
  readonly weight: number;
  /** Of requests that bring no cookie. */
  readonly shares: readonly RoutedShare[];
  /** Of a request with the cookies that it brings. @default - the same for all */
  readonly of?: ((request: OutsideRequest) => readonly RoutedShare[]) | undefined;
  readonly filters: readonly Json[];
}

/** The backends of a rule; `dropped`: the implementation leaves the whole rule out, and others get its requests. */
export type RuleBackends =
  | { readonly is: 'parts'; readonly parts: readonly BackendPart[] }
  | { readonly is: 'dropped'; readonly why: string };

/** The backendRefs of the rule of a match, as the implementation resolves them. Hosts and paths are still empty. */
export function backendsOf(world: World, match: HttpMatch, dialect: 'gateway-api' | 'traefik'): RuleBackends {
  const parts: BackendPart[] = [];
  for (const ref of mappings(match.route.at(['spec', 'rules', match.rule, 'backendRefs']))) {
    const found = sharesOfRef(world, match, ref, dialect);
    if ('dropped' in found) return { is: 'dropped', why: found.dropped };
    parts.push({
      weight: weightOf(ref),
      ...('is' in found ? { shares: found.shares, of: found.of } : { shares: found }),
      // Traefik reads them from 3.7 on.
      filters: dialect === 'gateway-api' || isTraefikSince(world, 3, 7) !== false ? mappings(ref['filters']) : [],
    });
  }
  return { is: 'parts', parts };
}

function sharesOfRef(
  world: World,
  { namespace: from }: HttpMatch,
  ref: Json,
  dialect: 'gateway-api' | 'traefik',
): readonly RoutedShare[] | Extract<BuiltService, { readonly is: 'built' }> | { readonly dropped: string } {
  const [group, kind] = [string(ref['group']) ?? '', string(ref['kind']) ?? 'Service'];
  const name = string(ref['name']) ?? '';
  const namespace = string(ref['namespace']) || from;
  const to = { group, kind, namespace, name };
  if (
    namespace !== from &&
    !isGranted(world, { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: from }, to)
  )
    if (world.isComplete(namespace, 'ReferenceGrant'))
      return failing(
        500,
        `no ReferenceGrant of namespace ${namespace} allows HTTPRoutes of ${from} to refer to ${kind} ${name}`,
      );
  if (group === 'traefik.io' && kind === 'TraefikService' && dialect === 'traefik') {
    const built = traefikService(world, namespace, name);
    return built.is === 'built' ? built : { dropped: built.why };
  }
  // Other kinds are the implementation's own, such as a ServiceImport.
  if (group !== '' || kind !== 'Service')
    return dialect === 'traefik'
      ? failing(500, `Traefik has no backends of kind ${kind}`)
      : serving({ namespace, name, port: number(ref['port']) ?? 0 }, true);
  const port = number(ref['port']);
  const state = serviceState(world, namespace, name, port);
  switch (state.is) {
    case 'there':
      return serving({ namespace, name, port: port! }, state.assumed);
    case 'unseen':
      return serving({ namespace, name, port: port ?? 0 }, true);
    case 'no endpoints':
      return failing(503, state.why);
    case 'no slices':
      // Traefik looks for EndpointSlices and calls the reference invalid (getBackendAddresses).
      return failing(dialect === 'traefik' ? 500 : 503, state.why);
    default:
      return failing(500, state.why);
  }
}

function serving(service: RoutedService, assumed: boolean): readonly RoutedShare[] {
  return allToService(service, assumed);
}

/** Where a RequestMirror sends copies, and of which part of the requests; undefined: to nobody. */
export function mirrorOf(filter: Json, namespace: string): { service: RoutedService; share: number } | undefined {
  const mirror = record(filter['requestMirror']);
  const ref = record(mirror?.['backendRef']);
  const name = string(ref?.['name']);
  if (!mirror || !ref || name === undefined) return undefined;
  const share = copiedShare(mirror);
  return { service: { namespace: string(ref['namespace']) || namespace, name, port: number(ref['port']) ?? 0 }, share };
}

/** The filters of the rule of a match. */
export function ruleFilters({ route, rule }: HttpMatch): readonly Json[] {
  return mappings(route.at(['spec', 'rules', rule, 'filters']));
}

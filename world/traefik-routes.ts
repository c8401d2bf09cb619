import type { Json, Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import { isTraefik } from './traefik';
import type { World } from './world';

/** An entry of Traefik's own kinds that names a Service or a TraefikService. */
export interface TraefikRef {
  readonly kind: string;
  /** With a `@` it is of another provider, and of no namespace. */
  readonly name: string;
  readonly namespace: string;
  /** By number or by name. */
  readonly port: number | string | undefined;
  /** Its part among the others of the list; undefined where it is no list of shares, or the only service of a route, which gets all. */
  readonly weight: number | undefined;
  /** Of the requests the part that comes there as copies, 0 to 1; undefined: it gets no copies. */
  readonly copied: number | undefined;
  readonly path: Path;
  readonly entry: Json;
}

/** Traefik's kinds that lead to Services: what comes by an entry point, and what the others name. */
export const TRAEFIK_ROUTES: readonly string[] = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'];

/**
 * What an IngressRoute, a TraefikService or a Middleware names (pkg/provider/kubernetes/crd/traefikio/v1alpha1); empty for every other object.
 * Weights are 1 unless the entry says otherwise.
 */
export function traefikRefsOf(world: World, resource: Resource): readonly TraefikRef[] {
  if (!isTraefik(resource)) return [];
  const read = (value: unknown, path: Path, isShare: boolean, isMirror = false): TraefikRef[] => {
    const entry = record(value);
    const name = string(entry?.['name']);
    if (!entry || name === undefined) return [];
    return [
      {
        ...{ name, path, entry },
        // Without a percentage it copies none.
        copied: isMirror ? Math.max(0, number(entry['percent']) ?? 0) / 100 : undefined,
        kind: string(entry['kind']) || 'Service',
        namespace: string(entry['namespace']) || world.namespaceOf(resource),
        port: number(entry['port']) ?? string(entry['port']),
        weight: isShare ? (number(entry['weight']) ?? 1) : undefined,
      },
    ];
  };
  const several = (path: Path, isShare: boolean, isMirror = false) =>
    list(resource.at(path)).flatMap((value, i) => read(value, [...path, i], isShare, isMirror));
  if (TRAEFIK_ROUTES.includes(resource.kind))
    return list(resource.at(['spec', 'routes'])).flatMap((_, i) => {
      const path = ['spec', 'routes', i, 'services'];
      return several(path, list(resource.at(path)).length > 1);
    });
  if (resource.kind === 'TraefikService')
    return [
      ...several(['spec', 'weighted', 'services'], true),
      ...several(['spec', 'highestRandomWeight', 'services'], true),
      ...read(resource.at(['spec', 'mirroring']), ['spec', 'mirroring'], false),
      ...several(['spec', 'mirroring', 'mirrors'], false, true),
    ];
  // The page that is shown in place of errors.
  const page: Path = ['spec', 'errors', 'service'];
  return resource.kind === 'Middleware' ? read(resource.at(page), page, false) : [];
}

import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';

/** How the routes of an add-on are read: what each of them takes, as texts. */
export type RouteReader = (spec: Json) => readonly string[];

const texts = (value: unknown): string[] => list(value).map(String);
const hostsOf = (value: unknown): string[] => (texts(value).length > 0 ? texts(value) : ['any host']);

/** `Host(…)` rules of Traefik, as they are written. */
const traefik: RouteReader = (spec) =>
  mappings(spec['routes']).map(
    ({ match }) => `${string(match) ?? ''} by ${texts(spec['entryPoints']).join(', ') || 'every entry point'}`,
  );

/** networking.istio.io: by each gateway, host and match. Those of the mesh alone are within it. */
const virtualService: RouteReader = (spec) => {
  const gateways = texts(spec['gateways']);
  const rules = [...mappings(spec['http']), ...mappings(spec['tls']), ...mappings(spec['tcp'])];
  const matches = rules.flatMap((rule) => {
    const own = mappings(rule['match']);
    return own.length === 0 ? [''] : own.map(({ name: _, ...match }) => JSON.stringify(match));
  });
  return (gateways.length > 0 ? gateways : ['the mesh']).flatMap((gateway) =>
    hostsOf(spec['hosts']).flatMap((host) => matches.map((match) => `${host}${match && ` ${match}`} by ${gateway}`)),
  );
};

const istioGateway: RouteReader = (spec) =>
  mappings(spec['servers']).flatMap((server) => {
    const port = record(server['port']);
    return hostsOf(server['hosts']).map(
      (host) => `${host} by ${String(port?.['protocol'])} on port ${String(port?.['number'])}`,
    );
  });

/** projectcontour.io */
const httpProxy: RouteReader = (spec) => {
  const host = string(record(spec['virtualhost'])?.['fqdn']) ?? 'its parent’s host';
  const routes = mappings(spec['routes']);
  return (routes.length > 0 ? routes : [{} as Json]).map(
    ({ conditions }) => `${host}${conditions === undefined ? '' : ` ${JSON.stringify(conditions)}`}`,
  );
};

/** route.openshift.io */
const openShift: RouteReader = (spec) => [
  `${string(spec['host']) ?? 'a host of the cluster'}${string(spec['path']) ?? ''}`,
];

/** Routes of add-ons, by group and kind. */
export const FOREIGN_ROUTES: ReadonlyMap<string, RouteReader> = new Map([
  ['networking.istio.io VirtualService', virtualService],
  ['networking.istio.io Gateway', istioGateway],
  ...['traefik.io', 'traefik.containo.us'].flatMap((group) =>
    ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'].map((kind) => [`${group} ${kind}`, traefik] as const),
  ),
  ['projectcontour.io HTTPProxy', httpProxy],
  ['route.openshift.io Route', openShift],
]);

/** What a route of an add-on takes; undefined for every other object. */
export function foreignRoutes(resource: Resource): readonly string[] | undefined {
  return FOREIGN_ROUTES.get(`${resource.group} ${resource.kind}`)?.(record(resource.at(['spec'])) ?? {});
}

import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { firstTexts } from './plural';

/** Requests that a route of an add-on takes. */
export interface ForeignRoute {
  /** The gateway or entry point that they come by. */
  readonly by: string;
  /** `*`: any. */
  readonly host: string;
  /** What else is asked of them, each condition by itself. @default - nothing */
  readonly match?: Json;
}

/** How the routes of an add-on are read. */
export type RouteReader = (spec: Json) => readonly ForeignRoute[];

const texts = (value: unknown): string[] => list(value).map(String);
const hostsOf = (value: unknown): string[] => (texts(value).length > 0 ? texts(value) : ['*']);

/** `Host(…)` rules of Traefik, as they are written. */
const traefik: RouteReader = (spec) => {
  const points = texts(spec['entryPoints']);
  return mappings(spec['routes']).flatMap(({ match }) =>
    (points.length > 0 ? points : [EVERY_ENTRY_POINT]).map((by) => ({
      by,
      host: '*',
      match: { rule: string(match) ?? '' },
    })),
  );
};

const EVERY_ENTRY_POINT = 'every entry point';

/** networking.istio.io: by each gateway, host and match. Those of the mesh alone are within it. */
const virtualService: RouteReader = (spec) => {
  const gateways = texts(spec['gateways']).map((gateway) => (gateway === 'mesh' ? THE_MESH : gateway));
  const rules = [...mappings(spec['http']), ...mappings(spec['tls']), ...mappings(spec['tcp'])];
  const matches = rules.flatMap((rule) => {
    const own = mappings(rule['match']);
    return own.length === 0 ? [{}] : own.map(({ name: _, ...match }) => match);
  });
  return (gateways.length > 0 ? gateways : [THE_MESH]).flatMap((by) =>
    hostsOf(spec['hosts']).flatMap((host) => matches.map((match) => ({ by, host, match }))),
  );
};

/** What a VirtualService is for that names no gateway, or `mesh`: the sidecars. */
const THE_MESH = 'the mesh';

/** A host may be of a namespace: `shop/www.example.com`. */
const istioGateway: RouteReader = (spec) =>
  mappings(spec['servers']).flatMap((server) => {
    const port = record(server['port']);
    const by = `${String(port?.['protocol'])} on port ${String(port?.['number'])}`;
    return hostsOf(server['hosts']).map((host) => ({ by, host: host.replace(/^\*\//, '') }));
  });

/** projectcontour.io */
const httpProxy: RouteReader = (spec) => {
  const host = string(record(spec['virtualhost'])?.['fqdn']) ?? 'its parent’s host';
  const routes = mappings(spec['routes']);
  return (routes.length > 0 ? routes : [{} as Json]).map(({ conditions }) => ({
    by: '',
    host,
    match: conditions === undefined ? {} : { conditions },
  }));
};

/** route.openshift.io */
const openShift: RouteReader = (spec) => [
  {
    by: '',
    host: string(spec['host']) ?? 'a host of the cluster',
    match: { uri: { prefix: string(spec['path']) ?? '/' } },
  },
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
export function foreignRoutes(resource: Resource): readonly ForeignRoute[] | undefined {
  return FOREIGN_ROUTES.get(`${resource.group} ${resource.kind}`)?.(record(resource.at(['spec'])) ?? {});
}

/** The routes that none of others takes in. */
export function routesBeyond(
  routes: readonly ForeignRoute[] | undefined,
  others: readonly ForeignRoute[] | undefined,
): readonly ForeignRoute[] {
  return (routes ?? []).filter((route) => !others?.some((other) => takesIn(other, route)));
}

function takesIn(wide: ForeignRoute, route: ForeignRoute): boolean {
  const isBy = wide.by === route.by || wide.by === EVERY_ENTRY_POINT;
  return isBy && isHostIn(wide.host, route.host) && asksNoMore(wide.match ?? {}, route.match ?? {});
}

function isHostIn(wide: string, host: string): boolean {
  return wide === host || wide === '*' || (wide.startsWith('*.') && host.endsWith(wide.slice(1)));
}

/** Whether each condition of one holds wherever those of the other one do; a prefix takes in every longer one. */
function asksNoMore(one: Json, other: Json): boolean {
  return Object.entries(one).every(([key, asked]) => {
    const given = other[key];
    if (JSON.stringify(asked) === JSON.stringify(given)) return true;
    const prefix = key === 'uri' ? string(record(asked)?.['prefix']) : undefined;
    const path = string(record(given)?.['prefix']) ?? string(record(given)?.['exact']);
    return prefix !== undefined && (prefix === '/' || path?.startsWith(prefix) === true);
  });
}

/** `shop.example.com by public`, `every host by public`, for messages. */
export function routesText(routes: readonly ForeignRoute[]): string {
  const all = [...new Set(routes.map(routeText))];
  return firstTexts(all);
}

function routeText({ by, host, match = {} }: ForeignRoute): string {
  const rule = string(match['rule']);
  const asked = Object.entries(match).filter(
    ([key, value]) => key !== 'rule' && JSON.stringify(value) !== '{"prefix":"/"}',
  );
  const where = asked.length > 0 ? ` ${JSON.stringify(Object.fromEntries(asked))}` : '';
  return `${rule ?? (host === '*' ? 'every host' : host)}${where}${by && ` by ${by}`}`;
}

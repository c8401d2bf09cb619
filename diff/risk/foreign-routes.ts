import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import type { World } from '../../world/world';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { changesOf } from './kinds';
import { fieldAt } from './paths';
import { firstTexts } from './plural';
import type { WorldChange } from './risk';

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

/** Without names a router is at those with asDefault, and where there are none, at all. */
const EVERY_ENTRY_POINT = 'every default entry point';

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

/** What changes of what routes of add-ons take: before, after, and where it is told. */
export interface ForeignChange {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  readonly before: readonly ForeignRoute[] | undefined;
  readonly after: readonly ForeignRoute[] | undefined;
}

/** Of every object that is a route of an add-on, and of Ingresses whose entry points Traefik reads from an annotation. */
export function* foreignChanges(diff: WorldChange): Iterable<ForeignChange> {
  for (const change of diff.changes) {
    const [before, after] = [change.before, change.after].map((resource) => resource && foreignRoutes(resource));
    const field = change.does === 'changed' ? fieldAt(change, ['spec']) : undefined;
    if (before || after) yield { change, field, before, after };
  }
  for (const change of changesOf(diff, 'Ingress')) {
    const field = fieldAt(change, ['metadata', 'annotations', ENTRY_POINTS]);
    const { before, after } = change;
    if (field && before && after && mayServe(diff.after, after))
      yield { change, field, before: pointsOf(before), after: pointsOf(after) };
  }
}

const ENTRY_POINTS = 'traefik.ingress.kubernetes.io/router.entrypoints';

/** Its rules are others' to tell. */
function pointsOf({ annotations }: Resource): readonly ForeignRoute[] {
  const points = (annotations[ENTRY_POINTS] ?? '').split(',').flatMap((each) => each.trim() || []);
  return (points.length > 0 ? points : [EVERY_ENTRY_POINT]).map((by) => ({ by, host: 'requests' }));
}

/** Whether its class may be one of Traefik. */
function mayServe(world: World, ingress: Resource): boolean {
  const name = string(ingress.at(['spec', 'ingressClassName']));
  const found = name === undefined ? undefined : world.find('IngressClass', '', name);
  return found?.is !== 'present' || /traefik/.test(String(found.resource.at(['spec', 'controller'])));
}

/** The routes that none of others takes in. */
export function routesBeyond(
  routes: readonly ForeignRoute[] | undefined,
  others: readonly ForeignRoute[] | undefined,
): readonly ForeignRoute[] {
  return (routes ?? []).flatMap((route) => {
    if (others?.some((other) => takesIn(other, route))) return [];
    const some = route.by === EVERY_ENTRY_POINT ? (others ?? []) : [];
    const but = [...new Set(some.flatMap((other) => (takesIn(other, { ...route, by: other.by }) ? other.by : [])))];
    return [but.length === 0 ? route : { ...route, by: `${EVERY_ENTRY_POINT} but ${but.join(', ')}` }];
  });
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

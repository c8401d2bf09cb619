import { ROLLOUT_HASH } from './marks';

/**
 * What the controller of Argo Rollouts 1.9 writes into objects that stand in Git (rollout/service.go, rollout/trafficrouting of
 * argoproj/argo-rollouts, and its plugin for the Gateway API).
 */

type Fields = Readonly<Record<string, unknown>>;
type Steps = readonly (string | number)[];

/** An object that a Rollout names. */
export interface NamedByRollout {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The field of the Rollout that names it. */
  readonly path: Steps;
  /** Names of the routes in it that are meant. @default - all */
  readonly routes: readonly string[];
}

const BLUE_GREEN = ['spec', 'strategy', 'blueGreen'];
const CANARY = ['spec', 'strategy', 'canary'];
const ROUTING = [...CANARY, 'trafficRouting'];

const SERVICE_FIELDS: readonly Steps[] = [
  ...['activeService', 'previewService'].map((field) => [...BLUE_GREEN, field]),
  ...['stableService', 'canaryService'].map((field) => [...CANARY, field]),
  ...['pingService', 'pongService'].map((field) => [...CANARY, 'pingPong', field]),
];

/** The plugin for the Gateway API, which is configured in trafficRouting.plugins. */
const GATEWAY_PLUGIN = 'argoproj-labs/gatewayAPI';
const GATEWAY_ROUTES = { httpRoute: 'HTTPRoute', grpcRoute: 'GRPCRoute', tcpRoute: 'TCPRoute', tlsRoute: 'TLSRoute' };

/** The Services that a Rollout switches or shares requests between. `rollout`: the object; `own`: its namespace. */
export function servicesNamedBy(rollout: Fields, own: string | undefined): NamedByRollout[] {
  return SERVICE_FIELDS.flatMap((path) => named(rollout, { group: '', kind: 'Service', namespace: own, path }));
}

/** The routes whose weights it writes: VirtualServices, TraefikServices, and routes of the Gateway API. */
export function routesNamedBy(rollout: Fields, own: string | undefined): NamedByRollout[] {
  const several = (path: Steps): Steps[] => listAt(rollout, path).map((_, i) => [...path, i]);
  const istio = several([...ROUTING, 'istio', 'virtualServices']);
  const plugin = [...ROUTING, 'plugins', GATEWAY_PLUGIN];
  const namespace = textAt(rollout, [...plugin, 'namespace']) ?? own;
  return [
    ...(istio.length > 0 ? istio : [[...ROUTING, 'istio', 'virtualService']]).flatMap((at) => {
      // `web` or `web.other-namespace`.
      const [name = '', elsewhere = own] = (textAt(rollout, [...at, 'name']) ?? '').split('.');
      const routes = listAt(rollout, [...at, 'routes']).map(String);
      const place = { group: 'networking.istio.io', kind: 'VirtualService', path: [...at, 'name'] };
      return name === '' ? [] : [{ ...place, name, namespace: elsewhere, routes }];
    }),
    ...named(rollout, {
      ...{ group: 'traefik.io', kind: 'TraefikService', namespace: own },
      path: [...ROUTING, 'traefik', 'weightedTraefikServiceName'],
    }),
    ...Object.entries(GATEWAY_ROUTES).flatMap(([field, kind]) =>
      [[...plugin, field], ...several([...plugin, `${field}s`]).map((at) => [...at, 'name'])].flatMap((path) =>
        named(rollout, { group: 'gateway.networking.k8s.io', kind, namespace, path }),
      ),
    ),
  ];
}

/** The DestinationRule whose subsets it gives the hash of a version. */
function subsetsNamedBy(rollout: Fields, own: string | undefined): NamedByRollout[] {
  const path = [...ROUTING, 'istio', 'destinationRule', 'name'];
  return named(rollout, { group: 'networking.istio.io', kind: 'DestinationRule', namespace: own, path });
}

/** The Deployment that it takes the pods from, and scales down once its own are there. */
function scaledDownBy(rollout: Fields, own: string | undefined): NamedByRollout[] {
  const at = ['spec', 'workloadRef'];
  if (!/^(onsuccess|progressively)$/.test(textAt(rollout, [...at, 'scaleDown']) ?? '')) return [];
  const kind = textAt(rollout, [...at, 'kind']) ?? 'Deployment';
  return named(rollout, { group: 'apps', kind, namespace: own, path: [...at, 'name'] });
}

/** The fields of an object that a Rollout writes. */
export interface WrittenByRollout {
  readonly of: NamedByRollout;
  readonly what: 'selector' | 'weights' | 'subsets' | 'replicas';
  /** JSON pointers. */
  readonly pointers: readonly string[];
}

/** What a Rollout writes, of the objects that `find` knows. */
export function writtenByRollout(
  rollout: Fields,
  own: string | undefined,
  find: (of: NamedByRollout) => Fields | undefined,
): WrittenByRollout[] {
  const written = (
    all: readonly NamedByRollout[],
    what: WrittenByRollout['what'],
    pointersIn: (of: NamedByRollout, object: Fields) => readonly string[],
  ) =>
    all.flatMap((of): WrittenByRollout[] => {
      const object = find(of);
      const pointers = object ? pointersIn(of, object) : [];
      return pointers.length > 0 ? [{ of, what, pointers: [...new Set(pointers)] }] : [];
    });
  const services = servicesNamedBy(rollout, own);
  const once = services.filter(({ name }, i) => services.findIndex((each) => each.name === name) === i);
  return [
    ...written(once, 'selector', () => [`/spec/selector/${ROLLOUT_HASH}`]),
    ...written(routesNamedBy(rollout, own), 'weights', (of, object) => weightsIn(rollout, of, object)),
    ...written(subsetsNamedBy(rollout, own), 'subsets', (_, object) => subsetsIn(rollout, object)),
    ...written(scaledDownBy(rollout, own), 'replicas', () => ['/spec/replicas']),
  ];
}

/** Where the shares stand in each kind of route: the list of rules, and the field of each that is a list of backends. */
function sectionsOf(kind: string): readonly (readonly [rules: string, backends: string])[] {
  if (kind === 'VirtualService') return ['http', 'tls', 'tcp'].map((rules) => [rules, 'route']);
  return [['rules', 'backendRefs']];
}

/** The weights of both versions, by their Services or subsets. */
function weightsIn(rollout: Fields, { kind, routes }: NamedByRollout, object: Fields): string[] {
  const versions = ['stableService', 'canaryService', 'pingPong/pingService', 'pingPong/pongService'].flatMap(
    (field) => textAt(rollout, [...CANARY, ...field.split('/')]) ?? [],
  );
  const subsets = subsetNamesOf(rollout);
  const isVersion = (backend: unknown) => {
    const destination = at(backend, ['destination']);
    if (destination === undefined) return versions.includes(textAt(backend, ['name']) ?? '');
    const host = textAt(destination, ['host'])?.split('.')[0] ?? '';
    return versions.includes(host) || subsets.includes(textAt(destination, ['subset']) ?? '');
  };
  const weightsAt = (path: Steps) =>
    listAt(object, path).flatMap((backend, i) => (isVersion(backend) ? [pointerOf([...path, i, 'weight'])] : []));
  if (kind === 'TraefikService') return weightsAt(['spec', 'weighted', 'services']);
  const isManaged = listAt(rollout, [...ROUTING, 'managedRoutes']).length > 0;
  return sectionsOf(kind).flatMap(([rules, backends]) => {
    const all = listAt(object, ['spec', rules]);
    const meant = rules === 'http' ? httpRoutesMeant(all, routes) : all.map((_, i) => i);
    const weights = meant.flatMap((i) => weightsAt(['spec', rules, i, backends]));
    // Routes by header, or of copies, come before the others and go again, so that no rule keeps its place.
    return isManaged && weights.length > 0 && rules !== 'tls' && rules !== 'tcp' ? [`/spec/${rules}`] : weights;
  });
}

/** Those that are named; of several without a name the first one (getHttpRouteIndexesToPatch). */
function httpRoutesMeant(rules: readonly unknown[], names: readonly string[]): number[] {
  const nameAt = (i: number) => textAt(rules[i], ['name']) ?? '';
  const all = rules.map((_, i) => i);
  if (names.length > 0) return all.filter((i) => names.includes(nameAt(i)));
  return rules.length === 1 ? all : all.filter((i) => nameAt(i) === '').slice(0, 1);
}

function subsetNamesOf(rollout: Fields): string[] {
  return ['canarySubsetName', 'stableSubsetName'].flatMap(
    (field) => textAt(rollout, [...ROUTING, 'istio', 'destinationRule', field]) ?? [],
  );
}

/** The hash in the labels of both subsets; all labels of one that has none in Git. */
function subsetsIn(rollout: Fields, object: Fields): string[] {
  const names = subsetNamesOf(rollout);
  return listAt(object, ['spec', 'subsets']).flatMap((subset, i) => {
    if (!names.includes(textAt(subset, ['name']) ?? '')) return [];
    const labels = ['spec', 'subsets', i, 'labels'];
    return [pointerOf(at(object, labels) === undefined ? labels : [...labels, ROLLOUT_HASH])];
  });
}

function named(rollout: Fields, { path, ...of }: Omit<NamedByRollout, 'name' | 'routes'>): NamedByRollout[] {
  const name = textAt(rollout, path);
  return name ? [{ ...of, path, name, routes: [] }] : [];
}

function pointerOf(path: Steps): string {
  return ['', ...path].map((step) => String(step).replace(/~/g, '~0').replace(/\//g, '~1')).join('/');
}

function at(value: unknown, path: Steps): unknown {
  return path.reduce<unknown>(
    (found, step) => (found !== null && typeof found === 'object' ? (found as Fields)[step] : undefined),
    value,
  );
}

function listAt(value: unknown, path: Steps): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

function textAt(value: unknown, path: Steps): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

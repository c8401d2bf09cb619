import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { argoRolloutsOf, ingressesOfRollout, servicesOfRollout } from './argo-rollouts';
import { everyKnown } from './known';
import type { BackendRef } from './routes';
import { backendRefsOf, ingressBackendsOf, isIngress, isRoute, ROUTE_KINDS } from './routes';
import { isTraefik } from './traefik';
import type { TraefikRef } from './traefik-routes';
import { TRAEFIK_ROUTES, traefikRefsOf } from './traefik-routes';
import { istioDestinationsOf, MESH, subsetLabels } from './virtual-services';
import type { World } from './world';

/** That an object sends requests to a Service: by a field of its own, or by other objects that the field names. */
export interface Sending {
  /** The Ingress, the route, the VirtualService; a Rollout where its controller makes the route. */
  readonly from: Resource;
  /** The field of `from` that leads there. */
  readonly path: Path;
  /** What the field names, and what that names in turn: TraefikServices, from the first to the last. */
  readonly via: readonly Resource[];
  readonly namespace: string;
  /** The name of the Service, whether or not it is there. */
  readonly name: string;
  /** By number or by name; undefined where it is missing, or not told. */
  readonly port: number | string | undefined;
  readonly protocol: 'TCP' | 'UDP';
  /** `now`: requests; `copy`: copies, whose answers nobody sees; `never`: its share is 0, or it waits to be switched to. */
  readonly gets: 'now' | 'copy' | 'never';
  /**
   * Who connects. `gateway`: a gateway or Ingress controller; `nodes`: one that goes through the Service's node port; `mesh`: sidecars of the callers;
   * `nobody`: it is named as one to switch to, and whoever leads there is told by itself.
   */
  readonly by: 'gateway' | 'nodes' | 'mesh' | 'nobody';
  /** The labels of the pods that are chosen among those of the Service. @default - all of them */
  readonly subset?: Labels;
}

/**
 * Who sends requests to Services, as far as objects say it: Ingresses, routes of the Gateway API, of Traefik, Istio, Contour, OpenShift and the SMI,
 * judged and declared, each followed through the TraefikServices that it names; and Rollouts of Argo, by what their controller makes.
 * Programs that call a Service by its name are not among them.
 */
export const sendingsOf = memo((world: World): readonly Sending[] => [...found(world)]);

/** What leads to a Service. */
export function sendingsTo(world: World, namespace: string, name: string): readonly Sending[] {
  return byService(world).get(`${namespace}/${name}`) ?? [];
}

/** Where an object sends requests. */
export function sendingsBy(world: World, from: Resource): readonly Sending[] {
  return bySender(world).get(from) ?? [];
}

/** Whether a gateway or Ingress controller connects to the pods, be it through node ports. */
export function isByGateway({ by }: Sending): boolean {
  return by === 'gateway' || by === 'nodes';
}

/** Whether what comes by a Service may reach the pods of a workload that the Service selects. */
export function choosesPods({ subset }: Sending, { podLabels }: WorkloadManifest): boolean {
  return subset === undefined || selects({ matchLabels: subset }, podLabels);
}

const byService = memo((world: World): ReadonlyMap<string, readonly Sending[]> => {
  const map = new Map<string, Sending[]>();
  for (const sending of sendingsOf(world)) addTo(map, `${sending.namespace}/${sending.name}`, sending);
  return map;
});

const bySender = memo((world: World): ReadonlyMap<Resource, readonly Sending[]> => {
  const map = new Map<Resource, Sending[]>();
  for (const sending of sendingsOf(world)) addTo(map, sending.from, sending);
  return map;
});

/** The kinds that lead to Services, and how each is read. */
const READERS: Readonly<Record<string, (world: World, from: Resource) => Iterable<Sending>>> = {
  Ingress: ofIngress,
  ...Object.fromEntries(ROUTE_KINDS.map((kind) => [kind, ofRoute])),
  ...Object.fromEntries([...TRAEFIK_ROUTES, 'Middleware'].map((kind) => [kind, ofTraefik])),
  VirtualService: ofVirtualService,
  HTTPProxy: ofContour,
  Route: ofOpenShift,
  TrafficSplit: ofTrafficSplit,
};

function* found(world: World): Iterable<Sending> {
  const named = new Set<Resource>();
  for (const [kind, read] of Object.entries(READERS))
    for (const from of everyKnown(world, kind))
      for (const sending of read(world, from)) {
        for (const each of sending.via) named.add(each);
        yield sending;
      }
  // Routes that are not here may name those that none here does.
  for (const from of everyKnown(world, 'TraefikService')) if (!named.has(from)) yield* ofTraefik(world, from);
  for (const rollout of argoRolloutsOf(world)) yield* ofRollout(world, rollout);
}

function* ofIngress(world: World, from: Resource): Iterable<Sending> {
  if (!isIngress(from)) return;
  const namespace = world.namespaceOf(from);
  for (const { service, port, path } of ingressBackendsOf(from))
    yield {
      ...DIRECT,
      from,
      path,
      namespace,
      name: service,
      port,
      by: NODE_PORTS.test(classOf(from)) ? 'nodes' : 'gateway',
    };
}

const DIRECT = { via: [], protocol: 'TCP', gets: 'now', by: 'gateway' } as const;

/** Classes of Ingresses whose controllers connect through node ports; without a class, that of the Google cloud. */
const NODE_PORTS = /^(alb|gce|gce-internal)$/;

function classOf(ingress: Resource): string {
  return String(
    ingress.at(['spec', 'ingressClassName']) ?? ingress.annotations['kubernetes.io/ingress.class'] ?? 'gce',
  );
}

function* ofRoute(world: World, from: Resource): Iterable<Sending> {
  if (!isRoute(from)) return;
  const protocol = from.kind === 'UDPRoute' ? 'UDP' : 'TCP';
  for (const ref of backendRefsOf(world, from)) {
    const gets = received(ref.weight, ref.copied);
    const base = { ...DIRECT, from, path: ref.path, protocol, gets } as const;
    if (isService(ref)) yield { ...base, namespace: ref.namespace, name: ref.name, port: ref.port };
    else if (ref.group === 'traefik.io' && ref.kind === 'TraefikService')
      yield* through(world, base, ref.namespace, ref.name);
  }
}

/** Whether a backendRef is to a Service of Kubernetes. */
function isService({ group, kind }: BackendRef): boolean {
  return group === '' && kind === 'Service';
}

/** What comes by a reference: requests, copies of them, or neither. */
function received(weight: number | undefined, copied: number | undefined): Sending['gets'] {
  if (copied !== undefined) return copied > 0 ? 'copy' : 'never';
  return weight === 0 ? 'never' : 'now';
}

type Way = Pick<Sending, 'from' | 'path' | 'via' | 'protocol' | 'gets' | 'by'>;

/**
 * Where a TraefikService leads, and those that it names; one that names itself leads nowhere by that. `seen`: those that a field of the sender has
 * led through already, so that many ways to one are followed once.
 */
function* through(
  world: World,
  way: Way,
  namespace: string,
  name: string,
  seen = new Set<string>(),
): Iterable<Sending> {
  const service = traefikServices(world).get(`${namespace}/${name}`);
  const key = `${way.gets} ${namespace}/${name}`;
  if (!service || seen.has(key)) return;
  seen.add(key);
  for (const ref of traefikRefsOf(world, service))
    yield* ofRef(world, { ...way, via: [...way.via, service] }, ref, seen);
}

const traefikServices = memo(
  (world: World): ReadonlyMap<string, Resource> =>
    new Map(
      everyKnown(world, 'TraefikService')
        .filter(isTraefik)
        .map((service) => [`${world.namespaceOf(service)}/${service.name}`, service]),
    ),
);

function* ofRef(world: World, way: Way, ref: TraefikRef, seen?: Set<string>): Iterable<Sending> {
  // Of Traefik itself, or of another provider of its configuration.
  if (ref.name.includes('@')) return;
  const own = received(ref.weight, ref.copied);
  const gets = way.gets === 'now' || own === 'never' ? own : way.gets;
  if (ref.kind === 'TraefikService') yield* through(world, { ...way, gets }, ref.namespace, ref.name, seen);
  else if (ref.kind === 'Service')
    yield {
      ...way,
      gets,
      ...{ namespace: ref.namespace, name: ref.name, port: ref.port },
      by: ref.entry['nodePortLB'] === true ? 'nodes' : way.by,
    };
}

function* ofTraefik(world: World, from: Resource): Iterable<Sending> {
  const protocol = from.kind === 'IngressRouteUDP' ? 'UDP' : 'TCP';
  for (const ref of traefikRefsOf(world, from)) yield* ofRef(world, { ...DIRECT, from, path: ref.path, protocol }, ref);
}

function* ofVirtualService(world: World, from: Resource): Iterable<Sending> {
  if (from.group !== 'networking.istio.io') return;
  for (const { service, path, port, weight, copied, gateways, subset } of istioDestinationsOf(world, from)) {
    if (!service) continue;
    const labels = subset === undefined ? undefined : subsetLabels(world, service, subset);
    yield {
      ...{ ...DIRECT, from, path, ...service, port },
      gets: received(weight, copied),
      by: gateways.some((gateway) => gateway !== MESH) ? 'gateway' : 'mesh',
      ...(labels ? { subset: labels } : {}),
    };
  }
}

/** A list of `{ name, port, weight }`, as Contour and the SMI have it. */
function* ofList(world: World, from: Resource, at: Path, by: 'gateway' | 'mesh'): Iterable<Sending> {
  const namespace = world.namespaceOf(from);
  for (const [i, value] of list(from.at(at)).entries()) {
    const entry = record(value);
    const name = string(entry?.['name']) ?? string(entry?.['service']);
    if (!entry || name === undefined) continue;
    const gets = entry['mirror'] === true ? 'copy' : entry['weight'] === 0 ? 'never' : 'now';
    yield { ...DIRECT, from, path: [...at, i], namespace, name, port: number(entry['port']), gets, by };
  }
}

function* ofContour(world: World, from: Resource): Iterable<Sending> {
  if (from.group !== 'projectcontour.io') return;
  for (const i of list(from.at(['spec', 'routes'])).keys())
    yield* ofList(world, from, ['spec', 'routes', i, 'services'], 'gateway');
  yield* ofList(world, from, ['spec', 'tcpproxy', 'services'], 'gateway');
}

function* ofTrafficSplit(world: World, from: Resource): Iterable<Sending> {
  if (from.group === 'split.smi-spec.io') yield* ofList(world, from, ['spec', 'backends'], 'mesh');
}

/** The router of OpenShift finds the port by itself, or by spec.port.targetPort, which is one of the pods. */
function* ofOpenShift(world: World, from: Resource): Iterable<Sending> {
  if (from.group !== 'route.openshift.io') return;
  const others = list(from.at(['spec', 'alternateBackends'])).map((_, i): Path => ['spec', 'alternateBackends', i]);
  for (const path of [['spec', 'to'], ...others]) {
    const name = string(from.at([...path, 'name']));
    if (name === undefined) continue;
    const gets = from.at([...path, 'weight']) === 0 ? 'never' : 'now';
    yield { ...DIRECT, from, path, namespace: world.namespaceOf(from), name, port: undefined, gets };
  }
}

/**
 * What the controller of Argo Rollouts makes by itself: a canary Ingress beside the one that it is told of (nginx), or an action of it (alb). To
 * every other Service that a Rollout names lead routes, which are read as such, and those who call it; it is in use, and nobody connects by it.
 */
function* ofRollout(world: World, rollout: Resource): Iterable<Sending> {
  const ingresses = ingressesOfRollout(world, rollout);
  for (const { name, namespace, path } of servicesOfRollout(world, rollout)) {
    const base = { ...DIRECT, from: rollout, path, namespace, name } as const;
    const field = path.at(-1);
    const made = field === 'previewService' || field === 'activeService' ? [] : ingresses;
    if (made.length === 0) yield { ...base, port: undefined, gets: 'never', by: 'nobody' };
    for (const { name: ingress, service, path: at } of made) {
      const own = everyKnown(world, 'Ingress').find(
        (each) => each.name === ingress && world.namespaceOf(each) === namespace,
      );
      const port = at.includes('alb')
        ? number(rollout.at(['spec', 'strategy', 'canary', 'trafficRouting', 'alb', 'servicePort']))
        : own && ingressBackendsOf(own).find((backend) => backend.service === service)?.port;
      yield { ...base, port, by: own && NODE_PORTS.test(classOf(own)) ? 'nodes' : 'gateway' };
    }
  }
}

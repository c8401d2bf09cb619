import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import type { Certainty } from './certainty';
import { namespaceLabels, selectsKnown } from './known-labels';
import type { World } from './world';

/** The Gateway API: Gateways and ListenerSets, which have the listeners that routes attach to. */
export const GATEWAY_API = 'gateway.networking.k8s.io';
/** The kinds that have listeners, with their API group. A ListenerSet was called XListenerSet before it was stable. */
export const LISTENER_KINDS = {
  Gateway: GATEWAY_API,
  ListenerSet: GATEWAY_API,
  XListenerSet: 'gateway.networking.x-k8s.io',
} as const;
export type ListenerKind = keyof typeof LISTENER_KINDS;

/** What a listener takes where its allowedRoutes name no kinds. */
const KINDS_OF_PROTOCOL: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    HTTP: ['HTTPRoute', 'GRPCRoute'],
    HTTPS: ['HTTPRoute', 'GRPCRoute'],
    // Depends on whether TLS is ended here: TLSRoute or TCPRoute.
    TLS: ['TLSRoute', 'TCPRoute'],
    TCP: ['TCPRoute'],
    UDP: ['UDPRoute'],
  }),
);

export interface Listener {
  readonly name: string;
  /** Undefined: of a ListenerSet, the implementation chooses one. */
  readonly port: number | undefined;
  readonly protocol: string;
  /** Undefined: any host. */
  readonly hostname: string | undefined;
  /** The Gateway or ListenerSet that it stands in. */
  readonly holder: Resource;
  readonly path: Path;
}

export function gatewaysOf(world: World): readonly Resource[] {
  return world.of('Gateway').filter(({ group }) => group === GATEWAY_API);
}

export function listenerSetsOf(world: World): readonly Resource[] {
  return (['ListenerSet', 'XListenerSet'] as const).flatMap((kind) =>
    world.of(kind).filter(({ group }) => group === LISTENER_KINDS[kind]),
  );
}

/** The Gateways and ListenerSets. */
export function listenerHoldersOf(world: World): readonly Resource[] {
  return [...gatewaysOf(world), ...listenerSetsOf(world)];
}

export function listenersOf(holder: Resource): Listener[] {
  return list(holder.at(['spec', 'listeners'])).flatMap((entry, i) => {
    const listener = record(entry);
    if (!listener) return [];
    return [
      {
        name: string(listener['name']) ?? '',
        port: number(listener['port']) || undefined,
        protocol: string(listener['protocol']) ?? '',
        hostname: string(listener['hostname']) || undefined,
        holder,
        path: ['spec', 'listeners', i],
      },
    ];
  });
}

/** The Gateway, or another holder of listeners, if it is here or declared; a kind of the same name of another API is not it. */
export function holderOf(
  world: World,
  { kind, namespace, name }: { readonly kind: ListenerKind; readonly namespace: string; readonly name: string },
): Resource | undefined {
  const found = world.find(kind, namespace, name);
  if (found.is !== 'present') return undefined;
  const group = LISTENER_KINDS[kind];
  if (found.resource.group === group) return found.resource;
  return world
    .of(kind)
    .find((other) => other.group === group && other.name === name && world.namespaceOf(other) === namespace);
}

/** The Gateway whose listeners a ListenerSet adds to; undefined where it names another kind of parent. */
export function gatewayOfSet(
  world: World,
  set: Resource,
): { readonly kind: 'Gateway'; readonly namespace: string; readonly name: string } | undefined {
  const ref = record(set.at(['spec', 'parentRef']));
  const name = string(ref?.['name']);
  if (name === undefined || (string(ref?.['kind']) ?? 'Gateway') !== 'Gateway') return undefined;
  if ((string(ref?.['group']) ?? GATEWAY_API) !== GATEWAY_API) return undefined;
  return { kind: 'Gateway', namespace: string(ref?.['namespace']) || world.namespaceOf(set), name };
}

/** Whether a listener takes routes of this kind. */
export function allowsKind({ holder, path, protocol }: Listener, kind: string): boolean {
  const kinds = list(holder.at([...path, 'allowedRoutes', 'kinds']));
  // Kinds that the protocol cannot carry are not supported, though they are named.
  if (KINDS_OF_PROTOCOL.get(protocol)?.includes(kind) === false) return false;
  if (kinds.length > 0)
    return kinds.some(
      (entry) => record(entry)?.['kind'] === kind && (string(record(entry)?.['group']) ?? GATEWAY_API) === GATEWAY_API,
    );
  return KINDS_OF_PROTOCOL.get(protocol)?.includes(kind) ?? true; // protocols of an implementation's own take what they like
}

/** Whether a listener takes routes from this namespace; `Same` is the namespace of the Gateway or ListenerSet that has it. */
export function allowsNamespace(world: World, { holder, path }: Listener, routeNamespace: string): Certainty {
  return isOpenTo(world, holder, [...path, 'allowedRoutes', 'namespaces'], 'Same', routeNamespace);
}

/** Whether a Gateway takes listeners from ListenerSets of this namespace; by default it takes none. */
export function allowsListeners(world: World, gateway: Resource, setNamespace: string): Certainty {
  return isOpenTo(world, gateway, ['spec', 'allowedListeners', 'namespaces'], 'None', setNamespace);
}

function isOpenTo(world: World, resource: Resource, path: Path, byDefault: string, namespace: string): Certainty {
  const { from, selector } = record(resource.at(path)) ?? {};
  switch (from ?? byDefault) {
    case 'All':
      return 'yes';
    case 'Same':
      return namespace === world.namespaceOf(resource) ? 'yes' : 'no';
    case 'Selector':
      return selectsKnown(selector, namespaceLabels(world, namespace));
    case 'None':
      return 'no';
    default:
      return 'unknown';
  }
}

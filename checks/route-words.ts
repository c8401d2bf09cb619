import type { Resource } from '../manifests/resource';
import { list } from '../manifests/resource';
import { anyAllows, gatewayOf, listenersMeant, type ParentRef, parentRefsOf, servesHostname } from '../world/routes';
import type { World } from '../world/world';

/** What a client of a route sees of a backend that cannot be used: one that is not there, or one without pods. */
export function backendFails(kind: string, why: 'invalid' | 'no pods'): string {
  switch (kind) {
    case 'HTTPRoute':
      return `requests get a ${why === 'invalid' ? 500 : 503} response`;
    case 'GRPCRoute':
      return 'calls fail with status UNAVAILABLE';
    case 'UDPRoute':
      return 'packets are dropped';
    default:
      return 'connections are rejected';
  }
}

/** What becomes of a route that this Gateway does not accept: another parent may accept it. */
export function notAccepted(world: World, route: Resource, ref: ParentRef): string {
  const traffic = route.kind === 'HTTPRoute' ? 'requests' : route.kind === 'GRPCRoute' ? 'calls' : 'connections';
  return hasOtherParent(world, route, ref)
    ? `so the route is not accepted here and gets no ${traffic} from this Gateway, only from its other parents`
    : `so the route is not accepted and gets no ${traffic}`;
}

/** Whether another parent accepts the route, or may. */
function hasOtherParent(world: World, route: Resource, { path }: ParentRef): boolean {
  const gateways = parentRefsOf(world, route);
  // Parents of other kinds: a Service of a mesh, a ListenerSet.
  if (list(route.at(['spec', 'parentRefs'])).length > gateways.length) return true;
  return gateways.some((other) => {
    if (other.path.join() === path.join()) return false;
    const gateway = gatewayOf(world, other);
    if (!gateway) return world.find('Gateway', other.namespace, other.name).is === 'unknown';
    const listeners = listenersMeant(gateway, other).filter((listener) => servesHostname(listener, route));
    return anyAllows(world, listeners, route) !== 'no';
  });
}

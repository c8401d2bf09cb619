import type { Path, Resource } from '../manifests/resource';
import { list } from '../manifests/resource';
import { holderOf } from '../world/listeners';
import type { ParentRef } from '../world/routes';
import { anyAllows, listenersMeant, parentRefsOf, servesHostname } from '../world/routes';
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

/** The field that shows a match of a route: its path, or the match or rule that has none. */
export function matchPlace(route: Resource, at: Path): { readonly path: Path; readonly value: unknown } {
  const path = [...at, 'path', 'value'];
  return route.at(path) === undefined ? { path: at, value: route.at(at) } : { path, value: route.at(path) };
}

/** What becomes of a route that this Gateway or ListenerSet does not accept: another parent may accept it. */
export function notAccepted(world: World, route: Resource, ref: ParentRef): string {
  const traffic = route.kind === 'HTTPRoute' ? 'requests' : route.kind === 'GRPCRoute' ? 'calls' : 'connections';
  return hasOtherParent(world, route, ref)
    ? `so the route is not accepted here and gets no ${traffic} from this ${ref.kind}, only from its other parents`
    : `so the route is not accepted and gets no ${traffic}`;
}

/** Whether another parent accepts the route, or may. */
function hasOtherParent(world: World, route: Resource, { path }: ParentRef): boolean {
  const parents = parentRefsOf(world, route);
  // Parents of other kinds: a Service of a mesh.
  if (list(route.at(['spec', 'parentRefs'])).length > parents.length) return true;
  return parents.some((other) => {
    if (other.path.join() === path.join()) return false;
    const parent = holderOf(world, other);
    if (!parent) return world.find(other.kind, other.namespace, other.name).is === 'unknown';
    const listeners = listenersMeant(parent, other).filter((listener) => servesHostname(listener, route));
    return anyAllows(world, listeners, route) !== 'no';
  });
}

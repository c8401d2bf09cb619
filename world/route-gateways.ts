import type { Resource } from '../manifests/resource';
import { gatewayOfSet, holderOf } from './listeners';
import { parentRefsOf } from './routes';
import type { World } from './world';

/** The Gateways that serve a route, by themselves or by a ListenerSet; each once. */
export function gatewaysOfRoute(world: World, route: Resource): readonly Resource[] {
  const gateways = parentRefsOf(world, route).flatMap((ref) => {
    const parent = holderOf(world, ref);
    if (!parent || ref.kind === 'Gateway') return parent ?? [];
    const above = gatewayOfSet(world, parent);
    return (above && holderOf(world, above)) ?? [];
  });
  return [...new Set(gateways)];
}

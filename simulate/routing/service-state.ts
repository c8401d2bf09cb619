import { endpointsOf } from '../../world/service-endpoints';
import type { ServiceView } from '../../world/services';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';

/** What a proxy finds when it looks for a port of a Service. */
export type ServiceState =
  | { readonly is: 'there'; readonly service: ServiceView; readonly assumed: boolean }
  /** Nothing shows whether the Service is there. */
  | { readonly is: 'unseen' }
  | { readonly is: 'absent' | 'no port' | 'external name' | 'no endpoints' | 'no slices'; readonly why: string };

/** What is behind a port of a Service, by number or by name; undefined: the reference names none. */
export function serviceState(
  world: World,
  namespace: string,
  name: string,
  port: number | string | undefined,
): ServiceState {
  const service = serviceOf(world, namespace, name);
  const id = `Service ${namespace}/${name}`;
  if (!service)
    return world.find('Service', namespace, name).is === 'absent'
      ? { is: 'absent', why: `there is no ${id}` }
      : { is: 'unseen' };
  if (service.backing === 'external') return { is: 'external name', why: `${id} is an ExternalName` };
  if (port === undefined) return { is: 'no port', why: `the reference to ${id} names no port` };
  if (!service.port(port)) return { is: 'no port', why: `${id} has no port ${port} (it has: ${service.portList})` };
  const endpoints = endpointsOf(world, service);
  if (endpoints === 'empty') return { is: 'no endpoints', why: `${id} has no ready pods` };
  if (endpoints === 'unwritten') return { is: 'no slices', why: `${id} has neither a selector nor endpoints` };
  return { is: 'there', service, assumed: endpoints === 'unknown' };
}

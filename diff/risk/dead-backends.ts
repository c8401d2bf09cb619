import { meantBy } from '../../model/near';
import { creatorOf } from '../../world/creates';
import { possibleCreatorOf } from '../../world/possible-creators';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';

/** What an Ingress or a route sends requests to. */
export interface Backend {
  /** `Service`; others are an implementation's own, of which only TraefikServices are followed. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** By number or name. @default - none is named */
  readonly port: string | number | undefined;
}

/** Why requests get no answer. */
export interface Unanswered {
  /** A clause. */
  readonly why: string;
  /** The name that was probably meant. */
  readonly meant: string | undefined;
}

/** Why a backend certainly answers nothing; undefined where it may. */
export function deadBackend(world: World, { kind, namespace, name, port }: Backend): Unanswered | undefined {
  // `web@file` is of another provider of Traefik.
  if ((kind !== 'Service' && kind !== 'TraefikService') || name.includes('@')) return undefined;
  if (world.find(kind, namespace, name).is === 'absent') {
    const isMade =
      creatorOf(world, kind, namespace, name) !== undefined ||
      possibleCreatorOf(world, kind, namespace, name) !== undefined;
    return isMade
      ? undefined
      : { why: `there is no ${kind} ${name}`, meant: meantBy(name, world.namesOf(kind, namespace)) };
  }
  if (kind !== 'Service') return undefined;
  const service = serviceOf(world, namespace, name);
  // An action of the AWS Load Balancer Controller is no port.
  if (!service || port === undefined || port === 'use-annotation' || service.backing === 'external') return undefined;
  if (service.port(port) !== undefined) return undefined;
  const names = service.ports.flatMap((each) => each.name ?? []);
  return {
    why: `Service ${name} has no port ${port} (it has: ${service.portList})`,
    meant: typeof port === 'string' ? meantBy(port, names) : undefined,
  };
}

import { strings } from '../manifests/resource';
import { manualEndpointsOf } from '../world/manual-endpoints';
import { possiblePodCreatorOf } from '../world/possible-pod-creators';
import { isScaledDown } from '../world/service-endpoints';
import type { ServicePort, ServiceView } from '../world/services';
import type { World } from '../world/world';
import type { Finding } from './check';

/** Why nobody answers at a port of a Service, in words and as the finding that says so. */
export interface DeadEnd {
  readonly why: string;
  readonly causedBy: NonNullable<Finding['causedBy']>;
}

/** Whether connections to a port of a Service certainly end nowhere: what depends on it fails as a consequence. */
export function deadEnd(world: World, service: ServiceView, port: ServicePort): DeadEnd | undefined {
  const { backing, headless, name, namespace, resource, workloads } = service;
  if (backing === 'external' || world.isExternal(resource)) return undefined;
  if (backing === 'manual')
    return manualEndpointsOf(world, service).are === 'absent'
      ? {
          why: `Service ${name} has neither a selector nor endpoints`,
          causedBy: { check: 'service-has-endpoints', resource },
        }
      : undefined;
  if (workloads.length === 0)
    return world.isComplete(namespace, 'Pod') &&
      !possiblePodCreatorOf(world, namespace, strings(resource.at(['spec', 'selector'])))
      ? { why: `Service ${name} selects no pod`, causedBy: { check: 'service-selects-workload', resource } }
      : undefined;
  if (headless || typeof port.target !== 'string' || service.targets(port).length > 0) return undefined;
  // A port of this name in the other protocol is another check's.
  if (workloads.some(({ ports }) => ports.some((own) => own.name === port.target))) return undefined;
  return {
    why: `no pod of Service ${name} has a port called ${port.target}`,
    causedBy: { check: 'service-targetport-resolves', resource },
  };
}

/** Why a Service has no pods though its workloads are there: all of them are scaled to nothing, and no autoscaler starts them. */
export function scaledToNothing(world: World, service: ServiceView): string | undefined {
  if (!isScaledDown(world, service)) return undefined;
  const { workloads, name } = service;
  const [first] = workloads;
  return workloads.length === 1
    ? `${first!.resource.kind} ${first!.resource.name}, the only workload of Service ${name}, has replicas: 0`
    : `all workloads of Service ${name} have replicas: 0`;
}

import { strings } from '../manifests/resource';
import { memo } from '../model/memo';
import { podsOf } from './autoscalers';
import { manualEndpointsOf } from './manual-endpoints';
import { possiblePodCreatorOf } from './possible-pod-creators';
import type { ServiceView } from './services';
import type { World } from './world';

/** Whether a Service certainly has no pods though its workloads are there: all of them are scaled to nothing, and no autoscaler starts them. */
export function isScaledDown(world: World, { backing, workloads, namespace, resource }: ServiceView): boolean {
  return (
    backing === 'pods' &&
    workloads.length > 0 &&
    workloads.every((workload) => podsOf(world, workload)?.max === 0) &&
    !possiblePodCreatorOf(world, namespace, strings(resource.at(['spec', 'selector'])))
  );
}

/** Whether anybody answers behind a Service, as far as the manifests tell. */
export type ServiceEndpoints =
  | 'some'
  /** Its EndpointSlices are there and empty: no pod is selected, or all are scaled to nothing. */
  | 'empty'
  /** It has no selector, and nobody writes EndpointSlices for it. */
  | 'unwritten'
  | 'unknown';

/** The endpoints of a Service that is no ExternalName. */
export const endpointsOf = memo((world: World, service: ServiceView): ServiceEndpoints => {
  const { backing, workloads, namespace, resource } = service;
  if (backing === 'manual') {
    const { are } = manualEndpointsOf(world, service);
    return are === 'absent' ? 'unwritten' : are === 'written' ? 'some' : 'unknown';
  }
  if (isScaledDown(world, service)) return 'empty';
  if (workloads.length > 0) return 'some';
  const made = possiblePodCreatorOf(world, namespace, strings(resource.at(['spec', 'selector'])));
  return !made && !world.isExternal(resource) && world.isComplete(namespace, 'Pod') ? 'empty' : 'unknown';
});

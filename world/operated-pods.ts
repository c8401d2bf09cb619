import type { Resource } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import type { World } from './world';

/** The workloads that an operator makes of an object: they have its place. */
export function operatedBy(world: World, { source, document, place }: Resource): WorkloadManifest[] {
  return world.operated.filter(
    ({ resource }) =>
      resource.source === source && resource.document === document && resource.place.join() === place.join(),
  );
}

import type { WorkloadManifest } from '../../manifests/workload';
import { scalersOf } from '../../world/autoscalers';
import type { World } from '../../world/world';

/** Whether a workload has no pods, as it is written: `replicas: 0`. What KEDA and its like scale may start from nothing; a HorizontalPodAutoscaler does not. */
export function isStopped(world: World, workload: WorkloadManifest): boolean {
  return (
    workload.resource.at(['spec', 'replicas']) === 0 &&
    scalersOf(world, workload).every(({ resource }) => resource.kind === 'HorizontalPodAutoscaler')
  );
}

/** Whether there are such workloads, and none else. */
export function areStopped(world: World, workloads: readonly WorkloadManifest[]): boolean {
  return workloads.length > 0 && workloads.every((workload) => isStopped(world, workload));
}

import type { WorkloadManifest } from '../manifests/workload';
import { hasPodResources } from '../world/requests';
import type { ResourceMetric } from '../world/utilizations';
import type { VerticalScaler } from '../world/vertical-scalers';
import { changesRequest } from '../world/vertical-scalers';

/** The resources by which pods are scaled and whose requests a VerticalPodAutoscaler changes, each once. */
export function sharedSignals(
  workload: WorkloadManifest,
  vertical: VerticalScaler,
  metrics: readonly ResourceMetric[],
): readonly string[] {
  const shared = metrics.filter(({ name, container, target }) => {
    // A percentage of what the pod as a whole requests, which a VerticalPodAutoscaler leaves alone.
    if (target.by === 'share' && container === undefined && hasPodResources(workload)) return false;
    return workload.running.some(
      (each) => (container === undefined || each.name === container) && changesRequest(vertical, each, name),
    );
  });
  return [...new Set(shared.map(({ name }) => name))];
}

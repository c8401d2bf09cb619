import type { Json, Resource } from '../manifests/resource';
import { record } from '../manifests/resource';

/** Two objects as one version of their kind says them, and the one whose version that is. */
export interface InOneVersion {
  readonly before: Json;
  readonly after: Json;
  readonly as: Resource;
}

/** What the API server makes of two versions that spell the same with other fields: of the built-in kinds those of the autoscaler do. */
export function inOneVersion(before: Resource, after: Resource): InOneVersion {
  const asWritten = { before: before.object, after: after.object, as: after };
  const isScaler = [before, after].every(
    ({ kind, group }) => kind === 'HorizontalPodAutoscaler' && group === 'autoscaling',
  );
  if (!isScaler || before.apiVersion === after.apiVersion) return asWritten;
  if (before.apiVersion === 'autoscaling/v1') return { ...asWritten, before: withMetrics(before.object) };
  if (after.apiVersion === 'autoscaling/v1') return { ...asWritten, after: withMetrics(after.object), as: before };
  return asWritten;
}

/** pkg/apis/autoscaling/v1/conversion.go; the metrics that v1 keeps in an annotation are left where they are. */
function withMetrics(object: Json): Json {
  const { targetCPUUtilizationPercentage: percent, ...spec } = record(object['spec']) ?? {};
  if (percent === undefined) return object;
  const target = { type: 'Utilization', averageUtilization: percent };
  return { ...object, spec: { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] } };
}

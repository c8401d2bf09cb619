import type { Path } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { Scaler } from './autoscalers';
import { workloadScaled } from './autoscalers';
import { hasPodResources, podResources, resourcesOf } from './requests';
import type { World } from './world';

/** A metric of an autoscaler that is a percentage of what the pods request. */
export interface Utilization {
  readonly name: string;
  /** @default - all containers */
  readonly container: string | undefined;
  readonly path: Path;
}

/** The metrics that are a percentage of requests; the controller uses CPU utilization where none is set. */
export function* utilizations(value: unknown): Iterable<Utilization> {
  const spec = record(value);
  const metrics = list(spec?.['metrics']);
  // autoscaling/v1, and the default of both versions.
  if (metrics.length === 0) yield { name: 'cpu', container: undefined, path: ['spec'] };
  for (const [i, entry] of metrics.entries()) {
    const metric = record(entry);
    const field = metric?.['type'] === 'ContainerResource' ? 'containerResource' : 'resource';
    const source = record(metric?.[field]);
    const name = string(source?.['name']);
    if (
      !name ||
      (number(record(source?.['target'])?.['averageUtilization']) ?? number(source?.['targetAverageUtilization'])) ===
        undefined
    )
      continue;
    yield {
      name,
      container: field === 'resource' ? undefined : (string(source?.['container']) ?? ''),
      path: ['spec', 'metrics', i, field],
    };
  }
}

/** Why an autoscaler gets no utilization of a metric (pkg/controller/podautoscaler/replica_calculator.go). */
export type Unrequested =
  /** The pods have no such container. */
  | { readonly why: 'no-container'; readonly workload: WorkloadManifest }
  /** The pod has amounts as a whole, and none of this resource. */
  | { readonly why: 'pod'; readonly workload: WorkloadManifest }
  | { readonly why: 'container'; readonly workload: WorkloadManifest; readonly container: Container };

/** What lacks of the requests that a metric is a percentage of, with the defaults of LimitRanges; none where the target is not here. */
export function* unrequested(
  world: World,
  scaler: Scaler,
  { name, container: wanted }: Utilization,
): Iterable<Unrequested> {
  const workload = workloadScaled(world, scaler);
  if (!workload) return;
  const containers = workload.running.filter(({ name: own }) => wanted === undefined || own === wanted);
  if (wanted !== undefined && containers.length === 0) {
    yield { why: 'no-container', workload };
    return;
  }
  if (wanted === undefined && hasPodResources(workload)) {
    if (!podResources(world, workload, 'requests').has(name)) yield { why: 'pod', workload };
    return;
  }
  for (const container of containers)
    if (!resourcesOf(world, workload, container).requests.has(name)) yield { why: 'container', workload, container };
}

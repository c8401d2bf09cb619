import type { Quantity } from '../manifests/quantity';
import { parseQuantity } from '../manifests/quantity';
import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { Scaler } from './autoscalers';
import { workloadScaled } from './autoscalers';
import type { ScaleTrigger } from './keda';
import { triggersOf } from './keda';
import { hasPodResources, podResources, resourcesOf } from './requests';
import type { World } from './world';

/** A metric of an autoscaler that is measured of its pods: CPU or memory. */
export interface ResourceMetric {
  readonly name: string;
  /** @default - all containers */
  readonly container: string | undefined;
  readonly path: Path;
  readonly target: ResourceTarget;
}

/** What the controller keeps a metric at: a percentage of requests, or an amount for each pod. */
export type ResourceTarget =
  | { readonly by: 'share'; readonly percent: number; readonly path: Path }
  | { readonly by: 'amount'; readonly amount: Quantity; readonly path: Path };

/** A metric that is a percentage of what the pods request. */
export type Utilization = Pick<ResourceMetric, 'name' | 'container' | 'path'>;

/** What both versions of the API use where no metric is set (pkg/apis/autoscaling/v2/defaults.go). */
const DEFAULT_PERCENT = 80;

/** The metrics of CPU and memory of a HorizontalPodAutoscaler, or of the one that KEDA makes of a ScaledObject. */
export function resourceMetrics(resource: Resource): readonly ResourceMetric[] {
  if (resource.kind === 'ScaledObject') return triggersOf(resource).flatMap((trigger) => ofTrigger(trigger) ?? []);
  const metrics = list(resource.at(['spec', 'metrics']));
  return metrics.length === 0 ? [byDefault(resource)] : metrics.flatMap((entry, i) => ofMetric(entry, i) ?? []);
}

/** How many metrics an autoscaler has, of whatever kind. */
export function metricCount(resource: Resource): number {
  if (resource.kind === 'ScaledObject') return triggersOf(resource).length;
  return list(resource.at(['spec', 'metrics'])).length;
}

/** The metrics that are a percentage of requests. */
export function utilizations(resource: Resource): readonly ResourceMetric[] {
  return resourceMetrics(resource).filter(({ target }) => target.by === 'share');
}

/** CPU of autoscaling/v1, and the default of both versions. */
function byDefault(resource: Resource): ResourceMetric {
  const field = ['spec', 'targetCPUUtilizationPercentage'];
  const percent = number(resource.at(field));
  return {
    ...{ name: 'cpu', container: undefined, path: ['spec'] },
    target: { by: 'share', percent: percent ?? DEFAULT_PERCENT, path: percent === undefined ? ['spec'] : field },
  };
}

function ofMetric(entry: unknown, i: number): ResourceMetric | undefined {
  const metric = record(entry);
  const field = metric?.['type'] === 'ContainerResource' ? 'containerResource' : 'resource';
  const source = record(metric?.[field]);
  const name = string(source?.['name']);
  if (!name) return undefined;
  const path: Path = ['spec', 'metrics', i, field];
  const container = field === 'resource' ? undefined : (string(source?.['container']) ?? '');
  const goal = record(source?.['target']);
  const percent = number(goal?.['averageUtilization']);
  // autoscaling/v2beta1.
  const older = number(source?.['targetAverageUtilization']);
  if (percent !== undefined || older !== undefined) {
    const at = percent === undefined ? ['targetAverageUtilization'] : ['target', 'averageUtilization'];
    return { name, container, path, target: { by: 'share', percent: (percent ?? older)!, path: [...path, ...at] } };
  }
  const amount = parseQuantity(goal?.['averageValue']);
  return amount === undefined
    ? undefined
    : { name, container, path, target: { by: 'amount', amount, path: [...path, 'target', 'averageValue'] } };
}

/** The metric that KEDA makes of a trigger (pkg/scalers/cpu_memory_scaler.go of KEDA). */
function ofTrigger({ type, metadata, metricType, path }: ScaleTrigger): ResourceMetric | undefined {
  if (type !== 'cpu' && type !== 'memory') return undefined;
  const container = metadata.get('containerName');
  const text = metadata.get('value') ?? '';
  const at: Path = [...path, 'metadata', 'value'];
  // `metadata.type` is the older place, which KEDA refuses from 2.18.
  const by = metricType ?? metadata.get('type');
  if (by === 'Utilization' && /^\d+$/.test(text))
    return { name: type, container, path, target: { by: 'share', percent: Number(text), path: at } };
  const amount = by === 'AverageValue' ? parseQuantity(text) : undefined;
  return amount === undefined ? undefined : { name: type, container, path, target: { by: 'amount', amount, path: at } };
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

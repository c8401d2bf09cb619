import { StrataError } from '../../model/errors';
import { byteCount, millicores } from '../../model/quantity';
import type { ContainerProps } from '../core/pod';
import type { Workload } from '../core/workload';
import type { UseMetric } from './scaling-metrics';

/**
 * Refuses a target that what is measured never exceeds by more than the tolerance, because limits stand below: no pod would ever be added.
 * The autoscaler compares whole percents (pkg/controller/podautoscaler/metrics/utilization.go).
 * @param tolerance in percent of the target, on the way up
 */
export function checkReachable(place: string, metric: UseMetric, workload: Workload, tolerance: number): void {
  const { use } = metric;
  const { container, sidecars = [] } = workload.pod;
  const measured = [container, ...sidecars].filter(({ name }) => (metric.container ?? name) === name);
  if (measured.length === 0)
    throw new StrataError(place, `looks at the container ${metric.container}, which its pods do not have`, [
      `name one of ${[container, ...sidecars].map(({ name }) => name).join(', ')}`,
    ]);
  const most = sum(measured, use, 'limit');
  if (most === undefined) return;
  const requested = sum(measured, use, 'request')!;
  const target = 'percent' in metric ? metric.percent : amount(metric.perPod, use);
  const highest = 'percent' in metric ? Math.trunc((100 * most) / requested) : most;
  // In thousandths of percents, as whole numbers: 1.1 is none in binary.
  if (highest * 1000 > target * (1000 + tolerance * 10)) return;
  const fitting = Math.ceil((highest * 1000) / (1000 + tolerance * 10)) - 1;
  const whose = metric.container === undefined ? 'its pods' : `the container ${metric.container}`;
  throw new StrataError(
    place,
    'percent' in metric
      ? `aims at ${target} % of the requested ${use}, of which ${whose} cannot use more than ${highest} %: pods are added above ${target} % and its tolerance of ${tolerance} %, which is never`
      : `aims at ${metric.perPod} of ${use}, and ${whose} cannot use more than the limit: pods are added above that and its tolerance of ${tolerance} %, which is never`,
    [
      ...('percent' in metric && fitting > 0 ? [`aim at ${fitting} % at most`] : []),
      ...('percent' in metric
        ? []
        : [`aim at less than ${Math.round((100 * 1000) / (1000 + tolerance * 10))} % of the limit`]),
      use === 'cpu' ? 'raise cpuLimit, or leave it out' : 'raise memoryLimit above memory',
    ],
  );
}

function sum(containers: readonly ContainerProps[], use: UseMetric['use'], what: 'request' | 'limit') {
  let total = 0;
  for (const { resources } of containers) {
    const { cpu, cpuLimit, memory, memoryLimit = memory } = resources;
    const [request, limit] = use === 'cpu' ? [cpu, cpuLimit] : [memory, memoryLimit];
    const given = what === 'request' ? request : limit;
    // One without a limit may use what the node has.
    if (given === undefined) return undefined;
    total += amount(given, use);
  }
  return total;
}

function amount(given: string, use: UseMetric['use']): number {
  return use === 'cpu'
    ? millicores(given as Parameters<typeof millicores>[0])
    : byteCount(given as Parameters<typeof byteCount>[0]);
}

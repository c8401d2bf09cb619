import type { HpaFigure } from './per-pod';
import { averageFigure, countsOf, utilizationFigure, utilizedOf } from './per-pod';
import type { HpaPod } from './pods';
import type { HpaGroups, HpaPodValue, HpaSample, HpaUsage } from './samples';
import { groupedPods, samplesOfUsage } from './samples';
import type { HpaMetric } from './spec';
import type { HpaTolerance } from './tolerance';
import { sharedFigure, sumOfSeries, valueFigure } from './totals';

/** What a metrics API answers to one metric of an autoscaler: by the kind of the metric, or why it does not answer. */
export type HpaReading =
  | { readonly failed: string }
  /** metrics.k8s.io, to Resource and ContainerResource. */
  | { readonly usage: readonly HpaUsage[] }
  /** custom.metrics.k8s.io, to Pods. */
  | { readonly pods: readonly HpaPodValue[] }
  /** custom.metrics.k8s.io, to Object; thousandths. */
  | { readonly value: bigint }
  /** external.metrics.k8s.io, to External: one for each series; thousandths. */
  | { readonly series: readonly bigint[] };

/** What all metrics of a round are judged by. */
export interface HpaSurroundings {
  readonly minor: number;
  readonly namespace: string;
  readonly pods: readonly HpaPod[];
  /** Pods that are wanted, and those that the target's status counts. */
  readonly current: number;
  readonly status: number;
  readonly now: number;
  readonly within: HpaTolerance;
}

/** Why a metric says nothing, in the words of the controller. */
export interface HpaFailure {
  readonly failed: string;
}

const NO_PODS = 'no pods returned by selector while calculating replica count';
const NO_SAMPLES = 'did not receive metrics for targeted pods (pods might be unready)';
const DEFAULT_WINDOW = 60_000;

/** What one metric makes of the number of pods. */
export function hpaFigure(metric: HpaMetric, reading: HpaReading, around: HpaSurroundings): HpaFigure | HpaFailure {
  const found = FIGURES[metric.type](metric, reading, around);
  return typeof found === 'string' ? { failed: found } : found;
}

type Figured = (metric: HpaMetric, reading: HpaReading, around: HpaSurroundings) => HpaFigure | string;

const FIGURES: Readonly<Record<HpaMetric['type'], Figured>> = {
  Resource: resourceFigure,
  ContainerResource: resourceFigure,
  Pods: (metric, reading, around) => {
    const pods = answered('pods' in reading ? reading.pods : undefined, reading, 'custom');
    if (typeof pods === 'string') return `unable to get metric ${metric.name}: ${pods}`;
    const samples = new Map(
      pods.map(({ pod, at, window = DEFAULT_WINDOW, value }): [string, HpaSample] => [pod, { value, at, window }]),
    );
    return plainFigure(samples, metric.target.average ?? 0n, false, around);
  },
  Object: ({ name, described, target }, reading, around) => {
    const total = (aim: bigint) =>
      'value' in reading
        ? { used: reading.value, target: aim }
        : // As the controller says it, whose words and values are not in the same order.
          `unable to get metric ${name}: ${described?.kind} on ${around.namespace} ${described?.name}/${failureIn(reading, 'custom')}`;
    if (target.type === 'Value' && target.value !== undefined) return wholeFigure(total(target.value), around);
    if (target.type === 'AverageValue' && target.average !== undefined) {
      const all = total(target.average);
      return typeof all === 'string' ? all : sharedFigure(all, around.status, around.within, false);
    }
    return 'invalid object metric source: neither a value target nor an average value target was set';
  },
  External: ({ name, selector, target }, reading, around) => {
    const { minor } = around;
    const total = (aim: bigint, kind: 'value' | 'average') => {
      const series = answered('series' in reading ? reading.series : undefined, reading, 'external');
      return typeof series === 'string'
        ? `unable to get external metric ${around.namespace}/${name}/${selector}: ${series}`
        : { used: sumOfSeries(series, kind, minor), target: aim };
    };
    if (target.average !== undefined) {
      const all = total(target.average, 'average');
      return typeof all === 'string' ? all : sharedFigure(all, around.status, around.within, minor >= 34);
    }
    if (target.value !== undefined) return wholeFigure(total(target.value, 'value'), around);
    return 'invalid external metric source: neither a value target nor an average value target was set';
  },
};

function wholeFigure(
  total: { readonly used: bigint; readonly target: bigint } | string,
  { pods, current, within, minor }: HpaSurroundings,
): HpaFigure | string {
  if (typeof total === 'string') return total;
  const ready = pods.filter((pod) => pod.phase === 'Running' && pod.ready?.status === 'True').length;
  return (
    valueFigure(total, current, { selected: pods.length, ready }, within, minor) ??
    `unable to calculate ready pods: ${NO_PODS}`
  );
}

function resourceFigure(metric: HpaMetric, reading: HpaReading, around: HpaSurroundings): HpaFigure | string {
  const { name, container, target } = metric;
  const usage = answered('usage' in reading ? reading.usage : undefined, reading, 'resource');
  const samples =
    typeof usage === 'string' ? usage : samplesOfUsage(usage, name, container, around.namespace, around.minor);
  const unmeasured = typeof samples === 'string' ? `unable to get metrics for resource ${name}: ${samples}` : '';
  if (target.average !== undefined) {
    const found =
      typeof samples === 'string' ? unmeasured : plainFigure(samples, target.average, name === 'cpu', around);
    return typeof found === 'string' ? `failed to get ${name} usage: ${found}` : found;
  }
  if (target.utilization === undefined)
    return 'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set';
  const found = typeof samples === 'string' ? unmeasured : percentFigure(metric, target.utilization, samples, around);
  return typeof found === 'string' ? `failed to get ${name} utilization: ${found}` : found;
}

function percentFigure(
  { name, container }: HpaMetric,
  target: number,
  samples: ReadonlyMap<string, HpaSample>,
  around: HpaSurroundings,
): HpaFigure | string {
  const groups = grouped(samples, name === 'cpu', around);
  if (typeof groups === 'string') return groups;
  const sums = utilizedOf(around.pods, groups, { resource: name, container, target }, around.minor);
  if (typeof sums === 'string') return sums;
  return utilizationFigure(sums, target, around.current, around.within) ?? 'no metrics returned matched known pods';
}

function plainFigure(
  samples: ReadonlyMap<string, HpaSample>,
  target: bigint,
  cpu: boolean,
  around: HpaSurroundings,
): HpaFigure | string {
  const groups = grouped(samples, cpu, around);
  if (typeof groups === 'string') return groups;
  let used = 0n;
  for (const { value } of groups.samples.values()) used += value;
  return averageFigure(countsOf(groups), used, target, around.current, around.within);
}

function grouped(
  samples: ReadonlyMap<string, HpaSample>,
  cpu: boolean,
  { pods, now }: HpaSurroundings,
): HpaGroups | string {
  if (pods.length === 0) return NO_PODS;
  const groups = groupedPods(pods, samples, cpu, now);
  return groups.samples.size === 0 ? NO_SAMPLES : groups;
}

/** A list that is not empty, or why there is none. */
function answered<T>(
  items: readonly T[] | undefined,
  reading: HpaReading,
  api: 'resource' | 'custom' | 'external',
): readonly T[] | string {
  if (!items) return failureIn(reading, api);
  return items.length === 0 ? `no metrics returned from ${api} metrics API` : items;
}

function failureIn(reading: HpaReading, api: 'resource' | 'custom' | 'external'): string {
  return `unable to fetch metrics from ${api} metrics API: ${'failed' in reading ? reading.failed : 'it answers to another metric'}`;
}

import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { ScaledObjectSpecTriggers } from '../../imports/keda.sh';
import type { Peer } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { Bytes, Cpu } from '../../model/quantity';
import { bytesProblem, cpuProblem, wholeProblem } from '../../model/quantity';
import { value } from '../../model/setting';
import type { Workload } from '../core/workload';
import type { DescribedObject, MetricQuery } from '../monitoring/adapter-rules';
import type { PrometheusAdapter } from '../monitoring/prometheus-adapter';

/** Kinds of objects that lead to a workload. */
const LEADING = ['Service', 'Ingress', 'HTTPRoute'] as const;
const AGGREGATIONS = ['sum', 'max', 'min', 'avg'] as const;

/** CPU or memory that pods use. Of one container alone, sidecars do not count. */
export type UseMetric =
  /** In percent of what is requested: 50 is half of it. */
  | { readonly use: 'cpu' | 'memory'; readonly percent: number; readonly container?: string }
  /** As an amount for each pod, which changed requests do not change. */
  | { readonly use: 'cpu'; readonly perPod: Cpu; readonly container?: string }
  | { readonly use: 'memory'; readonly perPod: Bytes; readonly container?: string };

/** What a workload is scaled by beside its CPU use; each but `use` needs the feature prometheus-adapter. */
export type ScalingMetric =
  | UseMetric
  /** So many requests per second for each pod, as the pods count them themselves. */
  | { readonly requestsPerPod: number }
  /** The requests per second to an object that leads to the workload, divided among the pods. */
  | { readonly requestsTo: (typeof LEADING)[number]; readonly perPod: number }
  /** A number such as the length of a queue, divided among the pods. */
  | { readonly query: MetricQuery; readonly perPod: number }
  /** A number that falls as pods are added, such as a latency: it is held at this value. */
  | { readonly query: MetricQuery; readonly value: number };

/** A setting for what a workload is scaled by. */
export function scalingMetrics(standard: readonly ScalingMetric[]) {
  return value(standard, metricsProblem, () => '[{ requestsPerPod: 20 }]');
}

/** Whether the metrics API of pods, not the adapter, serves it. */
export function isUse(metric: ScalingMetric): metric is UseMetric {
  return 'use' in metric;
}

/** Whether the adapter serves it. */
export function isServed(metric: ScalingMetric): metric is Exclude<ScalingMetric, UseMetric> {
  return !isUse(metric);
}

/** CPU or memory as an autoscaler names it. */
export function useToKube(metric: UseMetric): k8s.MetricSpecV2 {
  const { use: name, container } = metric;
  const target =
    'percent' in metric
      ? { type: 'Utilization', averageUtilization: metric.percent }
      : { type: 'AverageValue', averageValue: k8s.Quantity.fromString(metric.perPod) };
  return container === undefined
    ? { type: 'Resource', resource: { name, target } }
    : { type: 'ContainerResource', containerResource: { name, container, target } };
}

/** CPU or memory as KEDA names it. */
export function useToTrigger(metric: UseMetric): ScaledObjectSpecTriggers {
  const { use: type, container } = metric;
  const [metricType, value] =
    'percent' in metric ? ['Utilization', String(metric.percent)] : ['AverageValue', metric.perPod];
  return { type, metricType, metadata: { value, ...(container === undefined ? {} : { containerName: container }) } };
}

/** The metric of an autoscaler, which the adapter serves from then on. */
export function metricToKube(
  metric: Exclude<ScalingMetric, UseMetric>,
  workload: Workload,
  adapter: PrometheusAdapter,
): k8s.MetricSpecV2 {
  if ('requestsPerPod' in metric)
    return {
      type: 'Pods',
      pods: {
        metric: { name: adapter.requestsPerPod(workload) },
        target: { type: 'AverageValue', averageValue: quantity(metric.requestsPerPod) },
      },
    };
  if ('requestsTo' in metric) {
    const describedObject = leadingTo(workload, metric.requestsTo);
    return {
      type: 'Object',
      object: {
        describedObject,
        metric: { name: adapter.requestsTo(describedObject, workload) },
        target: { type: 'AverageValue', averageValue: quantity(metric.perPod) },
      },
    };
  }
  return {
    type: 'External',
    external: {
      metric: { name: adapter.queried(metric.query) },
      target:
        'perPod' in metric
          ? { type: 'AverageValue', averageValue: quantity(metric.perPod) }
          : { type: 'Value', value: quantity(metric.value) },
    },
  };
}

/** The same asked of Prometheus by KEDA itself, of all pods together: what each is to have of it is the threshold. */
export function metricToTrigger(
  metric: Exclude<ScalingMetric, UseMetric>,
  workload: Workload,
  adapter: PrometheusAdapter,
  keda: Peer,
): ScaledObjectSpecTriggers {
  if ('requestsTo' in metric) leadingTo(workload, metric.requestsTo);
  const asked = 'query' in metric ? adapter.queryAskedBy(keda, metric.query) : adapter.requestsAskedBy(keda, workload);
  const threshold =
    'requestsPerPod' in metric ? metric.requestsPerPod : 'perPod' in metric ? metric.perPod : metric.value;
  return {
    type: 'prometheus',
    metricType: 'value' in metric ? 'Value' : 'AverageValue',
    metadata: {
      ...asked,
      threshold: String(threshold),
      // No answer is no number: as 0 it would take pods away.
      ignoreNullValues: 'false',
    },
  };
}

/** The object of a kind that leads to a workload. */
function leadingTo(workload: Workload, kind: (typeof LEADING)[number]): DescribedObject {
  const found = workload.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node) && node.kind === kind)
    // The Service of all pods, ready or not, is for scrapers.
    .find(({ name }) => kind !== 'Service' || name === workload.name);
  if (found) return { apiVersion: found.apiVersion, kind, name: found.name };
  throw new StrataError(`autoscaler of ${workload.app}`, `no ${kind} leads to it here`, [
    'scale by requestsPerPod, or by the requests to its Service',
    ...(kind === 'Service' ? [] : ['say in the settings of this cluster alone that it scales by one']),
  ]);
}

/** Thousandths are the finest that the API knows. */
function quantity(number: number): k8s.Quantity {
  return k8s.Quantity.fromString(Number.isInteger(number) ? String(number) : `${Math.round(number * 1000)}m`);
}

function metricsProblem(given: unknown): string | undefined {
  if (!Array.isArray(given)) return 'not a list of metrics';
  for (const metric of given) {
    const problem = metricProblem(metric);
    if (problem !== undefined) return `wrong: ${JSON.stringify(metric)} is ${problem}`;
  }
  const texts = given.map((metric) => JSON.stringify(metric));
  return new Set(texts).size < texts.length ? 'wrong: one of its metrics stands there twice' : undefined;
}

function metricProblem(given: unknown): string | undefined {
  const { use, requestsPerPod, requestsTo, query, perPod, value: held, ...others } = fieldsOf(given);
  const chosen = [use, requestsPerPod, requestsTo, query].filter((field) => field !== undefined);
  if (chosen.length !== 1) return 'no metric: give one of use, requestsPerPod, requestsTo and query';
  if (use !== undefined) return useProblem(use, { ...fieldsOf(given), use: undefined });
  const [other] = Object.keys(others);
  if (other !== undefined)
    return `no metric: ${other} is not one of use, requestsPerPod, requestsTo, query, perPod, value`;
  if (requestsPerPod !== undefined)
    return perPod === undefined && held === undefined ? amountProblem(requestsPerPod) : 'told its target twice';
  if (requestsTo !== undefined && !LEADING.some((kind) => kind === requestsTo))
    return `of ${JSON.stringify(requestsTo)}, which is not one of ${LEADING.join(', ')}`;
  const wrong = query === undefined ? undefined : queryProblem(query);
  if (wrong !== undefined) return wrong;
  if ((perPod === undefined) === (held === undefined)) return 'without a target, or with two: give perPod or value';
  const { take = 'sum' } = fieldsOf(query);
  if (held !== undefined && take === 'sum')
    return 'a sum that is to be held at a value: more pods do not make it smaller, so the number of pods would run to its maximum; give perPod';
  return amountProblem(perPod ?? held);
}

function useProblem(use: unknown, given: Readonly<Record<string, unknown>>): string | undefined {
  const { use: _, percent, perPod, container, ...others } = given;
  if (use !== 'cpu' && use !== 'memory') return `the use of ${JSON.stringify(use)}, which is not one of cpu, memory`;
  const [other] = Object.keys(others);
  if (other !== undefined) return `no use of ${use}: ${other} is not one of use, percent, perPod, container`;
  if (container !== undefined && !isName(container, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/))
    return `of the container ${JSON.stringify(container)}, which is no name`;
  if ((percent === undefined) === (perPod === undefined))
    return 'without a target, or with two: give percent or perPod';
  if (percent !== undefined) {
    const problem = wholeProblem(percent, 1);
    return problem && `aimed at ${JSON.stringify(percent)}, which is ${problem}`;
  }
  const problem = use === 'cpu' ? cpuProblem(perPod) : bytesProblem(perPod);
  return problem && `aimed at ${JSON.stringify(perPod)}, which is ${problem}`;
}

function queryProblem(given: unknown): string | undefined {
  const { metric, of, where = {}, take = 'sum', perSecond = false, name = 'x', ...others } = fieldsOf(given);
  const [other] = Object.keys(others);
  if (other !== undefined) return `no query: ${other} is not one of metric, of, where, take, perSecond, name`;
  if (!isName(metric, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/)) return 'a query without the name of a series in `metric`';
  if (!isName(of, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)) return 'a query without the name of a workload in `of`';
  if (
    !Object.entries(fieldsOf(where)).every(([label, text]) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) && isPlain(text))
  )
    return 'a query whose `where` is not labels with their values';
  if (!AGGREGATIONS.some((known) => known === take))
    return `a query whose \`take\` is not one of ${AGGREGATIONS.join(', ')}`;
  if (typeof perSecond !== 'boolean') return 'a query whose `perSecond` is not true or false';
  return isName(name, /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/)
    ? undefined
    : 'a query whose `name` is not lower case letters, digits and inner _, . or -';
}

function amountProblem(given: unknown): string | undefined {
  return typeof given === 'number' && Number.isFinite(given) && given >= 0.001 && given <= 1e12
    ? undefined
    : `aimed at ${JSON.stringify(given)}, which is no number from 0.001 on`;
}

/** `<<` would begin a template of the adapter. */
function isPlain(given: unknown): boolean {
  return typeof given === 'string' && !given.includes('<<');
}

function isName(given: unknown, pattern: RegExp): boolean {
  return typeof given === 'string' && pattern.test(given);
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return { ...(given as Readonly<Record<string, unknown>> | null | undefined) };
}

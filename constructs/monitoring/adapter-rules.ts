import { StrataError } from '../../model/errors';
import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
import type { FlowEnd, RequestMetrics } from '../core/flow';
import { matchersOf } from './series';

/** A kind of object, by which the adapter knows its label and its API: `{ resource: 'pod' }`. */
interface GroupResource {
  readonly group?: string;
  readonly resource: string;
}

/** A rule of prometheus-adapter: which series stand for a metric, what it is called, and how its value is computed. */
export interface AdapterRule {
  readonly seriesQuery: string;
  readonly resources: { readonly overrides?: Readonly<Record<string, GroupResource>>; readonly namespaced?: boolean };
  readonly name: { readonly as: string };
  /** A template: the matchers and labels of whoever asks stand between `<<` and `>>`. */
  readonly metricsQuery: string;
}

/** An object that a metric is about. */
export interface DescribedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** One number made of a gauge or counter that a workload exposes. */
export interface MetricQuery {
  /** The series, such as `redis_list_length`. */
  readonly metric: string;
  /** The workload that exposes it. */
  readonly of: string;
  /** Labels that its series must have. @default - all of its series */
  readonly where?: Readonly<Record<string, string>>;
  /** How several series become one number. @default 'sum' */
  readonly take?: 'sum' | 'max' | 'min' | 'avg';
  /** It is a counter, and its growth per second is meant. @default - what ends with `_total` is one */
  readonly perSecond?: boolean;
  /** What the API calls it. @default - the series; of a counter without `_total` and with `_per_second` */
  readonly name?: string;
}

/** The shortest span that holds two samples even if two scrapes fail, and no less than a minute. */
export function rateWindow(interval: Duration): string {
  return `${Math.max(60, 4 * seconds(interval))}s`;
}

const NAMESPACE = { namespace: { resource: 'namespace' } };

/** What the API calls the requests of a workload: jobs are unique in a Prometheus, and a counter is not. */
export function requestsName(workload: FlowEnd): string {
  return `${workload.metrics!.job.replace(/[^a-zA-Z0-9_]/g, '_')}_requests_per_second`;
}

/** Requests per second of each pod of a workload. Pods that answer scrapes and have had no request yet have 0, and not nothing. */
export function podsRule(workload: FlowEnd, interval: Duration): AdapterRule {
  const requests = requestsOf(workload);
  const own = `job="${workload.metrics!.job}"`;
  const sum = (of: string) => `sum by (<<.GroupBy>>) (${of})`;
  return {
    // A counter has no series before the first request, and is forgotten some time after the last.
    seriesQuery: `up{${matchersOf(workload)},pod!=""}`,
    resources: { overrides: { ...NAMESPACE, pod: { resource: 'pod' } } },
    name: { as: requestsName(workload) },
    metricsQuery: orZero(
      sum(
        `rate(${requests.total}{${matchers(`<<.LabelMatchers>>,${own}`, requests.counted)}}[${rateWindow(interval)}])`,
      ),
      sum(`up{<<.LabelMatchers>>,${own}} == 1`),
    ),
  };
}

/** Requests per second to all pods of a workload, as a metric of an object that leads to them. */
export function objectRule(workload: FlowEnd, object: DescribedObject, interval: Duration): AdapterRule {
  const [group = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [];
  const all = requestsQuery(workload, interval, '<<.LabelValuesByName.namespace>>');
  return {
    seriesQuery: `up{${matchersOf(workload)}}`,
    // No label of the series names the object: the job stands for it, and gets its name in the result.
    resources: {
      overrides: { ...NAMESPACE, job: { ...(group === '' ? {} : { group }), resource: object.kind.toLowerCase() } },
    },
    name: { as: requestsName(workload) },
    metricsQuery: `label_replace(${all}, "job", "${object.name}", "", "")`,
  };
}

/** Requests per second to all pods of a workload; 0 and not nothing while they answer scrapes and have had none. */
export function requestsQuery(workload: FlowEnd, interval: Duration, namespace = workload.namespace.name): string {
  const requests = requestsOf(workload);
  const own = `job="${workload.metrics!.job}",namespace="${namespace}"`;
  return orZero(
    `sum(rate(${requests.total}{${matchers(own, requests.counted)}}[${rateWindow(interval)}]))`,
    `sum(up{${own}} == 1)`,
  );
}

/** A number that has to do with no object of Kubernetes. */
export function externalRule(query: MetricQuery, workload: FlowEnd, interval: Duration): AdapterRule {
  const { metric, where = {}, take = 'sum' } = query;
  const labels = Object.entries(where).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const series = `${metric}{${[matchersOf(workload), ...labels].join(',')}}`;
  return {
    seriesQuery: series,
    // Whoever asks is in some namespace; the query says itself whose series are meant.
    resources: { namespaced: false },
    name: { as: queryName(query) },
    metricsQuery: `${take}(${isRate(query) ? `rate(${series}[${rateWindow(interval)}])` : series})`,
  };
}

/** What the API calls a query. */
export function queryName(query: MetricQuery): string {
  const { metric, name } = query;
  return name ?? (isRate(query) ? `${metric.replace(/_total$/, '')}_per_second` : metric);
}

function isRate({ metric, perSecond }: MetricQuery): boolean {
  return perSecond ?? metric.endsWith('_total');
}

/** CPU and memory of containers and nodes, as the kubelets tell them to metrics-server too. */
export function resourceRules(interval: Duration): object {
  const window = rateWindow(interval);
  const resources = {
    overrides: { ...NAMESPACE, node: { resource: 'node' }, pod: { resource: 'pod' } },
  };
  const own = 'job="kubelet-resource",<<.LabelMatchers>>';
  const by = (of: string) => `sum by (<<.GroupBy>>) (${of})`;
  const rule = (containerQuery: string, nodeQuery: string) => ({
    containerQuery: by(containerQuery),
    nodeQuery: by(nodeQuery),
    resources,
    containerLabel: 'container',
  });
  return {
    cpu: rule(
      `rate(container_cpu_usage_seconds_total{${own}}[${window}])`,
      `rate(node_cpu_usage_seconds_total{${own}}[${window}])`,
    ),
    memory: rule(`container_memory_working_set_bytes{${own}}`, `node_memory_working_set_bytes{${own}}`),
    window,
  };
}

function requestsOf(workload: FlowEnd): RequestMetrics {
  const requests = workload.metrics?.requests;
  if (requests) return requests;
  throw new StrataError(
    `workload ${workload.app}`,
    'does not say which of its metrics count requests, so nothing can scale by them',
    ["say it where it serves metrics: servesMetrics('http', { requests: { … } })", 'scale by CPU or by a query'],
  );
}

function matchers(own: string, counted: string | undefined): string {
  return counted === undefined ? own : `${own},${counted}`;
}

function orZero(rate: string, there: string): string {
  return `${rate} or 0 * ${there}`;
}

import type { Duration } from '../../model/quantity';
import type { FlowEnd, RequestMetrics } from '../core/flow';
import type { RecordingRule } from './rule-groups';
import { matchersOf, requestMatchersOf, VERSION_LABEL } from './series';

/** Recorded series of a service that answers requests: rate, errors, duration (RED). */
export const REQUEST_RATE = 'service:requests:rate5m';
export const ERROR_RATIO = 'service:errors:ratio_rate5m';
export const LATENCY = 'service:latency_seconds:quantile_rate5m';

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** The share of the requests to one version of a service that fail; nothing where it gets none. */
export function errorRatioOf(service: FlowEnd, version: FlowEnd, requests: RequestMetrics): string {
  const { counted } = requests;
  return ratesOf(
    requests,
    [matchersOf(service), `${VERSION_LABEL}="${version.name}"`, ...(counted === undefined ? [] : [counted])].join(','),
  ).ratio;
}

/** The same of the pods that a controller made of one revision, over a time of one's own. `hash`: as their names have it. */
export function errorRatioOfRevision(service: FlowEnd, requests: RequestMetrics, hash: string, over: Duration): string {
  const { counted } = requests;
  const matchers = [
    matchersOf(service),
    `pod=~"${service.name}-${hash}-.*"`,
    ...(counted === undefined ? [] : [counted]),
  ];
  return ratesOf(requests, matchers.join(','), over).ratio;
}

/** All requests each second, and the share of them that fail. */
function ratesOf(
  { total, failed }: RequestMetrics,
  matchers: string,
  over: Duration = '5m',
): { readonly all: string; readonly ratio: string } {
  const rate = (more: string) => `sum(rate(${total}{${matchers}${more}}[${over}]))`;
  const all = rate('');
  return { all, ratio: `(${rate(`,${failed.label}=~"${failed.regex}"`)} or 0 * ${all}) / (${all} > 0)` };
}

/** Rate, share of errors and latency of a workload's requests; none where it does not say how it counts them. */
export function requestRecordings(workload: FlowEnd): RecordingRule[] {
  const { metrics, namespace } = workload;
  const requests = metrics?.requests;
  if (!metrics || !requests) return [];
  const { duration } = requests;
  const matchers = requestMatchersOf(workload);
  const labels = { job: metrics.job, namespace: namespace.name };
  const { all, ratio } = ratesOf(requests, matchers);
  return [
    { record: REQUEST_RATE, expr: all, labels },
    { record: ERROR_RATIO, expr: ratio, labels },
    ...(duration === undefined
      ? []
      : QUANTILES.map((quantile) => ({
          record: LATENCY,
          expr: `histogram_quantile(${quantile}, sum by (le) (rate(${duration.metric}_bucket{${matchers}}[5m])))`,
          labels: { ...labels, quantile: String(quantile) },
        }))),
  ];
}

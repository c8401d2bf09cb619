import { StrataError } from '../../model/errors';
import type { FlowEnd } from '../core/flow';

/** PromQL label matchers of a workload's series, whatever form of Prometheus scrapes it. */
export function matchersOf(workload: FlowEnd): string {
  const { metrics, namespace, app } = workload;
  if (!metrics)
    throw new StrataError(`workload ${app}`, 'serves no metrics, so no rule can be about its series', [
      "say where it does: servesMetrics('http')",
    ]);
  return `job="${metrics.job}",namespace="${namespace.name}"`;
}

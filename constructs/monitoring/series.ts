import { StrataError } from '../../model/errors';
import type { FlowEnd } from '../core/flow';
import { answeringIn, versionsIn } from '../core/flow';

/** The label that tells the versions of a service apart, where it has several: the name of the Deployment. */
export const VERSION_LABEL = 'deployment';

/** PromQL label matchers of a workload's series, whatever form of Prometheus scrapes it. */
export function matchersOf(workload: FlowEnd): string {
  const { metrics, namespace, app } = workload;
  if (!metrics)
    throw new StrataError(`workload ${app}`, 'serves no metrics, so no rule can be about its series', [
      "say where it does: servesMetrics('http')",
    ]);
  return `job="${metrics.job}",namespace="${namespace.name}"`;
}

/** The same of the requests that people get answers to: without probes, and without those that are only copies. */
export function requestMatchersOf(workload: FlowEnd): string {
  const answering = answeringIn(workload);
  const copies = versionsIn(workload).filter((version) => !answering.includes(version));
  const counted = workload.metrics?.requests?.counted;
  return [
    matchersOf(workload),
    ...copies.map(({ name }) => `${VERSION_LABEL}!="${name}"`),
    ...(counted === undefined ? [] : [counted]),
  ].join(',');
}

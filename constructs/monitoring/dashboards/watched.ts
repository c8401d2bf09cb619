import type { Duration } from '../../../model/quantity';
import type { FlowEnd } from '../../core/flow';
import { Workload } from '../../core/workload';
import type { Slo } from '../slo';

/** What a Prometheus keeps, as far as dashboards show it. A dashboard or panel is made only of what is there. */
export interface Watched {
  /** Every end of flows that it knows. */
  readonly workloads: readonly FlowEnd[];
  readonly objectives: readonly Slo[];
  /** How long samples are kept. */
  readonly retention: Duration;
  /** Whether kubelets and API servers are scraped. */
  readonly cluster: boolean;
}

/** Whether somebody who is scraped says that he exposes these metrics (`node_*`). */
export function exposes({ workloads }: Watched, metrics: string): boolean {
  return workloads.some((workload) => workload.metrics?.exposes.includes(metrics));
}

/** What is measured: the nodes themselves, the containers on them, and what the API server says of the objects. */
export function measured(watched: Watched): {
  readonly nodes: boolean;
  readonly containers: boolean;
  readonly objects: boolean;
} {
  return {
    nodes: exposes(watched, 'node_*'),
    containers: watched.cluster,
    objects: exposes(watched, 'kube_*'),
  };
}

/** PromQL label matchers of the pods of a workload, by the names that its controller gives them. */
export function podMatchersOf(workload: FlowEnd): string {
  return `namespace="${workload.namespace.name}",pod=~"${podNames(workload)}"`;
}

/**
 * PromQL label matchers of the series about whole pods, among those of their containers and of what holds their network open: so a sum
 * counts nothing twice.
 */
export const WHOLE_PODS = 'container="",image=""';

/** The last letters of a pod's name: what is no vowel and looks like no other. */
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]';

function podNames(workload: FlowEnd): string {
  const kind = workload instanceof Workload ? workload.controller.kind : undefined;
  switch (kind) {
    case 'Deployment':
      return `${workload.name}-${SUFFIX}+-${SUFFIX}{5}`;
    case 'StatefulSet':
      return `${workload.name}-[0-9]+`;
    case 'DaemonSet':
      return `${workload.name}-${SUFFIX}{5}`;
    default:
      // A Job's, or of an operator, which calls them after its object.
      return `(.+-)?${workload.app}-.+`;
  }
}

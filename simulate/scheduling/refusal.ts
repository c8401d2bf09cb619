import type { SchedulerPod } from './pod';
import type { ClusterState, NodeState } from './state';

/** Why a node does not take a pod. */
export interface NodeRefusal {
  /** In the scheduler's own words. */
  readonly reasons: readonly string[];
  /** Whether removing pods of lower priority may help. */
  readonly preemptible: boolean;
}

/** The part of a filter that is the same for all nodes; undefined: it keeps the pod from none. */
export type Filter = (
  pod: SchedulerPod,
  state: ClusterState,
) => ((node: NodeState) => NodeRefusal | undefined) | undefined;

/** Removing pods does not help. */
export const never = (...reasons: readonly string[]): NodeRefusal => ({ reasons, preemptible: false });
/** As long as the pods are there that are there now. */
export const now = (...reasons: readonly string[]): NodeRefusal => ({ reasons, preemptible: true });

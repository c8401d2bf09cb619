import type { SchedulerPod } from './pod';
import type { NodeRefusal } from './refusal';
import type { ClusterState, NodeState } from './state';

/** The part of a filter that is the same for all nodes; undefined: it keeps the pod from none. */
export type Filter = (
  pod: SchedulerPod,
  state: ClusterState,
) => ((node: NodeState) => NodeRefusal | undefined) | undefined;

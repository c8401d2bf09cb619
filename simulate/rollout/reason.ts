import { judgeNodes } from '../scheduling/filter';
import { judgePod } from '../scheduling/judge';
import type { SchedulerPod } from '../scheduling/pod';
import type { ClusterState } from '../scheduling/state';
import { NO_VOLUME } from '../scheduling/storage/filters';
import type { Admission } from './quota';
import type { RolloutPlan, RolloutPod, RolloutState } from './state';
import { ownPods, podsOfRevision } from './state';

/** Pods of a workload at one moment of its rollout. */
export interface RolloutNumbers {
  readonly old: PodNumbers;
  readonly new: PodNumbers;
  /** Pods that are wanted and not there: no quota admits them, or they come after one that is not ready. */
  readonly missing: number;
}

export interface PodNumbers {
  readonly ready: number;
  /** On a node, and not ready. */
  readonly unready: number;
  readonly pending: number;
}

export function numbersOf(plan: RolloutPlan, state: RolloutState, wanted: number): RolloutNumbers {
  const of = (revision: 'old' | 'new'): PodNumbers => {
    const pods = podsOfRevision(state, revision);
    const pending = pods.filter((pod) => state.places.get(pod) === undefined).length;
    const ready = pods.filter((pod) => plan.isReady(pod, state)).length;
    return { ready, unready: pods.length - ready - pending, pending };
  };
  return { old: of('old'), new: of('new'), missing: Math.max(0, wanted - ownPods(state).length) };
}

/** Why nothing moves any more, in the words of those who refuse. */
export function reasonOf(
  plan: RolloutPlan,
  state: RolloutState,
  cluster: ClusterState,
  admission: Admission,
  wanted: number,
): string {
  const own = ownPods(state);
  const pending = own.filter((pod) => state.places.get(pod) === undefined);
  const first = pending.find(({ revision }) => revision === 'new') ?? pending[0];
  const unready = own.filter((pod) => state.places.get(pod) !== undefined && !plan.isReady(pod, state));
  const isRefused = own.length >= plan.admitted && (own.length < wanted || pending.length + unready.length === 0);
  return [
    ...(first ? [judgePod(first.pod, cluster).reason] : []),
    ...(isRefused ? [admission.refusal(own.length)] : []),
    ...(unready.length > 0 ? [unreadyText(unready)] : []),
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function unreadyText(pods: readonly RolloutPod[]): string {
  const fresh = pods.filter(({ revision }) => revision === 'new').length;
  const of = fresh === pods.length ? 'new' : fresh === 0 ? 'old' : 'old and new';
  return pods.length === 1 ? `one ${of} pod is not ready` : `${pods.length} ${of} pods are not ready`;
}

/** Why a pod that no node takes may get one in the end, in ways that are not followed; undefined: it gets none. */
export function wayOut(pod: SchedulerPod, cluster: ClusterState): string | undefined {
  const refusals = [...judgeNodes(pod, cluster).values()];
  if (refusals.some((refusal) => refusal?.reasons.includes(NO_VOLUME)) && cluster.storage.mayReachFurther(pod))
    return 'the volume of its claim may be within reach of other nodes, too';
  const lower = [...cluster.nodes].some(({ pods }) => [...pods].some(({ priority }) => priority < pod.priority));
  if (lower && refusals.some((refusal) => refusal?.preemptible)) return 'it may preempt pods of lower priority';
  return undefined;
}

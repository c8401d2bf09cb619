import type { SchedulerPod } from '../scheduling/pod';

/** A pod while a rollout goes on. */
export interface RolloutPod {
  readonly pod: SchedulerPod;
  /** `other`: of another workload, waiting for room. */
  readonly revision: 'old' | 'new' | 'other';
  /** Whether it becomes ready on a node. */
  readonly healthy: boolean;
  /** The ordinal or the node that it is for; undefined: it is like all others of its revision. */
  readonly slot?: string | undefined;
}

/** How a rollout stands. */
export interface RolloutState {
  /** The replicas of the old and the new ReplicaSet. */
  readonly oldSpec: number;
  readonly newSpec: number;
  /** The pods that there are, with their nodes; undefined: pending. */
  readonly places: ReadonlyMap<RolloutPod, string | undefined>;
}

/** What decides about the pods of a workload. */
export interface RolloutController {
  /** What it does next, one state for each of its choices; empty: nothing, as things are. */
  readonly next: (state: RolloutState) => readonly RolloutState[];
  /** Whether the rollout is complete. */
  readonly isDone: (state: RolloutState) => boolean;
}

/** What a controller works with. */
export interface RolloutPlan {
  readonly replicas: number;
  /** How many pods of the workload the quotas admit at once. */
  readonly admitted: number;
  readonly isReady: (pod: RolloutPod, state: RolloutState) => boolean;
  /** A pod of the new revision that is not there yet; for a slot, where the workload has slots. */
  readonly create: (revision: 'old' | 'new', state: RolloutState, slot?: string) => RolloutPod;
  /** The same for states that no controller and no scheduler tells apart. */
  readonly keyOf: (state: RolloutState) => string;
  /** The same for nodes that no pod tells apart in a state. */
  readonly nodeKeysOf: (state: RolloutState) => (node: string) => string;
}

export function podsOfRevision(state: RolloutState, revision: RolloutPod['revision']): RolloutPod[] {
  return [...state.places.keys()].filter((pod) => pod.revision === revision);
}

/** Pods of the workload, of whatever revision. */
export function ownPods(state: RolloutState): RolloutPod[] {
  return [...state.places.keys()].filter(({ revision }) => revision !== 'other');
}

export function withoutPods(state: RolloutState, gone: Iterable<RolloutPod>): RolloutState {
  const places = new Map(state.places);
  for (const pod of gone) places.delete(pod);
  return { ...state, places };
}

export function withPod(state: RolloutState, pod: RolloutPod, node?: string): RolloutState {
  return { ...state, places: new Map(state.places).set(pod, node) };
}

/** States in which so many of some pods are gone, of those that are told apart by nobody one. */
export function withoutSome(
  state: RolloutState,
  candidates: readonly RolloutPod[],
  count: number,
  keyOf: RolloutPlan['keyOf'],
): RolloutState[] {
  let states = [state];
  for (let i = 0; i < count; i++) {
    const next = new Map<string, RolloutState>();
    for (const each of states)
      for (const pod of candidates) {
        if (!each.places.has(pod)) continue;
        const less = withoutPods(each, [pod]);
        const key = keyOf(less);
        if (!next.has(key)) next.set(key, less);
      }
    states = [...next.values()];
  }
  return states;
}

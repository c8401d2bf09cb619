import type { SchedulerPod } from '../scheduling/pod';

/** What a controller of a Deployment sees of a pod. */
export interface RevisionPod {
  /** `other`: of another workload, waiting for room. */
  readonly revision: 'old' | 'new' | 'other';
}

/** A pod while a rollout goes on. */
export interface RolloutPod extends RevisionPod {
  readonly pod: SchedulerPod;
  /** Whether it becomes ready on a node. */
  readonly healthy: boolean;
  /** The ordinal or the node that it is for; undefined: it is like all others of its revision. */
  readonly slot?: string | undefined;
}

/** How a rollout stands. */
export interface RolloutState<P extends RevisionPod = RolloutPod> {
  /** The replicas of the old and the new ReplicaSet. */
  readonly oldSpec: number;
  readonly newSpec: number;
  /** The pods that there are, with their nodes; undefined: pending. */
  readonly places: ReadonlyMap<P, string | undefined>;
}

/** What decides about the pods of a workload. */
export interface RolloutController<P extends RevisionPod = RolloutPod> {
  /** What it does next, one state for each of its choices; empty: nothing, as things are. */
  readonly next: (state: RolloutState<P>) => readonly RolloutState<P>[];
  /** Whether the rollout is complete. */
  readonly isDone: (state: RolloutState<P>) => boolean;
}

/** What a controller works with. */
export interface RolloutPlan<P extends RevisionPod = RolloutPod> {
  readonly replicas: number;
  /** How many pods of the workload the quotas admit at once. */
  readonly admitted: number;
  readonly isReady: (pod: P, state: RolloutState<P>) => boolean;
  /** Whether pods of the old revision are still stopping. @default - a pod that goes is gone at once */
  readonly isStopping?: () => boolean;
  /** A pod of the new revision that is not there yet; for a slot, where the workload has slots. */
  readonly create: (revision: 'old' | 'new', state: RolloutState<P>, slot?: string) => P;
  /** The same for states that no controller and no scheduler tells apart. */
  readonly keyOf: (state: RolloutState<P>) => string;
  /** The same for nodes that no pod tells apart in a state. */
  readonly nodeKeysOf: (state: RolloutState<P>) => (node: string) => string;
}

export function podsOfRevision<P extends RevisionPod>(state: RolloutState<P>, revision: RevisionPod['revision']): P[] {
  return [...state.places.keys()].filter((pod) => pod.revision === revision);
}

/** Pods of the workload, of whatever revision. */
export function ownPods<P extends RevisionPod>(state: RolloutState<P>): P[] {
  return [...state.places.keys()].filter(({ revision }) => revision !== 'other');
}

export function withoutPods<P extends RevisionPod>(state: RolloutState<P>, gone: Iterable<P>): RolloutState<P> {
  const places = new Map(state.places);
  for (const pod of gone) places.delete(pod);
  return { ...state, places };
}

export function withPod<P extends RevisionPod>(state: RolloutState<P>, pod: P, node?: string): RolloutState<P> {
  return { ...state, places: new Map(state.places).set(pod, node) };
}

/** States in which so many of some pods are gone, of those that are told apart by nobody one. */
export function withoutSome<P extends RevisionPod>(
  state: RolloutState<P>,
  candidates: readonly P[],
  count: number,
  keyOf: RolloutPlan<P>['keyOf'],
): RolloutState<P>[] {
  let states = [state];
  for (let i = 0; i < count; i++) {
    const next = new Map<string, RolloutState<P>>();
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

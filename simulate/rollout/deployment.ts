import type { RevisionPod, RolloutController, RolloutPlan, RolloutState } from './state';
import { ownPods, podsOfRevision, withoutPods, withoutSome, withPod } from './state';
import type { Strategy } from './strategy';

/**
 * The deployment controller with the ReplicaSets of the two revisions (pkg/controller/deployment: rolling.go, recreate.go;
 * pkg/controller/replicaset).
 */
export function deploymentController<P extends RevisionPod>(
  plan: RolloutPlan<P>,
  strategy: Extract<Strategy, { type: 'RollingUpdate' | 'Recreate' }>,
): RolloutController<P> {
  const scale = strategy.type === 'Recreate' ? recreate<P> : rolling<P>(strategy);
  return {
    next: (state) => {
      const kept = replicaSets(plan, state);
      if (kept.length > 0) return kept;
      const scaled = scale(plan, state);
      return scaled ? [scaled] : [];
    },
    isDone: (state) => {
      const fresh = podsOfRevision(state, 'new');
      return (
        podsOfRevision(state, 'old').length === 0 &&
        fresh.length === plan.replicas &&
        fresh.every((pod) => plan.isReady(pod, state))
      );
    },
  };
}

/** What the ReplicaSets do to have as many pods as they are told, one step. */
function replicaSets<P extends RevisionPod>(plan: RolloutPlan<P>, state: RolloutState<P>): RolloutState<P>[] {
  const [old, fresh] = [podsOfRevision(state, 'old'), podsOfRevision(state, 'new')];
  if (old.length > state.oldSpec) return deletions(plan, state, old, old.length - state.oldSpec);
  if (old.length + fresh.length >= plan.admitted) return [];
  const created: RolloutState<P>[] = [];
  if (fresh.length < state.newSpec) created.push(withPod(state, plan.create('new', state)));
  if (old.length < state.oldSpec) created.push(withPod(state, plan.create('old', state)));
  return created;
}

/** Those go first that have no node, then those that are not ready, then those whose node has most pods of the Deployment. */
function deletions<P extends RevisionPod>(
  plan: RolloutPlan<P>,
  state: RolloutState<P>,
  old: readonly P[],
  count: number,
): RolloutState<P>[] {
  const onNode = new Map<string | undefined, number>();
  for (const pod of ownPods(state)) {
    const node = state.places.get(pod);
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const standing = (pod: P) => (state.places.get(pod) === undefined ? 0 : plan.isReady(pod, state) ? 2 : 1);
  const together = (pod: P) => onNode.get(state.places.get(pod))!;
  const order = (a: P, b: P) => standing(a) - standing(b) || together(b) - together(a);
  const sorted = [...old].sort(order);
  const last = sorted[count - 1]!;
  const certain = sorted.filter((pod) => order(pod, last) < 0);
  const equal = sorted.filter((pod) => order(pod, last) === 0);
  return withoutSome(withoutPods(state, certain), equal, count - certain.length, plan.keyOf);
}

function rolling<P extends RevisionPod>({
  surge,
  unavailable,
}: {
  readonly surge: number;
  readonly unavailable: number;
}) {
  return ({ replicas, isReady }: RolloutPlan<P>, state: RolloutState<P>): RolloutState<P> | undefined => {
    const { oldSpec, newSpec } = state;
    const total = oldSpec + newSpec;
    const more = Math.min(replicas + surge - total, replicas - newSpec);
    if (more > 0) return { ...state, newSpec: newSpec + more };
    if (oldSpec === 0) return undefined;
    const available = (revision: 'old' | 'new') =>
      podsOfRevision(state, revision).filter((pod) => isReady(pod, state)).length;
    const [oldAvailable, newAvailable] = [available('old'), available('new')];
    const min = replicas - unavailable;
    const most = total - min - (newSpec - newAvailable);
    if (most <= 0) return undefined;
    // Those that are not ready go first: none is missed.
    const cleaned = Math.min(most, Math.max(0, oldSpec - oldAvailable));
    const less = oldSpec - cleaned - Math.min(oldSpec - cleaned, Math.max(0, oldAvailable + newAvailable - min));
    return less < oldSpec ? { ...state, oldSpec: less } : undefined;
  };
}

function recreate<P extends RevisionPod>(
  { replicas, isStopping }: RolloutPlan<P>,
  state: RolloutState<P>,
): RolloutState<P> | undefined {
  if (state.oldSpec > 0) return { ...state, oldSpec: 0 };
  // The new ReplicaSet is made when the last old pod has gone (oldPodsRunning).
  if (isStopping?.()) return undefined;
  return state.newSpec < replicas ? { ...state, newSpec: replicas } : undefined;
}

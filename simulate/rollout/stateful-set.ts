import type { RolloutController, RolloutPlan, RolloutPod, RolloutState } from './state';
import { ownPods, withoutPods, withPod } from './state';
import type { Strategy } from './strategy';

/** The StatefulSet controller (pkg/controller/statefulset, updateStatefulSet). The slots are the ordinals. */
export function statefulSetController(
  plan: RolloutPlan,
  { parallel, partition }: Extract<Strategy, { type: 'Ordinals' }>,
): RolloutController {
  const ordinals = Array.from({ length: plan.replicas }, (_, i) => i);
  const revisionOf = (ordinal: number) => (ordinal < partition ? 'old' : 'new');
  return {
    next: (state) => {
      const pods = bySlot(state);
      const isReady = (pod: RolloutPod | undefined) => pod !== undefined && plan.isReady(pod, state);
      // In order, nothing happens behind a pod that is not ready; in parallel, a pod that is refused stops everything as well.
      const waiting = ordinals.find((i) => (parallel ? !pods.has(String(i)) : !isReady(pods.get(String(i)))));
      if (waiting !== undefined) {
        if (pods.has(String(waiting)) || pods.size >= plan.admitted) return [];
        return [withPod(state, plan.create(revisionOf(waiting), state, String(waiting)))];
      }
      for (const i of [...ordinals].reverse()) {
        if (i < partition) break;
        const pod = pods.get(String(i))!;
        if (pod.revision === 'old') return [withoutPods(state, [pod])];
        if (!isReady(pod)) return [];
      }
      return [];
    },
    isDone: (state) => {
      const pods = bySlot(state);
      return ordinals.every((i) => {
        const pod = pods.get(String(i));
        return pod !== undefined && plan.isReady(pod, state) && pod.revision === revisionOf(i);
      });
    },
  };
}

function bySlot(state: RolloutState): Map<string | undefined, RolloutPod> {
  return new Map(ownPods(state).map((pod) => [pod.slot, pod]));
}

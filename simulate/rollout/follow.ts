import { judgePod } from '../scheduling/judge';
import type { ClusterState } from '../scheduling/state';
import type { RolloutController, RolloutPlan, RolloutPod, RolloutState } from './state';
import { ownPods } from './state';

/** What comes of a rollout, over the choices that were followed. */
export interface Followed {
  /** The states in which nothing moves any more. */
  readonly ends: readonly RolloutState[];
  /** Whether every choice was followed. */
  readonly complete: boolean;
  /** Most pods at once, and fewest that are ready. */
  readonly peak: number;
  readonly lowest: number;
  /** So many states were seen. */
  readonly states: number;
}

/** Puts the pods of states on a cluster: what differs from the state before moves. */
export class RolloutStage {
  private readonly on = new Map<RolloutPod, string>();

  constructor(private readonly cluster: ClusterState) {}

  show({ places }: RolloutState): ClusterState {
    for (const [pod, node] of this.on)
      if (places.get(pod) !== node) {
        this.cluster.remove(pod.pod, node);
        this.on.delete(pod);
      }
    for (const [pod, node] of places)
      if (node !== undefined && !this.on.has(pod)) {
        this.cluster.place(pod.pod, node);
        this.on.set(pod, node);
      }
    return this.cluster;
  }

  clear(): void {
    this.show({ oldSpec: 0, newSpec: 0, places: new Map() });
  }
}

/**
 * Follows a rollout from a state in which everything has settled. Controllers and the scheduler act in any order, and choose what they
 * like; a pod that goes is gone at once, and one that is placed is ready if it ever will be: those are the choices of slower ones, too.
 * Where `alike` says that no choice matters, one is followed.
 */
export function follow(
  start: RolloutState,
  controller: RolloutController,
  plan: RolloutPlan,
  stage: RolloutStage,
  { alike, most }: { readonly alike: boolean; readonly most: number },
): Followed {
  const seen = new Set([plan.keyOf(start)]);
  const open = [start];
  const ends: RolloutState[] = [];
  let [peak, lowest] = [0, Number.POSITIVE_INFINITY];
  for (let state = open.pop(); state; state = open.pop()) {
    const own = ownPods(state);
    const { length: ready } = own.filter((pod) => plan.isReady(pod, state));
    peak = Math.max(peak, own.length);
    lowest = Math.min(lowest, ready);
    const controlled = controller.next(state);
    const next = alike && controlled.length > 0 ? controlled : [...controlled, ...scheduled(state, plan, stage)];
    if (next.length === 0) ends.push(state);
    for (const each of alike ? next.slice(0, 1) : next) {
      const key = plan.keyOf(each);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(each);
    }
    if (seen.size > most) return { ends, complete: false, peak, lowest, states: seen.size };
  }
  return { ends, complete: true, peak, lowest, states: seen.size };
}

/** The names of nodes, the one that the example chooses before the others. */
export function chosenFirst(takers: readonly { readonly name: string }[], chosen: string | undefined): string[] {
  const names = takers.map(({ name }) => name);
  return chosen !== undefined && names.includes(chosen) ? [chosen, ...names.filter((name) => name !== chosen)] : names;
}

/** What the scheduler may do next. Where pods of others may go for one that waits, `wayOut` says so of the end. */
function scheduled(state: RolloutState, plan: RolloutPlan, stage: RolloutStage): RolloutState[] {
  const asked = new Set<string>();
  const next: RolloutState[] = [];
  const keyOf = plan.nodeKeysOf(state);
  for (const [pod, node] of state.places) {
    if (node !== undefined) continue;
    // Those without a slot are as good as each other.
    const name = pod.revision === 'other' || pod.slot !== undefined ? `${pod.pod.namespace}/${pod.pod.name}` : '';
    const group = `${pod.revision} ${name}`;
    if (asked.has(group)) continue;
    asked.add(group);
    const { takers, chosen } = judgePod(pod.pod, stage.show(state));
    const kinds = new Set<string>();
    for (const on of chosenFirst(takers, chosen?.node)) {
      const kind = keyOf(on);
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      next.push({ ...state, places: new Map(state.places).set(pod, on) });
    }
  }
  return next;
}

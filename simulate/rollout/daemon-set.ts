import type { RolloutController, RolloutPlan, RolloutPod, RolloutState } from './state';
import { ownPods, withoutPods, withoutSome, withPod } from './state';
import type { Strategy } from './strategy';

/** The pods of a node. */
interface NodePods {
  readonly node: string;
  readonly old: RolloutPod | undefined;
  readonly fresh: RolloutPod | undefined;
}

/** The DaemonSet controller (pkg/controller/daemon, manage and rollingUpdate). The slots are the nodes. */
export function daemonSetController(
  plan: RolloutPlan,
  strategy: Extract<Strategy, { type: 'Nodes' }>,
  nodes: readonly string[],
): RolloutController {
  return {
    next: (state) => {
      const all = podsByNode(state, nodes);
      const isReady = (pod: RolloutPod | undefined) => pod !== undefined && plan.isReady(pod, state);
      const replaced = all.filter(({ old, fresh }) => old && fresh && (isReady(fresh) || !isReady(old)));
      if (replaced.length > 0)
        return [
          withoutPods(
            state,
            replaced.flatMap(({ old }) => old ?? []),
          ),
        ];
      const empty = all.find(({ old, fresh }) => !old && !fresh);
      // What the quota refuses ends the round: nothing is replaced.
      if (empty) return created(plan, state, [empty.node]);
      return strategy.surge === 0
        ? replacing(plan, state, all, strategy.unavailable, isReady)
        : surging(plan, state, all, strategy.surge, isReady);
    },
    isDone: (state) =>
      podsByNode(state, nodes).every(({ old, fresh }) => !old && fresh !== undefined && plan.isReady(fresh, state)),
  };
}

function podsByNode(state: RolloutState, nodes: readonly string[]): NodePods[] {
  const own = ownPods(state);
  return nodes.map((node) => ({
    node,
    old: own.find(({ slot, revision }) => slot === node && revision === 'old'),
    fresh: own.find(({ slot, revision }) => slot === node && revision === 'new'),
  }));
}

/** Old pods go where they are not ready, and as many others as may be unavailable. */
function replacing(
  plan: RolloutPlan,
  state: RolloutState,
  all: readonly NodePods[],
  unavailable: number,
  isReady: (pod: RolloutPod | undefined) => boolean,
): RolloutState[] {
  const broken = all.flatMap(({ old }) => (old && !isReady(old) ? [old] : []));
  if (broken.length > 0) return [withoutPods(state, broken)];
  const missing = all.filter(({ old, fresh }) => !isReady(old) && !isReady(fresh)).length;
  const candidates = all.flatMap(({ old }) => old ?? []);
  const count = Math.min(candidates.length, unavailable - missing);
  return count > 0 ? withoutSome(state, candidates, count, plan.keyOf) : [];
}

/** New pods come beside old ones: where those are not ready, and on as many other nodes as may have both. */
function surging(
  plan: RolloutPlan,
  state: RolloutState,
  all: readonly NodePods[],
  surge: number,
  isReady: (pod: RolloutPod | undefined) => boolean,
): RolloutState[] {
  const single = all.filter(({ old, fresh }) => old && !fresh);
  const broken = single.filter(({ old }) => !isReady(old));
  const both = all.filter(({ old, fresh }) => old && fresh).length;
  const candidates = single.filter(({ old }) => isReady(old));
  let states = [state];
  for (const { node } of broken) states = states.flatMap((each) => orSame(each, created(plan, each, [node])));
  for (let i = both; i < Math.min(surge, both + candidates.length); i++)
    states = distinct(
      states.flatMap((each) => {
        const open = candidates.filter(
          ({ node }) => !ownPods(each).some(({ slot, revision }) => slot === node && revision === 'new'),
        );
        return orSame(
          each,
          created(
            plan,
            each,
            open.map(({ node }) => node),
          ),
        );
      }),
      plan,
    );
  return states.filter((each) => each !== state);
}

function orSame(state: RolloutState, next: readonly RolloutState[]): readonly RolloutState[] {
  return next.length > 0 ? next : [state];
}

/** A new pod on one of some nodes. */
function created(plan: RolloutPlan, state: RolloutState, nodes: readonly string[]): RolloutState[] {
  if (ownPods(state).length >= plan.admitted) return [];
  return distinct(
    nodes.map((node) => withPod(state, plan.create('new', state, node))),
    plan,
  );
}

/** Of states that nobody tells apart one. */
function distinct(states: readonly RolloutState[], { keyOf }: RolloutPlan): RolloutState[] {
  const found = new Map<string, RolloutState>();
  for (const state of states) {
    const key = keyOf(state);
    if (!found.has(key)) found.set(key, state);
  }
  return [...found.values()];
}

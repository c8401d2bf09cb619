import type { World } from '../../world/world';
import { judgePod } from '../scheduling/place';
import type { SchedulerPod } from '../scheduling/pod';
import { clusterOf, queueOf } from '../scheduling/queue';
import { placeQueue } from '../scheduling/simulate';
import type { ClusterState } from '../scheduling/state';
import type { GuardedBudget } from './budget';
import { knownBudgets } from './budget';
import type { Member } from './member';
import { memberOf, standingPods } from './member';

/** A cluster whose pods run: those that run by what is known, and those of manifests as the scheduler may place them. It changes. */
export class LiveCluster {
  private readonly places = new Map<Member, string | undefined>();

  constructor(
    readonly state: ClusterState,
    readonly budgets: readonly GuardedBudget[],
    placed: Iterable<readonly [Member, string | undefined]>,
  ) {
    for (const [member, node] of placed) this.places.set(member, node);
  }

  get members(): Iterable<Member> {
    return this.places.keys();
  }

  /** In the order of their names. */
  membersOn(node: string): Member[] {
    const found = [...this.places].flatMap(([member, on]) => (on === node ? [member] : []));
    return found.sort((a, b) => (memberName(a) < memberName(b) ? -1 : 1));
  }

  /** Those that have no node. */
  get pending(): Member[] {
    return [...this.places].flatMap(([member, on]) => (on === undefined ? [member] : []));
  }

  nodeOf(member: Member): string | undefined {
    return this.places.get(member);
  }

  remove(member: Member): void {
    const node = this.places.get(member);
    // One that has ended takes no room.
    if (node !== undefined && !member.finished) this.state.remove(member.pod, node);
    this.places.delete(member);
  }

  /** A pod comes, and the scheduler places it where it can; why not, where it cannot. */
  add(pod: SchedulerPod, as: Member): { readonly member: Member; readonly reason: string } {
    const { chosen, reason } = judgePod(pod, this.state);
    const member = {
      ...as,
      pod,
      ready: chosen !== undefined && (as.ready || as.waiting),
      waiting: chosen === undefined,
    };
    if (chosen) this.state.place(pod, chosen.name);
    this.places.set(member, chosen?.name);
    return { member, reason };
  }
}

export function memberName({ pod }: Member): string {
  return `${pod.namespace}/${pod.name}`;
}

/** Undefined where the nodes are not known. */
export function liveCluster(world: World): LiveCluster | undefined {
  const queue = queueOf(world);
  const made = queue.flatMap(({ makes }) => makes);
  const state = clusterOf(world, made);
  if (!state) return undefined;
  const standing = standingPods(world).flatMap(({ member, node }) =>
    node !== undefined && state.node(node) ? [[member, node] as const] : [],
  );
  const placed = placeQueue(queue, state).map(({ placement: { node } }, i) => {
    const member = memberOf(world, queue[i]!);
    return [node === undefined ? { ...member, ready: false, waiting: true } : member, node] as const;
  });
  return new LiveCluster(state, knownBudgets(world), [...standing, ...placed]);
}

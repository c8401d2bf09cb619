import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import { judgePod } from '../scheduling/place';
import type { SchedulerPod } from '../scheduling/pod';
import type { ClusterParts } from '../scheduling/queue';
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
  private readonly byNode = new Map<string | undefined, Set<Member>>();
  private readonly byNamespace = new Map<string, Set<Member>>();
  private readonly budgetsByNamespace = new Map<string, GuardedBudget[]>();

  constructor(
    readonly state: ClusterState,
    budgets: readonly GuardedBudget[],
    placed: Iterable<readonly [Member, string | undefined]>,
  ) {
    for (const budget of budgets) addTo(this.budgetsByNamespace, budget.namespace, budget);
    for (const [member, node] of placed) this.put(member, node);
  }

  /** Those that may guard its pods. */
  budgetsIn(namespace: string): readonly GuardedBudget[] {
    return this.budgetsByNamespace.get(namespace) ?? [];
  }

  membersIn(namespace: string): Iterable<Member> {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** In the order of their names. */
  membersOn(node: string): Member[] {
    return [...(this.byNode.get(node) ?? [])].sort((a, b) => (memberName(a) < memberName(b) ? -1 : 1));
  }

  /** Those that have no node. */
  get pending(): Member[] {
    return [...(this.byNode.get(undefined) ?? [])];
  }

  nodeOf(member: Member): string | undefined {
    return this.places.get(member);
  }

  remove(member: Member): void {
    const node = this.places.get(member);
    // One that has ended takes no room.
    if (node !== undefined && !member.finished) this.state.remove(member.pod, node);
    this.places.delete(member);
    this.byNode.get(node)?.delete(member);
    this.byNamespace.get(member.pod.namespace)?.delete(member);
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
    this.put(member, chosen?.name);
    return { member, reason };
  }

  /** The controller of a pod that is gone makes one in its place: where that is, or why it waits. */
  makeAnew(gone: Member): { readonly to: string | undefined; readonly reason: string } {
    const { member, reason } = this.add({ ...gone.pod, nodeName: undefined, terminating: false }, gone);
    return { to: this.nodeOf(member), reason };
  }

  private put(member: Member, node: string | undefined): void {
    this.places.set(member, node);
    putInto(this.byNode, node, member);
    putInto(this.byNamespace, member.pod.namespace, member);
  }
}

function putInto<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

export function mostImportantFirst(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => b.pod.priority - a.pod.priority || (memberName(a) < memberName(b) ? -1 : 1));
}

export function memberName({ pod }: Member): string {
  return `${pod.namespace}/${pod.name}`;
}

/** The controllers of pods that go, of which no other pod is ready. */
export function leftWithout(cluster: LiveCluster, gone: ReadonlySet<Member>): string[] {
  const names = new Set<string>();
  const namespaces = new Set<string>();
  for (const { controller, ready, mirror, pod } of gone) {
    if (!controller || !ready || mirror) continue;
    names.add(controller.name);
    namespaces.add(pod.namespace);
  }
  for (const namespace of namespaces)
    for (const member of cluster.membersIn(namespace))
      if (member.controller && member.ready && !gone.has(member)) names.delete(member.controller.name);
  return [...names];
}

/** Undefined where the nodes are not known. */
export function liveCluster(world: World, parts: ClusterParts = {}): LiveCluster | undefined {
  const queue = queueOf(world);
  const made = queue.flatMap(({ makes }) => makes);
  const state = clusterOf(world, made, parts);
  if (!state) return undefined;
  const standing = standingPods(world).flatMap(({ member, node }) =>
    node !== undefined && state.node(node) && (member.finished || state.node(node)!.pods.has(member.pod))
      ? [[member, node] as const]
      : [],
  );
  const placed = placeQueue(queue, state).map(({ placement: { node } }, i) => {
    const member = memberOf(world, queue[i]!);
    return [node === undefined ? { ...member, ready: false, waiting: true } : member, node] as const;
  });
  return new LiveCluster(state, knownBudgets(world), [...standing, ...placed]);
}

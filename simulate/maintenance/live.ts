import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import type { GuardedBudget } from '../scheduling/budget';
import { knownBudgets, statusOf } from '../scheduling/budget';
import { judgePod } from '../scheduling/judge';
import { runningPods } from '../scheduling/known-pods';
import type { Member } from '../scheduling/member';
import { memberOf, standingPods } from '../scheduling/member';
import { missingOf } from '../scheduling/missing';
import type { SchedulerPod } from '../scheduling/pod';
import type { BudgetAllowance } from '../scheduling/preemption';
import type { ClusterParts } from '../scheduling/queue';
import { clusterOf, queueOf } from '../scheduling/queue';
import { allowances, placeQueue } from '../scheduling/simulate';
import type { ClusterState } from '../scheduling/state';
import { OUT_OF_REACH } from '../scheduling/storage/filters';

/** A pod that came. */
interface Arrival {
  readonly member: Member;
  /** Why it waits for a node, or who went for it. */
  readonly reason: string;
  readonly displaced: readonly DisplacedPod[];
  /** Controllers of which no pod is ready since others went for it. */
  readonly down: readonly string[];
}

/** What becomes of a pod that went for another. */
export interface DisplacedPod {
  readonly member: Member;
  readonly by: Member;
  /** `back`: one in its place runs. `waiting`: it finds no node. `gone`: nothing makes it anew. */
  readonly verdict: 'back' | 'waiting' | 'gone';
  readonly to: string | undefined;
  readonly reason: string;
  readonly down: readonly string[];
}

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
    for (const [member, node] of placed) {
      this.put(member, node);
      if (node !== undefined) state.settle(member.pod, node);
    }
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

  has(member: Member): boolean {
    return this.places.has(member);
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

  /** A pod comes, and the scheduler places it where it can: others may go for it, and their controllers make them anew. */
  add(pod: SchedulerPod, as: Member): Arrival {
    const { chosen, reason } = judgePod(pod, this.state, () => this.allowances(), true);
    const on = chosen?.node;
    const member = { ...as, pod, ready: on !== undefined && (as.ready || as.waiting), waiting: on === undefined };
    const victims = this.membersOf(chosen?.victims ?? [], on);
    const down = leftWithout(this, new Set(victims));
    for (const victim of victims) this.remove(victim);
    const doubt = this.state.storage.doubtAbout(pod, on === undefined ? undefined : this.state.node(on));
    if (on !== undefined) {
      this.state.place(pod, on);
      this.state.settle(pod, on);
    }
    this.put(member, on);
    const displaced = victims.flatMap((victim) => this.displace(victim, member));
    const mayDiffer = doubt !== undefined && (on !== undefined || reason.includes(OUT_OF_REACH));
    const said = !mayDiffer ? reason : reason === '' ? doubt : `${reason} H${doubt.slice(1)}.`;
    return { member, reason: said, displaced, down: [...down, ...displaced.flatMap((each) => each.down)] };
  }

  /** The controller of a pod that is gone makes one in its place: where that is, or why it waits. */
  makeAnew(gone: Member): Arrival & { readonly to: string | undefined } {
    const pod = { ...gone.pod, nodeName: undefined, terminating: false, preempted: false, started: undefined };
    this.state.storage.renew(pod);
    const arrival = this.add(pod, gone);
    return { ...arrival, to: this.nodeOf(arrival.member) };
  }

  /** What becomes of a pod that went for another, and of those that went for the one in its place. */
  private displace(member: Member, by: Member): DisplacedPod[] {
    const gone = { member, by, to: undefined, down: [] };
    if (!member.controller || member.mirror) return [{ ...gone, verdict: 'gone', reason: 'nothing makes it anew' }];
    const { to, reason, down, displaced } = this.makeAnew(member);
    return [{ ...gone, verdict: to === undefined ? 'waiting' : 'back', to, reason, down }, ...displaced];
  }

  private allowances(): BudgetAllowance[] {
    return [...this.budgetsByNamespace].flatMap(([namespace, budgets]) =>
      budgets.map((budget) => {
        const { allowed } = statusOf(budget, this.membersIn(namespace), new Set());
        return { namespace, selector: budget.resource.at(['spec', 'selector']), allowed, disrupted: new Set<string>() };
      }),
    );
  }

  private membersOf(pods: readonly SchedulerPod[], node: string | undefined): Member[] {
    return pods.length === 0 ? [] : [...(this.byNode.get(node) ?? [])].filter(({ pod }) => pods.includes(pod));
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

export function displacedText({ by, reason }: DisplacedPod): string {
  return [`preempted by ${memberName(by)}`, reason].filter(Boolean).join('; ');
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

/** Undefined where the nodes are not known. Pods of the manifests' workloads that run are not made once more. */
export function liveCluster(world: World, parts: ClusterParts = {}): LiveCluster | undefined {
  const all = queueOf(world);
  // What a StatefulSet says of its pods' claims holds for those that run as well.
  const made = all.flatMap(({ makes }) => makes);
  const state = clusterOf(world, made, parts);
  if (!state) return undefined;
  const queue = missingOf(world, all, parts.pods ?? runningPods(world));
  const standing = standingPods(world).flatMap(({ member, node }) =>
    node !== undefined && state.node(node) && (member.finished || state.node(node)!.pods.has(member.pod))
      ? [[member, node] as const]
      : [],
  );
  for (const [{ pod }, node] of standing) state.settle(pod, node);
  const placements = placeQueue(queue, state, allowances(world)).map(({ placement }) => placement);
  const placed = placements.map(({ node }, i) => {
    const member = memberOf(world, queue[i]!);
    return [node === undefined ? { ...member, ready: false, waiting: true } : member, node] as const;
  });
  const gone = new Set(placements.flatMap(({ preempts }) => preempts));
  const left = standing.filter(([{ pod }]) => !gone.has(pod));
  const cluster = new LiveCluster(state, knownBudgets(world), [...left, ...placed]);
  for (const [member] of standing) if (gone.has(member.pod) && member.controller) cluster.makeAnew(member);
  // The volume that was made for another pod is within reach of more nodes than that pod's.
  const sharing = cluster.pending.filter(({ pod }) => pod.volumes.claims.length > 0);
  for (const waiting of sharing) {
    cluster.remove(waiting);
    cluster.add(waiting.pod, waiting);
  }
  return cluster;
}

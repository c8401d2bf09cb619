import type { Member } from '../scheduling/member';
import type { DrainOptions, EvictionHold } from './eviction';
import { drainChoice, evictionHold } from './eviction';
import type { LiveCluster } from './live';
import { displacedText, leftWithout, mostImportantFirst } from './live';

/** What becomes of a pod of a node that is drained. */
export interface DrainedPod {
  readonly member: Member;
  /**
   * `left`: drain does not touch it. `refused`: drain does not start. `blocked`: its eviction is refused for ever. `preempted`: it is on
   * another node, and goes for one that was evicted.
   */
  readonly verdict: 'evicted' | 'left' | 'refused' | 'blocked' | 'preempted';
  /** In which round of evictions it goes; the next begins when the pods in its place are ready. */
  readonly round: number | undefined;
  /** The node of the pod that takes its place. */
  readonly to: string | undefined;
  /** Why it is left, refused or blocked, or why the pod in its place waits. */
  readonly reason: string;
  /** Of one that is refused or blocked: what lets it go. */
  readonly fix?: string;
}

/** A node that was cordoned and drained. */
export interface Drain {
  readonly node: string;
  /** `incomplete`: some pods stay. `refused`: none was evicted. */
  readonly verdict: 'drained' | 'incomplete' | 'refused';
  readonly pods: readonly DrainedPod[];
  /** Controllers of which no pod was ready at some time, in the order in which that came. */
  readonly down: readonly string[];
}

/**
 * Cordons a node and evicts its pods as `kubectl drain` does: all that may go, then, when the pods in their places are ready, those that
 * had to wait, until none is left or none may go. The cluster is left as it is then, with the node cordoned.
 */
export function drain(cluster: LiveCluster, node: string, options: DrainOptions): Drain {
  cluster.state.cordon(node);
  const there = cluster.membersOn(node);
  const choices = there.map((member) => ({ member, ...drainChoice(member, options) }));
  if (choices.some(({ does }) => does === 'refuse'))
    return {
      node,
      verdict: 'refused',
      pods: choices.map(({ member, does, reason }) => ({
        ...untouched(member),
        verdict: does === 'refuse' ? 'refused' : 'left',
        reason: does === 'evict' ? 'drain refuses before it evicts any' : reason,
      })),
      down: [],
    };
  const left = choices
    .filter(({ does }) => does === 'leave')
    .map(({ member, reason }) => ({ ...untouched(member), verdict: 'left' as const, reason }));
  const down = new Set<string>();
  const evicted: DrainedPod[] = [];
  let toEvict = choices.filter(({ does }) => does === 'evict').map(({ member }) => member);
  for (let round = 1; toEvict.length > 0; round++) {
    const gone = allowed(cluster, toEvict);
    if (gone.size === 0) break;
    for (const name of leftWithout(cluster, gone)) down.add(name);
    evicted.push(...replaced(cluster, node, [...gone], round, down));
    toEvict = toEvict.filter((member) => !gone.has(member));
  }
  const blocked = toEvict.map((member) => ({
    ...untouched(member),
    verdict: 'blocked' as const,
    ...(holdOf(cluster, member, new Set()) ?? { reason: '' }),
  }));
  return {
    node,
    verdict: blocked.length > 0 ? 'incomplete' : 'drained',
    pods: [...evicted, ...blocked, ...left],
    down: [...down],
  };
}

const untouched = (member: Member) => ({ member, round: undefined, to: undefined });

/** The pods that are evicted before any other is ready in their place. */
function allowed(cluster: LiveCluster, members: readonly Member[]): Set<Member> {
  const gone = new Set<Member>();
  for (const member of members) if (!holdOf(cluster, member, gone)) gone.add(member);
  return gone;
}

function holdOf(cluster: LiveCluster, member: Member, gone: ReadonlySet<Member>): EvictionHold | undefined {
  const { namespace } = member.pod;
  return evictionHold(member, cluster.budgetsIn(namespace), cluster.membersIn(namespace), gone);
}

/**
 * Their controllers make them anew, and the scheduler places those, the most important first; pods that waited may find room as well.
 * Controllers that lose their last ready pod to one of them come into `down`.
 */
function replaced(
  cluster: LiveCluster,
  node: string,
  gone: readonly Member[],
  round: number,
  down: Set<string>,
): DrainedPod[] {
  for (const member of gone) cluster.remove(member);
  const made = new Map<Member, readonly DrainedPod[]>();
  for (const member of mostImportantFirst(gone)) {
    const evicted = { ...untouched(member), verdict: 'evicted' as const, round };
    if (!member.controller || member.finished) {
      made.set(member, [{ ...evicted, reason: member.finished ? '' : 'nothing makes it anew' }]);
      continue;
    }
    const { to, reason, displaced, down: without } = cluster.makeAnew(member);
    for (const name of without) down.add(name);
    const again = to !== undefined && to === node;
    made.set(member, [
      { ...evicted, to, reason: again ? 'it tolerates that the node is cordoned, and comes back to it' : reason },
      ...displaced.map((each) => ({
        member: each.member,
        verdict: 'preempted' as const,
        round,
        to: each.to,
        reason: displacedText(each),
      })),
    ]);
  }
  retry(cluster);
  return gone.flatMap((member) => made.get(member)!);
}

/** Pods that wait are tried again whenever others have gone, the most important first. */
export function retry(cluster: LiveCluster): void {
  for (const waiting of cluster.pending.sort((a, b) => b.pod.priority - a.pod.priority)) {
    cluster.remove(waiting);
    cluster.add(waiting.pod, waiting);
  }
}

/** Takes the cordon away; pods that waited may come. */
export function uncordon(cluster: LiveCluster, node: string): void {
  cluster.state.uncordon(node);
  retry(cluster);
}

/** A drain by which nothing is lost: no pod stays or comes back, none waits for a node, and no controller is without a ready pod. */
export function isSmooth({ node, verdict, pods, down }: Drain): boolean {
  return (
    verdict === 'drained' &&
    down.length === 0 &&
    pods.every(
      ({ verdict: does, to, member }) =>
        (does !== 'evicted' && does !== 'preempted') || member.finished || (to !== undefined && to !== node),
    )
  );
}

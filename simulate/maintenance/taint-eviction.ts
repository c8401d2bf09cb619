import type { Json } from '../../manifests/resource';
import { number } from '../../manifests/resource';
import type { Member } from '../scheduling/member';
import type { SchedulerTaint } from '../scheduling/taints';
import { toleratesTaint } from '../scheduling/taints';
import { retry } from './drain';
import type { DisplacedPod, LiveCluster } from './live';
import { leftWithout, mostImportantFirst } from './live';

/** What a taint with the effect NoExecute does with a pod of the node. */
export interface TaintedPod {
  readonly member: Member;
  /** Where it was. */
  readonly node: string;
  /** Seconds after the taint until it is deleted; undefined: it stays. */
  readonly after: number | undefined;
  /** The node of the pod that takes its place. */
  readonly to: string | undefined;
  /** Why it stays, or why the pod in its place waits. */
  readonly reason: string;
}

export interface TaintEviction {
  readonly taint: SchedulerTaint;
  readonly pods: readonly TaintedPod[];
  /** Pods that went, wherever they were, for more important ones that had to move. */
  readonly preempted: readonly DisplacedPod[];
  /** Controllers of which no pod was ready at some time. */
  readonly down: readonly string[];
}

/**
 * Taints nodes with the effect NoExecute: pods that do not tolerate it are deleted at once, those that tolerate it for a time afterwards.
 * Budgets do not hold it back. Those that go at the same time go together, and the next when the pods in their places are ready.
 */
export function taintNodes(cluster: LiveCluster, nodes: readonly string[], taint: SchedulerTaint): TaintEviction {
  for (const node of nodes) cluster.state.taint(node, taint);
  const timed = nodes.flatMap((node) =>
    cluster.membersOn(node).map((member) => ({ member, node, after: deletedAfter(member, taint) })),
  );
  const down = new Set<string>();
  const gone = new Map<Member, Replacement>();
  const preempted: DisplacedPod[] = [];
  const times = [...new Set(timed.flatMap(({ after }) => after ?? []))].sort((a, b) => a - b);
  for (const after of times) {
    // One that went for another meanwhile is not there any more.
    const isGoing = (each: (typeof timed)[number]) => each.after === after && cluster.has(each.member);
    const going = timed.filter(isGoing).map(({ member }) => member);
    for (const name of leftWithout(cluster, new Set(going))) if (!name.startsWith('DaemonSet/')) down.add(name);
    for (const member of going) cluster.remove(member);
    for (const member of mostImportantFirst(going)) {
      const replacement = replaced(cluster, member);
      for (const name of replacement.down) down.add(name);
      preempted.push(...replacement.displaced);
      gone.set(member, replacement);
    }
    retry(cluster);
  }
  const left = new Set(preempted.map(({ member }) => member));
  const pods = timed
    .filter(({ member }) => !left.has(member))
    .map((each) => {
      const { to, reason } = gone.get(each.member) ?? { to: undefined, reason: whyItStays(each.member) };
      return { ...each, to, reason };
    });
  return { taint, pods, preempted, down: [...down] };
}

/** Takes the taint away; pods that waited may come. */
export function untaint(cluster: LiveCluster, node: string, key: string): void {
  cluster.state.untaint(node, key);
  retry(cluster);
}

/** pkg/controller/tainteviction: by the first toleration that matches; the shortest time counts, and none means for ever. */
function deletedAfter({ pod, finished, mirror }: Member, taint: SchedulerTaint): number | undefined {
  // The kubelet makes the mirror pod anew, and what it runs never stops.
  if (finished || mirror) return undefined;
  const matching = pod.tolerations.find((toleration: Json) => toleratesTaint(toleration, taint));
  if (!matching) return 0;
  const seconds = number(matching['tolerationSeconds']);
  return seconds === undefined ? undefined : Math.max(0, seconds);
}

function whyItStays({ finished, mirror }: Member): string {
  if (mirror) return 'its kubelet runs it from a file';
  return finished ? 'it has ended' : 'it tolerates the taint';
}

type Replacement = Pick<ReturnType<LiveCluster['makeAnew']>, 'to' | 'reason' | 'displaced' | 'down'>;

function replaced(cluster: LiveCluster, member: Member): Replacement {
  const nowhere = { to: undefined, displaced: [], down: [] };
  if (member.controller?.kind === 'DaemonSet')
    return { ...nowhere, reason: 'its DaemonSet runs none there as long as the taint stands' };
  if (!member.controller) return { ...nowhere, reason: 'nothing makes it anew' };
  return cluster.makeAnew(member);
}

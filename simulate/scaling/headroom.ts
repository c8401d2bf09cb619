import type { WorkloadManifest } from '../../manifests/workload';
import { addTo } from '../../model/multimap';
import { podsOf, rolloutOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import { liveCluster } from '../maintenance/live';
import { lose } from '../maintenance/loss';
import { admissionOf } from '../rollout/quota';
import { judgePod } from '../scheduling/judge';
import { ownerText, podsNumbered } from '../scheduling/queue';
import { placeQueue } from '../scheduling/simulate';
import type { Waiting } from './capacity';
import { fullestOfPools } from './capacity';

/** Whether there is room for as many pods as an autoscaler may ask for. */
export interface Headroom {
  /** The most that the autoscaler asks for, and what a rollout adds to it. */
  readonly max: number;
  readonly surge: number;
  /** What the quotas of the namespace admit beside its other pods, and what they say to one more; undefined where they admit all. */
  readonly quota: { readonly pods: number; readonly refusal: string } | undefined;
  /** What waits for a node; undefined where the nodes are not known. */
  readonly nodes: readonly RoomCase[] | undefined;
}

/** A state of the cluster, and the pods that find no node in it. */
export interface RoomCase {
  readonly what: string;
  readonly waiting: readonly Waiting[];
}

/** The maximum, the maximum in a rollout, and the maximum without the fullest node of each pool. */
export function headroomOf(world: World, workload: WorkloadManifest, max: number): Headroom {
  const surge = rolloutOf(workload, max)?.surge ?? 0;
  const others = world.workloads
    .filter((other) => other !== workload && other.namespace === workload.namespace)
    .map((other) => ({ workload: other, count: podsOf(world, other)?.min ?? 0 }));
  const { pods, refusal } = admissionOf(world, workload, others);
  const cluster = liveCluster(world);
  const nodes = cluster && fullestOfPools(cluster);
  return {
    max,
    surge,
    quota: pods >= max + surge ? undefined : { pods, refusal: refusal(pods) },
    nodes: nodes && [
      { what: `${max} pods`, waiting: waitingWith(world, workload, max, []) },
      ...(surge > 0
        ? [{ what: `${max} pods and ${surge} of a rollout`, waiting: waitingWith(world, workload, max + surge, []) }]
        : []),
      ...nodes.map(({ node, pool }) => ({
        what: `${max} pods without ${node}, the fullest node of ${pool}`,
        waiting: waitingWith(world, workload, max, [node]),
      })),
    ],
  };
}

/** What of it waits once nodes are lost and it has so many pods, and what goes for it. Others that wait do so without it. */
function waitingWith(world: World, workload: WorkloadManifest, pods: number, lost: readonly string[]): Waiting[] {
  const cluster = liveCluster(world)!;
  const name = ownerText(workload);
  const reasons = new Map<string, string[]>();
  // What is lost is made anew before more pods come: whoever waits then waits without them.
  if (lost.length > 0) lose(cluster, lost);
  // One whose node is gone counts as there: it is made anew, or waits.
  const members = [...cluster.membersIn(workload.namespace)].filter(
    ({ controller, finished }) => controller?.name === name && !finished,
  );
  for (const member of members) if (member.waiting) addTo(reasons, name, judgePod(member.pod, cluster.state).reason);
  const queue = podsNumbered(world, workload, members.length, pods);
  for (const { placement } of placeQueue(queue, cluster.state)) {
    if (placement.node === undefined) addTo(reasons, name, placement.reason);
    for (const gone of placement.preempts)
      addTo(reasons, `Pod/${gone.namespace}/${gone.name}`, `it goes for a pod of ${name}, which is more important`);
  }
  return [...reasons].map(([controller, all]) => ({ controller, pods: all.length, reason: all[0]! }));
}

import type { WorkloadManifest } from '../../manifests/workload';
import { addTo } from '../../model/multimap';
import { podsOf, rolloutOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import { liveCluster } from '../maintenance/live';
import { lose } from '../maintenance/loss';
import { admissionOf } from '../rollout/quota';
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

/** What waits once nodes are lost and the workload has so many pods. */
function waitingWith(world: World, workload: WorkloadManifest, pods: number, lost: readonly string[]): Waiting[] {
  const cluster = liveCluster(world)!;
  const name = ownerText(workload);
  const reasons = new Map<string, string[]>();
  for (const { member, verdict, reason } of lost.length > 0 ? lose(cluster, lost).pods : [])
    if (verdict === 'waiting') addTo(reasons, member.controller!.name, reason);
  // One whose node is gone counts as there: it is made anew, or waits.
  const there = [...cluster.membersIn(workload.namespace)].filter(
    ({ controller, finished }) => controller?.name === name && !finished,
  ).length;
  for (const { placement, workload: of } of placeQueue(podsNumbered(world, workload, there, pods), cluster.state))
    if (placement.node === undefined) addTo(reasons, ownerText(of), placement.reason);
  return [...reasons].map(([controller, all]) => ({ controller, pods: all.length, reason: all[0]! }));
}

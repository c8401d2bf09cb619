import type { WorkloadManifest } from '../../manifests/workload';
import { WorkloadManifest as Workload } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { World } from '../../world/world';
import { podControllerOf } from '../scheduling/controller';
import { hasEnded, knownPods } from '../scheduling/known-pods';
import type { Member } from '../scheduling/member';
import { standingPods } from '../scheduling/member';
import type { SchedulerPod } from '../scheduling/pod';
import type { QueuedPod } from '../scheduling/queue';
import { clusterOf, ownerText, queueOf } from '../scheduling/queue';
import type { ClusterState } from '../scheduling/state';
import type { StorageClaim } from '../scheduling/storage/storage';
import type { OtherPods } from './quota';
import { podOfRevision } from './revision';
import type { SettledWays } from './settled';
import { settledWays } from './settled';

/** A pod that stands in the cluster, on a node. */
export interface Standing {
  readonly member: Member;
  readonly node: string;
}

/** Pods as they are before anything is rolled out: those that run by what is known, and those that the scheduler places. */
export interface Situation {
  readonly queue: readonly QueuedPod[];
  readonly standing: readonly Standing[];
}

/** Ways to place the pods that are followed. */
const MOST_WAYS = 150;
/** So many looks at nodes are worth it. */
const MOST_WORK = 200_000;

/** Undefined where the nodes are not known. */
export const situationOf = memo((world: World): Situation | undefined => {
  const there = new Set(standingPods(world).flatMap(({ member }) => member.controller?.name ?? []));
  // What stands in the cluster stands for what the same manifest would make.
  const queue = queueOf(world)
    .filter(({ owner }) => !owner || !there.has(ownerText(owner)))
    .map((queued) => (queued.owner ? { ...queued, pod: ofOldRevision(world, queued.owner, queued.pod) } : queued));
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  if (!cluster) return undefined;
  const standing = standingPods(world).flatMap(({ member, node }) =>
    node !== undefined && !member.finished && cluster.node(node) ? [{ member, node }] : [],
  );
  return { queue, standing };
});

/** Where those that are queued may be. */
export const settledIn = memo((world: World, situation: Situation): SettledWays => {
  const { queue } = situation;
  const before = predecessorsIn(situation);
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  return settledWays(
    queue.map(({ pod }, i) => ({ pod, after: before[i] })),
    cluster!,
    Math.max(1, Math.min(MOST_WAYS, Math.round(MOST_WORK / (queue.length * cluster!.size + 1)))),
  );
});

/** One of the ways in which they may be placed. */
export function exampleIn(world: World, { queue }: Situation): SettledWays {
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  const comers = queue.map(({ pod }) => ({ pod, after: undefined }));
  return { ways: settledWays(comers, cluster!, 0).ways, complete: true };
}

/** For each queued pod the one before, where a StatefulSet makes them in order: without it on a node, and ready, it is not made. */
const predecessorsIn = memo(({ queue }: Situation): readonly (number | undefined)[] => {
  const last = new Map<WorkloadManifest, number>();
  return queue.map(({ owner }, i) => {
    if (owner?.resource.kind !== 'StatefulSet' || owner.resource.at(['spec', 'podManagementPolicy']) === 'Parallel')
      return undefined;
    const before = last.get(owner);
    last.set(owner, i);
    return before;
  });
});

/** The pods that are there and pending, where the others are placed so. */
export function pendingIn(situation: Situation, places: readonly (string | undefined)[]): QueuedPod[] {
  const before = predecessorsIn(situation);
  return situation.queue.filter((_, i) => {
    const first = before[i];
    return places[i] === undefined && (first === undefined || places[first] !== undefined);
  });
}

/** Pods of other workloads that are queued are left out. */
export function aloneIn({ queue, standing }: Situation, name: string): Situation {
  return { standing, queue: queue.filter(({ controller }) => controller === name) };
}

/** With the labels of its revision, and what its terms make of them. */
function ofOldRevision(world: World, owner: WorkloadManifest, pod: SchedulerPod): SchedulerPod {
  const { labels, affinity, antiAffinity, spread } = podOfRevision(world, owner, 'old');
  return { ...pod, labels: { ...labels, ...pod.labels }, affinity, antiAffinity, spread };
}

/** The cluster with all pods but those of one workload, with room for claims that are made for its new ones. */
export function clusterWithout(
  world: World,
  { queue, standing }: Situation,
  name: string,
  places: readonly (string | undefined)[],
  made: readonly StorageClaim[],
): ClusterState {
  const cluster = clusterOf(world, [...queue.flatMap(({ makes }) => makes), ...made])!;
  for (const { member, node } of standing) if (member.controller?.name === name) cluster.remove(member.pod, node);
  for (const [i, node] of places.entries()) {
    if (node === undefined) continue;
    const { pod, controller } = queue[i]!;
    if (controller !== name) cluster.place(pod, node);
    // The volume that its claim got stays when the pod goes.
    else cluster.storage.decide({ ...pod }, cluster.node(node)!);
  }
  return cluster;
}

/** The pods of a namespace that are not of a workload, each with what it is a pod of. */
export function othersIn(world: World, situation: Situation, workload: WorkloadManifest): OtherPods[] {
  const { namespace } = workload;
  const name = ownerText(workload);
  const standing = knownPods(world).flatMap((resource) => {
    const pod = Workload.of(resource, world.namespaceOf(resource));
    if (!pod || pod.namespace !== namespace || hasEnded(resource)) return [];
    return podControllerOf(world, resource)?.name === name ? [] : [{ workload: pod, count: 1 }];
  });
  const queued = situation.queue.flatMap(({ owner, controller }) =>
    owner?.namespace === namespace && controller !== name ? [{ workload: owner, count: 1 }] : [],
  );
  return [...standing, ...queued];
}

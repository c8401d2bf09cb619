import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { podsOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import { podControllerOf } from './controller';
import { freshPod, isOfDefaultScheduler } from './fresh-pod';
import type { RunningPod } from './known-pods';
import { runningPods } from './known-pods';
import type { SchedulerNode } from './node';
import { roomOn } from './own-terms';
import type { PodPlacement } from './place';
import { plainText } from './plain-text';
import type { SchedulerPod } from './pod';
import type { ClusterParts, QueuedPod } from './queue';
import { clusterData, clusterIn, queueOf } from './queue';
import { placeQueue } from './simulate';
import { settledNodes, unplaceableOf } from './unplaceable';

/** What of its pods keeps them away: without it the nodes would take them. */
export type UnplacedCause = 'spread' | 'apart' | 'ports' | 'volumes' | 'room';

/** A workload some of whose pods find no node, though an empty node would take one. */
export interface Unplaced {
  readonly workload: WorkloadManifest;
  readonly cause: UnplacedCause;
  /** How many of its pods wait. */
  readonly waiting: number;
  readonly pods: number;
  /** `depends`: the scheduler may choose so that they wait, or so that they do not. */
  readonly verdict: 'pending' | 'depends';
  /** Whether they wait though nothing else runs on the nodes. */
  readonly alone: boolean;
  /** Of the first that waits, in the scheduler's words. */
  readonly reason: string;
}

/** A pod without what may keep it away, in the order in which that is asked. */
const WITHOUT: readonly (readonly [UnplacedCause, (pod: SchedulerPod) => SchedulerPod])[] = [
  ['spread', (pod) => ({ ...pod, spread: [] })],
  ['apart', (pod) => ({ ...pod, antiAffinity: [] })],
  ['ports', (pod) => ({ ...pod, hostPorts: [] })],
  ['volumes', (pod) => ({ ...pod, volumes: { claims: [], disks: [] } })],
  ['room', (pod) => ({ ...pod, requests: new Map() })],
];

/**
 * Workloads with pods that wait: first each workload is looked at for itself, on nodes on which nothing else runs, then all together. What
 * no empty node takes is left out (`unplaceableOf` says why); of Jobs one pod is looked at, since others may come when it has ended.
 */
export const unplacedOf = memo((world: World): readonly Unplaced[] => {
  const nodes = settledNodes(world);
  if (!nodes) return [];
  const alone = [...queues(world).values()].flatMap((queue) => unplacedIn(world, queue, { nodes, pods: [] }, true));
  const boundless = [...boundlessOf(world)].flatMap(([workload, { pods, most }]): Unplaced[] => {
    // Pods of a Job end, and make room; those of another scheduler are its own matter.
    if (workload.resource.kind === 'Job' || !isOfDefaultScheduler(workload)) return [];
    const reason = `empty nodes have room for ${most} of them`;
    return [{ workload, cause: 'room', waiting: pods - most, pods, verdict: 'pending', alone: true, reason }];
  });
  if (boundless.length > 0) return [...boundless, ...alone];
  const found = new Set(alone.map(({ workload }) => workload));
  return [...alone, ...unplacedTogether(world, nodes).filter(({ workload }) => !found.has(workload))];
});

/** Those with pods that wait where all that lasts is placed on these nodes. */
export function unplacedTogether(world: World, nodes: readonly SchedulerNode[]): readonly Unplaced[] {
  const queue = [...queues(world).values()].flat().filter(({ workload }) => workload.resource.kind !== 'Job');
  return unplacedIn(world, queue, { nodes, pods: runningBeside(world, queue) }, false);
}

/** Many pods of a workload of which empty nodes have room for fewer: that needs no simulation, and there may be no end of them. */
export const boundlessOf = memo((world: World): ReadonlyMap<WorkloadManifest, { pods: number; most: number }> => {
  const found = new Map<WorkloadManifest, { pods: number; most: number }>();
  const nodes = settledNodes(world) ?? [];
  for (const workload of world.workloads) {
    const pods = podsOf(world, workload)?.min ?? 0;
    if (pods <= FEW_PODS || unplaceableOf(world, workload)) continue;
    const pod = freshPod(world, workload);
    const most = nodes.reduce((sum, node) => sum + Number(roomOn(pod, node)), 0);
    if (pods > most) found.set(workload, { pods, most });
  }
  return found;
});

/** So many are simulated in any case. */
const FEW_PODS = 100;

/** The pods that are queued, by what makes them; those that the default scheduler places, and that some empty node takes. */
const queues = memo((world: World): ReadonlyMap<WorkloadManifest, readonly QueuedPod[]> => {
  const found = new Map<WorkloadManifest, QueuedPod[]>();
  const boundless = boundlessOf(world);
  for (const queued of queueOf(world, (workload) => !boundless.has(workload))) {
    const { workload, pod } = queued;
    if (!isOfDefaultScheduler(workload) || pod.gates.length > 0 || unplaceableOf(world, workload)) continue;
    if (workload.resource.kind === 'Job' && found.has(workload)) continue;
    addTo(found, workload, queued);
  }
  return found;
});

/** The pods that run, without those in whose places queued ones come. */
export function runningBeside(world: World, queue: readonly QueuedPod[]): RunningPod[] {
  const replaced = new Set(queue.map(({ controller }) => controller));
  return runningPods(world).filter(({ resource }) => {
    const controller = podControllerOf(world, resource);
    return controller === undefined || !replaced.has(controller.name);
  });
}

function unplacedIn(world: World, queue: readonly QueuedPod[], parts: ClusterParts, alone: boolean): Unplaced[] {
  return [...waitingIn(world, queue, parts)].flatMap(([workload, waiting]) => {
    const found = WITHOUT.find(([, change]) => {
      const changed = queue.map((each) => (each.workload === workload ? { ...each, pod: change(each.pod) } : each));
      return !waitingIn(world, changed, parts).has(workload);
    })?.[0];
    const { reason } = waiting[0]!;
    // Where more than one thing is short, none of them is the cause alone.
    const cause = found ?? (/Insufficient|Too many pods/.test(reason) ? 'room' : undefined);
    // Claims that are missing, or in the hands of a controller that is: not a matter of nodes.
    if (cause === undefined || (cause === 'volumes' && !/\d node\(s\) /.test(reason))) return [];
    const pods = queue.filter((each) => each.workload === workload).length;
    const { verdict } = waiting[0]!;
    return [
      {
        workload,
        cause,
        waiting: waiting.length,
        pods,
        verdict: verdict === 'pending' ? verdict : 'depends',
        alone,
        reason,
      },
    ];
  });
}

/** What is said of a pod of a queue. */
type Outcome = Pick<PodPlacement, 'verdict' | 'reason'> & { readonly preempts: boolean };

/** Those that wait in any case; where there are none, those that wait in a way that was followed. */
function waitingIn(
  world: World,
  queue: readonly QueuedPod[],
  parts: ClusterParts,
): ReadonlyMap<WorkloadManifest, readonly Outcome[]> {
  const found = new Map<WorkloadManifest, Outcome[]>();
  const outcomes = outcomesOf(world, queue, parts);
  if (!outcomes) return found;
  for (const [i, each] of outcomes.entries()) if (each.verdict === 'pending') addTo(found, queue[i]!.workload, each);
  const certain = new Set(found.keys());
  for (const [i, each] of outcomes.entries()) {
    const { verdict, reason, preempts } = each;
    const { workload } = queue[i]!;
    // What its reason tells may be that others go for it.
    if (verdict === 'depends' && reason.startsWith('0/') && !preempts && !certain.has(workload))
      addTo(found, workload, each);
  }
  return found;
}

/**
 * What becomes of the pods of a queue, in their order; undefined where the nodes are not known. It depends on nothing but the data that it is given:
 * where all of that is the same as a moment ago, in another world, so is what becomes of them.
 */
function outcomesOf(world: World, queue: readonly QueuedPod[], parts: ClusterParts): readonly Outcome[] | undefined {
  const made = queue.flatMap(({ makes }) => makes);
  const pods = queue.map(({ pod }) => pod);
  const data = clusterData(world, made, parts);
  if (!data) return undefined;
  const key = pods.length > MOST_KEPT_PODS ? undefined : plainText([data, pods]);
  const before = key === undefined ? undefined : kept.get(key);
  if (before) return before;
  const outcomes = placeQueue(queue, clusterIn(data)).map(({ placement: { verdict, reason, preempts } }) => ({
    ...{ verdict, reason },
    preempts: preempts.length > 0,
  }));
  if (key !== undefined) {
    kept.set(key, outcomes);
    // The oldest goes.
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  }
  return outcomes;
}

/** Outcomes by the text of all that they depend on. States of one target, and sides of a comparison, mostly have the same pods. */
const kept = new Map<string, readonly Outcome[]>();
const MOST_KEPT = 100;
/** The text of more takes memory, and there is but one such world in a run. */
const MOST_KEPT_PODS = 200;

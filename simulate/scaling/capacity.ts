import type { WorkloadManifest } from '../../manifests/workload';
import { addTo } from '../../model/multimap';
import { autoscalersOf, podsOf, rolloutOf, workloadScaled } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { LiveCluster } from '../maintenance/live';
import { liveCluster } from '../maintenance/live';
import { lose } from '../maintenance/loss';
import { judgePod } from '../scheduling/judge';
import { ownerText, podsNumbered } from '../scheduling/queue';
import { placeQueue } from '../scheduling/simulate';
import type { NodeState } from '../scheduling/state';
import { isLasting } from '../scheduling/unplaceable';
import { poolOf, zoneOf } from './pools';

/** What a node has, and what the pods on it ask for; CPU in thousandths, the rest in bytes and pods. */
export interface NodeLoad {
  readonly node: string;
  readonly pool: string;
  readonly zone: string | undefined;
  /** It takes no new pods: it is cordoned, or its condition keeps them away. */
  readonly closed: boolean;
  readonly resources: readonly Load[];
}

export interface Load {
  readonly resource: string;
  readonly allocatable: bigint;
  readonly requested: bigint;
}

/** Pods that find no node, of one controller. */
export interface Waiting {
  readonly controller: string;
  readonly pods: number;
  /** Of the first, in the scheduler's words. */
  readonly reason: string;
}

/** Something that may happen, and which pods then wait. */
export interface Scenario {
  readonly kind: 'as-it-is' | 'node' | 'zone' | 'autoscalers' | 'rollouts';
  readonly what: string;
  readonly waiting: readonly Waiting[];
}

export interface Capacity {
  readonly nodes: readonly NodeLoad[];
  readonly scenarios: readonly Scenario[];
}

/**
 * How full the nodes are, and what else they have room for: without the fullest node of each pool, without each zone, with every
 * autoscaler at its maximum, and with each workload in the middle of a rollout besides. Undefined where the nodes are not known.
 */
export function capacityOf(world: World): Capacity | undefined {
  const now = liveCluster(world);
  if (!now) return undefined;
  const nodes = [...now.state.nodes].map(loadOf);
  const zones = [...new Set(nodes.flatMap(({ zone }) => zone ?? []))].sort();
  const without = (lost: readonly string[]) => lostWithout(liveCluster(world)!, lost);
  return {
    nodes,
    scenarios: [
      { kind: 'as-it-is', what: 'as it is', waiting: pendingIn(now) },
      ...fullestOfPools(now).map(
        ({ node, pool }): Scenario => ({
          kind: 'node',
          what: `without ${node}, the fullest node of ${pool}`,
          waiting: without([node]),
        }),
      ),
      ...(zones.length < 2 ? [] : zones).map(
        (zone): Scenario => ({
          kind: 'zone',
          what: `without zone ${zone}`,
          waiting: without(nodes.flatMap((load) => (load.zone === zone ? [load.node] : []))),
        }),
      ),
      ...grown(world),
    ],
  };
}

/** The fullest node of each pool; none where one node is all there is, and everything would be gone with it. */
export function fullestOfPools({ state }: LiveCluster): readonly NodeLoad[] {
  const nodes = [...state.nodes].map(loadOf);
  if (nodes.length < 2) return [];
  const fullest = new Map<string, NodeLoad>();
  for (const load of nodes) {
    const most = fullest.get(load.pool);
    if (!most || fullness(load) > fullness(most)) fullest.set(load.pool, load);
  }
  return [...fullest.values()];
}

function loadOf(node: NodeState): NodeLoad {
  const resources = [...node.allocatable].map(([resource, allocatable]) => ({
    resource,
    allocatable,
    requested: resource === 'pods' ? BigInt(node.pods.size) : (node.requested.get(resource) ?? 0n),
  }));
  const closed =
    node.unschedulable || node.taints.some((taint) => !isLasting(taint) && taint.effect !== 'PreferNoSchedule');
  return { node: node.name, pool: poolOf(node), zone: zoneOf(node), closed, resources };
}

/** The largest share of a resource of it that is asked for. */
function fullness({ resources }: NodeLoad): number {
  return Math.max(
    0,
    ...resources.map(({ allocatable, requested }) => (allocatable > 0n ? Number(requested) / Number(allocatable) : 0)),
  );
}

function pendingIn(cluster: LiveCluster): Waiting[] {
  return byController(
    cluster.pending.map((member) => ({
      controller: member.controller?.name ?? `Pod/${member.pod.namespace}/${member.pod.name}`,
      reason: judgePod(member.pod, cluster.state).reason,
    })),
  );
}

function lostWithout(cluster: LiveCluster, nodes: readonly string[]): Waiting[] {
  return byController(
    lose(cluster, nodes).pods.flatMap(({ member, verdict, reason }) =>
      verdict === 'waiting' ? [{ controller: member.controller!.name, reason }] : [],
    ),
  );
}

/** With the pods that autoscalers may add, and with those that rollouts add to them. */
function grown(world: World): Scenario[] {
  const scaled = autoscalersOf(world).flatMap((scaler) => workloadScaled(world, scaler) ?? []);
  const rolled = world.workloads.filter((workload) => (surgeOf(world, workload) ?? 0) > 0);
  const scenario = (kind: Scenario['kind'], what: string, workloads: readonly WorkloadManifest[], surge: boolean) => {
    const cluster = liveCluster(world)!;
    const queue = [...new Set(workloads)].flatMap((workload) => {
      const there = [...cluster.membersIn(workload.namespace)].filter(
        ({ controller, finished }) => controller?.name === ownerText(workload) && !finished,
      ).length;
      const most = (podsOf(world, workload)?.max ?? 0) + (surge ? (surgeOf(world, workload) ?? 0) : 0);
      return podsNumbered(world, workload, there, most);
    });
    const waiting = placeQueue(queue, cluster.state).flatMap(({ placement: { node, reason }, workload }) =>
      node === undefined ? [{ controller: ownerText(workload), reason }] : [],
    );
    return { kind, what, waiting: byController(waiting) };
  };
  return [
    ...(scaled.length > 0 ? [scenario('autoscalers', 'every autoscaler at its maximum', scaled, false)] : []),
    ...(rolled.length > 0
      ? [
          scenario(
            'rollouts',
            scaled.length > 0 ? 'and every Deployment in a rollout' : 'every Deployment in a rollout',
            [...scaled, ...rolled],
            true,
          ),
        ]
      : []),
  ];
}

/** How many pods a rollout adds when the workload has as many as it may. */
function surgeOf(world: World, workload: WorkloadManifest): number | undefined {
  const most = podsOf(world, workload)?.max ?? 0;
  return most === 0 ? undefined : rolloutOf(workload, most)?.surge;
}

function byController(waiting: readonly { readonly controller: string; readonly reason: string }[]): Waiting[] {
  const found = new Map<string, string[]>();
  for (const { controller, reason } of waiting) addTo(found, controller, reason);
  return [...found].map(([controller, reasons]) => ({ controller, pods: reasons.length, reason: reasons[0]! }));
}

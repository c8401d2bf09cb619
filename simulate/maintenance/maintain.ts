import type { Member, PodController } from '../scheduling/member';
import type { SchedulerTaint } from '../scheduling/taints';
import type { Drain } from './drain';
import { drain, uncordon } from './drain';
import type { DrainOptions } from './eviction';
import type { LiveCluster } from './live';
import type { TaintEviction } from './taint-eviction';
import { taintNodes, untaint } from './taint-eviction';

/** Who is ready again, and when. */
interface Readiness {
  /** Controllers of evicted pods all of whose pods are ready while the nodes are empty: somebody may wait for that. */
  readonly ready: readonly PodController[];
  /** Those of which that can be said only when the nodes take pods again. */
  readonly readyAfter: readonly PodController[];
}

/** A node that was drained, and takes pods again. */
export interface NodeMaintenance extends Drain, Readiness {
  /** Somebody had cordoned it before: it stays so. */
  readonly staysCordoned: boolean;
}

/** Nodes that were empty together, such as those of a zone, and take pods again. */
export interface GroupMaintenance extends Readiness {
  readonly nodes: readonly string[];
  /** Those that somebody had cordoned before: they stay so. */
  readonly stayCordoned: readonly string[];
  readonly emptied:
    | { readonly by: 'drain'; readonly drains: readonly Drain[] }
    | ({ readonly by: 'taint' } & TaintEviction);
}

/** Drains a node and takes the cordon away again, unless it was there before. */
export function maintain(cluster: LiveCluster, node: string, options: DrainOptions): NodeMaintenance {
  const staysCordoned = cordonedIn(cluster, [node]).length > 0;
  const drained = drain(cluster, node, options);
  const back = () => {
    if (!staysCordoned) uncordon(cluster, node);
  };
  return { ...drained, staysCordoned, ...readiness(cluster, evictedIn([drained]), back) };
}

/** Drains nodes, all of them cordoned first so that no pod moves from one to the other, and takes the cordons away again. */
export function maintainTogether(
  cluster: LiveCluster,
  nodes: readonly string[],
  options: DrainOptions,
): GroupMaintenance {
  const stayCordoned = cordonedIn(cluster, nodes);
  for (const node of nodes) cluster.state.cordon(node);
  const drains = nodes.map((node) => drain(cluster, node, options));
  const back = () => {
    for (const node of nodes) if (!stayCordoned.includes(node)) uncordon(cluster, node);
  };
  return { nodes, stayCordoned, emptied: { by: 'drain', drains }, ...readiness(cluster, evictedIn(drains), back) };
}

/** Cordons nodes and gives them a taint with the effect NoExecute, and takes both away again. */
export function maintainByTaint(
  cluster: LiveCluster,
  nodes: readonly string[],
  taint: Omit<SchedulerTaint, 'effect'>,
): GroupMaintenance {
  const stayCordoned = cordonedIn(cluster, nodes);
  for (const node of nodes) cluster.state.cordon(node);
  const eviction = taintNodes(cluster, nodes, { ...taint, effect: 'NoExecute' });
  const gone = eviction.pods.flatMap(({ member, after }) => (after === undefined ? [] : [member]));
  const back = () => {
    for (const node of nodes) untaint(cluster, node, taint.key);
    for (const node of nodes) if (!stayCordoned.includes(node)) uncordon(cluster, node);
  };
  return { nodes, stayCordoned, emptied: { by: 'taint', ...eviction }, ...readiness(cluster, gone, back) };
}

function cordonedIn({ state }: LiveCluster, nodes: readonly string[]): string[] {
  return nodes.filter((node) => state.node(node)?.unschedulable);
}

function evictedIn(drains: readonly Drain[]): Member[] {
  return drains.flatMap(({ pods }) => pods.flatMap(({ verdict, member }) => (verdict === 'evicted' ? [member] : [])));
}

function readiness(cluster: LiveCluster, gone: readonly Member[], back: () => void): Readiness {
  const ready = readyOf(cluster, gone);
  back();
  const before = new Set(ready.map(({ name }) => name));
  return { ready, readyAfter: readyOf(cluster, gone).filter(({ name }) => !before.has(name)) };
}

/** Controllers of pods that went none of whose pods waits, or is not ready; by name. */
function readyOf(cluster: LiveCluster, gone: readonly Member[]): PodController[] {
  const found = new Map<string, PodController>();
  const namespaces = new Set<string>();
  for (const { controller, pod } of gone) {
    if (!controller) continue;
    found.set(controller.name, controller);
    namespaces.add(pod.namespace);
  }
  for (const namespace of namespaces)
    for (const { controller, ready, finished } of cluster.membersIn(namespace))
      if (controller && !ready && !finished) found.delete(controller.name);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

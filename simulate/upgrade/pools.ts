import { HOSTNAME, NODE_TAINTS } from '../../model/cluster';
import { addTo } from '../../model/multimap';
import { POOL_NAME_LABELS } from '../../world/components';
import { drain } from '../maintenance/drain';
import type { DrainOptions } from '../maintenance/eviction';
import type { LiveCluster } from '../maintenance/live';
import type { NodeMaintenance } from '../maintenance/maintain';
import { poolOf } from '../scaling/pools';
import type { SchedulerNode } from '../scheduling/node';
import type { SchedulerTaint } from '../scheduling/taints';

/** A pool that takes the place of another: with as many nodes, and its labels and taints. */
export interface NewPool {
  readonly old: string;
  readonly name: string;
  /** The nodes of the old one. */
  readonly nodes: readonly string[];
  /** What all its nodes carry, beside what clouds and Kubernetes set themselves. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly SchedulerTaint[];
}

const NAMES_OF_POOLS: ReadonlySet<string> = new Set(Object.values(POOL_NAME_LABELS).flat());
const CONDITIONS: ReadonlySet<string> = new Set(NODE_TAINTS.map(({ key }) => key));
/** Labels that nobody has to set: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const SET_BY_CLOUD =
  /(^|\.)(kubernetes\.io|k8s\.io|amazonaws\.com|google\.com|azure\.com|gke\.io)\/|^(agentpool|k8s\.io)/;

/** Pool by pool: a new one comes, all nodes of the old one are cordoned, then drained, and go. */
export function movedToNewPools(
  cluster: LiveCluster,
  names: readonly string[],
  minor: number,
  options: DrainOptions,
): { readonly drains: NodeMaintenance[]; readonly pools: NewPool[] } {
  const byPool = new Map<string, SchedulerNode[]>();
  for (const name of names) addTo(byPool, poolOf(cluster.state.node(name)!), cluster.state.node(name)!);
  const pools = [...byPool].map(([old, nodes]) => newPool(old, nodes, minor));
  const drains = pools.flatMap(({ old, name }) => moved(cluster, byPool.get(old)!, name, options));
  return { drains, pools };
}

function newPool(old: string, nodes: readonly SchedulerNode[], minor: number): NewPool {
  const [first, ...others] = nodes;
  const labels = Object.entries(first!.labels).filter(
    ([key, value]) => !SET_BY_CLOUD.test(key) && others.every((node) => node.labels[key] === value),
  );
  const taints = withoutConditions(first!).filter((taint) =>
    others.every((node) => node.taints.some((each) => JSON.stringify(each) === JSON.stringify(taint))),
  );
  // Of a pool that was renewed before, the version is replaced.
  const name = `${old.replace(/-1-\d+$/, '')}-1-${minor}`;
  return { old, name, nodes: nodes.map((node) => node.name), labels: Object.fromEntries(labels), taints };
}

function withoutConditions({ taints }: SchedulerNode): SchedulerTaint[] {
  return taints.filter(({ key }) => !CONDITIONS.has(key));
}

function moved(
  cluster: LiveCluster,
  old: readonly SchedulerNode[],
  pool: string,
  options: DrainOptions,
): NodeMaintenance[] {
  for (const node of old) addNode(cluster, node, pool);
  for (const { name } of old) cluster.state.cordon(name);
  const drains = old.map(({ name }) => drain(cluster, name, options));
  for (const { name } of old) {
    for (const member of cluster.membersOn(name)) cluster.remove(member);
    cluster.state.drop(name);
  }
  return drains.map((each) => ({ ...each, ready: [], readyAfter: [] }));
}

/** A node like one of the old pool; what DaemonSets run on that one they run here, too. */
function addNode(cluster: LiveCluster, node: SchedulerNode, pool: string): void {
  const name = `${node.name}-new`;
  const labels = Object.fromEntries(
    Object.entries(node.labels).map(([key, value]) => [
      key,
      key === HOSTNAME ? name : NAMES_OF_POOLS.has(key) ? pool : value,
    ]),
  );
  cluster.state.grow({ ...node, name, labels, taints: withoutConditions(node), unschedulable: false });
  for (const member of cluster.membersOn(node.name))
    if (member.controller?.kind === 'DaemonSet')
      cluster.state.add({ ...member.pod, name: `${member.pod.name}-new`, nodeName: name }, name);
}

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
  /** Keys of labels and taints that only some old nodes have, or with other values, or that no pool can give its nodes: the new ones do not have them. */
  readonly lost: readonly string[];
}

const NAMES_OF_POOLS: ReadonlySet<string> = new Set(Object.values(POOL_NAME_LABELS).flat());
const CONDITIONS: ReadonlySet<string> = new Set(NODE_TAINTS.map(({ key }) => key));
/** Labels that every node gets from its cloud or its kubelet: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const SET_ANEW =
  /^((beta\.)?kubernetes\.io\/(arch|os|hostname|instance-type)|(topology|failure-domain\.beta)\.kubernetes\.io\/(zone|region)|node\.kubernetes\.io\/(instance-type|windows-build)|agentpool|storageprofile|storagetier)$|^([\w.-]+\.)?(amazonaws\.com|k8s\.aws|ebs\.csi\.aws\.com|google\.com|gke\.io|azure\.com)\/|^k8s\.io\/cloud-provider-/;
/** Labels that no kubelet may give itself (pkg/util/node, plugin/pkg/admission/noderestriction): somebody set them on the node. */
const REFUSED = /^([\w-]+\.)*(kubernetes|k8s)\.io\//;
const ALLOWED = /^([\w-]+\.)*(kubelet|node)\.kubernetes\.io\//;

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
  const drains = pools.flatMap((pool) => moved(cluster, byPool.get(pool.old)!, pool, options));
  return { drains, pools };
}

function newPool(old: string, nodes: readonly SchedulerNode[], minor: number): NewPool {
  const own = nodes.map((node) => Object.entries(node.labels).filter(([key]) => !SET_ANEW.test(key)));
  const isKept = ([key, value]: readonly [string, string]) =>
    (!REFUSED.test(key) || ALLOWED.test(key)) && nodes.every(({ labels }) => labels[key] === value);
  const text = (taint: SchedulerTaint) => JSON.stringify(taint);
  const tainted = nodes.map(withoutConditions);
  const isShared = (taint: SchedulerTaint) =>
    tainted.every((taints) => taints.some((each) => text(each) === text(taint)));
  const lost = [
    ...own.flatMap((labels) => labels.filter((label) => !isKept(label)).map(([key]) => key)),
    ...tainted.flatMap((taints) => taints.filter((taint) => !isShared(taint)).map(({ key }) => key)),
  ];
  return {
    old,
    // Of a pool that was renewed before, the version is replaced.
    name: `${old.replace(/-1-\d+$/, '')}-1-${minor}`,
    nodes: nodes.map((node) => node.name),
    labels: Object.fromEntries(own[0]!.filter(isKept)),
    taints: tainted[0]!.filter(isShared),
    lost: [...new Set(lost)].sort(),
  };
}

function withoutConditions({ taints }: SchedulerNode): SchedulerTaint[] {
  return taints.filter(({ key }) => !CONDITIONS.has(key));
}

function moved(
  cluster: LiveCluster,
  old: readonly SchedulerNode[],
  pool: NewPool,
  options: DrainOptions,
): NodeMaintenance[] {
  for (const node of old) addNode(cluster, node, pool);
  for (const { name } of old) cluster.state.cordon(name);
  const drains = old.map(({ name }) => drain(cluster, name, options));
  for (const { name } of old) {
    for (const member of cluster.membersOn(name)) cluster.remove(member);
    cluster.state.drop(name);
  }
  return drains.map((each) => ({ ...each, staysCordoned: false, ready: [], readyAfter: [] }));
}

/** A node in the place of an old one, with what the new pool gives it and what clouds do; what DaemonSets run on that one they run here, too. */
function addNode(cluster: LiveCluster, node: SchedulerNode, pool: NewPool): void {
  const name = `${node.name}-new`;
  const own = Object.entries(node.labels)
    .filter(([key]) => SET_ANEW.test(key))
    .map(([key, value]) => [key, key === HOSTNAME ? name : NAMES_OF_POOLS.has(key) ? pool.name : value]);
  const labels = { ...Object.fromEntries(own), ...pool.labels };
  cluster.state.grow({ ...node, name, labels, taints: [...pool.taints], unschedulable: false });
  for (const member of cluster.membersOn(node.name))
    if (member.controller?.kind === 'DaemonSet')
      cluster.state.add({ ...member.pod, name: `${member.pod.name}-new`, nodeName: name }, name);
}

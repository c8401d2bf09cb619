import type { Filter } from './filter-rule';
import { clash } from './host-ports';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import { podAffinityFilter } from './pod-affinity';
import type { NodeRefusal } from './refusal';
import { never, now } from './refusal';
import type { ClusterState, NodeState } from './state';
import { storageFilters } from './storage/filters';
import { CORDON, untolerated } from './taints';
import { spreadFilter } from './topology-spread';

const cordoned: Filter = (pod) => {
  if (!untolerated([CORDON], pod.tolerations)) return undefined;
  return (node) => (node.unschedulable ? never('node(s) were unschedulable') : undefined);
};

const nodeName: Filter = ({ nodeName: wanted }) =>
  wanted === undefined
    ? undefined
    : ({ name }) => (name === wanted ? undefined : never("node(s) didn't match the requested node name"));

const taints: Filter = (pod) => (node) => {
  const taint = untolerated(node.taints, pod.tolerations);
  return taint && never(`node(s) had untolerated taint {${taint.key}: ${taint.value}}`);
};

const nodeAffinity: Filter = ({ node: wanted }) => {
  if (Object.keys(wanted.selector).length === 0 && wanted.terms === undefined) return undefined;
  return (node) =>
    meetsRequirement(wanted, node) ? undefined : never("node(s) didn't match Pod's node affinity/selector");
};

const hostPorts: Filter = (pod) => {
  if (pod.hostPorts.length === 0) return undefined;
  return ({ pods }) => {
    for (const other of pods)
      if (other.hostPorts.some((taken) => pod.hostPorts.some((wanted) => clash(taken, wanted))))
        return now("node(s) didn't have free ports for the requested pod ports");
    return undefined;
  };
};

const resources: Filter = (pod) => {
  const wanted = [...pod.requests].filter(([, amount]) => amount > 0n);
  return ({ allocatable, requested, pods }) => {
    const reasons: string[] = [];
    let preemptible = true;
    const most = allocatable.get('pods') ?? 0n;
    if (BigInt(pods.size) + 1n > most) reasons.push('Too many pods');
    for (const [name, amount] of wanted) {
      const all = allocatable.get(name) ?? 0n;
      if (amount <= all - (requested.get(name) ?? 0n)) continue;
      reasons.push(`Insufficient ${name}`);
      if (amount > all) preemptible = false;
    }
    return reasons.length === 0 ? undefined : { reasons, preemptible };
  };
};

const spread: Filter = (pod, state) => {
  const filter = spreadFilter(pod, state);
  if (!filter) return undefined;
  return (node) => {
    const found = filter(node);
    if (found === 'no label')
      return never("node(s) didn't match pod topology spread constraints (missing required label)");
    return found && now("node(s) didn't match pod topology spread constraints");
  };
};

const PODS = {
  affinity: never("node(s) didn't match pod affinity rules"),
  'anti-affinity': now("node(s) didn't match pod anti-affinity rules"),
  "others' anti-affinity": now("node(s) didn't satisfy existing pods anti-affinity rules"),
};

const podAffinity: Filter = (pod, state) => {
  const filter = podAffinityFilter(pod, state);
  if (!filter) return undefined;
  return (node) => {
    const found = filter(node);
    return found && PODS[found];
  };
};

/** Those that look at a node and the pods on it alone. In the order of the default profile: the first that refuses a node says why. */
const OF_NODES: readonly Filter[] = [cordoned, nodeName, taints, nodeAffinity, hostPorts, resources];
/** Those that come after them, and look at the whole cluster. */
const OF_CLUSTERS: readonly Filter[] = [...storageFilters, spread, podAffinity];

type Judge = (node: NodeState) => NodeRefusal | undefined;

/** What each node says to a pod, in the order of the nodes: why it does not take it, or undefined where it does. */
export function judgeNodes(pod: SchedulerPod, state: ClusterState): Map<NodeState, NodeRefusal | undefined> {
  const judge = judgeOf(pod, state);
  const verdicts = new Map<NodeState, NodeRefusal | undefined>();
  for (const node of state.nodes) verdicts.set(node, judge(node));
  return verdicts;
}

/** The nodes that take a pod, in their order. */
export function takersOf(pod: SchedulerPod, state: ClusterState): NodeState[] {
  const judge = judgeOf(pod, state);
  const takers: NodeState[] = [];
  for (const node of state.nodes) if (!judge(node)) takers.push(node);
  return takers;
}

/** Why a node does not take a pod; undefined: it does. */
export function refusalAt(pod: SchedulerPod, state: ClusterState, node: NodeState): NodeRefusal | undefined {
  return judgeOf(pod, state)(node);
}

function judgeOf(pod: SchedulerPod, state: ClusterState): Judge {
  const ofNode = remembering(pod, state);
  const ofCluster = OF_CLUSTERS.flatMap((filter) => filter(pod, state) ?? []);
  return ofCluster.length === 0 ? ofNode : (node) => ofNode(node) ?? firstRefusal(ofCluster, node);
}

/** Of thousands of pods few differ in what these filters look at, and of as many nodes one changes when a pod is placed. */
function remembering(pod: SchedulerPod, state: ClusterState): Judge {
  const { nodeName: wanted, node: requirement, tolerations, hostPorts: ports, requests } = pod;
  const looks = JSON.stringify([
    wanted,
    requirement,
    tolerations,
    ports,
    [...requests].map(([name, n]) => `${name}=${n}`),
  ]);
  let known = state.remembered.get(looks);
  if (!known) {
    known = { versions: [], refusals: [] };
    state.remembered.set(looks, known);
  }
  const { versions, refusals } = known;
  let filters: readonly Judge[] | undefined;
  return (node) => {
    if (versions[node.index] !== node.version) {
      filters ??= OF_NODES.flatMap((filter) => filter(pod, state) ?? []);
      refusals[node.index] = firstRefusal(filters, node);
      versions[node.index] = node.version;
    }
    return refusals[node.index];
  };
}

function firstRefusal(filters: readonly Judge[], node: NodeState): NodeRefusal | undefined {
  for (const filter of filters) {
    const refusal = filter(node);
    if (refusal) return refusal;
  }
  return undefined;
}

/** `0/4 nodes are available: 1 node(s) had untolerated taint {batch: }, 3 Insufficient memory.` */
export function unavailability(verdicts: Iterable<NodeRefusal | undefined>): string {
  const counts = new Map<string, number>();
  let nodes = 0;
  for (const refusal of verdicts) {
    nodes += 1;
    for (const reason of refusal?.reasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  if (nodes === 0) return 'no nodes available to schedule pods';
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`;
}

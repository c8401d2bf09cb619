import { clash } from './host-ports';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import { podAffinityFilter } from './pod-affinity';
import type { Filter, NodeRefusal } from './refusal';
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

/** In the order of the default profile: the first that refuses a node says why. */
const FILTERS: readonly Filter[] = [
  cordoned,
  nodeName,
  taints,
  nodeAffinity,
  hostPorts,
  resources,
  ...storageFilters,
  spread,
  podAffinity,
];

/** What each node says to a pod, in the order of the nodes: why it does not take it, or undefined where it does. */
export function judgeNodes(pod: SchedulerPod, state: ClusterState): Map<NodeState, NodeRefusal | undefined> {
  const filters = FILTERS.flatMap((filter) => filter(pod, state) ?? []);
  const verdicts = new Map<NodeState, NodeRefusal | undefined>();
  for (const node of state.nodes) verdicts.set(node, firstRefusal(filters, node));
  return verdicts;
}

function firstRefusal(
  filters: readonly ((node: NodeState) => NodeRefusal | undefined)[],
  node: NodeState,
): NodeRefusal | undefined {
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
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`;
}

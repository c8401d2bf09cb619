import type { SchedulerNode } from './node';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import { CORDON, untolerated } from './taints';

/** Whether a node and a pod suit each other by their labels and taints, whatever else is on the node. */
export function maySuit(pod: SchedulerPod, node: SchedulerNode): boolean {
  const taints = node.unschedulable ? [...node.taints, CORDON] : node.taints;
  return meetsRequirement(pod.node, node) && !untolerated(taints, pod.tolerations);
}

/** How many such pods an empty node takes, by what they ask for. */
export function roomOn(pod: SchedulerPod, node: SchedulerNode): bigint {
  if (!maySuit(pod, node)) return 0n;
  let room = node.allocatable.get('pods') ?? 0n;
  for (const [name, amount] of pod.requests) {
    if (amount === 0n) continue;
    const pods = (node.allocatable.get(name) ?? 0n) / amount;
    if (pods < room) room = pods;
  }
  return room;
}

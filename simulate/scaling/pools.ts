import { ZONE } from '../../model/cluster';
import type { SchedulerNode } from '../scheduling/node';

/** Labels by which clouds and autoscalers tell the nodes of a pool. */
const POOL_LABELS = [
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'doks.digitalocean.com/node-pool',
  'node.kubernetes.io/instance-type',
];

/** The pool that a node is of: by the labels of its cloud, else by its name without the number at its end. */
export function poolOf({ name, labels }: SchedulerNode): string {
  const label = POOL_LABELS.find((each) => labels[each] !== undefined);
  return label === undefined ? name.replace(/[-_.]?\d+$/, '') || name : labels[label]!;
}

/** The zone that a node is in; undefined: nobody says. */
export function zoneOf({ labels }: SchedulerNode): string | undefined {
  return labels[ZONE];
}

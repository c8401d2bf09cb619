import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { World } from '../../world/world';
import { freshPod, isOfDefaultScheduler, knownNodes } from './fresh-pod';
import type { SchedulerNode } from './node';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import type { SchedulerTaint } from './taints';
import { untolerated } from './taints';

/** A pod of a workload that no node takes, though nothing else ran on them: which nodes are left, step by step. */
export interface Unplaceable {
  readonly pod: SchedulerPod;
  readonly all: readonly SchedulerNode[];
  /** Those that its node selector and affinity mean. */
  readonly meant: readonly SchedulerNode[];
  /** Those of them whose taints it tolerates. */
  readonly open: readonly SchedulerNode[];
  /** Whether nodes may come that are not there yet. */
  readonly mayGrow: boolean;
}

/** Undefined where some node takes it, where the nodes are not known, or where it is not the default scheduler that places the pods. */
export const unplaceableOf = memo((world: World, workload: WorkloadManifest): Unplaceable | undefined => {
  const all = knownNodes(world);
  if (!all || workload.resource.kind === 'PodTemplate' || !isOfDefaultScheduler(workload)) return undefined;
  const pod = freshPod(world, workload);
  const isMeant = (node: SchedulerNode) => meetsRequirement(pod.node, node);
  const isOpen = ({ taints }: SchedulerNode) => !untolerated(taints.filter(isLasting), pod.tolerations);
  if (all.some((node) => isMeant(node) && isOpen(node) && lackingOn(pod, node).length === 0)) return undefined;
  const meant = all.filter(isMeant);
  return { pod, all, meant, open: meant.filter(isOpen), mayGrow: mayGrow(world) };
});

/** The nodes as they are when the conditions that pass have passed: those of the kubelet, and that somebody works on one. */
export const settledNodes = memo((world: World): readonly SchedulerNode[] | undefined =>
  knownNodes(world)?.map((node) => ({ ...node, unschedulable: false, taints: node.taints.filter(isLasting) })),
);

/** Taints that a node has for a condition go when the condition goes. */
export function isLasting({ key }: SchedulerTaint): boolean {
  return !key.startsWith('node.kubernetes.io/');
}

/** The resources of which an empty node has less than a pod asks for. */
export function lackingOn(pod: SchedulerPod, node: SchedulerNode): string[] {
  return [...pod.requests].flatMap(([name, amount]) => (amount > (node.allocatable.get(name) ?? 0n) ? [name] : []));
}

const GROWS = /(^|\/)(cluster-autoscaler|karpenter)(-|:|@|$)/;

/** Something among what is known that adds nodes where pods wait for them. */
export const mayGrow = memo((world: World): boolean => {
  const groups = ['karpenter.sh', 'karpenter.k8s.aws', 'karpenter.azure.com'];
  return (
    world.resources.concat(world.external).some(({ group }) => groups.includes(group)) ||
    world.workloads.some(
      ({ resource, containers }) =>
        GROWS.test(resource.name) || containers.some(({ json }) => GROWS.test(String(json['image'] ?? ''))),
    )
  );
});

import type { World } from '../../world/world';
import { podControllerOf } from './controller';
import type { RunningPod } from './known-pods';
import { hasEnded, knownPods, nodeNameOf } from './known-pods';
import { matchesTerm } from './node-affinity';
import type { QueuedPod } from './queue';

/**
 * Of the pods that workloads ask for, those that none of the pods that run stands for: of a StatefulSet by their names, of a DaemonSet by
 * their nodes, else by how many there are. Pods that are there themselves, and wait, are queued as they are.
 */
export function missingOf(world: World, queue: readonly QueuedPod[], running: readonly RunningPod[]): QueuedPod[] {
  const there = new Map<string, Standing>();
  const standing = (controller: string): Standing => {
    const known = there.get(controller) ?? { count: 0, names: new Set(), nodes: new Set() };
    there.set(controller, known);
    return known;
  };
  const count = (controller: string, name: string, node: string | undefined, terminating: boolean) => {
    const found = standing(controller);
    // One that ends counts for nothing but its name and its node, until it is gone.
    if (!terminating) found.count += 1;
    found.names.add(name);
    if (node !== undefined) found.nodes.add(node);
  };
  for (const { pod, node, resource } of running) {
    const controller = podControllerOf(world, resource)?.name;
    if (controller !== undefined) count(controller, pod.name, node, pod.terminating);
  }
  // A Job makes no other for a pod that did its work.
  for (const resource of knownPods(world)) {
    const controller = hasEnded(resource) ? podControllerOf(world, resource) : undefined;
    if (controller?.kind === 'Job' && resource.at(['status', 'phase']) === 'Succeeded')
      count(controller.name, resource.name, nodeNameOf(resource), false);
  }
  for (const { owner, controller, pod } of queue)
    if (!owner && controller !== undefined) count(controller, pod.name, undefined, false);
  return queue.filter(({ owner, controller, pod }) => {
    const found = owner && controller !== undefined ? there.get(controller) : undefined;
    if (!found) return true;
    if (owner!.resource.kind === 'StatefulSet') return !found.names.has(pod.name);
    if (owner!.resource.kind === 'DaemonSet') return ![...found.nodes].some((node) => isMeant(pod, node));
    found.count -= 1;
    return found.count < 0;
  });
}

interface Standing {
  count: number;
  readonly names: Set<string>;
  readonly nodes: Set<string>;
}

/** The controller writes the name of its node into each pod of a DaemonSet. */
function isMeant({ node }: QueuedPod['pod'], name: string): boolean {
  return node.terms?.some((term) => matchesTerm(term, { name, labels: {} })) ?? false;
}

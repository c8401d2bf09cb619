import type { Drain } from './drain';
import { drain, uncordon } from './drain';
import type { DrainOptions } from './eviction';
import type { LiveCluster } from './live';
import type { PodController } from './member';

/** A node that was drained, and takes pods again. */
export interface NodeMaintenance extends Drain {
  /** Controllers of evicted pods all of whose pods are ready while the node is empty: somebody may wait for that. */
  readonly ready: readonly PodController[];
  /** Those of which that can be said only when the node takes pods again. */
  readonly readyAfter: readonly PodController[];
}

/** Drains a node and takes the cordon away again. */
export function maintain(cluster: LiveCluster, node: string, options: DrainOptions): NodeMaintenance {
  const drained = drain(cluster, node, options);
  const ready = readyOf(cluster, drained);
  uncordon(cluster, node);
  const before = new Set(ready.map(({ name }) => name));
  return { ...drained, ready, readyAfter: readyOf(cluster, drained).filter(({ name }) => !before.has(name)) };
}

/** Controllers of the evicted pods none of whose pods waits, or is not ready; by name. */
function readyOf(cluster: LiveCluster, { pods }: Drain): PodController[] {
  const found = new Map<string, PodController>();
  const namespaces = new Set<string>();
  for (const { verdict, member } of pods) {
    if (verdict !== 'evicted' || !member.controller) continue;
    found.set(member.controller.name, member.controller);
    namespaces.add(member.pod.namespace);
  }
  for (const namespace of namespaces)
    for (const { controller, ready, finished } of cluster.membersIn(namespace))
      if (controller && !ready && !finished) found.delete(controller.name);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

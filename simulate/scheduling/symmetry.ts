import type { SchedulerNode } from './node';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import type { ClusterState, NodeState } from './state';
import { storageLikeness } from './storage/filters';
import { CORDON, untolerated } from './taints';

/**
 * A text that is the same for ways to place pods that no later pod can tell apart: ways in which pods that are alike, or nodes that are
 * alike to every one of the pods, have changed places.
 */
export function likenessesOf(
  pods: readonly SchedulerPod[],
  cluster: ClusterState,
): (way: readonly (string | undefined)[]) => string {
  const shapes = numbered(pods.map(shapeOf));
  // What a node alone is asked for: few different things, however many pods there are.
  const different = [
    ...new Map(pods.map((pod) => [JSON.stringify([pod.nodeName, pod.node, pod.tolerations]), pod] as const)).values(),
  ];
  const keys = topologyKeysOf(pods, cluster);
  const nodes = [...cluster.nodes];
  const mount = pods.some(({ volumes }) => volumes.claims.length > 0);
  const isUnique = (values: readonly (string | undefined)[]) =>
    !values.includes(undefined) && new Set(values).size === values.length;
  const unique = new Set(keys.filter((key) => isUnique(nodes.map(({ labels }) => labels[key]))));
  const kinds = new Map(
    nodes.map((node) => [
      node.name,
      // What runs on a node may be selected by anybody, so such a node is like no other.
      node.pods.size > 0
        ? `node ${node.name}`
        : JSON.stringify([
            [...node.allocatable].map(([name, amount]) => `${name}=${amount}`).sort(),
            keys.flatMap((key) => (unique.has(key) ? [] : [node.labels[key] ?? null])),
            different.map((pod) => isOpen(pod, node)),
            mount ? storageLikeness(node, cluster.storage) : '',
          ]),
    ]),
  );
  return (way) => {
    const on = new Map<string, number[]>();
    for (const [i, name] of way.entries()) {
      if (name === undefined) continue;
      const there = on.get(name);
      if (there) there.push(shapes[i]!);
      else on.set(name, [shapes[i]!]);
    }
    return [...on]
      .map(([name, there]) => `${kinds.get(name)}: ${there.sort((a, b) => a - b).join(' ')}`)
      .sort()
      .join('\n');
  };
}

/** Whether the node alone lets the pod in. */
function isOpen(pod: SchedulerPod, node: SchedulerNode): boolean {
  const taints = node.unschedulable ? [...node.taints, CORDON] : node.taints;
  return (
    (pod.nodeName === undefined || pod.nodeName === node.name) &&
    meetsRequirement(pod.node, node) &&
    !untolerated(taints, pod.tolerations)
  );
}

/** The keys by which any pod, placed or not, looks at domains. */
function topologyKeysOf(pods: readonly SchedulerPod[], cluster: ClusterState): string[] {
  const placed = [...cluster.nodes].flatMap((node: NodeState) => [...node.pods]);
  const keys = [...pods, ...placed].flatMap(({ affinity, antiAffinity, spread }) =>
    [...affinity, ...antiAffinity, ...spread].map(({ topologyKey }) => topologyKey),
  );
  return [...new Set(keys)].sort();
}

function shapeOf({ name: _, ...pod }: SchedulerPod): string {
  return JSON.stringify(pod, (_key, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}`
      : value instanceof Map
        ? [...value].sort()
        : value instanceof Set
          ? [...value].sort()
          : value,
  );
}

function numbered(texts: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return texts.map((text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  });
}

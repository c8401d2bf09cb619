import type { SchedulerNode } from './node';
import { maySuit } from './own-terms';
import type { SchedulerPod } from './pod';
import type { ChosenNode } from './preemption';
import type { ClusterState, NodeState } from './state';
import { storageLikeness } from './storage/filters';

type Way = readonly (ChosenNode | undefined)[];

/** Which ways to place pods, and which next steps of one, no later pod can tell apart. */
export interface Likenesses {
  /** A text that is the same for ways in which pods that are alike, or nodes that are alike to every one of the pods, have changed places. */
  textOf(way: Way): string;
  /** Of nodes that are alike, with alike pods on them, the first. */
  differing(way: Way, choices: Way): Way;
}

export function likenessesOf(pods: readonly SchedulerPod[], cluster: ClusterState): Likenesses {
  const shapes = numbered(pods.map(podShape));
  // What a node alone is asked for: few different things, however many pods there are.
  const different = [
    ...new Map(pods.map((pod) => [JSON.stringify([pod.nodeName, pod.node, pod.tolerations]), pod] as const)).values(),
  ];
  const keys = topologyKeysOf(pods, cluster);
  const nodes = [...cluster.nodes];
  const mount = pods.some(({ volumes }) => volumes.claims.length > 0);
  const unique = new Set(keys.filter((key) => cluster.isUnique(key)));
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
  /** The nodes on which pods have been placed, each with what it is like then. */
  const placedIn = (way: Way): Map<string, string> => {
    const on = new Map<string, number[]>();
    for (const [i, choice] of way.entries()) {
      if (!choice) continue;
      const there = on.get(choice.node);
      if (there) there.push(shapes[i]!);
      else on.set(choice.node, [shapes[i]!]);
    }
    return new Map(
      [...on].map(([name, there]) => [name, `${kinds.get(name)}: ${there.sort((a, b) => a - b).join(' ')}`]),
    );
  };
  return {
    textOf: (way) => {
      const gone = way.flatMap((choice) =>
        (choice?.victims ?? []).map(({ namespace, name }) => `gone: ${namespace}/${name}`),
      );
      return [...placedIn(way).values(), ...gone].sort().join('\n');
    },
    differing: (way, choices) => {
      const placed = placedIn(way);
      const seen = new Set<string>();
      return choices.filter((choice) => {
        if (!choice || choice.victims.length > 0) return true;
        const like = placed.get(choice.node) ?? kinds.get(choice.node)!;
        if (seen.has(like)) return false;
        seen.add(like);
        return true;
      });
    },
  };
}

/** Whether the node alone lets the pod in. */
function isOpen(pod: SchedulerPod, node: SchedulerNode): boolean {
  return (pod.nodeName === undefined || pod.nodeName === node.name) && maySuit(pod, node);
}

/** The keys by which any pod, placed or not, looks at domains. */
function topologyKeysOf(pods: readonly SchedulerPod[], cluster: ClusterState): string[] {
  const placed = [...cluster.nodes].flatMap((node: NodeState) => [...node.pods]);
  const keys = [...pods, ...placed].flatMap(({ affinity, antiAffinity, spread }) =>
    [...affinity, ...antiAffinity, ...spread].map(({ topologyKey }) => topologyKey),
  );
  return [...new Set(keys)].sort();
}

const shapes = new WeakMap<SchedulerPod, string>();

/** A text that is the same for pods that differ in nothing but their names. */
export function podShape(given: SchedulerPod): string {
  const known = shapes.get(given);
  if (known !== undefined) return known;
  const { name: _, ...pod } = given;
  const shape = JSON.stringify(pod, (_key, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}`
      : value instanceof Map
        ? [...value].sort()
        : value instanceof Set
          ? [...value].sort()
          : value,
  );
  shapes.set(given, shape);
  return shape;
}

function numbered(texts: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return texts.map((text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  });
}

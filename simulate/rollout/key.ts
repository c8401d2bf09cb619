import { meetsRequirement } from '../scheduling/node-affinity';
import type { SchedulerPod } from '../scheduling/pod';
import type { ClusterState, NodeState } from '../scheduling/state';
import type { RolloutState } from './state';

/** Texts by which states of a rollout, and nodes in them, are told apart. */
export interface StateKeys {
  readonly ofState: (state: RolloutState) => string;
  /** What a node is like in a state, by its name. */
  readonly ofNodes: (state: RolloutState) => (node: string) => string;
}

/**
 * Texts that are the same for states of a rollout that no controller and no scheduler tells apart: pods of one revision, or nodes that
 * are alike to them, have changed places. `cluster` has the pods that stay as they are; where `exact`, no node is like another.
 */
export function stateKeys(own: readonly SchedulerPod[], cluster: ClusterState, exact: boolean): StateKeys {
  const kinds = kindsOf(own, cluster, exact);
  const tagsOf = ({ places }: RolloutState) => {
    const on = new Map<string | undefined, string[]>();
    for (const [{ pod, revision, healthy, slot }, node] of places) {
      const name = slot ?? (revision === 'other' ? `${pod.namespace}/${pod.name}` : '');
      const tag = `${revision}${healthy ? '' : '!'} ${name}`;
      const there = on.get(node);
      if (there) there.push(tag);
      else on.set(node, [tag]);
    }
    return new Map([...on].map(([node, tags]) => [node, tags.sort().join()]));
  };
  return {
    ofState: (state) => {
      const nodes = [...tagsOf(state)].map(([node, tags]) => `${node === undefined ? '' : kinds.get(node)}: ${tags}`);
      return [state.oldSpec, state.newSpec, ...nodes.sort()].join('\n');
    },
    ofNodes: (state) => {
      const tags = tagsOf(state);
      return (node) => `${kinds.get(node)}: ${tags.get(node) ?? ''}`;
    },
  };
}

function kindsOf(own: readonly SchedulerPod[], cluster: ClusterState, exact: boolean): ReadonlyMap<string, string> {
  const nodes = [...cluster.nodes];
  if (exact) return new Map(nodes.map(({ name }) => [name, name]));
  const staying = nodes.flatMap(({ pods }) => [...pods]);
  const terms = [...own, ...staying].flatMap(({ affinity, antiAffinity, spread }) => [
    ...affinity,
    ...antiAffinity,
    ...spread,
  ]);
  const keys = [...new Set(terms.map(({ topologyKey }) => topologyKey))].filter((key) => {
    const values = nodes.map(({ labels }) => labels[key]);
    return values.includes(undefined) || new Set(values).size < values.length;
  });
  return new Map(
    nodes.map((node) => [
      node.name,
      JSON.stringify([
        amountsText(node.allocatable),
        amountsText(node.requested),
        node.taints,
        node.unschedulable,
        keys.map((key) => node.labels[key] ?? null),
        own.map((pod) => meetsRequirement(pod.node, node)),
        stayingText(node),
      ]),
    ]),
  );
}

function amountsText(amounts: ReadonlyMap<string, bigint>): string {
  return [...amounts]
    .map(([name, amount]) => `${name}=${amount}`)
    .sort()
    .join();
}

function stayingText({ pods }: NodeState): string[] {
  return [...pods]
    .map(({ namespace, labels, antiAffinity, hostPorts }) =>
      JSON.stringify([namespace, labels, antiAffinity.map((term) => [term, [...term.namespaces]]), hostPorts]),
    )
    .sort();
}

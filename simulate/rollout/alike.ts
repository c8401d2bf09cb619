import { selects } from '../../manifests/selector';
import type { AffinityTerm } from '../scheduling/affinity-term';
import type { SchedulerPod } from '../scheduling/pod';
import type { ClusterState } from '../scheduling/state';

/**
 * Whether it makes no difference for a rollout which node is chosen for a new pod, and which old pod goes: all pods ask for the same, and
 * no pod helps another. Then those that may stand together are the independent sets of a matroid, and wherever they are, there is room
 * for one more until there are as many as there can be.
 */
export function isAlike(old: readonly SchedulerPod[], fresh: SchedulerPod, cluster: ClusterState): boolean {
  const wanted = asked(fresh);
  return (
    fresh.affinity.length === 0 &&
    fresh.spread.length === 0 &&
    fresh.volumes.claims.length === 0 &&
    fresh.volumes.disks.length === 0 &&
    old.every((pod) => asked(pod) === wanted) &&
    keepsNested([...old.slice(0, 1), fresh], cluster)
  );
}

/** What a pod asks of nodes, and where others keep it away. */
function asked({
  nodeName,
  node,
  tolerations,
  hostPorts,
  requests,
  affinity,
  antiAffinity,
  spread,
  volumes,
}: SchedulerPod) {
  return JSON.stringify([
    nodeName,
    node,
    tolerations,
    hostPorts,
    [...requests].map(([name, amount]) => `${name}=${amount}`).sort(),
    antiAffinity.map(termText),
    affinity.length + spread.length + volumes.claims.length + volumes.disks.length,
  ]);
}

function termText({ topologyKey, selector, namespaces, namespaceSelector }: AffinityTerm): unknown {
  return [topologyKey, selector, [...namespaces].sort(), namespaceSelector ?? null];
}

/** The terms by which pods of the workload keep each other away do so for both revisions, and by one kind of domain beside the node. */
function keepsNested(pods: readonly SchedulerPod[], cluster: ClusterState): boolean {
  const nodes = [...cluster.nodes];
  const keys = new Set<string>();
  for (const { antiAffinity } of pods)
    for (const { selector, topologyKey, namespaceSelector } of antiAffinity) {
      const meant = pods.filter(({ labels }) => selects(selector, labels));
      if (meant.length === 0) continue;
      if (meant.length < pods.length || namespaceSelector !== undefined) return false;
      const values = nodes.map(({ labels }) => labels[topologyKey]);
      if (new Set(values).size < values.length || values.includes(undefined)) keys.add(topologyKey);
    }
  return keys.size <= 1;
}

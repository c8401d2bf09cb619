import { checkCluster } from './cluster-check';
import type { ClusterFacts, Peer, Pool } from './cluster-facts';
import { declared } from './declared';
import type { Taint } from './placement';

export interface Cluster<
  PoolName extends string = string,
  Label extends string = string,
  TaintKey extends string = string,
> extends ClusterFacts<PoolName> {
  readonly name: string;
  /** For the compiler alone, to look at placements: the keys of the pools' labels and taints. */
  readonly keys?: { readonly label: Label; readonly taint: TaintKey };
  /** Where it is declared; a cluster that is made of another one's fields does not take it over. @default - unknown */
  readonly at?: Error;
}

/** The keys that the pools of a cluster use, for the compiler to find. */
interface PoolKeys<PoolName extends string, Label extends string, TaintKey extends string> {
  readonly pools: {
    readonly [P in PoolName]: {
      readonly labels?: { readonly [L in Label]?: string };
      readonly taints?: readonly (Taint & { readonly key: TaintKey })[];
    };
  };
}

/**
 * Declares a cluster. The names of its pools and the keys of their labels and taints are part of its type, so a misspelt one
 * does not compile. Wrong facts are refused at once.
 */
export function cluster<PoolName extends string, Label extends string = never, TaintKey extends string = never>(
  name: string,
  facts: ClusterFacts<PoolName> & PoolKeys<PoolName, Label, TaintKey>,
): Cluster<PoolName, Label, TaintKey> {
  checkCluster(name, facts);
  return declared({ name, ...facts });
}

/** The cluster's DNS, where every pod's names are resolved. */
export const CLUSTER_DNS: Peer = {
  name: 'kube-dns',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
  podLabels: { 'k8s-app': 'kube-dns' },
};

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';

/** Labels that every node has, beside its pool's; the zone where the pool has zones. */
export type NodeLabel = typeof ZONE | typeof HOSTNAME | 'kubernetes.io/os' | 'kubernetes.io/arch';

/** Taints that Kubernetes itself puts on any node, as its condition asks for them. */
export const NODE_TAINTS = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
] as const satisfies readonly Taint[];
export type NodeTaint = (typeof NODE_TAINTS)[number]['key'];

/** Every node of the cluster as a Kubernetes Node object, the way `kubectl get nodes -o yaml` prints what matters here. */
export function nodesOf(cluster: Cluster) {
  return Object.entries(cluster.pools).flatMap(([poolName, pool]) =>
    Array.from({ length: pool.nodes }, (_, i) => {
      const name = `${poolName}-${i + 1}`;
      const zone = pool.zones?.[i % pool.zones.length];
      return {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: {
            [HOSTNAME]: name,
            'kubernetes.io/os': 'linux',
            'kubernetes.io/arch': 'amd64',
            ...(zone === undefined ? {} : { [ZONE]: zone }),
            ...pool.labels,
          } as Record<string, string>,
        },
        spec: pool.taints ? { taints: pool.taints } : {},
        status: {
          allocatable: {
            cpu: pool.allocatable.cpu,
            memory: pool.allocatable.memory,
            pods: String(pool.allocatable.pods ?? 110),
          },
          nodeInfo: { kubeletVersion: `v${cluster.kubernetes}.0` },
        },
      };
    }),
  );
}

/** The zones that worker pools span; pods without tolerations are spread over these. */
export function zonesOf(cluster: Cluster): string[] {
  const open = Object.values<Pool>(cluster.pools).filter((pool) => !pool.taints?.length);
  return [...new Set(open.flatMap((pool) => pool.zones?.slice(0, pool.nodes) ?? []))].sort();
}

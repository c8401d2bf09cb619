import { checkCluster } from './cluster-check';
import type { ClusterFacts, Peer, Pool } from './cluster-facts';

export interface Cluster<PoolName extends string = string> extends ClusterFacts<PoolName> {
  readonly name: string;
}

/** Declares a cluster. Pool names are part of its type, so a misspelt one does not compile. Wrong facts are refused at once. */
export function cluster<PoolName extends string>(name: string, facts: ClusterFacts<PoolName>): Cluster<PoolName> {
  checkCluster(name, facts);
  return { name, ...facts };
}

/** The cluster's DNS, where every pod's names are resolved. */
export const CLUSTER_DNS: Peer = {
  name: 'kube-dns',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
  podLabels: { 'k8s-app': 'kube-dns' },
};

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';

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

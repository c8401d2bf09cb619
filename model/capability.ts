import type { Cluster } from './cluster';
import { zonesOf } from './cluster';
import { minorOf } from './kubernetes-version';

/** What a feature may need: a cluster provides it by its facts, or another feature does. */
export const capabilities = {
  'resource-metrics': {
    meaning: 'metrics.k8s.io answers: kubectl top and the autoscaler work',
    on: (cluster: Cluster) => cluster.resourceMetrics,
  },
  'policy-enforcement': {
    meaning: 'the network plugin enforces NetworkPolicies',
    on: (cluster: Cluster) => cluster.network.enforcesPolicies,
  },
  zones: {
    meaning: 'untainted nodes stand in two zones at least',
    on: (cluster: Cluster) => zonesOf(cluster).length >= 2,
  },
  volumes: {
    meaning: 'a default StorageClass provisions volumes',
    on: (cluster: Cluster) => cluster.storage.some((storage) => storage.isDefault),
  },
  'native-sidecars': {
    meaning: 'containers that run beside others from start to end (Kubernetes 1.29 or newer)',
    on: (cluster: Cluster) => minorOf(cluster.kubernetes) >= 29,
  },
  'baseline-namespaces': {
    meaning: 'a namespace may enforce less than the restricted Pod Security Standard',
    on: (cluster: Cluster) => cluster.podSecurity !== 'restricted',
  },
} as const satisfies Record<string, { meaning: string; on(cluster: Cluster): boolean }>;

export type Capability = keyof typeof capabilities;

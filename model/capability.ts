import type { Cluster } from './cluster';
import { zonesOf } from './cluster';
import { minorOf } from './kubernetes-version';

interface CapabilityFacts {
  readonly meaning: string;
  on(cluster: Cluster): boolean;
  /** The line of the cluster's file that says that it has it, or has it not. @default - no cluster has it: only features provide it */
  line?(cluster: Cluster, has: boolean): string;
}

const known = {
  'resource-metrics': {
    meaning: 'metrics.k8s.io answers: kubectl top and the autoscaler work',
    on: (cluster: Cluster) => cluster.resourceMetrics,
    line: (_: Cluster, has: boolean) => `resourceMetrics: ${has},`,
  },
  'vertical-autoscaling': {
    meaning: 'the Vertical Pod Autoscaler measures what pods use, and sets what they ask for',
    on: (cluster: Cluster) => cluster.verticalPodAutoscaler !== undefined,
    line: (_: Cluster, has: boolean) =>
      has ? "verticalPodAutoscaler: { version: '1.8' }," : 'verticalPodAutoscaler: undefined,',
  },
  'event-autoscaling': {
    meaning: 'KEDA runs: workloads scale by the length of queues, and to 0',
    on: (cluster: Cluster) => cluster.keda !== undefined,
    line: (_: Cluster, has: boolean) => (has ? "keda: { version: '2.21', pods: … }," : 'keda: undefined,'),
  },
  'policy-enforcement': {
    meaning: 'the network plugin enforces NetworkPolicies',
    on: (cluster: Cluster) => cluster.network.enforcesPolicies,
    line: ({ network }: Cluster, has: boolean) => `network: { plugin: '${network.plugin}', enforcesPolicies: ${has} },`,
  },
  zones: {
    meaning: 'untainted nodes stand in two zones at least',
    on: (cluster: Cluster) => zonesOf(cluster).length >= 2,
    line: ({ pools }: Cluster, has: boolean) => {
      const [name = 'general', pool] = Object.entries(pools).find(([, { taints = [] }]) => taints.length === 0) ?? [];
      const nodes = Math.max(pool?.nodes ?? 0, 2);
      return `pools: { ${name}: { nodes: ${nodes}, zones: [${has ? "'a', 'b'" : "'a'"}], … } },`;
    },
  },
  volumes: {
    meaning: 'a default StorageClass provisions volumes',
    on: (cluster: Cluster) => cluster.storage.some((storage) => storage.isDefault),
    line: ({ storage: [first] }: Cluster, has: boolean) =>
      `storage: [{ name: '${first?.name ?? 'standard'}', isDefault: ${has}, … }],`,
  },
  'native-sidecars': {
    meaning: 'containers that run beside others from start to end (Kubernetes 1.29 or newer)',
    on: (cluster: Cluster) => minorOf(cluster.kubernetes) >= 29,
    line: (_: Cluster, has: boolean) => `kubernetes: '${has ? '1.29' : '1.28'}',`,
  },
  'baseline-namespaces': {
    meaning: 'a namespace may enforce less than the restricted Pod Security Standard',
    on: (cluster: Cluster) => cluster.podSecurity !== 'restricted',
    line: (_: Cluster, has: boolean) => `podSecurity: '${has ? 'baseline' : 'restricted'}',`,
  },
  'privileged-namespaces': {
    meaning: 'a namespace may enforce nothing of the Pod Security Standards',
    on: (cluster: Cluster) => cluster.podSecurity === 'privileged',
    line: (_: Cluster, has: boolean) => `podSecurity: '${has ? 'privileged' : 'baseline'}',`,
  },
  'scraped-metrics': {
    meaning: 'a Prometheus of the target scrapes its workloads',
    on: () => false,
  },
  'metrics-adapter': {
    meaning: 'what Prometheus knows can be served as an API of Kubernetes',
    on: () => false,
  },
} as const satisfies Record<string, CapabilityFacts>;

export type Capability = keyof typeof known;

/** What a feature may need: a cluster provides it by its facts, or another feature does. */
export const capabilities: Readonly<Record<Capability, CapabilityFacts>> = known;

/** Whether a cluster may bring it; the others come from features alone. */
export function isOfClusters(capability: Capability): boolean {
  return capabilities[capability].line !== undefined;
}

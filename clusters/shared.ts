import { cluster } from 'strata';

/** The company's shared cluster: a platform team owns the Gateway, the admission rules and the metrics. */
export const shared = cluster('shared', {
  kubernetes: '1.34',
  domain: 'apps.example.com',
  pools: {
    general: {
      nodes: 4,
      zones: ['zone-1', 'zone-2'],
      labels: { 'node.example.com/pool': 'general' },
      allocatable: { cpu: '7500m', memory: '28Gi' },
    },
    memory: {
      nodes: 2,
      zones: ['zone-1', 'zone-2'],
      labels: { 'node.example.com/pool': 'memory' },
      taints: [{ key: 'node.example.com/pool', value: 'memory', effect: 'NoSchedule' }],
      allocatable: { cpu: '7500m', memory: '60Gi' },
    },
  },
  network: { plugin: 'cilium', enforcesPolicies: true },
  gateway: {
    name: 'public',
    namespace: 'gateway-system',
    listener: 'https',
    admitsNamespaces: { 'gateway.example.com/access': 'public' },
    pods: {
      name: 'public gateway',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'gateway-system' },
      podLabels: { 'gateway.networking.k8s.io/gateway-name': 'public' },
    },
  },
  storage: [
    {
      name: 'network',
      provisioner: 'csi.example.com',
      isDefault: true,
      binding: 'Immediate',
      reclaim: 'Delete',
      expandable: true,
    },
  ],
  kubeletCertificates: 'signed',
  podSecurity: 'restricted',
  resourceMetrics: true,
  // Its policies match nodes, too (Cilium with policyCIDRMatchMode: nodes), so that kubelets can be scraped.
  prometheusOperator: { kubeletService: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kubelet' } } },
  secretStore: 'company-vault',
  imagePullSecrets: ['registry-credentials'],
  argoCluster: 'shared',
});

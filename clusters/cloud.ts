import { cluster } from 'strata';

/** A managed cluster over three zones, with an ingress controller behind the provider's load balancer. */
export const cloud = cluster('cloud', {
  kubernetes: '1.34',
  domain: 'cloud.example.com',
  pools: {
    general: {
      nodes: 3,
      zones: ['eu-1a', 'eu-1b', 'eu-1c'],
      labels: { 'node.example.com/pool': 'general' },
      allocatable: { cpu: '3900m', memory: '14Gi' },
    },
    spot: {
      nodes: 3,
      zones: ['eu-1a', 'eu-1b', 'eu-1c'],
      labels: { 'node.example.com/pool': 'spot' },
      taints: [{ key: 'node.example.com/spot', value: 'true', effect: 'NoSchedule' }],
      allocatable: { cpu: '3900m', memory: '14Gi' },
    },
  },
  network: { plugin: 'calico', enforcesPolicies: true },
  ingress: {
    className: 'traefik',
    pods: {
      name: 'traefik',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'traefik' },
      podLabels: { 'app.kubernetes.io/name': 'traefik' },
    },
  },
  keda: {
    version: '2.21',
    pods: {
      name: 'keda',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'keda' },
      podLabels: { app: 'keda-operator' },
    },
  },
  storage: [
    {
      name: 'balanced',
      provisioner: 'csi.cloud.example.com',
      parameters: { type: 'balanced' },
      isDefault: true,
      binding: 'WaitForFirstConsumer',
      reclaim: 'Delete',
      expandable: true,
    },
    {
      name: 'fast',
      provisioner: 'csi.cloud.example.com',
      parameters: { type: 'fast' },
      binding: 'WaitForFirstConsumer',
      reclaim: 'Delete',
      expandable: true,
    },
  ],
  kubeletCertificates: 'signed',
  podSecurity: 'baseline',
  resourceMetrics: true,
  verticalPodAutoscaler: { version: '1.8' },
  secretStore: 'cloud-secrets',
  argoCluster: 'cloud',
});

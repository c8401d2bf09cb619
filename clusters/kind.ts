import { because, cluster } from 'strata';

/** A laptop's cluster: three workers in containers, nothing in front of it, nothing worth keeping in it. */
export const kind = cluster('kind', {
  kubernetes: '1.35',
  domain: 'kind.local',
  pools: {
    control: {
      nodes: 1,
      labels: { 'node-role.kubernetes.io/control-plane': '' },
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      allocatable: { cpu: '2', memory: '4Gi' },
    },
    general: { nodes: 2, zones: ['a', 'b'], labels: { pool: 'general' }, allocatable: { cpu: '2', memory: '4Gi' } },
    batch: {
      nodes: 1,
      zones: ['c'],
      labels: { pool: 'batch' },
      taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }],
      allocatable: { cpu: '2', memory: '4Gi' },
    },
  },
  // kindnet enforces NetworkPolicies since kind 0.24.
  network: { plugin: 'kindnet', enforcesPolicies: true },
  storage: [
    {
      name: 'standard',
      provisioner: 'rancher.io/local-path',
      isDefault: true,
      binding: 'WaitForFirstConsumer',
      reclaim: 'Delete',
      expandable: false,
    },
  ],
  kubeletCertificates: 'unsigned',
  podSecurity: 'privileged',
  resourceMetrics: false,
  argoCluster: 'kind',
  settings: {
    prometheus: {
      form: because('discovery', 'the cluster is ours alone: its components and every annotated pod are looked at'),
      volume: because('2Gi', "the disk is the laptop's, and two days of what a cluster exposes take one of them"),
    },
    kubeStateMetrics: { covers: because('cluster', 'no other target is in it, and its nodes are ours') },
  },
});

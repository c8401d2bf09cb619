import { cluster } from 'strata';

/** A laptop's cluster: `npx strata clusters kind -o kind` prints the file that makes one like it. */
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
    general: { nodes: 2, zones: ['a', 'b'], allocatable: { cpu: '2', memory: '4Gi' } },
  },
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
});

import { cluster } from 'strata';

/** A laptop's cluster. */
export const kind = cluster('kind', {
  kubernetes: '1.35',
  domain: 'kind.local',
  pools: { general: { nodes: 2, zones: ['a', 'b'], allocatable: { cpu: '2', memory: '4Gi' } } },
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

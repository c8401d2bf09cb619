import { cluster } from 'strata';

/** Say here whose it is and what it is for. These facts are examples: `kubectl get nodes,storageclasses` tells yours. */
export const newOne = cluster('new-one', {
  kubernetes: '1.34',
  domain: 'new-one.example.com',
  pools: {
    general: { nodes: 3, zones: ['a', 'b', 'c'], allocatable: { cpu: '3920m', memory: '12Gi' } },
  },
  network: { plugin: 'cilium', enforcesPolicies: true },
  storage: [
    {
      name: 'standard',
      provisioner: 'ebs.csi.aws.com',
      isDefault: true,
      binding: 'WaitForFirstConsumer',
      reclaim: 'Delete',
      expandable: true,
    },
  ],
  kubeletCertificates: 'signed',
  podSecurity: 'restricted',
  resourceMetrics: true,
  argoCluster: 'new-one',
});

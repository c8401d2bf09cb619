import { cluster } from 'strata';

/** One cluster of the same make in each region. */
function regional(name: string, zones: readonly string[]) {
  return cluster(name, {
    kubernetes: '1.34',
    domain: `${name}.example.com`,
    pools: { general: { nodes: 3, zones, allocatable: { cpu: '3920m', memory: '12Gi' } } },
    network: { plugin: 'cilium', enforcesPolicies: true },
    storage: [],
    kubeletCertificates: 'signed',
    podSecurity: 'restricted',
    resourceMetrics: true,
    argoCluster: name,
    gateway: {
      name: 'public',
      namespace: 'gateways',
      listener: 'https',
      admitsNamespaces: { 'gateways/public': 'yes' },
      pods: { name: 'gateway', namespaceLabels: { team: 'edge' }, podLabels: { app: 'gateway' } },
    },
  });
}

export const regions = [
  regional('eu-west', ['a', 'b', 'c']),
  regional('us-east', ['a', 'b', 'd']),
  regional('ap-south', ['a', 'b', 'c']),
];

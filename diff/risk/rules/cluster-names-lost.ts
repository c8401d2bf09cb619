import { list, record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${pod}containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'cluster-names-lost',
  class: 'disruption',
  description:
    'pods that no longer ask the DNS of the cluster for names: by dnsPolicy, or in the network of their node',
  reason:
    'Names of Services resolve only there. With dnsPolicy Default a pod asks the servers of its node, and so does one in the network of the node, unless its policy is ClusterFirstWithHostNet.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy',
  advice: 'leave dnsPolicy at ClusterFirst, or set ClusterFirstWithHostNet where the pod is in the network of its node',
  example: {
    before: web(''),
    after: web('dnsPolicy: Default, '),
    finds: ['Deployment/shop/web spec.template.spec.dnsPolicy'],
    harmless: web('dnsPolicy: ClusterFirstWithHostNet, hostNetwork: true, '),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      if (!asksCluster(before) || asksCluster(after)) continue;
      const at = (name: string) => fieldAt(change, [...after.podSpecPath.map(String), name]);
      const servers = list(record(after.podSpec['dnsConfig'])?.['nameservers']).map(String);
      yield {
        change,
        field: at('dnsPolicy') ?? at('hostNetwork'),
        message:
          after.podSpec['dnsPolicy'] === 'None'
            ? `its pods ask ${servers.join(', ') || 'nobody'} for names, and no longer the DNS of the cluster: unless that knows them, names of Services do not resolve`
            : 'its pods ask the servers of their node for names, and no longer the DNS of the cluster: names of Services do not resolve',
      };
    }
  },
});

/** pkg/kubelet/network/dns/dns.go, getPodDNSType */
function asksCluster({ podSpec }: WorkloadManifest): boolean {
  const policy = podSpec['dnsPolicy'] ?? 'ClusterFirst';
  return policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && podSpec['hostNetwork'] !== true);
}

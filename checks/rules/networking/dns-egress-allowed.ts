import { list, record } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
import { readBlock } from '../../../simulate/network/addresses';
import { saidBy } from '../../../simulate/network/declared';
import { reachesDns } from '../../../simulate/network/dns';
import { networkOf } from '../../../simulate/network/network';
import type { Pod } from '../../../simulate/network/reach';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (dns: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'web:1.4.2', env: [{ name: REDIS_URL, value: 'redis://redis:6379' }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress:
    - { to: [{ podSelector: { matchLabels: { app: redis } } }], ports: [{ port: 6379 }] }${dns}
`;

/** The name servers that a pod asks instead of the cluster's; undefined where it asks that one. */
function ownNameServers({ podSpec }: Workload): readonly string[] | undefined {
  if (podSpec['dnsPolicy'] !== 'None' && podSpec['dnsPolicy'] !== 'Default') return undefined;
  // Default: those of the node, which are not known.
  return podSpec['dnsPolicy'] === 'None'
    ? list(record(podSpec['dnsConfig'])?.['nameservers']).filter((server) => typeof server === 'string')
    : [];
}

export default check({
  id: 'dns-egress-allowed',
  group: 'networking',
  description: "pods whose egress is restricted, and that look up names, may ask the cluster's DNS by UDP and TCP",
  severity: 'will-break',
  needs: ['cluster', 'elsewhere'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  fix: 'allow egress to the pods labelled k8s-app: kube-dns of namespace kube-system, port 53 UDP and TCP',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.metadata.labels'],
    fixed: manifests(`
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]`),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const workload of world.workloads) {
      const from = network.endpointOf(workload);
      if (from.is !== 'pod' || workload.resource.kind === 'PodTemplate' || network.hasOtherPolicies(from)) continue;
      const isolating = network.policiesAbout(from).filter(({ egress }) => egress !== undefined);
      if (isolating.length === 0) continue;
      const servers = ownNameServers(workload);
      if (servers?.length === 0) continue;
      const udp = servers ? reachesServers(world, from, servers, 'UDP') : reachesDns(world, from, 'UDP');
      const tcp = servers ? reachesServers(world, from, servers, 'TCP') : reachesDns(world, from, 'TCP');
      if (udp === 'yes' && tcp === 'yes') continue;

      const { hostName } = saidBy(world, workload);
      // Who may send to nobody, or to addresses only, needs no names: that may well be meant.
      const mayGoSomewhere = isolating.some(({ egress }) =>
        egress!.some(({ peers }) => peers === undefined || peers.some(({ ipBlock }) => !ipBlock)),
      );
      if (!hostName && !mayGoSomewhere) continue;

      const names = isolating.map(({ name }) => name).join(', ');
      const where = servers ? `its name servers ${servers.join(', ')}` : "the cluster's DNS";
      const missing = udp === 'no' ? (tcp === 'yes' ? 'UDP' : 'UDP and TCP') : 'TCP';
      const certain = udp === 'no' && hostName !== undefined && network.isWhole(from);
      yield {
        resource: workload.resource,
        path:
          workload.templatePath.length > 0 ? [...workload.templatePath, 'metadata', 'labels'] : ['metadata', 'labels'],
        value: workload.podLabels,
        verdict: certain ? 'fail' : 'unknown',
        message: certain
          ? `egress of these pods is restricted (${names}) and nothing allows ${missing} to port 53 of ${where}, so names like that in ${hostName.said} are not found and nothing is connected to`
          : udp === 'unknown' || tcp === 'unknown'
            ? `whether egress (${names}) lets these pods ask ${where} depends on labels or addresses that are not known; select namespace kube-system by the label kubernetes.io/metadata.name and the pods by k8s-app: kube-dns, or --declare both`
            : udp === 'yes'
              ? `egress of these pods (${names}) allows UDP to ${where} and not TCP, so an answer that does not fit into one UDP packet is not received; whether any is that long can not be told from manifests, allow both`
              : `egress of these pods is restricted (${names}) and nothing allows ${missing} to port 53 of ${where}; ${network.isWhole(from) ? 'their configuration names no host, so whether they look up any' : `whether another policy of namespace ${workload.namespace} does`} is not known`,
      };
    }
  },
});

function reachesServers(
  world: World,
  from: Pod,
  servers: readonly string[],
  protocol: 'UDP' | 'TCP',
): 'yes' | 'no' | 'unknown' {
  const verdicts = servers.map((server) => {
    const block = readBlock(server);
    return block
      ? networkOf(world).reach(from, { is: 'outside', addresses: [block] }, 53, protocol).egress.verdict
      : 'unknown';
  });
  return verdicts.includes('allowed') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}

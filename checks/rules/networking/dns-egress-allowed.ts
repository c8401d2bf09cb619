import type { Path, Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { readBlock } from '../../../simulate/network/addresses';
import { configuredNetwork } from '../../../simulate/network/configured-flows';
import { dnsServersOf, reachesDns } from '../../../simulate/network/dns';
import { isPeer } from '../../../simulate/network/matching';
import { networkOf } from '../../../simulate/network/network';
import type { Policy, PolicyPeer } from '../../../simulate/network/policy';
import type { PodEndpoint } from '../../../simulate/network/reach';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { dependsOnAddresses, GIVE_ADDRESSES } from '../../open-addresses';

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

/** The name servers of a pod with dnsPolicy None or Default; undefined for a pod that uses the cluster's DNS. */
function ownNameServers({ podSpec }: WorkloadManifest): readonly string[] | undefined {
  if (podSpec['dnsPolicy'] !== 'None' && podSpec['dnsPolicy'] !== 'Default') return undefined;
  // Default: the name servers of the node, which are not known.
  return podSpec['dnsPolicy'] === 'None'
    ? list(record(podSpec['dnsConfig'])?.['nameservers']).filter((server) => typeof server === 'string')
    : [];
}

export default check({
  id: 'dns-egress-allowed',
  group: 'networking',
  description: "pods with restricted egress that resolve names may reach the cluster's DNS by UDP and TCP",
  severity: 'will-break',
  needs: ['cluster', 'external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  fix: 'allow egress to the pods with label k8s-app: kube-dns in namespace kube-system, port 53 UDP and TCP',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.metadata.labels'],
    fixed: manifests(`
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]`),
  },
  *judge(world) {
    const network = networkOf(world);
    const said = new Set<unknown>();
    for (const workload of world.workloads) {
      const from = network.endpointOf(workload);
      if (from.is !== 'pod' || workload.resource.kind === 'PodTemplate' || network.hasOtherPolicies(from)) continue;
      const isolating = network.policiesAbout(from).filter(({ egress }) => egress !== undefined);
      const administrators = network.adminPolicies.filter(({ egress }) => egress.length > 0);
      if (isolating.length === 0 && administrators.length === 0) continue;
      const servers = ownNameServers(workload);
      if (servers?.length === 0) continue;
      const udp = servers ? reachesServers(world, from, servers, 'UDP') : reachesDns(world, from, 'UDP');
      const tcp = servers ? reachesServers(world, from, servers, 'TCP') : reachesDns(world, from, 'TCP');
      if (udp === 'yes' && tcp === 'yes') continue;

      const { hostName } = configuredNetwork(world, workload);
      const missed = udp === 'no' && !servers ? ruleBesideDns(world, isolating) : undefined;
      if (missed) {
        if (!said.has(missed.resource)) yield missedPort(missed, network.isComplete(from));
        said.add(missed.resource);
        continue;
      }
      // A pod that may connect to nothing, or only to IP addresses, needs no DNS.
      const mayGoSomewhere =
        (isolating.length === 0 && udp === 'no') ||
        isolating.some(({ egress }) =>
          egress!.some(({ peers }) => peers === undefined || peers.some(({ ipBlock }) => !ipBlock)),
        );
      if (!hostName && !mayGoSomewhere) continue;

      const names = [...isolating, ...administrators].map(({ name }) => name).join(', ');
      const where = servers ? `its name servers ${servers.join(', ')}` : "the cluster's DNS";
      const missing = [udp === 'no' && 'UDP', tcp !== 'yes' && 'TCP'].filter(Boolean).join(' and ');
      const at = {
        resource: workload.resource,
        path: [...workload.templatePath, 'metadata', 'labels'],
        value: workload.podLabels,
      };
      const denied = `egress of these pods is restricted (${names}) and no policy allows ${missing} to port 53 of ${where}`;
      if (udp === 'no' && hostName && network.isComplete(from)) {
        yield {
          ...at,
          message: `${denied}, so names such as the one in ${hostName.said} do not resolve and the connections fail`,
        };
      } else if (udp === 'unknown' || tcp === 'unknown') {
        const byAddress =
          !servers &&
          dependsOnAddresses(...dnsServersOf(world).map((dns) => network.reach(from, dns.endpoint, dns.port, 'UDP')));
        yield {
          ...at,
          verdict: 'unknown',
          settledBy: byAddress ? 'nodes' : 'external',
          message: byAddress
            ? `whether egress (${names}) allows these pods to reach ${where} depends on its addresses; ${GIVE_ADDRESSES}`
            : `whether egress (${names}) allows these pods to reach ${where} depends on labels or addresses that are not known; select namespace kube-system by the label kubernetes.io/metadata.name and the pods by k8s-app: kube-dns, or --declare both`,
        };
      } else if (udp === 'yes') {
        yield {
          ...at,
          verdict: 'unknown',
          settledBy: 'program',
          message: `egress of these pods (${names}) allows UDP to ${where} but not TCP, so a response that does not fit into one UDP packet is lost; whether there are such responses is not known: allow both`,
        };
      } else {
        const complete = network.isComplete(from);
        const unknown = complete
          ? 'their configuration names no host, so whether they resolve names is not known'
          : `whether another policy of namespace ${workload.namespace} allows it is not known`;
        yield {
          ...at,
          verdict: 'unknown',
          settledBy: complete ? 'program' : 'external',
          message: `${denied}; ${unknown}`,
        };
      }
    }
  },
});

/** A rule that is meant for the DNS, at another port than that of the DNS. */
interface MissedPort {
  readonly resource: Resource;
  readonly path: Path;
  readonly port: number;
}

/** Digits that are one slip away from 53. */
const BESIDE_53 = /^(5\d|\d3|35)$/;

/** A rule for the DNS pods, by their labels; or for UDP at a port that nothing but a slip of 53 explains. */
function ruleBesideDns(world: World, policies: readonly Policy[]): MissedPort | undefined {
  for (const { resource, namespace, egress = [] } of policies) {
    for (const { peers, ports = [] } of egress) {
      for (const { port, protocol, endPort, path } of ports) {
        if (typeof port !== 'number' || endPort !== undefined || protocol !== 'UDP') continue;
        const isForDns = peers?.some((peer) =>
          dnsServersOf(world).some(
            ({ endpoint }) => peer.podSelector && isPeer(peer, namespace, endpoint) === 'yes' && namesPods(peer),
          ),
        );
        const isSlip =
          BESIDE_53.test(String(port)) &&
          (peers === undefined ||
            peers.some((peer) =>
              dnsServersOf(world).some(({ endpoint }) => isPeer(peer, namespace, endpoint) === 'yes'),
            )) &&
          !world.workloads.some(({ ports: declared }) =>
            declared.some((own) => own.number === port && own.protocol === 'UDP'),
          );
        if (isForDns || isSlip) return { resource, path: [...path, 'port'], port };
      }
    }
  }
  return undefined;
}

function namesPods({ podSelector }: PolicyPeer): boolean {
  return Object.keys(Object(podSelector?.['matchLabels'])).length > 0;
}

function missedPort({ resource, path, port }: MissedPort, isComplete: boolean): Finding {
  const denied = `the cluster's DNS does not listen on port ${port}, and no other rule lets these pods reach it`;
  return {
    resource,
    path,
    value: port,
    ...(isComplete ? {} : { verdict: 'unknown' as const }),
    message: isComplete
      ? `${denied}, so no name resolves`
      : `${denied}; whether another policy of the namespace does is not known: judge it too, or --declare it`,
  };
}

function reachesServers(
  world: World,
  from: PodEndpoint,
  servers: readonly string[],
  protocol: 'UDP' | 'TCP',
): 'yes' | 'no' | 'unknown' {
  const verdicts = servers.map((server) => {
    const block = readBlock(server);
    return block
      ? networkOf(world).reach(from, { is: 'outside', addresses: [block] }, 53, protocol).egress.verdict
      : 'unknown';
  });
  if (verdicts.includes('allowed')) return 'yes';
  return verdicts.includes('unknown') ? 'unknown' : 'no';
}

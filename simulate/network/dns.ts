import { isIP } from 'node:net';
import type { WorkloadManifest } from '../../manifests/workload';
import { programStrings } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { Certainty } from '../../world/certainty';
import { some } from '../../world/certainty';
import { openShift } from '../../world/network-plugin';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';
import { contains, readBlock } from './addresses';
import { coversPort } from './matching';
import type { Network } from './network';
import { networkOf } from './network';
import type { Endpoint } from './reach';

/** Where the cluster's DNS answers: pods, and the port that they listen on, which is what policies see. */
interface DnsServer {
  readonly endpoint: Endpoint;
  readonly port: number;
}

/** Where NodeLocal DNSCache listens on every node, unless it is told otherwise. */
const NODE_LOCAL = '169.254.20.10';

/** The cluster's DNS as the manifests show it, else where every distribution has it. */
export const dnsServersOf = memo((world: World): readonly DnsServer[] => {
  const network = networkOf(world);
  const known = knownServersOf(world);
  if (known.length > 0) return known;
  const shown = openShift(world);
  if (shown === 'cluster') return [openShiftDns(network)];
  const usual = {
    endpoint: network.externalPod({ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
    port: 53,
  };
  return shown === 'manifests' ? [usual, openShiftDns(network)] : [usual];
});

/** The pods of the DNS Service, where they are known. */
const knownServersOf = memo((world: World): readonly DnsServer[] => {
  const service = serviceOf(world, 'kube-system', 'kube-dns');
  const port = service?.port(53, 'UDP');
  const targets = service && port ? service.targets(port) : [];
  return targets.map(({ workload, number }) => ({ endpoint: networkOf(world).endpointOf(workload), port: number }));
});

/** OpenShift's DNS pods listen on another port than their Service. */
function openShiftDns(network: Network): DnsServer {
  return {
    endpoint: network.externalPod({
      namespace: 'openshift-dns',
      labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    }),
    port: 5353,
  };
}

/** Whether an endpoint may ask the cluster's DNS. */
export function reachesDns(world: World, from: Endpoint, protocol: 'UDP' | 'TCP'): Certainty {
  const usual = some(dnsServersOf(world).map(({ endpoint, port }) => sends(world, from, endpoint, port, protocol)));
  if (usual === 'yes') return 'yes';
  // A cache on the node answers for it. Whether policies hold back what stays on a node differs.
  const caches = nodeCachesOf(world);
  if (caches)
    return some(caches.map((address) => sends(world, from, at(address), 53, protocol))) === 'yes' ? 'yes' : 'unknown';
  if (usual === 'unknown') return usual;
  if (knownServersOf(world).length > 0) return 'no';
  // A policy that names an address of the node means such a cache, or the name server of a cloud.
  if (namesLinkLocal(networkOf(world), from, protocol)) return 'unknown';
  // Nobody but OpenShift has DNS at this port.
  const other = openShiftDns(networkOf(world));
  return sends(world, from, other.endpoint, other.port, protocol) === 'no' ? 'no' : 'unknown';
}

const LINK_LOCAL = readBlock('169.254.0.0/16')!;

/** Whether egress to port 53 of an address of the node itself is allowed by name. */
function namesLinkLocal(network: Network, from: Endpoint, protocol: string): boolean {
  return network
    .policiesAbout(from)
    .flatMap(({ egress = [] }) => egress)
    .some(
      ({ peers = [], ports }) =>
        peers.some(({ ipBlock }) => ipBlock && contains(LINK_LOCAL, ipBlock.cidr)) &&
        (ports ?? [{ protocol, port: undefined, endPort: undefined }]).some(
          (range) => coversPort(range, { is: 'outside' }, 53, protocol) === 'yes',
        ),
    );
}

function at(address: string): Endpoint {
  return { is: 'outside', addresses: [readBlock(address)!] };
}

function sends(world: World, from: Endpoint, to: Endpoint, port: number, protocol: string): Certainty {
  const { egress } = networkOf(world).reach(from, to, port, protocol);
  return egress.verdict === 'allowed' ? 'yes' : egress.verdict === 'denied' ? 'no' : 'unknown';
}

/** The addresses of NodeLocal DNSCache: its own and that of the DNS Service, which it takes over. Undefined where none is known. */
const nodeCachesOf = memo((world: World): readonly string[] | undefined => {
  const cache = networkOf(world)
    .workloads()
    .find((workload) => workload.resource.kind === 'DaemonSet' && isNodeCache(workload));
  if (!cache) return undefined;
  const service = serviceOf(world, 'kube-system', 'kube-dns')?.resource.at(['spec', 'clusterIP']);
  const told = cache.running
    .flatMap(programStrings)
    .flatMap((text) => text.split(/[\s,=]+/))
    .filter((word) => isIP(word) !== 0);
  return [...new Set([NODE_LOCAL, ...told, ...(typeof service === 'string' && isIP(service) ? [service] : [])])];
});

function isNodeCache({ resource, podLabels, running }: WorkloadManifest): boolean {
  return (
    /node-?local-?dns/.test(resource.name) ||
    podLabels['k8s-app'] === 'node-local-dns' ||
    running.some(({ json }) => /k8s-dns-node-cache/.test(String(json['image'] ?? '')))
  );
}

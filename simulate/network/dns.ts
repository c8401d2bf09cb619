import { memo } from '../../model/memo';
import type { Certainty } from '../../world/certainty';
import { some } from '../../world/certainty';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';
import { networkOf } from './network';
import type { Endpoint } from './reach';

/** Where the cluster's DNS answers: pods, and the port that they listen on, which is what policies see. */
interface DnsServer {
  readonly endpoint: Endpoint;
  readonly port: number;
}

/** The cluster's DNS as the manifests show it, else where every distribution has it. */
export const dnsServersOf = memo((world: World): readonly DnsServer[] => {
  const network = networkOf(world);
  const service = serviceOf(world, 'kube-system', 'kube-dns');
  const port = service?.port(53, 'UDP');
  const targets = service && port ? service.targets(port) : [];
  if (targets.length > 0)
    return targets.map(({ workload, number }) => ({ endpoint: network.endpointOf(workload), port: number }));
  const isOpenShift = world.facts.known('nodes')?.some(({ labels }) => 'node.openshift.io/os_id' in labels);
  if (isOpenShift)
    return [
      {
        endpoint: network.externalPod({
          namespace: 'openshift-dns',
          labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
        }),
        port: 5353,
      },
    ];
  return [{ endpoint: network.externalPod({ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }), port: 53 }];
});

/** Whether an endpoint may ask the cluster's DNS. */
export function reachesDns(world: World, from: Endpoint, protocol: 'UDP' | 'TCP'): Certainty {
  const network = networkOf(world);
  return some(
    dnsServersOf(world).map(({ endpoint, port }): Certainty => {
      const { egress } = network.reach(from, endpoint, port, protocol);
      return egress.verdict === 'allowed' ? 'yes' : egress.verdict === 'denied' ? 'no' : 'unknown';
    }),
  );
}

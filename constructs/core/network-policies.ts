import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CLUSTER_DNS } from '../../model/cluster';
import type { Peer } from '../../model/cluster-facts';
import type { EndPort, FlowEnd } from './flow';
import { versionsIn } from './flow';
import type { NamespaceRef } from './namespace';

/** Nothing passes in this namespace but what other policies allow; every pod may ask the cluster's DNS. */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string, props: { readonly namespace: NamespaceRef }) {
    super(scope, id);
    const { name: namespace } = props.namespace;
    new k8s.KubeNetworkPolicy(this, 'deny', {
      metadata: { name: 'default-deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    new k8s.KubeNetworkPolicy(this, 'dns', {
      metadata: { name: 'allow-dns', namespace },
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [peerOf(CLUSTER_DNS)],
            ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: k8s.IntOrString.fromNumber(53) })),
          },
        ],
      },
    });
  }
}

/**
 * Allows just the flows that a workload takes part in, at its end. Pods on the network of their nodes are no pods to policies: none
 * applies to them, and others reach them by addresses that nobody knows beforehand.
 */
export class FlowPolicy extends Construct {
  constructor(scope: Construct, id: string, props: { readonly workload: FlowEnd }) {
    super(scope, id);
    const { workload } = props;
    if (workload.onHostNetwork) return;
    const ingress = workload.allPorts
      .filter((port) => port.clients.size > 0)
      .map((port) => ({ from: [...port.clients].flatMap(peersOf).sort(byText), ports: portsOf(port) }));
    const egress = [
      ...workload.connections
        .map((port) => ({ to: versionsIn(port.workload).flatMap(peersOf), ports: portsOf(port) }))
        .sort(byText),
      ...(workload.outside ?? []).map(({ to, ports }) => ({
        to: to === 'addresses' ? ANY_ADDRESS : ANY_POD,
        ...(ports ? { ports: ports.map(tcp) } : {}),
      })),
    ];
    if (!ingress.length && !egress.length) return;
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: workload.policyName, namespace: workload.namespace.name, labels: { ...workload.labels } },
      spec: {
        podSelector: { matchLabels: { ...workload.selector } },
        policyTypes: [...(ingress.length ? ['Ingress'] : []), ...(egress.length ? ['Egress'] : [])],
        ...(ingress.length ? { ingress } : {}),
        ...(egress.length ? { egress } : {}),
      },
    });
  }
}

/**
 * Nodes and the control plane have addresses that nobody knows beforehand. Cilium does not match nodes by `ipBlock` unless it runs with
 * `policyCIDRMatchMode: nodes`.
 */
const ANY_ADDRESS: k8s.NetworkPolicyPeer[] = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];
const ANY_POD: k8s.NetworkPolicyPeer[] = [{ namespaceSelector: {} }];

function peersOf(peer: FlowEnd | Peer): k8s.NetworkPolicyPeer[] {
  return 'node' in peer && peer.onHostNetwork ? ANY_ADDRESS : [peerOf(peer)];
}

/** Always with the namespace: a policy that moves, or is read alone, still says whom it means. */
function peerOf(peer: FlowEnd | Peer): k8s.NetworkPolicyPeer {
  const [namespaceLabels, podLabels] =
    'node' in peer
      ? [{ 'kubernetes.io/metadata.name': peer.namespace.name }, { ...peer.selector }]
      : [{ ...peer.namespaceLabels }, { ...peer.podLabels }];
  return { namespaceSelector: { matchLabels: namespaceLabels }, podSelector: { matchLabels: podLabels } };
}

function portsOf({ number, udp = false }: EndPort): k8s.NetworkPolicyPort[] {
  return [tcp(number), ...(udp ? [{ ...tcp(number), protocol: 'UDP' }] : [])];
}

/** Policies judge after the Service's address was translated: the port is the pod's. */
function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) };
}

function byText(a: object, b: object): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

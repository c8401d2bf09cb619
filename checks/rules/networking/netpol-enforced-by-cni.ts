import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { networkOf } from '../../../simulate/network/network';
import type { World } from '../../../world/world';
import { check } from '../../check';

const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
`;

const node = (annotation: string) => `
apiVersion: v1
kind: Node
metadata: { name: worker-1, annotations: { ${annotation} } }
spec: { podCIDR: 10.244.0.0/24 }
status: { nodeInfo: { kubeletVersion: v1.34.1 } }
`;

/** DaemonSets that enforce NetworkPolicies, in any namespace. */
const ENFORCERS =
  /^(calico-node|canal|cilium|cilium-agent|kube-router|weave-net|antrea-agent|kindnet|kube-network-policies|ovnkube-node|ovn-kubernetes|kube-ovn-cni|romana-agent|azure-npm|netd|anetd)$/;

/** Whether the nodes and manifests show that NetworkPolicies are enforced; `unknown` where they show neither. */
function enforcement(world: World): { readonly is: 'yes' | 'no' | 'unknown'; readonly because: string } {
  const daemons = [...world.of('DaemonSet'), ...world.external.filter(({ kind }) => kind === 'DaemonSet')];
  const enforcer = daemons.find(({ name }) => ENFORCERS.test(name));
  if (enforcer) return { is: 'yes', because: enforcer.name };
  const nodes = world.facts.known('nodes');
  if (!nodes || nodes.length === 0)
    return {
      is: 'unknown',
      because: 'the nodes of the cluster are not known; give the output of `kubectl get nodes -o yaml`',
    };
  if (nodes.some(hasEnforcer)) return { is: 'yes', because: 'its annotations' };
  if (nodes.every(isBareFlannel)) return { is: 'no', because: 'flannel' };
  return { is: 'unknown', because: 'the nodes do not show which network plugin they use; --declare its DaemonSet' };
}

function marks(node: Resource): string[] {
  return [...Object.keys(node.annotations), ...Object.keys(node.labels)];
}

function hasEnforcer(node: Resource): boolean {
  if (
    marks(node).some(
      (mark) =>
        /(^|\.)(projectcalico\.org|cilium\.io|antrea\.io|ovn\.org)\//.test(mark) ||
        mark === 'kubernetes.azure.com/network-policy',
    )
  )
    return true;
  // K3s and RKE2 include the network policy controller of kube-router.
  if (/\+k3s|\+rke2/.test(string(node.at(['status', 'nodeInfo', 'kubeletVersion'])) ?? '')) return true;
  // kindnet enforces NetworkPolicies since kind 0.24, whose first node image was 1.31.
  const version = /^v1\.(\d+)/.exec(string(node.at(['status', 'nodeInfo', 'kubeletVersion'])) ?? '')?.[1];
  return (string(node.at(['spec', 'providerID'])) ?? '').startsWith('kind://') && Number(version) >= 31;
}

function isBareFlannel(node: Resource): boolean {
  return marks(node).some((mark) => mark.startsWith('flannel.alpha.coreos.com/'));
}

export default check({
  id: 'netpol-enforced-by-cni',
  group: 'networking',
  description: "the cluster's network plugin enforces NetworkPolicies",
  severity: 'advice',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'use a network plugin that enforces NetworkPolicies, or add a policy agent beside it',
  example: {
    broken: policy,
    fails: ['NetworkPolicy/shop/default-deny spec'],
    fixed: `${policy}---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube-network-policies, namespace: kube-system }
spec:
  selector: { matchLabels: { app: kube-network-policies } }
  template: { metadata: { labels: { app: kube-network-policies } }, spec: { hostNetwork: true, containers: [{ name: agent, image: 'kube-network-policies:1.0.0' }] } }
`,
    facts: node('flannel.alpha.coreos.com/backend-type: vxlan'),
  },
  *judge(world) {
    // Reported once: it is the same for all NetworkPolicies.
    const [first, ...others] = networkOf(world).judgedPolicies();
    if (!first) return;
    const { is, because } = enforcement(world);
    if (is === 'yes') return;
    const which =
      others.length > 0
        ? `this NetworkPolicy and ${others.length} other${others.length > 1 ? 's' : ''}`
        : 'this NetworkPolicy';
    const types = list(record(first.resource.at(['spec']))?.['policyTypes']);
    const at = { resource: first.resource, path: ['spec'], value: types };
    if (is === 'no')
      yield {
        ...at,
        message: `the network plugin of the nodes is ${because}, which does not enforce NetworkPolicies: ${which} will be accepted and have no effect`,
      };
    else
      yield {
        ...at,
        verdict: 'unknown',
        message: `whether the network plugin enforces ${which} is not known: ${because}`,
      };
  },
});

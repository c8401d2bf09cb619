import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import type { World } from './world';

/** Network plugins that are told apart by what they do differently. */
export type NetworkPlugin = 'antrea' | 'calico' | 'cilium' | 'flannel' | 'kindnet' | 'kube-router' | 'ovn-kubernetes';

const DAEMONS: readonly (readonly [RegExp, NetworkPlugin])[] = [
  [/^(cilium|cilium-agent|anetd)$/, 'cilium'],
  [/^(calico-node|canal)$/, 'calico'],
  [/^antrea-agent$/, 'antrea'],
  [/^ovnkube(-node)?$/, 'ovn-kubernetes'],
  [/^(kindnet|kube-network-policies)$/, 'kindnet'],
  [/^kube-router$/, 'kube-router'],
  [/^kube-flannel(-ds)?$/, 'flannel'],
];
/** Keys of annotations, labels and taints of nodes. */
const MARKS: readonly (readonly [RegExp, NetworkPlugin])[] = [
  [/(^|\.)cilium\.io\/|^io\.cilium\.|^kubernetes\.azure\.com\/ebpf-dataplane$/, 'cilium'],
  [/(^|\.)projectcalico\.org\//, 'calico'],
  [/(^|\.)antrea\.io\//, 'antrea'],
  [/(^|\.)ovn\.org\//, 'ovn-kubernetes'],
  [/(^|\.)flannel\.alpha\.coreos\.com\//, 'flannel'],
];

/** The network plugin that DaemonSets, nodes or objects of its own show; undefined where none does. */
export const networkPluginOf = memo((world: World): NetworkPlugin | undefined => {
  const daemons = [...world.of('DaemonSet'), ...world.external.filter(({ kind }) => kind === 'DaemonSet')];
  const nodes = world.facts.known('nodes') ?? [];
  const marks = nodes.flatMap(marksOf);
  for (const [pattern, plugin] of DAEMONS) if (daemons.some(({ name }) => pattern.test(name))) return plugin;
  for (const [pattern, plugin] of MARKS) if (marks.some((mark) => pattern.test(mark))) return plugin;
  if ([...world.resources, ...world.external].some(({ group }) => group === 'cilium.io')) return 'cilium';
  // K3s has flannel for addresses, and the policy controller of kube-router.
  if (nodes.some((node) => /\+k3s/.test(string(node.at(['status', 'nodeInfo', 'kubeletVersion'])) ?? '')))
    return 'kube-router';
  return nodes.some((node) => (string(node.at(['spec', 'providerID'])) ?? '').startsWith('kind://'))
    ? 'kindnet'
    : undefined;
});

function marksOf(node: Resource): string[] {
  const taints = list(node.at(['spec', 'taints'])).map((taint) => string(record(taint)?.['key']) ?? '');
  return [...Object.keys(node.annotations), ...Object.keys(node.labels), ...taints];
}

/** Plugins that give pods addresses of their node's podCIDRs. Others have ranges of their own, and podCIDRs mean nothing. */
const HOST_LOCAL: ReadonlySet<NetworkPlugin | undefined> = new Set(['antrea', 'flannel', 'kindnet', 'kube-router']);

/** Whether the podCIDRs of the nodes are where pods have their addresses. */
export function usesPodCidrs(world: World): boolean {
  return HOST_LOCAL.has(networkPluginOf(world));
}

const GROUPS = /(^|\.)openshift\.io$/;

/** `cluster`: the facts show OpenShift. `manifests`: only the manifests have objects of its API groups. */
export const openShift = memo((world: World): 'cluster' | 'manifests' | undefined => {
  const nodes = world.facts.known('nodes') ?? [];
  const facts = [
    ...world.external,
    ...(world.facts.known('customResourceDefinitions') ?? []),
    ...(world.facts.known('apiServices') ?? []),
  ];
  if (
    nodes.some(({ labels }) => Object.keys(labels).some((key) => key.startsWith('node.openshift.io/'))) ||
    facts.some((object) => GROUPS.test(object.group) || GROUPS.test(String(object.at(['spec', 'group']))))
  )
    return 'cluster';
  return world.resources.some(({ group }) => GROUPS.test(group)) ? 'manifests' : undefined;
});

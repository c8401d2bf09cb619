import type { Cluster } from './cluster';
import { HOSTNAME, nodesOf } from './cluster';
import { StrataError } from './errors';
import type { Taint } from './placement';
import { taintText } from './placement';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
/** What kubeadm gives a control plane beside other nodes. */
const ITS_TAINT: readonly Taint[] = [{ key: CONTROL_PLANE, effect: 'NoSchedule' }];
/** Set by kubelets and kubeadm themselves. */
const SET_ANYWAY = [HOSTNAME, 'kubernetes.io/os', 'kubernetes.io/arch', CONTROL_PLANE];
/** The labels of Kubernetes' own domains that a kubelet may give its node, which is how kind sets labels. */
const ALLOWED =
  /^(?:(?:kubelet|node)\.kubernetes\.io\/.+|topology\.kubernetes\.io\/(?:zone|region)|(?!(?:[^/]*\.)?(?:kubernetes|k8s)\.io\/).+)$/;

/**
 * The configuration with which `kind create cluster --config` makes a cluster of containers with these nodes: as many, with their
 * labels, zones and taints, and of this version of Kubernetes. A cluster whose facts name no control plane gets one beside its nodes.
 */
export function kindConfig(cluster: Cluster) {
  const nodes = nodesOf(cluster).map(({ metadata: { labels }, spec }) => {
    const isControlPlane = CONTROL_PLANE in labels;
    const taints = spec.taints ?? [];
    const patches = isControlPlane ? ['InitConfiguration', 'JoinConfiguration'] : ['JoinConfiguration'];
    const isUsual = sameTaints(taints, isControlPlane ? ITS_TAINT : []);
    return {
      role: isControlPlane ? 'control-plane' : 'worker',
      // The first version of the minor one: kind publishes an image of each.
      image: `kindest/node:v${cluster.kubernetes}.0`,
      ...nonEmpty('labels', ownLabels(cluster.name, labels)),
      // kind itself knows no taints. JSON is YAML, and kubeadm's configuration in it is merged into kind's.
      ...(isUsual
        ? {}
        : { kubeadmConfigPatches: patches.map((kind) => JSON.stringify({ kind, nodeRegistration: { taints } })) }),
    };
  });
  const isControlled = nodes.some(({ role }) => role === 'control-plane');
  return {
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    kind: 'Cluster',
    name: cluster.name,
    ...(cluster.network.plugin === 'kindnet' ? {} : { networking: { disableDefaultCNI: true } }),
    nodes: [...(isControlled ? [] : [{ role: 'control-plane', image: nodes[0]!.image }]), ...nodes],
  };
}

function ownLabels(cluster: string, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(labels).filter(([label]) => !SET_ANYWAY.includes(label));
  const refused = own.find(([label]) => !ALLOWED.test(label));
  if (refused)
    throw new StrataError(
      `clusters/${cluster}.ts, pools, label ${refused[0]}`,
      'kind lets kubelets set the labels of nodes, and no kubelet may set this one',
      ['use a label of your own domain', `create the cluster without it, and add it with kubectl label nodes`],
    );
  return Object.fromEntries(own);
}

function sameTaints(some: readonly Taint[], others: readonly Taint[]): boolean {
  const texts = (taints: readonly Taint[]) => taints.map(taintText).sort();
  return texts(some).join() === texts(others).join();
}

function nonEmpty<T extends object>(field: string, value: T): { readonly [field: string]: T } {
  return Object.keys(value).length > 0 ? { [field]: value } : {};
}

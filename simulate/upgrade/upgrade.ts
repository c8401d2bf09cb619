import type { KubeadmImages } from '../../upstream/kubernetes/data';
import { releasesData } from '../../upstream/kubernetes/data';
import type { ComponentVersion } from '../../upstream/kubernetes/releases/component-version';
import { componentVersionIn } from '../../upstream/kubernetes/releases/component-version';
import {
  apiServersProblem,
  kubeletMayStay,
  nodeSkewProblem,
  skewProblem,
} from '../../upstream/kubernetes/releases/skew';
import type { ControlPlane } from '../../world/components';
import { CONTROL_PLANE_LABEL, runningComponents } from '../../world/components';
import type { World } from '../../world/world';
import { isSmooth } from '../maintenance/drain';
import type { DrainOptions } from '../maintenance/eviction';
import type { LiveCluster } from '../maintenance/live';
import type { NodeMaintenance } from '../maintenance/maintain';
import { maintain } from '../maintenance/maintain';
import { poolOf } from '../scaling/pools';
import type { SchedulerNode } from '../scheduling/node';
import type { Break } from './breaks';
import { controlPlaneBreaks, kubeletBreaks } from './breaks';
import type { NewPool } from './pools';
import { movedToNewPools } from './pools';

/** The version that a cluster is to have. */
export interface UpgradeTarget {
  readonly minor: number;
  /** `v1.36.2`; undefined: any patch release of the minor version. */
  readonly release: ComponentVersion | undefined;
}

/** The control plane goes to the next minor version, or to another patch release of its own. */
export interface ControlPlaneStep {
  readonly step: 'control-plane';
  readonly from: number;
  readonly to: number;
  readonly breaks: readonly Break[];
  /** What kubeadm brings beside the components. */
  readonly images: KubeadmImages;
}

/** A node that is drained, and whose kubelet is another when it takes pods again. */
export interface NodeUpgrade extends NodeMaintenance {
  /** The minor version of its kubelet; undefined: it is not known. */
  readonly from: number | undefined;
  readonly isControlPlane: boolean;
  /** The pool that it is of. */
  readonly pool: string;
}

/** Kubelets are brought to a minor version, one node after the other. */
export interface NodesStep {
  readonly step: 'nodes';
  readonly to: number;
  /** `skew`: the next control plane does not bear them as they are. */
  readonly because: 'skew' | 'target';
  readonly nodes: readonly NodeUpgrade[];
  /** The pools that take their places, where nodes are not upgraded themselves. */
  readonly pools: readonly NewPool[];
  readonly breaks: readonly Break[];
}

/** Nodes are upgraded themselves, or new pools take their places. */
export type HowNodes = 'in-place' | 'new-pools';

/** How a cluster comes to a version, and what does not go well. */
export interface Upgrade {
  readonly from: ControlPlane;
  readonly to: UpgradeTarget;
  /** Why it is not legal, or the cluster is not as it may be even now; then there are no steps. */
  readonly problems: readonly string[];
  readonly steps: readonly (ControlPlaneStep | NodesStep)[];
  /** The nodes that are known to run the control plane. */
  readonly controls: readonly string[];
}

/**
 * The least that the version skew policy asks for: the control plane goes minor version by minor version; a kubelet stays as it is until
 * the next control plane would not bear it, and at the end all are of the version that is wanted. Drains change the cluster: each finds
 * the pods where the ones before have brought them.
 */
export function upgrade(
  world: World,
  cluster: LiveCluster,
  from: ControlPlane,
  to: UpgradeTarget,
  options: DrainOptions,
  how: HowNodes = 'in-place',
): Upgrade {
  const problems = problemsOf(world, from, to);
  const controls = controlsIn(world, cluster);
  if (problems.length > 0) return { from, to, problems, steps: [], controls };
  const kubelets = kubeletsIn(world, cluster);
  const steps: (ControlPlaneStep | NodesStep)[] = [];
  const upgradeNodes = (names: readonly string[], minor: number, because: NodesStep['because']) => {
    if (names.length === 0) return;
    const found = names.map((node) => ({ from: kubelets.get(node), ...ofNode(cluster, node) }));
    const { drains, pools } =
      how === 'in-place'
        ? { drains: names.map((node) => maintain(cluster, node, options)), pools: [] }
        : movedToNewPools(cluster, names, minor, options);
    const nodes = drains.map((drain) => ({ ...drain, ...found[names.indexOf(drain.node)]! }));
    const oldest = Math.min(minor, ...nodes.flatMap(({ from: own }) => own ?? []));
    steps.push({ step: 'nodes', to: minor, because, nodes, pools, breaks: kubeletBreaks(world, oldest, minor) });
    for (const name of names) {
      if (cluster.state.node(name)) kubelets.set(name, minor);
      else kubelets.delete(name);
    }
    // Those that came in the places of others.
    for (const { name } of cluster.state.nodes) if (!kubelets.has(name)) kubelets.set(name, minor);
  };
  let minor = Math.min(...from.minors);
  // Of a release of the same minor version the API servers take over one by one.
  if (minor === to.minor && needsPatch(world, to))
    steps.push({ step: 'control-plane', from: minor, to: minor, breaks: [], images: imagesOf(minor) });
  while (minor < to.minor) {
    const tooOld = [...kubelets].filter(([, own]) => own !== undefined && !kubeletMayStay(own, minor + 1));
    upgradeNodes(
      tooOld.map(([node]) => node),
      minor,
      'skew',
    );
    steps.push({
      step: 'control-plane',
      from: minor,
      to: minor + 1,
      breaks: controlPlaneBreaks(world, minor, minor + 1),
      images: imagesOf(minor + 1),
    });
    minor += 1;
  }
  const behind = [...kubelets].filter(([node, own]) => own !== to.minor || isOtherPatch(world, node, to));
  upgradeNodes(
    behind.map(([node]) => node),
    to.minor,
    'target',
  );
  return { from, to, problems, steps, controls };
}

function imagesOf(minor: number): KubeadmImages {
  return releasesData().kubeadm[minor]!;
}

/** The newest release of the minor version that is known, where a newer one is asked for: that may not exist. */
export function newerThanKnown({ minor, release }: UpgradeTarget): string | undefined {
  const newest = componentVersionIn(imagesOf(minor).release);
  return release && newest && release.patch > newest.patch ? newest.text : undefined;
}

/** Nothing breaks, and no pod is without a node or a controller without a ready pod. */
export function isSmoothUpgrade({ problems, steps }: Upgrade): boolean {
  return (
    problems.length === 0 &&
    steps.every((each) => each.breaks.length === 0 && (each.step === 'control-plane' || each.nodes.every(isSmooth)))
  );
}

/** Why there is no way from here to there. */
function problemsOf(world: World, { minors }: ControlPlane, { minor: to }: UpgradeTarget): string[] {
  const newest = Math.max(...minors);
  if (to < newest)
    return [`the control plane runs 1.${newest}: a downgrade to the minor version 1.${to} is not supported`];
  return skewsOf(world, minors);
}

/** What of the cluster is not as the version skew policy allows, as it is. */
function skewsOf(world: World, apiServers: readonly number[]): string[] {
  const running = runningComponents(world);
  const kubelets = new Map(
    running.flatMap(({ component, node, release }) =>
      component === 'kubelet' && node !== undefined ? [[node, release.minor]] : [],
    ),
  );
  const found = running.flatMap(({ component, node, release: { minor } }) => {
    const problem =
      component === 'kube-apiserver'
        ? apiServersProblem(apiServers)
        : (skewProblem(component, minor, apiServers) ?? besideKubelet(component, minor, kubelets.get(node ?? '')));
    return problem === undefined ? [] : [node === undefined ? problem : `${node}: ${problem}`];
  });
  return [...new Set(found)];
}

function besideKubelet(component: string, minor: number, kubelet: number | undefined): string | undefined {
  return component === 'kube-proxy' && kubelet !== undefined ? nodeSkewProblem(minor, kubelet) : undefined;
}

/** Nodes of the control plane come first, as their API server must not be older than any kubelet. */
function kubeletsIn(world: World, { state }: LiveCluster): Map<string, number | undefined> {
  const minors = new Map(
    runningComponents(world)
      .filter(({ component }) => component === 'kubelet')
      .map(({ node, release }) => [node, release.minor]),
  );
  const nodes = [...state.nodes];
  const inOrder = [...nodes.filter(isControl), ...nodes.filter((node) => !isControl(node))];
  return new Map(inOrder.map(({ name }) => [name, minors.get(name)]));
}

function isControl({ labels }: SchedulerNode): boolean {
  return CONTROL_PLANE_LABEL in labels;
}

/** By their labels, or by the API servers that run on them. */
function controlsIn(world: World, { state }: LiveCluster): string[] {
  const servers = new Set(
    runningComponents(world).flatMap(({ component, node }) => (component === 'kube-apiserver' ? [node] : [])),
  );
  return [...state.nodes].filter((node) => isControl(node) || servers.has(node.name)).map(({ name }) => name);
}

function ofNode({ state }: LiveCluster, name: string): Pick<NodeUpgrade, 'isControlPlane' | 'pool'> {
  const node = state.node(name)!;
  return { isControlPlane: isControl(node), pool: poolOf(node) };
}

/** Whether a release is asked for that not every API server is known to run. */
function needsPatch(world: World, { release }: UpgradeTarget): boolean {
  if (!release) return false;
  const servers = runningComponents(world).filter(({ component }) => component === 'kube-apiserver');
  return servers.length === 0 || servers.some(({ release: { patch } }) => patch !== release.patch);
}

function isOtherPatch(world: World, node: string, { release }: UpgradeTarget): boolean {
  const own = runningComponents(world).find((each) => each.component === 'kubelet' && each.node === node);
  return release !== undefined && own?.release.patch !== release.patch;
}

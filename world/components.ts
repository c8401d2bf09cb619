import type { Json, Path, Resource } from '../manifests/resource';
import { mappings, record, string, strings } from '../manifests/resource';
import { memo } from '../model/memo';
import type { ComponentVersion } from '../upstream/kubernetes/releases/component-version';
import { componentVersionIn } from '../upstream/kubernetes/releases/component-version';
import type { SkewedComponent } from '../upstream/kubernetes/releases/skew';
import { everyKnown } from './known';
import type { World } from './world';

/** A component of Kubernetes that runs in this cluster. */
export interface RunningComponent {
  readonly component: SkewedComponent | 'kube-apiserver';
  readonly release: ComponentVersion;
  /** @default - nobody says where */
  readonly node: string | undefined;
  /** The Node, or what runs it as a pod. */
  readonly resource: Resource;
  /** Where its version stands. */
  readonly path: Path;
}

const IMAGE =
  /(?:^|\/)(kube-apiserver|kube-controller-manager|kube-scheduler|kube-proxy|cloud-controller-manager)(?:-(?:amd64|arm64))?:(v[^@]+)/;

/** The components whose versions are known: kubelets by their nodes, the others by the images of kube-system. */
export const runningComponents = memo((world: World): readonly RunningComponent[] => [
  ...kubelets(world),
  ...['Pod', 'DaemonSet', 'Deployment'].flatMap((kind) =>
    everyKnown(world, kind)
      .filter((resource) => world.namespaceOf(resource) === 'kube-system')
      .flatMap(inPod),
  ),
]);

function kubelets(world: World): RunningComponent[] {
  const path = ['status', 'nodeInfo', 'kubeletVersion'];
  return (world.facts.known('nodes') ?? []).flatMap((resource) => {
    const release = componentVersionIn(string(resource.at(path)) ?? '');
    return release ? [{ component: 'kubelet' as const, release, node: resource.name, resource, path }] : [];
  });
}

function inPod(resource: Resource): RunningComponent[] {
  const { spec, at } = podSpecIn(resource);
  return mappings(spec['containers']).flatMap((container, i) => {
    const [, component, tag] = IMAGE.exec(string(container['image']) ?? '') ?? [];
    // A plus sign cannot stand in a tag.
    const release = componentVersionIn((tag ?? '').replace('_', '+'));
    if (!release) return [];
    return [
      {
        component: component as RunningComponent['component'],
        release,
        node: string(spec['nodeName']),
        resource,
        path: [...at, 'containers', i, 'image'],
      },
    ];
  });
}

/** The pod that a Pod or a workload describes, and where it stands. */
export function podSpecIn(resource: Resource): { readonly spec: Json; readonly at: Path } {
  const at = resource.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  return { spec: record(resource.at(at)) ?? {}, at };
}

/** What is known of the version of the control plane. */
export interface ControlPlane {
  /** The minor versions of its API servers: one, or two while it is upgraded. */
  readonly minors: readonly number[];
  /** `kubelet`: it is at least as new as the newest kubelet; nobody says more. */
  readonly by: 'kube-apiserver' | 'stated' | 'kubelet';
}

/** Undefined where nothing tells its version. */
export const controlPlaneOf = memo((world: World): ControlPlane | undefined => {
  const running = runningComponents(world);
  const minorsOf = (component: RunningComponent['component']) =>
    running.filter((each) => each.component === component).map(({ release }) => release.minor);
  const servers = [...new Set(minorsOf('kube-apiserver'))].sort((a, b) => a - b);
  if (servers.length > 0) return { minors: servers, by: 'kube-apiserver' };
  if (world.facts.statedMinor !== undefined) return { minors: [world.facts.statedMinor], by: 'stated' };
  const newest = Math.max(...minorsOf('kubelet'));
  return Number.isFinite(newest) ? { minors: [newest], by: 'kubelet' } : undefined;
});

/** How a cluster came to be: what upgrades it. */
export const PROVIDERS = ['kubeadm', 'eks', 'gke', 'aks'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Labels that a managed cluster's nodes carry: the name of their pool. */
export const POOL_NAME_LABELS = {
  eks: ['eks.amazonaws.com/nodegroup'],
  gke: ['cloud.google.com/gke-nodepool'],
  aks: ['kubernetes.azure.com/agentpool', 'agentpool'],
} as const satisfies Partial<Record<Provider, readonly string[]>>;

export const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';

/** Undefined where the nodes do not tell. */
export const providerOf = memo((world: World): Provider | undefined => {
  const nodes = world.facts.known('nodes') ?? [];
  const scheme = (node: Resource) => (string(node.at(['spec', 'providerID'])) ?? '').split(':')[0]!;
  const managed = (['eks', 'gke', 'aks'] as const).find((name) =>
    nodes.some((node) => POOL_NAME_LABELS[name].some((label) => label in node.labels && scheme(node) !== 'kind')),
  );
  if (managed) return managed;
  const isKubeadm = (node: Resource) =>
    'kubeadm.alpha.kubernetes.io/cri-socket' in strings(node.at(['metadata', 'annotations'])) ||
    CONTROL_PLANE_LABEL in node.labels;
  const runsAsPods = runningComponents(world).some(({ component }) => component === 'kube-apiserver');
  return runsAsPods || nodes.some(isKubeadm) ? 'kubeadm' : undefined;
});

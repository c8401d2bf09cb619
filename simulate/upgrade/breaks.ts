import type { Path, Resource } from '../../manifests/resource';
import { releasesData } from '../../upstream/kubernetes/data';
import { apiRemovedBetween } from '../../upstream/kubernetes/releases/apis';
import type { GatedComponent } from '../../upstream/kubernetes/releases/feature-gates';
import { gateProblems } from '../../upstream/kubernetes/releases/feature-gates';
import { componentSettings } from '../../world/component-settings';
import type { World } from '../../world/world';

/** What works with one version of a component and not with the next. */
export interface Break {
  readonly resource: Resource;
  /** Its id. */
  readonly object: string;
  readonly path: Path;
  /** What refuses it. */
  readonly component: GatedComponent;
  readonly message: string;
  /** @default - nothing is known that takes its place */
  readonly fix: string | undefined;
}

/** Components that are upgraded with the control plane: kubeadm brings kube-proxy as well. */
const OF_CONTROL_PLANE: readonly GatedComponent[] = [
  'kubeadm',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
];

/** What a control plane refuses that the one before took: APIs, feature gates, versions of configuration files. */
export function controlPlaneBreaks(world: World, from: number, to: number): Break[] {
  return [
    ...removedApis(world, from, to),
    ...removedFiles(world, from, to),
    ...gateBreaks(world, OF_CONTROL_PLANE, from, to),
  ];
}

/** What kubelets refuse that those before took. */
export function kubeletBreaks(world: World, from: number, to: number): Break[] {
  return gateBreaks(world, ['kubelet'], from, to);
}

/** Objects that somebody applies; what a cluster has stored it serves by another version, if there is one. */
function removedApis(world: World, from: number, to: number): Break[] {
  return world.resources.flatMap((resource): Break[] => {
    if (resource.isPrinted) return [];
    const gone = apiRemovedBetween(resource.apiVersion, resource.kind, from, to);
    if (!gone) return [];
    return [
      {
        resource,
        object: world.idOf(resource),
        path: ['apiVersion'],
        component: 'kube-apiserver',
        message: `1.${gone.removed} serves ${resource.apiVersion} ${resource.kind} no more: the object cannot be applied`,
        fix: gone.replacement === undefined ? undefined : `migrate it to ${gone.replacement} before`,
      },
    ];
  });
}

function removedFiles(world: World, from: number, to: number): Break[] {
  const { configurations } = releasesData();
  return componentSettings(world).files.flatMap(({ apiVersion, kind, resource, path }): Break[] => {
    const removed = Object.hasOwn(configurations, apiVersion) ? configurations[apiVersion]! : undefined;
    if (removed === undefined || removed <= from || removed > to) return [];
    const component = apiVersion.startsWith('kubeadm.') ? 'kubeadm' : 'kube-scheduler';
    const fix = component === 'kubeadm' ? 'convert it with `kubeadm config migrate` of the version before' : undefined;
    const message = `${component} 1.${removed} reads ${apiVersion} ${kind} no more`;
    return [{ resource, object: world.idOf(resource), path, component, message, fix }];
  });
}

/** A component that did not start before either is no matter of the upgrade. */
export function gateBreaks(world: World, components: readonly GatedComponent[], from: number, to: number): Break[] {
  return componentSettings(world).gates.flatMap(({ component, gates, resource, path }): Break[] => {
    if (!components.includes(component) || from === to) return [];
    const before = new Set(gateProblems(component, gates, from));
    return gateProblems(component, gates, to)
      .filter((problem) => !before.has(problem))
      .map((problem) => ({
        resource,
        object: world.idOf(resource),
        path,
        component,
        message: `${component} 1.${to} ${component === 'kubeadm' ? 'refuses it' : 'does not start'}: ${problem}`,
        fix: 'take the gate away before',
      }));
  });
}

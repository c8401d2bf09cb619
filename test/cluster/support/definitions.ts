/** Where the definitions of the kinds are that the platform renders and Kubernetes does not serve by itself. */
import type { Cluster } from './cluster';
import { defineFlux } from './flux';
import type { KubernetesObject } from './kubernetes';

/** By API group: the name under which the tool has the definitions. */
const IN_THE_TOOL: Readonly<Record<string, string>> = {
  'argoproj.io': 'argo-cd',
  'external-secrets.io': 'external-secrets',
  'gateway.networking.k8s.io': 'gateway-api',
  'keda.sh': 'keda',
  'monitoring.coreos.com': 'prometheus-operator',
};

const OF_FLUX = ['source.toolkit.fluxcd.io', 'kustomize.toolkit.fluxcd.io'];

/** Groups under `k8s.io` that every API server serves, and those without a dot. */
const SERVED = /^([^.]*|(apiextensions|apiregistration|networking|rbac\.authorization|scheduling|storage)\.k8s\.io)$/;

/** The groups of these objects that somebody has to define first, because neither Kubernetes nor they themselves do. */
function groupsToDefine(objects: readonly KubernetesObject[]): string[] {
  const groups = objects.map(({ apiVersion }) => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''));
  const own = objects.flatMap(({ kind, spec }) =>
    kind === 'CustomResourceDefinition' ? (spec as { readonly group: string }).group : [],
  );
  return [...new Set(groups)].filter((group) => !SERVED.test(group) && !own.includes(group)).sort();
}

/** The groups that no place of ours has definitions of. */
export function undefinedGroups(objects: readonly KubernetesObject[]): string[] {
  return groupsToDefine(objects).filter((group) => !(group in IN_THE_TOOL) && !OF_FLUX.includes(group));
}

/** Makes the kinds of these objects known, and waits until they are served. */
export async function define(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  const unknown = undefinedGroups(objects);
  if (unknown.length > 0) throw new Error(`there are no definitions of ${unknown.join(', ')} here`);
  const groups = groupsToDefine(objects);
  const names = groups.flatMap((group) => IN_THE_TOOL[group] ?? []);
  if (names.length > 0) await cluster.tool(['crds', ...names]);
  if (groups.some((group) => OF_FLUX.includes(group))) await defineFlux(cluster);
  if (groups.length > 0) await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
}

import type { Json, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { goRegExp } from '../upstream/kubernetes/cel/regexp';
import { isTemplated, matchesGlob } from './argo';
import type { World } from './world';

/** Whether projects of argocd-cm (`globalProjects`) may permit more than the projects themselves do. */
export function hasGlobalProjects(world: World): boolean {
  return [...world.of('ConfigMap'), ...world.external].some(
    (resource) => resource.name === 'argocd-cm' && Boolean(resource.at(['data', 'globalProjects'])),
  );
}

/** Whether an AppProject permits a kind (IsGroupKindPermitted); a pattern that cannot be read is taken to match. */
export function permitsKind(project: Resource, group: string, kind: string, isNamespaced: boolean): boolean {
  const [white, black] = isNamespaced
    ? (['namespaceResourceWhitelist', 'namespaceResourceBlacklist'] as const)
    : (['clusterResourceWhitelist', 'clusterResourceBlacklist'] as const);
  const given = project.at(['spec', white]);
  const matches = (entry: unknown) =>
    [
      matchesGlob(string(record(entry)?.['kind']) ?? '', kind, '/'),
      matchesGlob(string(record(entry)?.['group']) ?? '', group, '/'),
    ] as const;
  // Without the list all kinds of a namespace are permitted, and none of the cluster.
  const isListed =
    (isNamespaced && (given === undefined || given === null)) ||
    list(given).some((entry) => matches(entry).every((is) => is !== false));
  const isRefused = list(project.at(['spec', black])).some((entry) => matches(entry).every((is) => is === true));
  return isListed && !isRefused;
}

/** Whether an AppProject permits a namespace at a cluster, as far as that is known: a server and a name may be of one cluster. */
export function permitsDestination(project: Resource, destination: Json | undefined, namespace: string): boolean {
  const field = string(destination?.['name']) ? 'name' : 'server';
  const cluster = string(destination?.[field]);
  if (!cluster || isTemplated(cluster) || isTemplated(namespace)) return true;
  const other = field === 'name' ? 'server' : 'name';
  const entries = list(project.at(['spec', 'destinations'])).map((entry) => record(entry) ?? {});
  const may = entries.some((entry) => {
    const here = matchesGlob(string(entry['namespace']) ?? '', namespace);
    const there = matchesGlob(string(entry[field]) ?? '', cluster);
    return here !== false && (there !== false || Boolean(string(entry[other])));
  });
  // Left open: patterns that deny.
  return may || entries.some((entry) => Object.values(entry).some((value) => String(value).startsWith('!')));
}

/** Whether an AppProject takes Applications that stand in a namespace (IsAppNamespacePermitted); its own is Argo CD's. */
export function takesApplicationsOf(project: Resource, namespace: string): boolean {
  if (namespace === project.statedNamespace) return true;
  return list(project.at(['spec', 'sourceNamespaces'])).some((pattern) => {
    if (typeof pattern !== 'string') return false;
    if (!/^\/.*\/$/.test(pattern)) return matchesGlob(pattern, namespace) !== false;
    return goRegExp(pattern.slice(1, -1))?.test(namespace) ?? true;
  });
}

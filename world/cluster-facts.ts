import { readSources } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import type { Cluster } from '../model/cluster';
import { clusterObjects, existingObjects } from '../model/cluster-objects';
import type { KubernetesVersion } from '../model/kubernetes-version';
import { Facts, isFact } from './facts';
import { isListedLive } from './live-dump';

/** What clusters/ says of a cluster, as facts to judge these manifests by. */
export function factsOf(
  cluster: Cluster,
  manifests: readonly Resource[],
  kubernetes: KubernetesVersion = cluster.kubernetes,
): Facts {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  return new Facts(
    resourcesOf(cluster, clusterObjects(cluster)),
    kubernetes,
    resourcesOf(cluster, existingObjects(cluster, namespaces)),
  );
}

/** What manifests say of their own cluster, if a running one printed them: `kubectl get nodes,… -A -o yaml`. */
export function factsOfDump(
  manifests: readonly Resource[],
  kubernetes: KubernetesVersion | undefined,
  manifestsAreAll = false,
): Facts {
  const printed = manifests.filter((resource) => isFact(resource.kind) && isListedLive(resource));
  return new Facts(printed, kubernetes, [], manifestsAreAll);
}

/** Manifests among which are the nodes of their cluster: who asks about nodes means these, however they were saved. */
export function factsWithNodes(facts: Facts, manifests: readonly Resource[]): Facts {
  if (facts.known('nodes') || !manifests.some(({ kind, group }) => kind === 'Node' && group === '')) return facts;
  const found = manifests.filter((resource) => isFact(resource.kind));
  return new Facts(found, facts.kubernetes, facts.others, facts.manifestsAreAll);
}

/** Read as if `kubectl get -o json` had printed them. */
function resourcesOf({ name }: Cluster, items: readonly object[]): readonly Resource[] {
  return readSources([{ file: `clusters/${name}.ts`, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }])
    .resources;
}

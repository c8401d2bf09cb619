import { readSources } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import type { Cluster } from '../model/cluster';
import { clusterObjects, existingObjects } from '../model/cluster-objects';
import { toYaml } from '../render/yaml';
import { Facts } from '../world/facts';

/** What clusters/ says of a cluster, to judge these manifests by. */
export function factsOf(
  cluster: Cluster,
  manifests: readonly Resource[],
  kubernetes: string = cluster.kubernetes,
): Facts {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  return new Facts(
    resourcesOf(cluster, clusterObjects(cluster)),
    kubernetes,
    resourcesOf(cluster, existingObjects(cluster, namespaces)),
  );
}

function resourcesOf({ name }: Cluster, items: readonly object[]): readonly Resource[] {
  return readSources([{ file: `clusters/${name}.ts`, text: toYaml({ apiVersion: 'v1', kind: 'List', items }) }])
    .resources;
}

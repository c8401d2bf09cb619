import type { Capability } from '../model/capability';
import { capabilities } from '../model/capability';
import type { Cluster } from '../model/cluster';
import { nodesOf } from '../model/cluster';
import { clusterObjects, existingObjects } from '../model/cluster-objects';
import { knownNames, StrataError } from '../model/errors';
import { kindConfig } from '../model/kind-config';
import { toYaml } from '../render/yaml';
import { columns } from '../report/columns';
import type { Run } from './options/table';
import type { clusters } from './tables';

export const command: Run<typeof clusters> = ({ matrix }, { values, words: [name] }, host) => {
  if (name === undefined) {
    if (values.output !== undefined)
      throw new StrataError(`strata clusters -o ${values.output}`, 'prints one cluster, and none is named', [
        `name one of these: ${matrix.clusters.map((cluster) => cluster.name).join(', ')}`,
        'leave the option out: all clusters are listed',
      ]);
    for (const line of columns(matrix.clusters.map(row))) host.print(line);
    return;
  }
  const cluster = matrix.clusters.find((candidate) => candidate.name === name);
  if (!cluster)
    throw new StrataError(name, 'no cluster has this name', [
      `name a cluster: ${knownNames(
        name,
        matrix.clusters.map((candidate) => candidate.name),
      )}`,
    ]);
  if (values.output === 'kind') {
    host.print(kindText(cluster));
    return;
  }
  // All that is known of it, so that whoever is given the file judges as whoever is given the name.
  const items = [...clusterObjects(cluster), ...existingObjects(cluster, [])];
  const list = { apiVersion: 'v1', kind: 'List', items };
  host.print(values.output === 'json' ? JSON.stringify(list, null, 2) : toYaml(list).trimEnd());
};

/** With the reason why kind brings no network, and what that asks of whoever creates the cluster. */
function kindText(cluster: Cluster): string {
  const { plugin } = cluster.network;
  return toYaml(kindConfig(cluster))
    .trimEnd()
    .replace(
      /^networking:\n(?= +disableDefaultCNI)/m,
      `# ${cluster.name} has ${plugin} for its network, so kind's own one is left out: nodes are NotReady until ${plugin} is installed.\n$&`,
    );
}

/** A cluster with its nodes and what it provides. */
function row(cluster: Cluster): string[] {
  const provided = (Object.keys(capabilities) as Capability[]).filter((name) => capabilities[name].on(cluster));
  return [cluster.name, cluster.kubernetes, `${nodesOf(cluster).length} nodes`, provided.join(' ')];
}

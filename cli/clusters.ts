import { parseArgs } from 'node:util';
import type { Capability } from '../model/capability';
import { capabilities } from '../model/capability';
import { nodesOf } from '../model/cluster';
import { clusterObjects } from '../model/cluster-objects';
import { knownNames, StrataError } from '../model/errors';
import { toYaml } from '../render/yaml';
import type { Command } from './command';
import { table } from './table';

export const command: Command = ({ matrix }, args, host) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o', default: 'yaml' } },
  });
  const [name] = positionals;
  if (name === undefined) {
    const rows = matrix.clusters.map((cluster) => [
      cluster.name,
      cluster.kubernetes,
      `${nodesOf(cluster).length} nodes`,
      (Object.keys(capabilities) as Capability[])
        .filter((capability) => capabilities[capability].on(cluster))
        .join(' '),
    ]);
    for (const line of table(rows)) host.print(line);
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
  const list = { apiVersion: 'v1', kind: 'List', items: clusterObjects(cluster) };
  if (values.output === 'json') host.print(JSON.stringify(list, null, 2));
  else if (values.output === 'yaml') host.print(toYaml(list).trimEnd());
  else throw new StrataError(`-o ${values.output}`, 'is no format', ['use -o yaml or -o json']);
};

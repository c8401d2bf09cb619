import { existsSync } from 'node:fs';
import { readInputs, surroundings } from '../manifests/reading/inputs';
import type { Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { StrataError } from '../model/errors';
import { flowsText } from '../report/flows';
import { flowsOf } from '../simulate/network/flows';
import { Facts } from '../world/facts';
import { World } from '../world/world';
import { factsOf } from './cluster-facts';
import type { Run } from './options/table';
import type { flows } from './tables';

export const command: Run<typeof flows> = ({ matrix }, { values, words }, host) => {
  const unreadable: Unreadable[] = [];
  const objectsAt = (paths: readonly string[]): readonly Resource[] => {
    for (const path of paths)
      if (path !== '-' && !existsSync(path))
        throw new StrataError(path, 'does not exist', ['name a file or folder that exists']);
    host.progress?.(`reading ${paths.join(' ')}`);
    const inputs = readInputs(paths, { ...surroundings, readerFile: host.readerFile });
    unreadable.push(...inputs.unreadable);
    return inputs.resources;
  };
  const cluster = matrix.clusters.find(({ name }) => name === values.cluster);
  const manifests = objectsAt(words);
  const facts = cluster
    ? factsOf(cluster, manifests)
    : new Facts(values.cluster === undefined ? [] : objectsAt([values.cluster]));
  const world = new World(manifests, facts, values.declare && objectsAt(values.declare));

  for (const { file, line, column, reason } of unreadable) host.printError(`${file}:${line}:${column}: ${reason}`);
  host.progress?.('finding flows');
  const found = [...flowsOf(world)].filter(
    ({ from, to, verdict }) =>
      from.includes(values.from ?? '') &&
      to.includes(values.to ?? '') &&
      (values.only === undefined || verdict === values.only),
  );
  if (values.format === 'json') host.print(JSON.stringify({ flows: found }, null, 2));
  else for (const line of flowsText(found)) host.print(line);
  return unreadable.length > 0 ? 2 : 0;
};

import { existing, Inputs } from '../checks/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { flowsText } from '../report/flows';
import { flowsOf } from '../simulate/network/flows';
import { World } from '../world/world';
import { clusterGiven } from './cluster-given';
import { configured } from './configured';
import type { Run } from './options/table';
import type { flows } from './tables';

export const command: Run<typeof flows> = ({ matrix }, { values: given, words }, host) => {
  const { values } = configured(given);
  const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
  for (const path of words) if (path !== '-') existing('strata flows', path);
  const { kubernetes, factsFor } = clusterGiven(matrix.clusters, values, inputs);
  const { resources } = inputs.read(words, kubernetes);
  const declared =
    values.declare?.flatMap((path) => inputs.objectsAt('--declare', path)) ?? (values.complete ? [] : undefined);
  const world = new World(resources, factsFor(resources, undefined), declared);

  for (const { file, line, column, reason } of inputs.unreadable)
    host.printError(`${file}:${line}:${column}: ${reason}`);
  host.progress?.('finding flows');
  const found = [...flowsOf(world)].filter(
    ({ from, to, verdict }) =>
      from.includes(values.from ?? '') &&
      to.includes(values.to ?? '') &&
      (values.only === undefined || verdict === values.only),
  );
  if (values.format === 'json') host.print(JSON.stringify({ flows: found }, null, 2));
  else for (const line of flowsText(found)) host.print(line);
  return inputs.unreadable.length > 0 ? 2 : 0;
};

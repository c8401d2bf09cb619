import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readInputs, surroundings } from '../manifests/reading/inputs';
import type { Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { knownNames, StrataError } from '../model/errors';
import type { Flow } from '../simulate/network/flows';
import { flowsOf } from '../simulate/network/flows';
import { Facts } from '../world/facts';
import { World } from '../world/world';
import { factsOf } from './cluster-facts';
import type { Command } from './command';
import { table } from './table';

const VERDICTS = ['allowed', 'denied', 'unknown'] as const;

export const command: Command = ({ matrix }, args, host) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      only: { type: 'string' },
      cluster: { type: 'string' },
      declare: { type: 'string', multiple: true },
      format: { type: 'string', default: 'text' },
    },
  });
  if (positionals.length === 0)
    throw new StrataError('strata flows', 'there is nothing to read', [
      'name files or folders of manifests, or - for the standard input',
    ]);
  if (values.only !== undefined && !VERDICTS.some((verdict) => verdict === values.only))
    throw new StrataError(`--only ${values.only}`, 'is no verdict', [
      `use one of these: ${knownNames(values.only, VERDICTS)}`,
    ]);
  if (values.format !== 'text' && values.format !== 'json')
    throw new StrataError(`--format ${values.format}`, 'is no format', ['use text or json']);

  const unreadable: Unreadable[] = [];
  const objectsAt = (paths: readonly string[]): readonly Resource[] => {
    for (const path of paths)
      if (path !== '-' && !existsSync(path))
        throw new StrataError(path, 'does not exist', ['name a file or folder that exists']);
    const inputs = readInputs(paths, { ...surroundings, readerFile: host.readerFile });
    unreadable.push(...inputs.unreadable);
    return inputs.resources;
  };
  const cluster = matrix.clusters.find(({ name }) => name === values.cluster);
  const manifests = objectsAt(positionals);
  const facts = cluster
    ? factsOf(cluster, manifests)
    : new Facts(values.cluster === undefined ? [] : objectsAt([values.cluster]));
  const world = new World(manifests, facts, values.declare && objectsAt(values.declare));

  for (const { file, line, column, reason } of unreadable) host.printError(`${file}:${line}:${column}: ${reason}`);
  const flows = [...flowsOf(world)].filter(
    ({ from, to, verdict }) =>
      from.includes(values.from ?? '') &&
      to.includes(values.to ?? '') &&
      (values.only === undefined || verdict === values.only),
  );
  if (values.format === 'json') host.print(JSON.stringify({ flows }, null, 2));
  else for (const line of textOf(flows)) host.print(line);
  return unreadable.length > 0 ? 2 : 0;
};

/** A block for each port, a line for each who may try it. */
function textOf(flows: readonly Flow[]): string[] {
  const ports = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = `${flow.to} ${flow.port}/${flow.protocol}${flow.portName === undefined ? '' : ` (${flow.portName})`}`;
    ports.set(key, [...(ports.get(key) ?? []), flow]);
  }
  const count = (verdict: Flow['verdict']) => flows.filter((flow) => flow.verdict === verdict).length;
  return [
    ...[...ports].flatMap(([port, group]) => [
      port,
      ...table(group.map((flow) => ['', flow.verdict, flow.from, because(flow)])).map((line) => line.trimEnd()),
      '',
    ]),
    `${counted(ports.size, 'port')}, ${counted(flows.length, 'flow')}: ${VERDICTS.map((verdict) => `${count(verdict)} ${verdict}`).join(', ')}`,
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function because({ egress, ingress }: Flow): string {
  return (
    [egress.length > 0 ? `egress ${egress.join(', ')}` : '', ingress.length > 0 ? `ingress ${ingress.join(', ')}` : '']
      .filter(Boolean)
      .join('; ') || 'no policy'
  );
}

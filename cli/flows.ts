import { StrataError } from '../model/errors';
import { near } from '../model/near';
import { flowFormats } from '../report/flow-formats';
import type { Wanted } from '../simulate/network/ends';
import { endNames } from '../simulate/network/ends';
import type { Flow } from '../simulate/network/flows';
import { flowsOf } from '../simulate/network/flows';
import { networkOf } from '../simulate/network/network';
import type { World } from '../world/world';
import { diff } from './flow-forms/diff';
import { exitCode, query, reader } from './flow-forms/read';
import { why } from './flow-forms/why';
import type { Run } from './options/table';
import type { flows } from './tables';

export const command: Run<typeof flows> = (project, given, host) => {
  const [first] = given.words;
  if (first === 'diff') return diff(project, given, host);
  if (first === 'why') return why(project, given, host);

  const reading = reader(project, given, host);
  const world = reading.worldOf(given.words);
  host.progress?.('finding flows');
  const asked = query(given);
  for (const [option, wanted] of Object.entries(asked)) checkName(world, option, wanted);
  const { only, format } = given.values;
  const found = [...flowsOf(world, asked)].filter(({ verdict }: Flow) => only === undefined || verdict === only);
  host.print(flowFormats[format](found));
  return exitCode(reading);
};

/** A misspelt name must not read like "nothing may connect". */
function checkName(world: World, option: string, wanted: Wanted): void {
  if (wanted.is !== 'name') return;
  const names = endNames(world, networkOf(world));
  if (names.some((name) => name.includes(wanted.text))) return;
  const short = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  throw new StrataError(`--${option} ${wanted.text}`, `no workload has this in its name${near(wanted.text, short)}`, [
    `name one of these: ${names.slice(0, 10).join(', ') || 'there are none'}`,
    'or write outside, pods, nodes, gateway, or an address',
  ]);
}

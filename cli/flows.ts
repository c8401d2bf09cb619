import { StrataError, someNames } from '../model/errors';
import { near } from '../model/near';
import { flowFormats, flowSetFormats } from '../report/flow-formats';
import type { Wanted } from '../simulate/network/ends';
import { endNames } from '../simulate/network/ends';
import type { Flow } from '../simulate/network/flows';
import { flowsOf } from '../simulate/network/flows';
import { networkOf } from '../simulate/network/network';
import { diff } from './flow-forms/diff';
import type { NamedWorld } from './flow-forms/read';
import { exitCode, query, reader } from './flow-forms/read';
import { why } from './flow-forms/why';
import type { Run } from './options/table';
import type { flows } from './tables';

export const command: Run<typeof flows> = (project, given, host) => {
  const [form] = given.words;
  if (form === 'diff') return diff(project, given, host);
  if (form === 'why') return why(project, given, host);

  const reading = reader(project, given, host);
  const worlds = reading.worldsOf(given.words);
  host.progress?.('finding flows');
  const asked = query(given);
  for (const [option, wanted] of Object.entries(asked)) checkName(worlds, option, wanted);
  const { only, format } = given.values;
  const sets = worlds.map(({ name, world }) => ({
    name,
    flows: [...flowsOf(world, asked)].filter(({ verdict }: Flow) => only === undefined || verdict === only),
  }));
  const [first, ...others] = sets;
  if (first && others.length === 0) host.print(flowFormats[format](first.flows));
  else host.print((flowSetFormats[format] ?? noPictureOf(worlds, format))(sets));
  return exitCode(reading);
};

function noPictureOf(worlds: readonly NamedWorld[], format: string): never {
  throw new StrataError(
    `strata flows --format ${format}`,
    `a picture shows one set of manifests, and these are ${worlds.length}: ${worlds.map(({ name }) => name).join(', ')}`,
    [
      `name the paths of one of them: strata flows ${worlds[0]?.name ?? ''} --format ${format}`,
      `pipe in what one is built to: kustomize build FOLDER | strata flows - --format ${format}`,
    ],
  );
}

/** A misspelt name must not read like "nothing may connect". */
function checkName(worlds: readonly NamedWorld[], option: string, wanted: Wanted): void {
  if (wanted.is !== 'name') return;
  const names = [...new Set(worlds.flatMap(({ world }) => endNames(world, networkOf(world))))];
  if (names.some((name) => name.includes(wanted.text))) return;
  const short = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  throw new StrataError(`--${option} ${wanted.text}`, `no workload has this in its name${near(wanted.text, short)}`, [
    `name one of these: ${someNames(names, 10) || 'there are none'}`,
    'write outside, pods, nodes, gateway, or an address',
  ]);
}

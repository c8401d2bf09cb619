import { StrataError } from '../model/errors';
import { explainedAnyway } from '../model/system-errors';
import type { Host } from './command';
import { completeWords } from './completion';
import { refuseWithoutProject } from './no-project';
import { tableCalled } from './options/find';
import { commandHelp, generalHelp } from './options/help';
import type { Command } from './options/lazy';
import { asksForHelp, parse } from './options/parse';
import { withProgress } from './progress';
import { projectOf } from './project';

/** The command line: `0` all is well, `1` findings, `2` it could not be done. */
export interface Program {
  run(args: readonly string[], host: Host): Promise<number>;
}

export interface ProgramSpec {
  /** Of strata itself. */
  readonly version: string;
  /** The commands of a project. */
  readonly commands: readonly Command[];
  /** The commands that need none. */
  readonly judgingCommands: readonly Command[];
}

/** A program with these commands. */
export function program(spec: ProgramSpec): Program {
  return {
    async run(args, outer) {
      const { host, done } = withProgress(outer);
      try {
        return (await runCommand(spec, args, host)) ?? 0;
      } catch (thrown) {
        const error = outer.env['STRATA_DEBUG'] ? thrown : explainedAnyway(thrown);
        if (!(error instanceof StrataError)) throw thrown;
        host.printError(`error: ${error.message}`);
        return 2;
      } finally {
        done();
      }
    },
  };
}

async function runCommand(
  { version, ...sets }: ProgramSpec,
  args: readonly string[],
  host: Host,
): Promise<number | void> {
  const commands = host.composition ? sets.commands : sets.judgingCommands;
  const project = projectOf(host);
  const [name, ...rest] = args;
  const tables = commands.map(({ table }) => table);
  if (name === undefined || name === '--help' || name === '-h') {
    for (const line of generalHelp(tables)) host.print(line);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    host.print(`strata ${version}`);
    return 0;
  }
  if (name === '__complete') return completeWords(tables, project, rest, host);
  if (!host.composition) refuseWithoutProject(sets, name);
  const table = tableCalled(tables, name);
  if (asksForHelp(rest)) {
    for (const line of commandHelp(table)) host.print(line);
    return 0;
  }
  const given = parse(table, rest, tables);
  const { reload, ...inner } = host;
  // The command that is watched runs with a host that cannot reload: it runs once.
  if (reload && 'watch' in given.values && given.values.watch)
    return (await import('./watch/watch')).watching(table, given, (how) => reload(how).run(args, inner), host);
  const run = await commands.find((command) => command.table === table)!.load();
  return run(project, given, host);
}

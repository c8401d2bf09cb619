import { StrataError } from '../model/errors';
import type { Composition, Host } from './command';
import { commands } from './commands';
import { completeWords } from './completion';
import { tableCalled } from './options/find';
import { commandHelp, generalHelp } from './options/help';
import { asksForHelp, parse } from './options/parse';
import { withProgress } from './progress';
import { COMMAND_TABLES } from './tables';

/** The command line: `0` all is well, `1` findings, `2` it could not be done. */
export interface Program {
  run(args: readonly string[], host: Host): Promise<number>;
}

export function program<P>(composition: Composition<P>): Program {
  return {
    async run(args, outer) {
      const { host, done } = withProgress(outer);
      try {
        return (await runCommand(composition, args, host)) ?? 0;
      } catch (error) {
        if (!(error instanceof StrataError)) throw error;
        host.printError(`error: ${error.message}`);
        return 2;
      } finally {
        done();
      }
    },
  };
}

async function runCommand<P>(composition: Composition<P>, args: readonly string[], host: Host): Promise<number | void> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    for (const line of generalHelp(COMMAND_TABLES)) host.print(line);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    host.print(`strata ${composition.version}`);
    return 0;
  }
  if (name === '__complete') return completeWords(composition, rest, host);
  const table = tableCalled(COMMAND_TABLES, name);
  if (asksForHelp(rest)) {
    for (const line of commandHelp(table)) host.print(line);
    return 0;
  }
  const given = parse(table, rest);
  const { reload, ...inner } = host;
  // The command that is watched runs with a host that cannot reload: it runs once.
  if (reload && 'watch' in given.values && given.values.watch)
    return (await import('./watch/watch')).watch(table, given, (how) => reload(how).run(args, inner), host);
  const run = await commands.find((command) => command.table === table)!.load();
  return run(composition, given, host);
}

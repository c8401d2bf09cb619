import { tableCalled } from './options/find';
import { commandHelp, generalHelp } from './options/help';
import type { CommandTable, Run } from './options/table';
import type { help } from './tables';

/** The help of a program with these commands. */
export function helpOf(tables: readonly CommandTable[]): Run<typeof help> {
  return (_project, { words: [name] }, host) => {
    const lines = name === undefined ? generalHelp(tables) : commandHelp(tableCalled(tables, name));
    for (const line of lines) host.print(line);
  };
}

import type { CommandTable, Run } from './table';

/** A command: its table, and its code, which is loaded only when it is called. */
export interface Command {
  readonly table: CommandTable;
  readonly load: () => Promise<Run<CommandTable>>;
}

/** The command's code takes just what its own table gives. */
export function command<T extends CommandTable>(table: T, load: () => Promise<{ readonly command: Run<T> }>): Command {
  return { table, load: async () => (await load()).command as Run<CommandTable> };
}

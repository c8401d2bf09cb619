import { tableCalled } from './options/find';
import { commandHelp, generalHelp } from './options/help';
import type { Run } from './options/table';
import type { help } from './tables';
import { COMMAND_TABLES } from './tables';

export const command: Run<typeof help> = (_composition, { words: [name] }, host) => {
  const lines = name === undefined ? generalHelp(COMMAND_TABLES) : commandHelp(tableCalled(COMMAND_TABLES, name));
  for (const line of lines) host.print(line);
};

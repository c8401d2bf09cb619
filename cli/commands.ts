import type { CommandTable, Run } from './options/table';
import * as tables from './tables';

/** A command: its table, and its code, which is loaded only when it is called. */
export interface Command {
  readonly table: CommandTable;
  readonly load: () => Promise<Run<CommandTable>>;
}

export const commands: readonly Command[] = [
  command(tables.render, () => import('./render')),
  command(tables.synth, () => import('./synth')),
  command(tables.verify, async () => ({ command: (await import('./verifier')).verify })),
  command(tables.checks, async () => ({ command: (await import('./verifier')).checks })),
  command(tables.flows, async () => ({ command: (await import('./verifier')).flows })),
  command(tables.targets, () => import('./targets')),
  command(tables.explain, () => import('./explain')),
  command(tables.features, () => import('./features')),
  command(tables.clusters, () => import('./clusters')),
  command(tables.help, () => import('./help')),
  command(tables.completion, () => import('./completion')),
];

/** The command's code takes just what its own table gives. */
function command<T extends CommandTable>(table: T, load: () => Promise<{ readonly command: Run<T> }>): Command {
  return { table, load: async () => (await load()).command as Run<CommandTable> };
}

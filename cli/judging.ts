import type { Command } from './options/lazy';
import { command } from './options/lazy';
import type { CommandTable } from './options/table';
import * as tables from './tables';

// The commands that judge manifests and need no project: what the package has that `npm pack` makes.

const cluster = {
  ...tables.verify.options.cluster,
  value: 'PATH',
  completes: ['file', 'folder'],
  description: 'facts of the cluster: objects as `kubectl get -o yaml` prints them',
} as const;

const verify: CommandTable = {
  ...withoutProject(tables.verify),
  summary: 'judge manifests before they are applied: what will break, and why',
  arguments: [
    {
      name: 'PATH',
      repeatable: true,
      completes: ['file', 'folder'],
      description: 'files or folders of manifests, or - for standard input',
      unset: 'this folder',
    },
  ],
};
const flows = withoutProject(tables.flows);
const diff = withoutProject(tables.diff);
const simulate = withoutProject(tables.simulate);
const plan = withoutProject(tables.plan);
const alerts = withoutProject(tables.alerts);
const chain = withoutProject(tables.chain);
const route = withoutProject(tables.route);
const toGateway = withoutProject(tables.toGateway);
const TABLES = [
  verify,
  tables.checks,
  flows,
  diff,
  simulate,
  plan,
  alerts,
  chain,
  route,
  toGateway,
  tables.facts,
  tables.init,
  tables.adopt,
  tables.help,
  tables.completion,
];

export const judgingCommands: readonly Command[] = [
  { ...command(tables.verify, async () => ({ command: (await import('./verifier')).verify })), table: verify },
  command(tables.checks, async () => ({ command: (await import('./verifier')).checks })),
  { ...command(tables.flows, async () => ({ command: (await import('./verifier')).flows })), table: flows },
  { ...command(tables.diff, async () => ({ command: (await import('./verifier')).diff })), table: diff },
  { ...command(tables.simulate, async () => ({ command: (await import('./verifier')).simulate })), table: simulate },
  { ...command(tables.plan, async () => ({ command: (await import('./verifier')).plan })), table: plan },
  { ...command(tables.alerts, async () => ({ command: (await import('./verifier')).alerts })), table: alerts },
  { ...command(tables.chain, async () => ({ command: (await import('./verifier')).chain })), table: chain },
  { ...command(tables.route, async () => ({ command: (await import('./verifier')).route })), table: route },
  {
    ...command(tables.toGateway, async () => ({ command: (await import('./verifier')).toGateway })),
    table: toGateway,
  },
  command(tables.facts, async () => ({ command: (await import('./verifier')).facts })),
  command(tables.init, () => import('./scaffold/init')),
  command(tables.adopt, async () => ({ command: (await import('./verifier')).adopt })),
  command(tables.help, async () => ({ command: (await import('./help')).helpOf(TABLES) })),
  command(tables.completion, () => import('./completion')),
];

/** Where there is no project, there are no names of clusters. */
function withoutProject(table: CommandTable): CommandTable {
  return { ...table, options: { ...table.options, cluster: { ...cluster, unset: 'unknown' } } };
}

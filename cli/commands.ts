import type { Command } from './options/lazy';
import { command } from './options/lazy';
import * as tables from './tables';

/** Every command of a project, in the order of the help. */
export const commands: readonly Command[] = [
  command(tables.render, () => import('./render')),
  command(tables.publish, async () => ({ command: (await import('./verifier')).publish })),
  command(tables.promote, async () => ({ command: (await import('./verifier')).promote })),
  command(tables.synth, () => import('./synth')),
  command(tables.verify, async () => ({ command: (await import('./verifier')).verify })),
  command(tables.checks, async () => ({ command: (await import('./verifier')).checks })),
  command(tables.flows, async () => ({ command: (await import('./verifier')).flows })),
  command(tables.diff, async () => ({ command: (await import('./verifier')).diff })),
  command(tables.simulate, async () => ({ command: (await import('./verifier')).simulate })),
  command(tables.plan, async () => ({ command: (await import('./verifier')).plan })),
  command(tables.alerts, async () => ({ command: (await import('./verifier')).alerts })),
  command(tables.chain, async () => ({ command: (await import('./verifier')).chain })),
  command(tables.route, async () => ({ command: (await import('./verifier')).route })),
  command(tables.toGateway, async () => ({ command: (await import('./verifier')).toGateway })),
  command(tables.facts, async () => ({ command: (await import('./verifier')).facts })),
  command(tables.targets, () => import('./targets')),
  command(tables.secrets, () => import('./secrets')),
  command(tables.explain, () => import('./explain')),
  command(tables.why, () => import('./why')),
  command(tables.whyNot, () => import('./why-not')),
  command(tables.features, () => import('./features')),
  command(tables.clusters, () => import('./clusters')),
  command(tables.init, () => import('./scaffold/init')),
  command(tables.add, () => import('./scaffold/add')),
  command(tables.vendor, () => import('./vendor')),
  command(tables.adopt, async () => ({ command: (await import('./verifier')).adopt })),
  command(tables.help, async () => ({ command: (await import('./help')).helpOf(tables.COMMAND_TABLES) })),
  command(tables.completion, () => import('./completion')),
];

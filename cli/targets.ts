import { parseArgs } from 'node:util';
import type { Command } from './command';
import { table } from './table';

export const command: Command = ({ matrix }, args, host) => {
  parseArgs({ args: [...args], options: {} });
  const targets = matrix
    .targets()
    .map((target) => [
      target.name,
      target.cluster.kubernetes,
      target.features.map((feature) => feature.name).join(' ') || 'no features',
    ]);
  const excluded = matrix.excludedPairs().map(({ name, why }) => [name, '-', `excluded: ${why}`]);
  for (const line of table([...targets, ...excluded])) host.print(line);
};

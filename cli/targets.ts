import { planTarget } from '../render/plan';
import { columns } from '../report/columns';
import type { Run } from './options/table';
import type { targets } from './tables';

export const command: Run<typeof targets> = ({ matrix, compose }, _given, host) => {
  const all = matrix.targets();
  // Rendered in memory, so that a target that `strata render` refuses is not listed as one that exists.
  for (const target of all) {
    host.progress?.(`rendering ${target.name}`);
    planTarget(target, compose(target));
  }
  const rows = all.map((target) => [
    target.name,
    target.cluster.kubernetes,
    target.features.map((feature) => feature.name).join(' ') || 'no features',
  ]);
  const excluded = matrix.excludedPairs().map(({ name, why }) => [name, '-', `excluded: ${why}`]);
  for (const line of columns([...rows, ...excluded])) host.print(line);
};

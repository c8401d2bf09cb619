import { DisruptionBudget } from '../../constructs/availability/disruption-budget';
import type { PodShare } from '../../model/release';
import { shareProblem } from '../../model/release-setting';
import { value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { feature, forWorkloads } from '../feature';

const settings = settingsOf('disruptionBudgets', {
  /** The workloads that get a budget: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** Pods of a workload that a drain may take at once, or their share. */
  maxUnavailable: value<PodShare>(1, shareProblem),
});

declare module '../../model/settings' {
  interface Settings {
    readonly disruptionBudgets?: ValuesOf<typeof settings>;
  }
}

export const disruptionBudgets = feature('disruption-budgets', {
  group: 'availability',
  summary: 'drains take pods of a workload away only so many at a time',
  settings,
  applyTo: (workload, { maxUnavailable }) => {
    new DisruptionBudget(workload, 'disruption-budget', { workload, maxUnavailable });
  },
});

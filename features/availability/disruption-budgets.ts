import { DisruptionBudget } from '../../constructs/availability/disruption-budget';
import { value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { feature, forWorkloads } from '../feature';

const settings = settingsOf('disruptionBudgets', {
  /** The workloads that get a budget: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** Pods of a workload that a drain may take at once, or their share. */
  maxUnavailable: value<number | `${number}%`>(1, (given) =>
    (typeof given === 'number' && Number.isInteger(given) && given >= 0) || /^(\d{1,2}|100)%$/.test(String(given))
      ? undefined
      : "not a number of pods or a share such as '25%'",
  ),
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

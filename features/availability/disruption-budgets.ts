import { DisruptionBudget } from '../../constructs/availability/disruption-budget';
import { feature } from '../feature';

export const disruptionBudgets = feature('disruption-budgets', {
  group: 'availability',
  summary: 'drains take pods of the web app away only so many at a time',
  defaults: {
    /** Pods of the web app that a drain may take at once, or their share. */
    maxUnavailable: 1 as number | `${number}%`,
  },
  apply: ({ web }, { maxUnavailable }) => {
    new DisruptionBudget(web, 'disruption-budget', { workload: web.workload, maxUnavailable });
  },
});

import { StrataError } from '../model/errors';
import { drainPlanFormats } from '../report/drain-plan';
import type { World } from '../world/world';
import { aliveIn, drained } from './drained';
import { oneWorld } from './one-world';
import type { Given, Run } from './options/table';
import type { plan } from './tables';

type Values = Given<typeof plan>['values'];

/** What can be planned: each gives the steps and whether something stands in their way. */
const PLANS: Readonly<Record<string, (world: World, values: Values) => { text: string; bad: boolean }>> = {
  drain: (world, values) => {
    const drains = drained(aliveIn(world, 'strata plan drain'), values, 'strata plan drain');
    return {
      text: drainPlanFormats[values.format]({ drains, force: values.force }),
      bad: drains.some(({ verdict }) => verdict !== 'drained'),
    };
  },
};

export const command: Run<typeof plan> = (project, given, host) => {
  const [what = '', ...words] = given.words;
  const planned = Object.hasOwn(PLANS, what) ? PLANS[what] : undefined;
  if (!planned)
    throw new StrataError(`strata plan ${what}`.trim(), 'does not say what to plan', [
      `write one of ${Object.keys(PLANS).join(', ')}, and the manifests or the target`,
    ]);
  const { world, unreadable } = oneWorld(project, `strata plan ${what}`, words, given.values, host);
  const { text, bad } = planned(world, given.values);
  host.print(text);
  if (unreadable) return 2;
  return bad ? 1 : 0;
};

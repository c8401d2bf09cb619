import { StrataError } from '../model/errors';
import { drainPlanFormats } from '../report/drain-plan';
import { aliveIn, drained } from './drained';
import { oneWorld } from './one-world';
import type { Run } from './options/table';
import type { plan } from './tables';

export const command: Run<typeof plan> = (project, given, host) => {
  const [what = '', ...words] = given.words;
  if (what !== 'drain')
    throw new StrataError(`strata plan ${what}`.trim(), 'does not say what to plan', [
      'write `strata plan drain`, and the manifests or the target',
    ]);
  const { world, unreadable } = oneWorld(project, 'strata plan drain', words, given.values, host);
  const drains = drained(aliveIn(world, 'strata plan drain'), given.values, 'strata plan drain');
  host.print(drainPlanFormats[given.values.format]({ drains, force: given.values.force }));
  if (unreadable) return 2;
  return drains.every(({ verdict }) => verdict === 'drained') ? 0 : 1;
};

import { StrataError } from '../model/errors';
import { drainFormats, lossFormats } from '../report/drains';
import { placementFormats } from '../report/placements';
import { rolloutFormats } from '../report/rollouts';
import { upgradeFormats } from '../report/upgrades';
import { isSmooth } from '../simulate/maintenance/drain';
import { lose } from '../simulate/maintenance/loss';
import { simulateRollouts } from '../simulate/rollout/rollouts';
import { simulateSchedule } from '../simulate/scheduling/simulate';
import { isSmoothUpgrade } from '../simulate/upgrade/upgrade';
import { argoRolloutsOf } from '../world/argo-rollouts';
import type { World } from '../world/world';
import { aliveIn, drained, nodesIn } from './drained';
import { oneWorld, withoutNodes } from './one-world';
import type { Given, Run } from './options/table';
import type { simulate } from './tables';
import { upgraded } from './upgraded';

type Values = Given<typeof simulate>['values'];

/** What can be simulated: each gives the text and whether something does not go well. */
const SIMULATIONS: Readonly<Record<string, (world: World, values: Values) => { text: string; bad: boolean }>> = {
  schedule: (world, { format }) => {
    const pods = simulateSchedule(world);
    if (!pods) throw withoutNodes('strata simulate schedule');
    return {
      text: placementFormats[format](pods),
      bad: pods.some(({ placement }) => placement.verdict === 'pending'),
    };
  },
  drain: (world, values) => {
    const drains = drained(aliveIn(world, 'strata simulate drain'), values, 'strata simulate drain');
    return { text: drainFormats[values.format](drains), bad: !drains.every(isSmooth) };
  },
  lose: (world, values) => {
    const cluster = aliveIn(world, 'strata simulate lose');
    const loss = lose(cluster, nodesIn(cluster, values, 'strata simulate lose'));
    return { text: lossFormats[values.format](loss), bad: loss.pods.some(({ verdict }) => verdict === 'waiting') };
  },
  upgrade: (world, values) => {
    const found = upgraded(world, values, 'strata simulate upgrade');
    return { text: upgradeFormats[values.format](found), bad: !isSmoothUpgrade(found) };
  },
  rollout: (world, { format, unready }) => {
    const rollouts = simulateRollouts(world, { unready });
    if (!rollouts) throw withoutNodes('strata simulate rollout');
    // Their pods are not replaced by Kubernetes itself: silence about them would read as if nothing became of them.
    const controlled = argoRolloutsOf(world).map((each) => `Rollout/${world.namespaceOf(each)}/${each.name}`);
    return {
      text: rolloutFormats[format](rollouts, controlled),
      bad: rollouts.some(({ verdict }) => verdict === 'stalls'),
    };
  },
};

export const command: Run<typeof simulate> = (project, given, host) => {
  const [what = '', ...words] = given.words;
  const simulation = Object.hasOwn(SIMULATIONS, what) ? SIMULATIONS[what] : undefined;
  if (!simulation)
    throw new StrataError(`strata simulate ${what}`.trim(), 'does not say what to simulate', [
      `write one of ${Object.keys(SIMULATIONS).join(', ')}, and the manifests or the target`,
    ]);
  const { world, unreadable } = oneWorld(project, `strata simulate ${what}`, words, given.values, host);
  const { text, bad } = simulation(world, given.values);
  host.print(text);
  if (unreadable) return 2;
  return bad ? 1 : 0;
};

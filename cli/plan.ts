import { readFileSync } from 'node:fs';
import { existing } from '../checks/paths';
import { StrataError } from '../model/errors';
import { capacityFormats } from '../report/capacity';
import { controlledPlanFormats } from '../report/controlled-plan';
import { drainPlanFormats } from '../report/drain-plan';
import { kubeadmPlanFormats } from '../report/kubeadm-plan';
import { isPossible, maintenancePlanFormats } from '../report/maintenance-plan';
import { managedPlanFormats } from '../report/managed-plan';
import { releasePlanFormats } from '../report/release-plan';
import { isReady } from '../report/release-words';
import { isScaledWell, scalePlanFormats } from '../report/scale-plan';
import { isTooSmall, seriesFormats } from '../report/series';
import { isSizeTrouble, sizeFormats } from '../report/size';
import { obstaclesOf } from '../report/upgrade-runbook';
import { seriesEstimates } from '../simulate/monitoring/series-estimate';
import { roomOf } from '../simulate/monitoring/series-room';
import { capacityOf } from '../simulate/scaling/capacity';
import { readTop, useByController } from '../simulate/scaling/use';
import type { World } from '../world/world';
import { aliveIn, drained, maintained } from './drained';
import { oneWorld, withoutNodes } from './one-world';
import type { Given, Run } from './options/table';
import { scalePlan } from './planned-scale';
import { sizePlan } from './planned-size';
import { releasePlan } from './released';
import type { plan } from './tables';
import { providerGiven, upgraded } from './upgraded';

type Values = Given<typeof plan>['values'];

interface Planned {
  /** What it can be printed as; the first is printed where none is asked for. */
  readonly formats: Readonly<Record<string, () => string>>;
  /** Whether something stands in the way. */
  readonly bad: boolean;
}

/** What can be planned of one world alone; `release` and `size` ask the target, too. */
const PLANS: Readonly<Record<string, (world: World, values: Values, service: string | undefined) => Planned>> = {
  drain: (world, values) => {
    const drains = drained(aliveIn(world, 'strata plan drain'), values, 'strata plan drain');
    return {
      formats: formatsOf(drainPlanFormats, { drains, force: values.force }),
      bad: drains.some(({ verdict }) => verdict !== 'drained'),
    };
  },
  maintain: (world, values) => {
    const groups = maintained(aliveIn(world, 'strata plan maintain'), values, 'strata plan maintain');
    return {
      formats: formatsOf(maintenancePlanFormats, { groups, force: values.force }),
      bad: !groups.every(isPossible),
    };
  },
  capacity: (world, { top }) => {
    const capacity = capacityOf(world);
    if (!capacity) throw withoutNodes('strata plan capacity');
    const uses =
      top === undefined
        ? undefined
        : useByController(world, readTop(top, readFileSync(existing('--top', top), 'utf8')));
    const { text, ...others } = capacityFormats;
    return {
      formats: formatsOf({ text, ...others }, { ...capacity, uses }),
      bad: capacity.scenarios.some(({ waiting }) => waiting.length > 0),
    };
  },
  series: (world) => {
    const estimates = seriesEstimates(world);
    if (!estimates) throw withoutNodes('strata plan series');
    if (estimates.length === 0)
      throw new StrataError(
        'strata plan series',
        'finds no Prometheus of which the configuration is among the manifests',
        ['give the manifests of one with its configuration, or a target that has one'],
      );
    const reports = estimates.map((estimate) => ({
      prometheus: world.idOf(estimate.resource),
      estimate,
      room: roomOf(estimate),
    }));
    return { formats: formatsOf(seriesFormats, reports), bad: reports.some(isTooSmall) };
  },
  scale: (world, values, service) => {
    const found = scalePlan(world, service, values);
    return { formats: formatsOf(scalePlanFormats, found), bad: !isScaledWell(found) };
  },
  upgrade: (world, values) => {
    const provider = providerGiven(world, values);
    const found = upgraded(world, values, 'strata plan upgrade');
    const given = { upgrade: found, force: values.force };
    return {
      formats:
        provider === 'kubeadm'
          ? formatsOf(kubeadmPlanFormats, given)
          : formatsOf(managedPlanFormats, { ...given, provider }),
      bad: obstaclesOf(found).length > 0,
    };
  },
};

function formatsOf<T>(formats: Readonly<Record<string, (given: T) => string>>, given: T): Planned['formats'] {
  return Object.fromEntries(Object.entries(formats).map(([name, format]) => [name, () => format(given)]));
}

export const command: Run<typeof plan> = (project, given, host) => {
  const [what = '', ...words] = given.words;
  if (what === 'release') {
    const found = releasePlan(project, words, given.values, host);
    const { formats, bad } =
      'problems' in found
        ? { formats: formatsOf(controlledPlanFormats, found), bad: found.problems.length > 0 }
        : { formats: formatsOf(releasePlanFormats, found), bad: !isReady(found) };
    host.print(printed(what, formats, given.values.format));
    return bad ? 1 : 0;
  }
  if (what === 'size') {
    const { world, unreadable } = oneWorld(project, 'strata plan size', words, given.values, host);
    const report = sizePlan(project, world, words, given.values.use, host);
    host.print(printed(what, formatsOf(sizeFormats, report), given.values.format));
    if (unreadable) return 2;
    return isSizeTrouble(report) ? 1 : 0;
  }
  const planned = Object.hasOwn(PLANS, what) ? PLANS[what] : undefined;
  if (!planned)
    throw new StrataError(`strata plan ${what}`.trim(), 'does not say what to plan', [
      `write one of ${[...Object.keys(PLANS), 'size', 'release'].join(', ')}, and the manifests or the target`,
    ]);
  // After what is scaled in: what is.
  const [service, ...more] = what === 'scale' ? words.splice(1) : [];
  if (more.length > 0)
    throw new StrataError('strata plan scale', 'is about one workload of one target, folder or file', [
      'write strata plan scale TARGET SERVICE, or a folder in place of several files',
    ]);
  const { world, unreadable } = oneWorld(project, `strata plan ${what}`, words, given.values, host);
  const { formats, bad } = planned(world, given.values, service);
  host.print(printed(what, formats, given.values.format));
  if (unreadable) return 2;
  return bad ? 1 : 0;
};

function printed(what: string, formats: Planned['formats'], asked: string | undefined): string {
  const format = asked ?? Object.keys(formats)[0]!;
  const print = formats[format];
  if (print) return print();
  throw new StrataError(`--format ${format}`, `is not one that strata plan ${what} has`, [
    `write one of ${Object.keys(formats).join(', ')}`,
  ]);
}

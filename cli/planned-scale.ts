import { readFileSync } from 'node:fs';
import { existing } from '../checks/paths';
import { StrataError } from '../model/errors';
import type { ScalePlan } from '../report/scale-plan';
import { clockHours } from '../simulate/scaling/clock-hours';
import { daySummary, spikeSummary } from '../simulate/scaling/day-summary';
import { headroomOf } from '../simulate/scaling/headroom';
import type { DayLoad } from '../simulate/scaling/load';
import { readCurve, readDayLoad, secondsOfDay } from '../simulate/scaling/load';
import { isOfClock, scaledDay } from '../simulate/scaling/scaled-day';
import { hpaAimText, readUnitCosts, scaledService, scaledWorkload } from '../simulate/scaling/scaled-service';
import type { World } from '../world/world';
import type { Given } from './options/table';
import type { plan } from './tables';

const COMMAND = 'strata plan scale';

/** The pods of a workload over a day of load, and whether there is room for them. */
export function scalePlan(world: World, name: string | undefined, values: Given<typeof plan>['values']): ScalePlan {
  const scaled = scaledWorkload(world, COMMAND, name);
  const load = loadGiven(values);
  const said = {
    costs: readUnitCosts('--takes', values.takes ?? []),
    serves: values.serves === undefined ? undefined : numberGiven('--serves', values.serves, 'units of the load'),
    readyAfter: numberGiven('--ready', values.ready, 'seconds'),
    date: values.date,
  };
  const service = scaledService(world, scaled, said);
  const { spec } = service;
  const day = daySummary(service, scaledDay(service, load));
  const spike = spikeGiven(values.spike);
  return {
    workload: world.idOf(scaled.workload.resource),
    hpa: world.idOf(scaled.hpa),
    min: spec.min,
    max: spec.max,
    aims: spec.metrics.filter((_, i) => !isOfClock(service.sources[i]!)).map(hpaAimText),
    hours: clockHours(service),
    failures: service.sources.flatMap((source) => ('failed' in source ? source.failed : [])),
    readyAfter: service.readyAfter,
    serves: service.serves,
    day,
    spike: spikeSummary(service, load, spike.factor, spike.at ?? day.highest.at),
    room: headroomOf(world, scaled.workload, spec.max),
  };
}

function loadGiven({ load, curve }: Given<typeof plan>['values']): DayLoad {
  const fixes = [
    'give the load of a day in a file: --load FILE, with lines such as `16:30 120`',
    'give its shape: --curve day:20..200',
  ];
  if (load !== undefined && curve !== undefined)
    throw new StrataError('--load, --curve', 'are two loads for one day', ['leave one of them out']);
  if (load !== undefined) return readDayLoad(load, readFileSync(existing('--load', load), 'utf8'));
  if (curve !== undefined) return readCurve('--curve', curve);
  throw new StrataError(COMMAND, 'needs to know the load', fixes);
}

function numberGiven(option: string, text: string, of: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 1e9)
    throw new StrataError(`${option} ${text}`, `is no number of ${of}`, [`write a number, such as ${option} 30`]);
  return value;
}

function spikeGiven(text: string): { readonly factor: number; readonly at: number | undefined } {
  const [, factor = '', time] = /^(\d+(?:\.\d+)?)(?:@(.+))?$/.exec(text) ?? [];
  const at = time === undefined ? undefined : secondsOfDay(time);
  if (factor === '' || Number(factor) < 1 || (time !== undefined && at === undefined))
    throw new StrataError(`--spike ${text}`, 'is no spike', [
      'write how many times the load it is, of 1 or more, and when: --spike 3@12:30',
    ]);
  return { factor: Number(factor), at };
}

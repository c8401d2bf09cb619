import type { ClockHours } from '../simulate/scaling/clock-hours';
import type { DaySummary, SpikeSummary, TimeWindow } from '../simulate/scaling/day-summary';
import type { Headroom } from '../simulate/scaling/headroom';
import { clockText } from '../simulate/scaling/load';
import { columns } from './columns';
import { count } from './show';

/** What becomes of a workload that an autoscaler scales, over a day of load. */
export interface ScalePlan {
  /** `Deployment/shop/web` */
  readonly workload: string;
  readonly hpa: string;
  readonly min: number;
  readonly max: number;
  /** What each metric aims at. */
  readonly aims: readonly string[];
  /** What goes by the clock; undefined where nothing does. */
  readonly hours: ClockHours | undefined;
  /** Why metrics say nothing, in the words of the controller. */
  readonly failures: readonly string[];
  /** Seconds. */
  readonly readyAfter: number;
  /** Units of the load that a pod serves at most. */
  readonly serves: number | undefined;
  readonly day: DaySummary;
  readonly spike: SpikeSummary;
  readonly room: Headroom;
}

export const scalePlanFormats = {
  text: (plan: ScalePlan): string =>
    [head(plan), dayLines(plan), spikeLines(plan), roomLines(plan)].map((lines) => lines.join('\n')).join('\n\n'),
  json: (plan: ScalePlan): string => JSON.stringify(jsonOf(plan), null, 2),
};

export type ScalePlanFormat = keyof typeof scalePlanFormats;

/** Whether something stands in the way: more is asked for than there may be, the load is not served, or there is no room. */
export function isScaledWell({ failures, day, room, spike }: ScalePlan): boolean {
  return (
    failures.length === 0 &&
    day.atMaximum.length === 0 &&
    (day.short ?? []).length === 0 &&
    spike.isMet !== false &&
    room.quota === undefined &&
    (room.nodes ?? []).every(({ waiting }) => waiting.length === 0)
  );
}

function head({ workload, hpa, min, max, aims, hours, failures, readyAfter, serves }: ScalePlan): string[] {
  return [
    `${workload}: ${min} to ${max} pods by ${hpa}`,
    ...aims.map((aim) => `  ${aim}`),
    ...(hours ? hoursLines(hours) : []),
    ...failures.map((failure) => `  says nothing, and nothing scales down: ${failure}`),
    `  a pod is ready after ${readyAfter} s, and serves ${serves === undefined ? 'as much as comes: it has no CPU limit, and --serves says nothing' : `up to ${figure(serves)}`}`,
  ];
}

function hoursLines({ date, zone, windows }: ClockHours): string[] {
  const day = `on ${date}, by the clock of ${zone}`;
  if (windows.length === 0) return [`  no hours of more pods ${day}`];
  return windows.map(
    ({ from, to, pods }) => `  ${count(pods, 'pod')} from ${clockText(from)} to ${clockText(to)} ${day}`,
  );
}

function dayLines({ max, day }: ScalePlan): string[] {
  const most = Math.max(1, day.most);
  const table = [
    ['HOUR', 'LOAD', 'PODS', ''],
    ...day.hours.map(({ hour, load, least, most: top }) => [
      clockText(hour * 3600),
      figure(load),
      least === top ? String(top) : `${least}-${top}`,
      '#'.repeat(Math.ceil((top / most) * BAR)),
    ]),
  ];
  return [
    ...columns(table).map((line) => line.trimEnd()),
    `${day.least} to ${day.most} pods, ${figure(day.mean)} on average, ${count(day.changes, 'change')}; the load is highest at ${clockText(day.highest.at)}: ${figure(day.highest.load)}`,
    day.atMaximum.length === 0
      ? `the maximum of ${max} is never too little`
      : `the maximum of ${max} is too little ${windowsText(day.atMaximum)}`,
    ...(day.short === undefined
      ? []
      : [
          day.short.length === 0
            ? 'the ready pods always serve the load'
            : `the ready pods serve less than comes ${windowsText(day.short)}: at worst ${percent(day.worstShare)} is not served`,
        ]),
  ];
}

const BAR = 20;
const SHOWN = 5;

function windowsText(windows: readonly TimeWindow[]): string {
  const all = windows.reduce((sum, { from, to }) => sum + to - from, 0);
  const shown = windows.slice(0, SHOWN).map(({ from, to }) => `${clockText(from)}-${clockText(to)}`);
  const more = windows.length > SHOWN ? ` and ${windows.length - SHOWN} times more` : '';
  return `for ${durationText(all)}: ${shown.join(', ')}${more}`;
}

function spikeLines({ max, spike }: ScalePlan): string[] {
  const { factor, at, load, pods, untilMost, shortSeconds, worstShare, hitsMaximum, isMet } = spike;
  return [
    `×${figure(factor)} within a minute at ${clockText(at)}, from ${figure(load.before)} to ${figure(load.after)}, for half an hour:`,
    `  ${pods.before} pods become ${pods.most}${pods.most === pods.before ? '' : ` within ${durationText(untilMost)}`}${hitsMaximum ? `; more are asked for than the maximum of ${max}` : ''}`,
    ...(shortSeconds === undefined
      ? []
      : [
          shortSeconds === 0
            ? '  the ready pods serve it all along'
            : `  the ready pods serve less than comes for ${durationText(shortSeconds)}${isMet ? '' : ', until its end'}: at worst ${percent(worstShare)} is not served`,
        ]),
  ];
}

function roomLines({ room }: ScalePlan): string[] {
  const { max, surge, quota, nodes } = room;
  const wanted = surge > 0 ? `${max} pods and ${surge} of a rollout` : `${max} pods`;
  return [
    quota
      ? `the quota admits ${quota.pods} pods, not ${wanted}: ${quota.refusal}`
      : `no quota is in the way of ${wanted}`,
    ...(nodes === undefined
      ? ['whether the nodes hold them is not known: name the cluster, --cluster NAME or FILE']
      : nodes.map(({ what, waiting }) =>
          waiting.length === 0
            ? `the nodes hold ${what}`
            : `the nodes do not hold ${what}: ${waiting.map(({ controller, pods, reason }) => `${pods} of ${controller} wait (${reason})`).join('; ')}`,
        )),
  ];
}

function jsonOf({ day, spike, room, serves, hours, ...rest }: ScalePlan) {
  const windows = (all: readonly TimeWindow[]) =>
    all.map(({ from, to }) => ({ from: clockText(from), to: clockText(to), seconds: to - from }));
  return {
    ...rest,
    hours: hours
      ? {
          ...hours,
          windows: hours.windows.map(({ from, to, pods }) => ({ from: clockText(from), to: clockText(to), pods })),
        }
      : null,
    serves: serves === undefined ? null : rounded(serves),
    day: {
      ...day,
      mean: rounded(day.mean),
      highest: { load: rounded(day.highest.load), at: clockText(day.highest.at) },
      atMaximum: windows(day.atMaximum),
      short: day.short === undefined ? null : windows(day.short),
      worstShare: rounded(day.worstShare),
      hours: day.hours.map((each) => ({ ...each, load: rounded(each.load) })),
    },
    spike: {
      ...spike,
      at: clockText(spike.at),
      load: { before: rounded(spike.load.before), after: rounded(spike.load.after) },
      shortSeconds: spike.shortSeconds ?? null,
      worstShare: rounded(spike.worstShare),
      isMet: spike.isMet ?? null,
    },
    room: { ...room, quota: room.quota ?? null, nodes: room.nodes ?? null },
  };
}

/** To thousandths: the curve of a day has no more to say. */
const rounded = (value: number) => Math.round(value * 1000) / 1000;
const figure = (value: number) => String(Math.round(value * 10) / 10);
const percent = (share: number) => `${Math.ceil(share * 1000) / 10}%`;

/** `1 h 15 min`, `45 s` */
function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([amount, unit]) => (amount > 0 ? `${amount} ${unit}` : [])).join(' ') || '0 s';
}

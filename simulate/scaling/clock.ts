import type { Resource } from '../../manifests/resource';
import { string } from '../../manifests/resource';
import { StrataError } from '../../model/errors';
import { scheduleTimes, timeZoneProblem } from '../../upstream/kubernetes/cron';
import { zoneOffset } from '../../upstream/kubernetes/zone-shifts';
import { clockCommandsOf } from '../../world/clock-scalers';
import type { ScaleTrigger } from '../../world/keda';
import type { World } from '../../world/world';

const MINUTE = 60_000;
const DAY = 24 * 60;
/** What comes once a month is seen, and no further back or ahead is looked. Days. */
const HORIZON = 32;
/** Where no date is given, the first day from here on at which hours begin: a Monday. */
const FIRST = '2026-01-05';

/** A schedule by the clock of a zone. */
interface Clocked {
  readonly schedule: string;
  readonly zone: string;
}

/** A CronJob that sets the fewest pods of a HorizontalPodAutoscaler. */
export interface ClockStep extends Clocked {
  readonly pods: number;
}

/** A cron trigger of KEDA. */
export interface ClockSpan {
  readonly start: Clocked;
  readonly end: Clocked;
  readonly pods: number;
}

/** The day that is looked at. */
export interface ClockDate {
  /** `2026-01-05` */
  readonly date: string;
  /** Whose clock the day is. */
  readonly zone: string;
}

/** The CronJobs that set the fewest pods of an autoscaler, as far as their commands are written out. */
export function clockSteps(world: World, hpa: Resource): ClockStep[] {
  const namespace = world.namespaceOf(hpa);
  return [...clockCommandsOf(world)].flatMap(({ workload: { resource }, kind, name, namespace: at, pods }) => {
    const schedule = string(resource.at(['spec', 'schedule']));
    if (kind !== 'HorizontalPodAutoscaler' || name !== hpa.name || at !== namespace || pods === undefined) return [];
    if (schedule === undefined || resource.at(['spec', 'suspend']) === true) return [];
    // Without one it is the clock of the control plane, which goes by UTC nearly everywhere.
    return readable({ schedule, zone: string(resource.at(['spec', 'timeZone'])) ?? 'Etc/UTC', pods });
  });
}

/** The hours of a cron trigger; none where KEDA refuses it. */
export function clockSpans({ type, metadata }: ScaleTrigger): ClockSpan[] {
  const [start, end, zone] = ['start', 'end', 'timezone'].map((key) => metadata.get(key));
  const pods = Number(metadata.get('desiredReplicas'));
  if (type !== 'cron' || start === undefined || end === undefined || zone === undefined || !(pods > 0)) return [];
  const [from, to] = [readable({ schedule: start, zone }), readable({ schedule: end, zone })];
  return from.length > 0 && to.length > 0 ? [{ start: from[0]!, end: to[0]!, pods }] : [];
}

function readable<T extends Clocked>(clocked: T): T[] {
  return timeZoneProblem(clocked.zone) === undefined && scheduleTimes(clocked.schedule) ? [clocked] : [];
}

/**
 * The day that is meant: the given one, or the first on which one of these schedules comes.
 * @throws StrataError for what is no date.
 */
export function clockDate(option: string, given: string | undefined, schedules: readonly Clocked[]): ClockDate {
  const [first] = schedules;
  const zone = first?.zone ?? 'Etc/UTC';
  if (given !== undefined && !isDate(given))
    throw new StrataError(`${option} ${given}`, 'is no date', [`write one such as ${option} ${FIRST}`]);
  if (given !== undefined || !first) return { date: given ?? FIRST, zone };
  const at = Date.parse(FIRST);
  const days = Array.from({ length: HORIZON }, (_, i) => new Date(at + i * DAY * MINUTE));
  const times = scheduleTimes(first.schedule)!;
  const found = days.find((day) => times.isOn(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()));
  return { date: (found ?? days[0]!).toISOString().slice(0, 10), zone };
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The fewest pods at each minute of a day: what was set last, at first what the autoscaler itself says. */
export function floorsOf(steps: readonly ClockStep[], min: number, day: ClockDate): number[] {
  const instants = steps.flatMap((step) => instantsOf(step, day).map((at) => ({ at, pods: step.pods })));
  instants.sort((a, b) => a.at - b.at);
  let next = 0;
  let floor = min;
  return minutesOf(day).map((at) => {
    while (next < instants.length && instants[next]!.at <= at) floor = instants[next++]!.pods;
    return floor;
  });
}

/**
 * The pods that a cron trigger asks for at each minute of a day, 0 outside of its hours. As KEDA decides it: they are on while the next end
 * comes before the next start (GetMetricsAndActivity in pkg/scalers/cron_scaler.go).
 */
export function wantedBy({ start, end, pods }: ClockSpan, day: ClockDate): number[] {
  const [starts, ends] = [instantsOf(start, day), instantsOf(end, day)];
  let [i, k] = [0, 0];
  return minutesOf(day).map((at) => {
    while (i < starts.length && starts[i]! <= at) i++;
    while (k < ends.length && ends[k]! <= at) k++;
    const [nextStart = Number.POSITIVE_INFINITY, nextEnd] = [starts[i], ends[k]];
    return nextEnd !== undefined && nextEnd <= nextStart ? pods : 0;
  });
}

/** The minutes of a day of the zone's clock, in minutes of UTC. */
function minutesOf({ date, zone }: ClockDate): number[] {
  const midnight = Date.parse(date);
  const [first = midnight] = instantsAt(midnight, zoneOffset(zone));
  return Array.from({ length: DAY }, (_, i) => first / MINUTE + i);
}

/** When a schedule comes, from a month before the day until a month after it, in minutes of UTC and in order. */
function instantsOf({ schedule, zone }: Clocked, { date }: ClockDate): number[] {
  const times = scheduleTimes(schedule)!;
  const offset = zoneOffset(zone);
  const found: number[] = [];
  for (let i = -HORIZON; i <= HORIZON; i++) {
    const midnight = Date.parse(date) + i * DAY * MINUTE;
    const day = new Date(midnight);
    if (!times.isOn(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate())) continue;
    for (const minute of times.minutes)
      for (const at of instantsAt(midnight + minute * MINUTE, offset)) found.push(at / MINUTE);
  }
  return found.sort((a, b) => a - b);
}

/** The instants at which a clock shows a time: one; two or none where it is set in between. Milliseconds. */
function instantsAt(time: number, offset: (at: number) => number): number[] {
  const offsets = new Set([offset(time - DAY * MINUTE), offset(time + DAY * MINUTE)]);
  return [...offsets].map((before) => time - before).filter((at) => offset(at) === time - at);
}

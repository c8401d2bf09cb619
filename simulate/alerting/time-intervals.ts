import type { Json } from '../../manifests/resource';
import { list, mappings, record } from '../../manifests/resource';
import { scalarText } from '../../upstream/prometheus/form';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** The intervals of a configuration by their names, those of before among them. */
export function timeIntervalsIn(configuration: Json): ReadonlyMap<string, readonly Json[]> {
  return new Map(
    ['mute_time_intervals', 'time_intervals'].flatMap((field) =>
      mappings(configuration[field]).map((named) => [
        scalarText(named['name']) ?? '',
        mappings(named['time_intervals']),
      ]),
    ),
  );
}

/** Whether an instant is within one of these; one that says nothing holds every instant. */
export function isInIntervals(intervals: readonly Json[], instant: Date): boolean {
  return intervals.some((interval) => holds(interval, clockAt(instant, scalarText(interval['location']) ?? 'UTC')));
}

/** What a clock and a calendar show. */
interface Clock {
  readonly minute: number;
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

function clockAt(instant: Date, location: string): Clock {
  // The clock of a container is that of UTC.
  const timeZone = location === '' || location === 'Local' ? 'UTC' : location;
  const parts = new Intl.DateTimeFormat('en-US-u-hc-h23', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return {
    minute: Number(part('hour')) * 60 + Number(part('minute')),
    weekday: WEEKDAYS.indexOf(part('weekday').toLowerCase()),
    day: Number(part('day')),
    month: Number(part('month')),
    year: Number(part('year')),
  };
}

/** Each field that is there has to hold, by one of its ranges. */
function holds(interval: Json, { minute, weekday, day, month, year }: Clock): boolean {
  const any = (field: string, test: (value: unknown) => boolean) =>
    !Array.isArray(interval[field]) || list(interval[field]).some(test);
  const within = (value: number, read: (text: string) => number) => (range: unknown) => {
    const [first, last] = bounds(range, read);
    return first <= value && value <= last;
  };
  return (
    any('times', (range) => {
      const [start, end] = ['start_time', 'end_time'].map((name) => minutesOf(scalarText(record(range)?.[name]) ?? ''));
      return start! <= minute && minute < end!;
    }) &&
    any(
      'weekdays',
      within(weekday, (text) => WEEKDAYS.indexOf(text)),
    ) &&
    any(
      'months',
      within(month, (text) => (MONTHS.includes(text) ? MONTHS.indexOf(text) + 1 : Number(text))),
    ) &&
    any('years', within(year, Number)) &&
    any('days_of_month', (range) => isDay(day, range, new Date(Date.UTC(year, month, 0)).getUTCDate()))
  );
}

/** Days below zero are counted from the end of the month; those that a month does not have are none of it. */
function isDay(day: number, range: unknown, length: number): boolean {
  const [first, last] = bounds(range, Number).map((bound) => (bound < 0 ? length + bound + 1 : bound));
  return first! <= day && day <= last!;
}

function bounds(range: unknown, read: (text: string) => number): readonly [number, number] {
  const parts = (scalarText(range) ?? '').toLowerCase().split(':').map(read);
  return [parts[0]!, parts.at(-1)!];
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}

import type { Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { ConfigProblem, FieldType } from '../prometheus/form';
import { eachOf, objectOf, scalarText, TEXTS } from '../prometheus/form';
import { records } from '../prometheus/http-client';

/** `time_intervals`, and `mute_time_intervals` as they were called before. */
export const TIME_INTERVALS: FieldType = {
  each: objectOf({
    name: 'text',
    time_intervals: {
      each: objectOf({
        times: { each: objectOf(eachOf('text', 'start_time end_time')), empty: true },
        ...eachOf(TEXTS, 'weekdays days_of_month months years'),
        location: 'text',
      }),
      empty: true,
    },
  }),
  empty: true,
};

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** What is wrong with named intervals of time. */
export function* timeIntervalProblems(intervals: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, interval] of records(intervals)) {
    for (const [j, times] of records(interval['time_intervals'])) {
      const at = [...path, i, 'time_intervals', j];
      yield* timeProblems(times['times'], [...at, 'times']);
      for (const [field, rule] of Object.entries(RANGES))
        for (const [k, value] of list(times[field]).entries()) {
          const text = value === null ? '' : scalarText(value);
          const reason = text === undefined ? undefined : rule(text.toLowerCase());
          if (reason) yield { path: [...at, field, k], value, reason: `${text || '""'} ${reason}` };
        }
      const zone = scalarText(times['location']);
      if (zone !== undefined && !isZone(zone))
        yield { path: [...at, 'location'], value: zone, reason: `there is no time zone ${zone}` };
    }
  }
}

function* timeProblems(times: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, entry] of list(times).entries()) {
    const [start, end] = ['start_time', 'end_time'].map((name) => scalarText(record(entry)?.[name]) ?? '');
    const at = { path: [...path, i], value: entry };
    if (start === '' || end === '') yield { ...at, reason: 'both start_time and end_time are needed' };
    else {
      const wrong = [start!, end!].find((time) => !/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time));
      if (wrong) yield { ...at, reason: `${wrong} is no time such as 09:30` };
      else if (start! >= end!) yield { ...at, reason: `start_time ${start} is not before end_time ${end}` };
    }
  }
}

type RangeRule = (text: string) => string | undefined;

const RANGES: Readonly<Record<string, RangeRule>> = {
  weekdays: ranged(
    (text) => WEEKDAYS.indexOf(text),
    (value) => value >= 0,
    'is no day of the week such as monday or monday:friday',
  ),
  days_of_month: (text) => {
    const bounds = boundsOf(text, wholeNumber);
    if (!bounds?.every((day) => day !== 0 && Math.abs(day) <= 31)) return 'is no day of a month such as 1, -1 or 1:5';
    const [first, last] = bounds as [number, number];
    if (first < 0 && last > 0)
      return 'begins at a day counted from the end of the month, and ends at one from its start';
    const counted = bounds.map((day) => (day < 0 ? 28 + day : day));
    return counted[0]! > counted[1]! ? 'ends before it begins' : undefined;
  },
  months: (text) => {
    const bounds = boundsOf(text, (month) => (MONTHS.includes(month) ? MONTHS.indexOf(month) + 1 : wholeNumber(month)));
    if (!bounds?.every((month) => month >= 1 && month <= 12)) return 'is no month such as may, 5 or may:august';
    return bounds[0]! > bounds[1]! ? 'ends before it begins' : undefined;
  },
  years: (text) => {
    const bounds = boundsOf(text, wholeNumber);
    if (!bounds?.every(Number.isInteger)) return 'is no year such as 2030 or 2030:2032';
    return bounds[0]! > bounds[1]! ? 'ends before it begins' : undefined;
  },
};

function ranged(read: (text: string) => number, isGood: (value: number) => boolean, reason: string): RangeRule {
  return (text) => (boundsOf(text, read)?.every(isGood) ? undefined : reason);
}

function boundsOf(text: string, read: (text: string) => number): readonly number[] | undefined {
  const parts = text.split(':');
  if (parts.length > 2) return undefined;
  return [read(parts[0]!), read(parts.at(-1)!)];
}

function wholeNumber(text: string): number {
  return /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
}

function isZone(name: string): boolean {
  if (name === '' || name === 'UTC' || name === 'Local') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

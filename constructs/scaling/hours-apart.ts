import { StrataError } from '../../model/errors';
import type { Hours } from './hours';
import { hoursText, marksOf } from './hours';
import { FIRST_DAY, instantOf, LAST_DAY } from './zone-clock';

const DAY = 24 * 60;

/** One of the times that hours come, in minutes of UTC; the end is not a part of it. */
interface Occurrence {
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

/** How long hours go on at least, and how long it is at least from their end until any of them begin. Minutes. */
export interface Stretch {
  readonly open: number;
  readonly closed: number;
}

/**
 * Refuses hours of one workload that cross or touch on any day of seven years, whatever clocks they go by: who sets the fewest pods last would
 * be a matter of chance. Gives the stretches of each.
 */
export function stretchesOf(place: string, hours: readonly Hours[]): Stretch[] {
  const all = hours.flatMap((each, of) => [...occurrencesOf(each, of)]).sort((a, b) => a.from - b.from || a.of - b.of);
  const stretches = hours.map(() => ({ open: Number.POSITIVE_INFINITY, closed: Number.POSITIVE_INFINITY }));
  for (const [i, { of, from, to }] of all.entries()) {
    const next = all[i + 1];
    const own = stretches[of]!;
    own.open = Math.min(own.open, to - from);
    if (!next) continue;
    if (next.from <= to) throw apart(place, hours[of]!, hours[next.of]!, next.from, next.from === to);
    own.closed = Math.min(own.closed, next.from - to);
  }
  return stretches;
}

function apart(place: string, first: Hours, second: Hours, at: number, touch: boolean): StrataError {
  const when = new Date(at * 60_000).toISOString().slice(0, 16).replace('T', ' ');
  return new StrataError(
    `${place}.hours`,
    `${hoursText(first)} and ${hoursText(second)} ${touch ? 'touch' : 'cross'}, first on ${when} UTC: which of the two sets the fewest pods is a matter of chance`,
    ['make one of the two', touch ? 'let the first end a minute earlier' : 'let the first end before the second begin'],
  );
}

function* occurrencesOf(hours: Hours, of: number): Iterable<Occurrence> {
  const { start, end } = marksOf(hours);
  const weekday = (day: number) => new Date(day * 60_000).getUTCDay();
  for (let day = FIRST_DAY; day < LAST_DAY; day += DAY) {
    if (!start.days.includes(weekday(day))) continue;
    let last = end.minute > start.minute ? day : day + DAY;
    while (!end.days.includes(weekday(last))) last += DAY;
    yield { of, from: instantOf(day + start.minute, hours.zone), to: instantOf(last + end.minute, hours.zone) };
  }
}

import { StrataError } from '../../model/errors';
import { wholeProblem } from '../../model/quantity';
import { value } from '../../model/setting';
import { checkTimeZone, type Schedule } from '../core/schedule';

/** Hours of the week with pods that are there before anybody asks for them. */
export interface Hours {
  /** The days on which they begin: one, a range, or several: `'Mon-Fri'`, `'Sat,Sun'`. @default - every day */
  readonly days?: string;
  /**
   * From when until when by the clock of the zone: `'08:00'` to `'18:00'`. With an end that is not later than the beginning they go on past
   * midnight; `'24:00'` is the end of the day.
   */
  readonly from: string;
  readonly to: string;
  /** Whose clock it is, by its name in the IANA database: `'Europe/Berlin'`. */
  readonly zone: string;
  /** Fewest pods meanwhile. */
  readonly min: number;
}

/** The minute of some days at which hours begin or end. */
export interface Mark {
  /** Minutes after midnight. */
  readonly minute: number;
  /** Days of the week, in order; 0 is Sunday. */
  readonly days: readonly number[];
}

/** A setting for hours with more pods. */
export function hoursList() {
  return value<readonly Hours[]>(
    [],
    hoursProblem,
    () => "[{ days: 'Mon-Fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin', min: 10 }]",
  );
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const EVERY_DAY = 'Sun-Sat';
const DAY = 24 * 60;

/** `Mon-Fri 08:00-18:00 Europe/Berlin` */
export function hoursText({ days, from, to, zone }: Hours): string {
  return `${days === undefined ? '' : `${days} `}${from}-${to} ${zone}`;
}

/** When they begin, and when they end. Whole days that follow each other are one stretch. */
export function marksOf({ days = EVERY_DAY, from, to }: Hours): { readonly start: Mark; readonly end: Mark } {
  const [start, end] = [minuteOf(from)!, minuteOf(to)!];
  const on = daysOf(days)!;
  const isOn = (day: number) => on.includes((day + 7) % 7);
  const isWhole = end - start === DAY;
  const shift = end <= start || end === DAY ? 1 : 0;
  const lasts = isWhole ? on.filter((day) => !isOn(day + 1)) : on;
  return {
    start: { minute: start, days: isWhole ? on.filter((day) => !isOn(day - 1)) : on },
    end: { minute: end % DAY, days: lasts.map((day) => (day + shift) % 7).sort() },
  };
}

/** A mark as CronJobs and KEDA read it: `0 8 * * 1-5`. */
export function scheduleOf({ minute, days }: Mark): Schedule {
  return `${minute % 60} ${Math.floor(minute / 60)} * * ${days.length === 7 ? '*' : ranges(days)}`;
}

/** `1-5`, `0,6` */
function ranges(days: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  return runs
    .map(([first, last]) =>
      first === last ? `${first}` : last - first === 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');
}

function hoursProblem(given: unknown): string | undefined {
  if (!Array.isArray(given)) return 'not a list of hours';
  for (const hours of given) {
    const problem = oneProblem(hours);
    if (problem !== undefined) return `wrong: ${JSON.stringify(hours)} ${problem}`;
  }
  return undefined;
}

/** As the end of "… it ". */
function oneProblem(given: unknown): string | undefined {
  if (given === null || typeof given !== 'object') return 'is no hours: give days, from, to, zone and min';
  const { days = EVERY_DAY, from, to, zone, min, ...others } = given as Partial<Hours>;
  const [other] = Object.keys(others);
  if (other !== undefined) return `has ${other}, which is not one of days, from, to, zone, min`;
  if (typeof days !== 'string' || daysOf(days) === undefined)
    return `has the days ${JSON.stringify(days)}, and they are ${DAYS.join(', ')}: one, a range such as Mon-Fri, or several with commas`;
  const [start, end] = [from, to].map(minuteOf);
  if (start === undefined || start === DAY) return `begins at ${JSON.stringify(from)}, which is no time such as 08:30`;
  if (end === undefined) return `ends at ${JSON.stringify(to)}, which is no time such as 18:00, nor 24:00`;
  if (start === end) return `begins and ends at ${from}: a whole day is from 00:00 to 24:00`;
  if (end - start === DAY && daysOf(days)!.length === 7) return 'is the whole week: raise min instead';
  return zoneProblem(zone) ?? minProblem(min);
}

function minProblem(min: unknown): string | undefined {
  const problem = wholeProblem(min, 1);
  return problem && `has a min of ${JSON.stringify(min)}, which is ${problem}`;
}

function zoneProblem(zone: unknown): string | undefined {
  if (typeof zone !== 'string') return "does not say whose clock it is: give a zone such as 'Europe/Berlin'";
  try {
    checkTimeZone('', zone);
    return undefined;
  } catch (error) {
    if (error instanceof StrataError) return `has a zone that is none: ${error.found}`;
    throw error;
  }
}

/** Minutes after midnight; undefined for what is no time. */
function minuteOf(time: unknown): number | undefined {
  const [, hours, minutes] = (typeof time === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(time)) || [];
  if (time === '24:00') return DAY;
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Days in order, from Sunday on; undefined for what is none, or names a day twice. A range may go on past Saturday. */
function daysOf(text: string): number[] | undefined {
  const days = text.split(',').flatMap((range): (number | undefined)[] => {
    const [first, last = first, ...more] = range.trim().split('-').map(dayOf);
    if (first === undefined || last === undefined || more.length > 0) return [undefined];
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
  });
  const known = days.filter((day) => day !== undefined);
  return known.length < days.length || new Set(known).size < known.length ? undefined : known.sort();
}

function dayOf(name: string): number | undefined {
  const day = DAYS.indexOf(name);
  return day < 0 ? undefined : day;
}

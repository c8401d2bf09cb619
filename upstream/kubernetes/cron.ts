/** The schedules that the CronJob controller understands: five fields, or a name such as `@daily`. */

const BOUNDS = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of week', least: 0, most: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const satisfies readonly Bounds[];

interface Bounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const NAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a schedule. */
export function scheduleProblem(schedule: string): string | undefined {
  if (/^(CRON_)?TZ=/.test(schedule)) return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  if (schedule.startsWith('@')) {
    if (NAMES.includes(schedule)) return undefined;
    if (/^@every ([+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(schedule)) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const fields = schedule.split(/\s+/).filter(Boolean);
  if (fields.length !== BOUNDS.length)
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, bounds] of BOUNDS.entries()) {
    const wrong = fieldComplaint(fields[i] ?? '', bounds);
    if (wrong) return wrong;
  }
  return undefined;
}

function fieldComplaint(field: string, bounds: Bounds): string | undefined {
  const parts = field.split(',').filter(Boolean);
  for (const part of parts) {
    const wrong = rangeComplaint(part, bounds);
    if (wrong) return `${wrong} in the ${bounds.name}`;
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `10/15`, `1-30/5` */
function rangeComplaint(expression: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...rest] = expression.split('/');
  if (rest.length > 0) return `too many slashes: ${expression}`;
  const [low = '', high, ...more] = range.split('-');
  let first: number | undefined = bounds.least;
  let last: number | undefined = bounds.most;
  if (low !== '*' && low !== '?') {
    first = numberOf(low, bounds);
    last = high === undefined ? (step === undefined ? first : bounds.most) : numberOf(high, bounds);
    if (more.length > 0) return `too many hyphens: ${expression}`;
    if (first === undefined) return `failed to parse number: ${low}`;
    if (last === undefined) return `failed to parse number: ${high ?? ''}`;
  }
  if (step !== undefined) {
    if (!/^\d+$/.test(step)) return `failed to parse number: ${step}`;
    if (Number(step) === 0) return `step of range should be a positive number: ${expression}`;
  }
  if (first < bounds.least) return `beginning of range (${first}) below minimum (${bounds.least}): ${expression}`;
  if (last > bounds.most) return `end of range (${last}) above maximum (${bounds.most}): ${expression}`;
  return first > last ? `beginning of range (${first}) beyond end of range (${last}): ${expression}` : undefined;
}

function numberOf(text: string, { names, least }: Bounds): number | undefined {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return index + least;
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

/** Days of each month, of a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Why a valid schedule has no time at all, such as `0 0 31 2 *`; undefined: it runs. Where a day of the week is named as well, either day
 * does (robfig/cron: dayMatches).
 */
export function neverRuns(schedule: string): string | undefined {
  const [, , days = '', months = '', weekdays = ''] = schedule.split(/\s+/).filter(Boolean);
  if (scheduleProblem(schedule) !== undefined || schedule.startsWith('@') || !isAny(weekdays)) return undefined;
  const [of, least] = [valuesOf(months, BOUNDS[3]), Math.min(...valuesOf(days, BOUNDS[2]))];
  if (of.some((month) => DAYS[month - 1]! >= least)) return undefined;
  return `there is no day ${least} in ${of.length === 1 ? 'month' : 'months'} ${of.join(', ')}`;
}

/** Whether a field leaves the choice to the others: steps of more than one do not. */
function isAny(field: string): boolean {
  return field.split(',').some((part) => /^[*?](-[^/]*)?(\/0*1)?$/.test(part));
}

/** The values that a valid field means. */
function valuesOf(field: string, bounds: Bounds): number[] {
  const values = new Set<number>();
  for (const part of field.split(',').filter(Boolean)) {
    const [range = '', step] = part.split('/');
    const [low = '', high] = range.split('-');
    const isOpen = low === '*' || low === '?';
    const first = isOpen ? bounds.least : numberOf(low, bounds)!;
    const last = isOpen || (high === undefined && step !== undefined) ? bounds.most : numberOf(high ?? low, bounds)!;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** What is wrong with the name of a time zone. */
export function timeZoneProblem(zone: string): string | undefined {
  if (zone === '') return 'timeZone must be nil or non-empty string';
  if (zone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[+-]/.test(zone) ? `unknown time zone ${zone}` : undefined;
  } catch {
    return `unknown time zone ${zone}`;
  }
}

/** What the names of schedules stand for. */
const MEANT: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The times of day at which a schedule runs, and the days on which it does. */
export interface ScheduleTimes {
  /** Minutes after midnight, in order. */
  readonly minutes: readonly number[];
  /** How many hours of the day have a run. */
  readonly hours: number;
  /** Of a day of the calendar; months count from 1. */
  readonly isOn: (year: number, month: number, day: number) => boolean;
}

/** Undefined for what is no schedule, and for `@every`, which has no times of day. */
export function scheduleTimes(schedule: string): ScheduleTimes | undefined {
  if (scheduleProblem(schedule) !== undefined) return undefined;
  const fields = (schedule.startsWith('@') ? (MEANT[schedule] ?? '') : schedule).split(/\s+/).filter(Boolean);
  if (fields.length !== BOUNDS.length) return undefined;
  const [minutes, hours, days, months, weekdays] = BOUNDS.map((bounds, i) => valuesOf(fields[i]!, bounds));
  const either = !isAny(fields[2]!) && !isAny(fields[4]!);
  return {
    minutes: hours!.flatMap((hour) => minutes!.map((minute) => hour * 60 + minute)),
    hours: hours!.length,
    isOn: (year, month, day) => {
      if (!months!.includes(month)) return false;
      const [ofMonth, ofWeek] = [
        days!.includes(day),
        weekdays!.includes(new Date(Date.UTC(year, month - 1, day)).getUTCDay()),
      ];
      return either ? ofMonth || ofWeek : ofMonth && ofWeek;
    },
  };
}

/** The shortest time between two runs, in seconds; undefined for what is no schedule. */
export function shortestInterval(schedule: string): number | undefined {
  const every = /^@every (.*)$/.exec(schedule)?.[1];
  if (every !== undefined && scheduleProblem(schedule) === undefined) {
    const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
    const parts = [...every.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
    return Math.max(
      1,
      parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0),
    );
  }
  const { minutes } = scheduleTimes(schedule) ?? {};
  if (!minutes) return undefined;
  // Of two days that follow each other.
  const gaps = minutes.map((minute, i) => (minutes[i + 1] ?? minutes[0]! + 1440) - minute);
  return Math.min(...gaps) * 60;
}

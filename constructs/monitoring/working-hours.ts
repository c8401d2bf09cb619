import { StrataError } from '../../model/errors';
import { checkTimeZone } from '../core/schedule';

/** Hours of the week in which somebody works. */
export interface WorkingHours {
  /** Days, or ranges of them: `monday:friday`. */
  readonly weekdays: readonly string[];
  /** From when until when, by the clock: `{ from: '09:00', to: '17:00' }`. `24:00` is the end of a day. */
  readonly times: readonly { readonly from: string; readonly to: string }[];
  /** The time zone, by its name in the IANA database. @default 'Etc/UTC' */
  readonly location?: string;
}

/** As Alertmanager counts them: a range begins before it ends. */
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** What is wrong with hours, as the end of "is … "; undefined where nothing is. */
export function workingHoursProblem(given: unknown): string | undefined {
  if (given === 'always') return undefined;
  if (given === null || typeof given !== 'object')
    return "not 'always' or hours: { weekdays: ['monday:friday'], times: [{ from: '09:00', to: '17:00' }] }";
  const { weekdays, times, location, ...others } = given as Partial<WorkingHours>;
  const [other] = Object.keys(others);
  if (other !== undefined) return `wrong: hours have weekdays, times and location, and no ${other}`;
  if (!Array.isArray(weekdays) || weekdays.length === 0) return "wrong: it has no weekdays such as ['monday:friday']";
  if (!Array.isArray(times) || times.length === 0)
    return "wrong: it has no times such as [{ from: '09:00', to: '17:00' }]";
  return (
    weekdays.map(dayProblem).find((problem) => problem !== undefined) ??
    times.map(timeProblem).find((problem) => problem !== undefined) ??
    (location === undefined ? undefined : zoneProblem(location))
  );
}

/** Hours of UTC: forms without time zones take no others. */
export function isUtc({ location }: WorkingHours): boolean {
  return location === undefined || /^(Etc\/)?(UTC|GMT)$/.test(location);
}

function dayProblem(range: unknown): string | undefined {
  const [first, last = first, ...more] =
    typeof range === 'string' ? range.split(':').map((day) => DAYS.indexOf(day)) : [];
  if (first === undefined || first < 0 || last! < 0 || more.length > 0)
    return `wrong in its weekdays: ${JSON.stringify(range)} is no day such as 'monday' and no range such as 'monday:friday'`;
  return first > last!
    ? `wrong in its weekdays: ${String(range)} ends before it begins, because weeks begin with sunday; write two ranges`
    : undefined;
}

function timeProblem(range: unknown): string | undefined {
  const { from, to } = (range ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  for (const time of [from, to])
    if (typeof time !== 'string' || !/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time))
      return `wrong in its times: ${JSON.stringify(time)} is no time such as '09:30'`;
  return (from as string) >= (to as string)
    ? `wrong in its times: ${String(from)} is not before ${String(to)}; write two ranges for one over midnight`
    : undefined;
}

function zoneProblem(location: unknown): string | undefined {
  try {
    checkTimeZone('', location as string);
    return undefined;
  } catch (error) {
    if (error instanceof StrataError) return `wrong in its location: ${error.found}`;
    throw error;
  }
}

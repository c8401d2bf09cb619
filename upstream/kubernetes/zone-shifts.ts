import { timeZoneProblem } from './cron';

/** A part of a day that the clock of a zone leaves out, or shows twice. */
export interface ZoneShift {
  readonly kind: 'skipped' | 'repeated';
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** In minutes after midnight of the zone's own clock: from the first, to the one after the last. */
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Years that are looked at: a date of each comes on every day of the week. */
const [FIRST, LAST] = [2026, 2032];

const shiftsByZone = new Map<string, readonly ZoneShift[]>();

/** The days of a zone that have 23 or 25 hours; none for what is no zone. */
export function zoneShifts(zone: string): readonly ZoneShift[] {
  let shifts = shiftsByZone.get(zone);
  if (!shifts) shiftsByZone.set(zone, (shifts = timeZoneProblem(zone) === undefined ? [...shiftsOf(zone)] : []));
  return shifts;
}

/** Tells how far the clock of a known zone is before UTC at an instant, both in milliseconds. */
export function zoneOffset(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts as Readonly<Record<string, number>>;
    return Date.UTC(year, month - 1, day, hour, minute) - at;
  };
}

function* shiftsOf(zone: string): Iterable<ZoneShift> {
  const offset = zoneOffset(zone);
  let before = offset(Date.UTC(FIRST, 0, 1));
  for (let at = Date.UTC(FIRST, 0, 1); at < Date.UTC(LAST + 1, 0, 1); at += DAY) {
    const after = offset(at + DAY);
    if (after === before) continue;
    let [low, high] = [at, at + DAY];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    const start = new Date(high + Math.min(before, after));
    const from = start.getUTCHours() * 60 + start.getUTCMinutes();
    yield {
      kind: after > before ? 'skipped' : 'repeated',
      year: start.getUTCFullYear(),
      month: start.getUTCMonth() + 1,
      day: start.getUTCDate(),
      from,
      to: from + Math.abs(after - before) / MINUTE,
    };
    before = after;
  }
}

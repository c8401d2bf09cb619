/** Instants are whole minutes of UTC since 1970, and times of a zone's clock the same as if it stood in UTC. */

const MINUTE = 60_000;
const DAY = 24 * 60;

/** The years that are looked at: a date comes on every day of the week in them. */
export const FIRST_DAY = Date.UTC(2026, 0, 1) / MINUTE;
export const LAST_DAY = Date.UTC(2033, 0, 1) / MINUTE;

/** How many minutes a clock is before UTC, from an instant on. */
interface Offset {
  readonly since: number;
  readonly before: number;
}

const offsetsByZone = new Map<string, readonly Offset[]>();

/** The instant at which the clock of a zone shows a time: the first of two, and for a time that it leaves out the minute before it is set. */
export function instantOf(time: number, zone: string): number {
  const offsets = offsetsOf(zone);
  const i = offsets.findIndex(({ before }, at) => time - before < (offsets[at + 1]?.since ?? Number.POSITIVE_INFINITY));
  const { since, before } = offsets[i]!;
  return Math.max(time - before, since - 1);
}

function offsetsOf(zone: string): readonly Offset[] {
  let offsets = offsetsByZone.get(zone);
  if (!offsets) offsetsByZone.set(zone, (offsets = [...changesOf(zone)]));
  return offsets;
}

function* changesOf(zone: string): Iterable<Offset> {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  const beforeAt = (at: number) => {
    const parts = new Map(format.formatToParts(at * MINUTE).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) / MINUTE - at;
  };
  let before = beforeAt(FIRST_DAY - DAY);
  yield { since: Number.NEGATIVE_INFINITY, before };
  for (let day = FIRST_DAY - DAY; day < LAST_DAY + DAY; day += DAY) {
    const after = beforeAt(day + DAY);
    if (after === before) continue;
    let [low, high] = [day, day + DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (beforeAt(middle) === before) low = middle;
      else high = middle;
    }
    yield { since: high, before: after };
    before = after;
  }
}

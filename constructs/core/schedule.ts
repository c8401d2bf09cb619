import { StrataError } from '../../model/errors';

/** When a CronJob runs: minute, hour, day of the month, month and day of the week, as in `'0 3 * * 1-5'`; or a name. */
export type Schedule =
  | `${string} ${string} ${string} ${string} ${string}`
  | `@${'yearly' | 'monthly' | 'weekly' | 'daily' | 'hourly'}`;

const FIELDS: readonly {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: string;
}[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { name: 'day of the week', min: 0, max: 6, names: 'sun mon tue wed thu fri sat' },
];

/** Refuses a schedule that the API server refuses. */
export function checkSchedule(place: string, schedule: string): void {
  if (/^@(yearly|monthly|weekly|daily|hourly)$/.test(schedule)) return;
  const fields = schedule.split(' ');
  const wrong = FIELDS.find(({ min, max, names }, i) => !isField(fields[i] ?? '', min, max, names?.split(' ') ?? []));
  if (fields.length === FIELDS.length && !wrong) return;
  throw new StrataError(
    place,
    fields.length === FIELDS.length
      ? `${JSON.stringify(schedule)} has ${JSON.stringify(fields[FIELDS.indexOf(wrong!)])} for the ${wrong!.name}, which goes from ${wrong!.min} to ${wrong!.max}`
      : `${JSON.stringify(schedule)} has ${fields.length} fields, and a schedule has five`,
    [
      "write minute, hour, day of the month, month and day of the week, one space apart: '0 3 * * 1-5' is 3:00 on weekdays",
      'use a name: @hourly, @daily, @weekly, @monthly, @yearly',
    ],
  );
}

/** Refuses a time zone that no node knows, and the node's own, which differs from place to place. */
export function checkTimeZone(place: string, zone: string): void {
  if (/^[A-Z]/.test(zone) && isZone(zone)) return;
  throw new StrataError(place, `${JSON.stringify(zone)} is no time zone of the IANA database`, [
    "use a name such as 'Europe/Zurich'",
    "leave it out: 'Etc/UTC'",
  ]);
}

/** A list of `*`, `5`, `1-5`, each perhaps with a step: `0-30/5`. */
function isField(field: string, min: number, max: number, names: readonly string[]): boolean {
  const numberOf = (text: string) => {
    const name = names.indexOf(text.toLowerCase());
    const number = name < 0 ? Number(text) : name + min;
    return (name >= 0 || /^\d+$/.test(text)) && number >= min && number <= max ? number : Number.NaN;
  };
  return field.split(',').every((part) => {
    const match = /^(\*|(\w+)(?:-(\w+))?)(?:\/([1-9]\d*))?$/.exec(part);
    if (!match) return false;
    const [, , first, last] = match;
    if (first === undefined) return true;
    return last === undefined ? !Number.isNaN(numberOf(first)) : numberOf(first) <= numberOf(last);
  });
}

function isZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    // Zones are files to the controller, so capitals count; here they do not. Aliases have another name.
    return timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}

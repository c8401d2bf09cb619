import fc from 'fast-check';
import type { Schedule } from '../../../constructs/core/schedule';
import { checkSchedule, checkTimeZone } from '../../../constructs/core/schedule';
import { scheduleProblem, timeZoneProblem } from '../../../upstream/kubernetes/cron';
import { refusal } from '../../support/render';

const accepts = (check: (place: string, text: string) => void, text: string) => {
  try {
    check('here', text);
    return true;
  } catch {
    return false;
  }
};

describe('a schedule', () => {
  test.each<Schedule>([
    '* * * * *',
    '0 3 * * 1-5',
    '*/15 0-23/2 1,15,31 JAN,jul-dec sun',
    '5/10 * * * 0',
    '@hourly',
    '@yearly',
  ])('%s is taken', (schedule) => {
    expect(accepts(checkSchedule, schedule)).toBe(true);
  });

  test.each([
    ['60 * * * *', '"60 * * * *" has "60" for the minute, which goes from 0 to 59'],
    ['0 24 * * *', 'has "24" for the hour, which goes from 0 to 23'],
    ['0 0 0 * *', 'has "0" for the day of the month, which goes from 1 to 31'],
    ['0 0 1 13 *', 'has "13" for the month, which goes from 1 to 12'],
    ['0 0 * * 7', 'has "7" for the day of the week, which goes from 0 to 6'],
    ['0 0 * * 5-1', 'has "5-1" for the day of the week'],
    ['*/0 * * * *', 'has "*/0" for the minute'],
    ['1, * * * *', 'has "1," for the minute'],
    ['0 3 * *', 'has 4 fields, and a schedule has five'],
    ['0 0 3 * * *', 'has 6 fields, and a schedule has five'],
    ['@noon', 'has 1 fields, and a schedule has five'],
    ['TZ=UTC 0 3 * * *', 'has 6 fields, and a schedule has five'],
    ['', 'has 1 fields, and a schedule has five'],
  ])('%s is refused with what is wrong', (schedule, message) => {
    const error = refusal(() => checkSchedule('cron job report, schedule', schedule));
    expect(error.message).toContain(`cron job report, schedule: `);
    expect(error.message).toContain(message);
    expect(error.fixes).toHaveLength(2);
  });

  test('of another form does not compile', () => {
    // @ts-expect-error: four fields
    const four: Schedule = '0 3 * *';
    // @ts-expect-error: no such name
    const noon: Schedule = '@noon';
    expect([four, noon].filter((schedule) => accepts(checkSchedule, schedule))).toEqual([]);
  });

  // The verifier knows the rule from Kubernetes' own code, and shares nothing with the constructs.
  test('that is taken is one that the API server takes', () => {
    const part = fc.constantFrom(
      '*',
      '0',
      '5',
      '7',
      '12',
      '31',
      '60',
      '1-5',
      '5-1',
      '*/2',
      '*/0',
      '3/4',
      'mon',
      'JAN',
      'x',
      '?',
      '',
    );
    const field = fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(','));
    const schedules = fc.array(field, { minLength: 4, maxLength: 6 }).map((fields) => fields.join(' '));
    let taken = 0;
    fc.assert(
      fc.property(schedules, (schedule) => {
        if (!accepts(checkSchedule, schedule)) return;
        taken++;
        expect([schedule, scheduleProblem(schedule)]).toEqual([schedule, undefined]);
      }),
      { numRuns: 20_000 },
    );
    // Chance decides how many: about 25.
    expect(taken).toBeGreaterThan(5);
  });
});

describe('a time zone', () => {
  test.each(['Etc/UTC', 'UTC', 'Europe/Zurich', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta'])(
    '%s is taken',
    (zone) => {
      expect(accepts(checkTimeZone, zone)).toBe(true);
      expect(timeZoneProblem(zone)).toBeUndefined();
    },
  );

  test.each(['Local', '', 'Europe/Zurych', 'europe/zurich', 'EUROPE/ZURICH', '+02:00'])('%j is refused', (zone) => {
    expect(refusal(() => checkTimeZone('here', zone)).message).toContain('is no time zone of the IANA database');
  });
});

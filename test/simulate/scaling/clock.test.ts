import { clockDate, floorsOf, wantedBy } from '../../../simulate/scaling/clock';
import { refusal } from '../../support/render';

const BERLIN = 'Europe/Berlin';
const step = (schedule: string, pods: number, zone = BERLIN) => ({ schedule, zone, pods });
const span = (start: string, end: string, pods: number, zone = BERLIN) => ({
  start: { schedule: start, zone },
  end: { schedule: end, zone },
  pods,
});
const on = (date: string, zone = BERLIN) => ({ date, zone });
/** Where the number changes: `08:00 10`. */
const changes = (minutes: readonly number[]) =>
  minutes.flatMap((pods, i) => {
    const clock = [Math.floor(i / 60), i % 60].map((part) => String(part).padStart(2, '0')).join(':');
    return pods === minutes[i - 1] ? [] : [`${clock} ${pods}`];
  });

describe.each([
  [
    'CronJobs',
    (start: string, end: string, date: ReturnType<typeof on>, zone?: string) =>
      changes(floorsOf([step(start, 10, zone), step(end, 2, zone)], 2, date)),
    2,
  ],
  [
    'a trigger',
    (start: string, end: string, date: ReturnType<typeof on>, zone?: string) =>
      changes(wantedBy(span(start, end, 10, zone), date)),
    0,
  ],
] as const)('the hours of a day by %s', (_, of, else_) => {
  test('a workday, and a day off', () => {
    expect(of('0 8 * * 1-5', '0 18 * * 1-5', on('2026-01-05'))).toEqual([
      `00:00 ${else_}`,
      '08:00 10',
      `18:00 ${else_}`,
    ]);
    expect(of('0 8 * * 1-5', '0 18 * * 1-5', on('2026-01-04'))).toEqual([`00:00 ${else_}`]);
  });
  test('what began the day before, and goes on past midnight', () => {
    expect(of('0 22 * * 1-5', '0 6 * * 2-6', on('2026-01-06'))).toEqual(['00:00 10', `06:00 ${else_}`, '22:00 10']);
    expect(of('0 22 * * 1-5', '0 6 * * 2-6', on('2026-01-10'))).toEqual(['00:00 10', `06:00 ${else_}`]);
  });
  test('days that began long before', () =>
    expect(of('0 0 1 * *', '0 0 20 * *', on('2026-01-19'))).toEqual(['00:00 10']));
  test('another clock than that of the day, in winter and in the weeks when America is ahead', () => {
    const newYork = (date: string) => of('0 8 * * *', '0 12 * * *', on(date), 'America/New_York');
    expect(newYork('2026-01-05')).toEqual([`00:00 ${else_}`, '14:00 10', `18:00 ${else_}`]);
    expect(newYork('2026-03-10')).toEqual([`00:00 ${else_}`, '13:00 10', `17:00 ${else_}`]);
  });
});

test('a start that a night leaves out: CronJobs do not set it, and KEDA takes the whole day before for a part of the hours', () => {
  const night = on('2026-03-28');
  expect(changes(floorsOf([step('30 2 * * *', 10), step('0 4 * * *', 2)], 2, on('2026-03-29')))).toEqual(['00:00 2']);
  expect(changes(wantedBy(span('30 2 * * *', '0 4 * * *', 10), night))).toEqual(['00:00 0', '02:30 10']);
});

test('what is said of one day in three hours more than once holds until it is said otherwise', () => {
  const steps = [step('0 8 * * *', 4), step('0 12 * * *', 9), step('0 20 * * *', 2)];
  expect(changes(floorsOf(steps, 2, on('2026-01-07')))).toEqual(['00:00 2', '08:00 4', '12:00 9', '20:00 2']);
});

test('the day is the given one, or the first with hours from a Monday on, by the clock of the first', () => {
  const [workdays, sundays] = [step('0 8 * * 1-5', 3), step('0 8 * * 0', 3, 'Asia/Tokyo')];
  expect(clockDate('--date', undefined, [workdays])).toEqual(on('2026-01-05'));
  expect(clockDate('--date', undefined, [sundays, workdays])).toEqual(on('2026-01-11', 'Asia/Tokyo'));
  expect(clockDate('--date', '2027-02-28', [workdays])).toEqual(on('2027-02-28'));
  expect(clockDate('--date', undefined, [])).toEqual(on('2026-01-05', 'Etc/UTC'));
  for (const wrong of ['2027-02-29', 'Monday', '2027-2-2', '2027-02-28T10:00Z'])
    expect(refusal(() => clockDate('--date', wrong, [workdays])).message).toContain(`--date ${wrong}: is no date`);
});

import { scheduleTimes, shortestInterval } from '../../../../upstream/kubernetes/cron';
import { zoneShifts } from '../../../../upstream/kubernetes/zone-shifts';
import { messages, verdicts } from '../../judging';

const cronJob = (spec: string, job = '') =>
  `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: c, namespace: shop }, spec: { ${spec}, jobTemplate: { spec: { ${job}template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1.0' }] } } } } } }`;

describe('schedule-exists-all-year', () => {
  const id = 'schedule-exists-all-year';
  const at = ['fail spec.schedule'];
  test.each([
    ['30 2 * * *', 'Europe/Berlin', at],
    ['59 1 * * *', 'Europe/Berlin', []],
    ['0 3 * * *', 'Europe/Berlin', []],
    // London changes an hour earlier on its clock.
    ['30 1 * * *', 'Europe/London', at],
    ['30 2 * * *', 'Europe/London', []],
    ['30 2 * * *', 'Etc/UTC', []],
    ['30 2 * * *', 'Asia/Tokyo', []],
    // Clocks change on Sundays in March and October.
    ['30 2 * * 1-5', 'Europe/Berlin', []],
    ['30 2 * * SUN', 'Europe/Berlin', at],
    ['30 2 * 7 *', 'Europe/Berlin', []],
    ['30 2 1 * *', 'Europe/Berlin', []],
    ['30 2 29 * *', 'Europe/Berlin', at],
    // Half an hour on Lord Howe.
    ['10 2 * * *', 'Australia/Lord_Howe', at],
    ['40 2 * * *', 'Australia/Lord_Howe', []],
    ['0 0 * * *', 'America/Havana', at],
    ['@daily', 'America/Havana', at],
    // What runs all day long misses nothing by one hour.
    ['30 * * * *', 'Europe/Berlin', []],
    ['*/5 2 * * *', 'Europe/Berlin', at],
    ['30 2 * *', 'Europe/Berlin', []],
    ['30 2 * * *', 'Europe/Berln', []],
  ])('%s in %s', (schedule, zone, expected) =>
    expect(verdicts(id, cronJob(`schedule: '${schedule}', timeZone: ${zone}`))).toEqual(expected),
  );
  test('says on which days', () =>
    expect(messages(id, cronJob("schedule: '30 2 * * *', timeZone: Europe/Berlin"))).toEqual([
      'on 2026-03-29 the clocks of Europe/Berlin go from 02:00 to 03:00: no Job starts on that day; on 2026-10-25 they show 02:00 to 03:00 twice: two Jobs start',
    ]));
  test('without a time zone nothing is known of the clock', () =>
    expect(verdicts(id, cronJob("schedule: '30 2 * * *'"))).toEqual([]));
  test('windows of KEDA', () => {
    const object = (start: string) =>
      `{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: a, namespace: shop }, spec: { scaleTargetRef: { name: a }, triggers: [{ type: cron, metadata: { timezone: Europe/Berlin, start: '${start}', end: '0 18 * * *', desiredReplicas: '2' } }] } }`;
    expect(verdicts(id, object('30 2 * * *'))).toEqual(['fail spec.triggers[0].metadata.start']);
    expect(verdicts(id, object('0 8 * * *'))).toEqual([]);
  });
  test('two changes a year, an hour each', () => {
    expect(zoneShifts('Europe/Berlin')).toHaveLength(14);
    expect(zoneShifts('Europe/Berlin').every(({ from, to }) => to - from === 60)).toBe(true);
    expect(zoneShifts('America/New_York')[0]).toEqual({
      kind: 'skipped',
      year: 2026,
      month: 3,
      day: 8,
      from: 120,
      to: 180,
    });
  });
});

describe('schedules', () => {
  test.each([
    ['* * * * *', 60],
    ['*/15 * * * *', 900],
    ['0 3 * * *', 86_400],
    ['0 0,1 * * *', 3600],
    ['50 23 * * *', 86_400],
    ['0,50 * * * *', 600],
    ['0 22,2 * * *', 14_400],
    ['@hourly', 3600],
    ['@every 1h30m', 5400],
    ['@every 500ms', 1],
    ['nonsense', undefined],
  ])('%s runs every %p seconds at most', (schedule, seconds) => expect(shortestInterval(schedule)).toBe(seconds));
  test('a day of the month or of the week is enough, where both are named', () => {
    const on = (schedule: string, ...day: [number, number, number]) => scheduleTimes(schedule)!.isOn(...day);
    // 2026-03-29 is a Sunday.
    expect(on('0 0 1 * 0', 2026, 3, 29)).toBe(true);
    expect(on('0 0 1 * *', 2026, 3, 29)).toBe(false);
    expect(on('0 0 29 * 1', 2026, 3, 29)).toBe(true);
    expect(on('0 0 */1 * 1', 2026, 3, 29)).toBe(false);
    expect(on('0 0 * 4 *', 2026, 3, 29)).toBe(false);
  });
});

describe('cronjob-overlap', () => {
  const id = 'cronjob-overlap';
  const of = (schedule: string, deadline: number | undefined, policy = '') =>
    verdicts(
      id,
      cronJob(
        `schedule: '${schedule}'${policy && `, concurrencyPolicy: ${policy}`}`,
        deadline === undefined ? '' : `activeDeadlineSeconds: ${deadline}, `,
      ),
    );
  const at = ['fail spec.jobTemplate.spec.activeDeadlineSeconds'];
  test('a Job that may run beyond the next start', () => {
    expect(of('* * * * *', 600)).toEqual(at);
    expect(of('* * * * *', 600, 'Allow')).toEqual(at);
    expect(of('* * * * *', 600, 'Forbid')).toEqual([]);
    expect(of('* * * * *', 600, 'Replace')).toEqual([]);
    expect(of('* * * * *', 60)).toEqual([]);
    expect(of('*/10 * * * *', 600)).toEqual([]);
    expect(of('*/10 * * * *', 601)).toEqual(at);
    expect(of('0 3 * * *', 7200)).toEqual([]);
    expect(of('@every 5m', 600)).toEqual(at);
  });
  test('without a deadline, another check says so', () => expect(of('* * * * *', undefined)).toEqual([]));
  test('says how many', () =>
    expect(messages(id, cronJob("schedule: '*/5 * * * *'", 'activeDeadlineSeconds: 1800, '))[0]).toBe(
      'a Job may run for 30 min, and the next one starts 5 min after it: up to 6 of them run at once, over the same data',
    ));
});

describe('job-failure-policy-order', () => {
  const id = 'job-failure-policy-order';
  const job = (...rules: readonly string[]) =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { name: j, namespace: shop }, spec: { podFailurePolicy: { rules: [${rules.join(', ')}] }, template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1.0' }] } } } }`;
  const ignore = '{ action: Ignore, onPodConditions: [{ type: DisruptionTarget }] }';
  const codes = (action: string, operator: string, values: string) =>
    `{ action: ${action}, onExitCodes: { operator: ${operator}, values: [${values}] } }`;
  test.each([
    [[ignore, codes('FailJob', 'NotIn', '0')], []],
    [[codes('FailJob', 'NotIn', '0'), ignore], ['fail spec.podFailurePolicy.rules[0].action']],
    [[codes('FailJob', 'In', '1, 137'), ignore], ['fail spec.podFailurePolicy.rules[0].action']],
    // An exit code of the program itself says what it says, drained or not.
    [[codes('FailJob', 'In', '42'), ignore], []],
    [[codes('FailJob', 'NotIn', '0, 137, 143'), ignore], []],
    [[codes('Ignore', 'In', '143, 137')], []],
    [[codes('FailJob', 'In', '42')], ['fail spec.podFailurePolicy.rules[0].action']],
    [
      ['{ action: Count, onPodConditions: [{ type: DisruptionTarget }] }'],
      ['fail spec.podFailurePolicy.rules[0].action'],
    ],
    [["{ action: Ignore, onPodConditions: [{ type: DisruptionTarget, status: 'True' }] }"], []],
    [
      ["{ action: Ignore, onPodConditions: [{ type: ConfigIssue, status: 'True' }] }"],
      ['fail spec.podFailurePolicy.rules[0].action'],
    ],
  ])('%p', (rules, at) => expect(verdicts(id, job(...rules))).toEqual(at));
  test('a CronJob has them in its template, and without rules there is no order', () => {
    const rules = `podFailurePolicy: { rules: [${codes('FailJob', 'In', '42')}] }, `;
    expect(verdicts(id, cronJob("schedule: '0 4 * * *'", rules))).toEqual([
      'fail spec.jobTemplate.spec.podFailurePolicy.rules[0].action',
    ]);
    expect(verdicts(id, cronJob("schedule: '0 4 * * *'"))).toEqual([]);
  });
});

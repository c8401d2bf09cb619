import fc from 'fast-check';
import { Controller } from '../../../constructs/core/controller';
import type { AutoscalerProps } from '../../../constructs/scaling/autoscaler';
import { Autoscaler } from '../../../constructs/scaling/autoscaler';
import type { Hours } from '../../../constructs/scaling/hours';
import { marksOf, scheduleOf } from '../../../constructs/scaling/hours';
import { stretchesOf } from '../../../constructs/scaling/hours-apart';
import type { Keda } from '../../../model/cluster-facts';
import { refusal, rendered, workloadIn } from '../../support/render';

const OFFICE: Hours = { days: 'Mon-Fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin', min: 10 };
const KEDA: Keda = {
  version: '2.21',
  pods: { name: 'keda', namespaceLabels: { a: 'keda' }, podLabels: { app: 'keda-operator' } },
};
const scaled = (props: Partial<AutoscalerProps> = {}, pod = {}) =>
  rendered((chart) => {
    const workload = workloadIn(chart, 'shop', { controller: Controller.deployment(), pod });
    new Autoscaler(chart, 'autoscaler', { workload, max: 12, ...props });
  });
const hours = (...each: readonly Partial<Hours>[]) => each.map((one) => ({ ...OFFICE, ...one }));
const schedules = (of: Partial<Hours>) => {
  const { start, end } = marksOf({ ...OFFICE, ...of });
  return [scheduleOf(start), scheduleOf(end)];
};

describe('when they begin and end', () => {
  test.each<[string, Partial<Hours>, string, string]>([
    ['workdays', {}, '0 8 * * 1-5', '0 18 * * 1-5'],
    ['minutes', { from: '07:45', to: '18:05' }, '45 7 * * 1-5', '5 18 * * 1-5'],
    ['one day', { days: 'Sun' }, '0 8 * * 0', '0 18 * * 0'],
    ['a range past Saturday, as a week has no end', { days: 'Sat-Mon' }, '0 8 * * 0,1,6', '0 18 * * 0,1,6'],
    ['several', { days: 'Fri,Mon-Wed' }, '0 8 * * 1-3,5', '0 18 * * 1-3,5'],
    ['on past midnight: they end on the day after', { from: '22:00', to: '06:00' }, '0 22 * * 1-5', '0 6 * * 2-6'],
    ['on past midnight from Saturday', { days: 'Sat', from: '22:00', to: '06:00' }, '0 22 * * 6', '0 6 * * 0'],
    ['until midnight', { to: '24:00' }, '0 8 * * 1-5', '0 0 * * 2-6'],
    ['until midnight in other words', { to: '00:00' }, '0 8 * * 1-5', '0 0 * * 2-6'],
    ['a whole day', { days: 'Sat', from: '00:00', to: '24:00' }, '0 0 * * 6', '0 0 * * 0'],
    [
      'whole days that follow each other begin once',
      { days: 'Sat-Sun,Wed', from: '00:00', to: '24:00' },
      '0 0 * * 3,6',
      '0 0 * * 1,4',
    ],
  ])('%s', (_, of, start, end) => expect(schedules(of)).toEqual([start, end]));
  test('every day, where no days are said', () => {
    const { start, end } = marksOf({ from: '08:00', to: '24:00', zone: 'Etc/UTC', min: 3 });
    expect([scheduleOf(start), scheduleOf(end)]).toEqual(['0 8 * * *', '0 0 * * *']);
  });
});

describe('what is no hours is refused', () => {
  test.each<[string, unknown, string]>([
    ['no list', OFFICE, 'not a list of hours'],
    ['a text', ['08:00-18:00'], 'is no hours: give days, from, to, zone and min'],
    ['a field of another name', hours({ until: '18:00' } as never), 'has until, which is not one of days, from'],
    ['no such day', hours({ days: 'Monday' }), 'has the days "Monday", and they are Sun, Mon,'],
    ['a day twice', hours({ days: 'Mon-Wed,Tue' }), 'has the days "Mon-Wed,Tue"'],
    ['a range of three', hours({ days: 'Mon-Wed-Fri' }), 'has the days "Mon-Wed-Fri"'],
    ['no days at all', hours({ days: '' }), 'has the days ""'],
    ['an hour without minutes', hours({ from: '8' }), 'begins at "8", which is no time such as 08:30'],
    ['a beginning at the end of the day', hours({ from: '24:00' }), 'begins at "24:00"'],
    ['no end', hours({ to: undefined as never }), 'ends at undefined, which is no time'],
    ['an end that no clock shows', hours({ to: '25:00' }), 'ends at "25:00"'],
    ['no length', hours({ to: '08:00' }), 'begins and ends at 08:00: a whole day is from 00:00 to 24:00'],
    ['always', hours({ days: 'Sun-Sat', from: '00:00', to: '24:00' }), 'is the whole week: raise min instead'],
    ['a zone that is misspelt', hours({ zone: 'Europe/Berln' }), 'has a zone that is none: "Europe/Berln"'],
    ['a zone in small letters, a file that is not there', hours({ zone: 'europe/berlin' }), 'has a zone that is none'],
    ['no zone', hours({ zone: undefined as never }), 'does not say whose clock it is'],
    ['no number of pods', hours({ min: 0 }), 'has a min of 0, which is not a whole number of 1 or more'],
  ])('%s', (_, given, problem) => {
    const error = refusal(() => scaled({ hours: given as readonly Hours[] }));
    expect(error.place).toBe('autoscaler of shop.hours');
    expect(error.found).toContain(problem);
  });
  test('more pods than there may be, and no more than there are anyway', () => {
    expect(refusal(() => scaled({ hours: hours({ min: 13 }) })).found).toBe(
      'Mon-Fri 08:00-18:00 Europe/Berlin has a min of 13, above max (12)',
    );
    for (const min of [3, 2])
      expect(refusal(() => scaled({ min: 3, hours: hours({ min }) })).found).toContain(
        `has a min of ${min}, and min is 3 at all times`,
      );
    expect(() => scaled({ hours: hours({ min: 12 }) })).not.toThrow();
  });
});

describe('hours that cross or touch are refused', () => {
  const found = (...each: readonly Partial<Hours>[]) => refusal(() => stretchesOf('here', hours(...each))).found;
  test('by one clock', () => {
    expect(found({}, { from: '17:59', to: '20:00' })).toBe(
      'Mon-Fri 08:00-18:00 Europe/Berlin and Mon-Fri 17:59-20:00 Europe/Berlin cross, first on 2026-01-01 16:59 UTC: which of the two sets the fewest pods is a matter of chance',
    );
    expect(found({}, { from: '18:00', to: '20:00' })).toContain('touch, first on 2026-01-01 17:00 UTC');
    expect(found({ days: 'Fri', from: '22:00', to: '06:00' }, { days: 'Sat', from: '05:00', to: '07:00' })).toContain(
      'cross, first on 2026-01-03 04:00 UTC',
    );
  });
  test('by two clocks, on the days that they are nearer to each other than else', () => {
    const newYork = { from: '08:00', to: '12:00', zone: 'America/New_York' };
    // Six hours apart, in March and in autumn five for some weeks.
    expect(found({ to: '13:30' }, newYork)).toContain('cross, first on 2026-03-09 12:00 UTC');
    expect(found({ to: '14:00' }, newYork)).toContain('touch, first on 2026-01-01 13:00 UTC');
    expect(() => stretchesOf('here', hours({ to: '12:59' }, newYork))).not.toThrow();
  });
  test('a night in which the clock leaves the end out, or shows it twice, is none in which they cross', () => {
    for (const night of [hours({ to: '02:30' }, { from: '03:00', to: '07:00' }), hours({ from: '02:30', to: '01:30' })])
      for (const days of ['Sat-Sun', 'Sun-Sat'])
        expect(() =>
          stretchesOf(
            'here',
            night.map((each) => ({ ...each, days })),
          ),
        ).not.toThrow();
  });

  const WEEK = 7 * 1440;
  const clock = (minute: number) =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  interface Drawn {
    readonly days: readonly number[];
    /** Quarters of an hour. */
    readonly from: number;
    readonly to: number;
    /** Hours before UTC, by clocks that are never set. */
    readonly before: number;
  }
  const one: fc.Arbitrary<Drawn> = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
      from: fc.integer({ min: 0, max: 95 }),
      to: fc.integer({ min: 0, max: 96 }),
      before: fc.constantFrom(0, 0, -5, 9),
    })
    .filter(({ from, to }) => from !== to && from * 15 !== (to * 15) % 1440);
  /** The minutes of a week in UTC that are theirs, with the one after the last of each: then others touch them. */
  const minutes = ({ days, from, to, before }: Drawn, with_: 0 | 1) => {
    const length = (to - from) * 15 + (to <= from ? 1440 : 0) + with_;
    return new Set(
      days.flatMap((day) =>
        Array.from({ length }, (_, i) => (day * 1440 + from * 15 + i - before * 60 + 2 * WEEK) % WEEK),
      ),
    );
  };
  const meet = (a: Set<number>, b: Set<number>) => [...a].some((minute) => b.has(minute));
  test('just when they have a minute in common, or one ends when the other begins', () => {
    let refused = 0;
    fc.assert(
      fc.property(one, one, (first, second) => {
        const written = [first, second].map(({ days, from, to, before }) => ({
          days: days.map((day) => names[day]).join(','),
          ...{ from: clock(from * 15), to: clock(to * 15), min: 5 },
          zone: before === 0 ? 'Etc/UTC' : `Etc/GMT${before > 0 ? '-' : '+'}${Math.abs(before)}`,
        }));
        const expected = meet(minutes(first, 1), minutes(second, 0)) || meet(minutes(second, 1), minutes(first, 0));
        if (expected) {
          refused++;
          expect(refusal(() => stretchesOf('here', written)).message).toMatch(/cross|touch/);
        } else expect(() => stretchesOf('here', written)).not.toThrow();
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(refused).toBeGreaterThan(60);
    expect(refused).toBeLessThan(240);
  });
});

interface ClockSpec {
  readonly schedule: string;
  readonly timeZone: string;
  readonly startingDeadlineSeconds: number;
  readonly concurrencyPolicy: string;
  readonly jobTemplate: {
    readonly spec: { readonly activeDeadlineSeconds: number; readonly template: { readonly spec: PodSpec } };
  };
}
interface PodSpec {
  readonly serviceAccountName: string;
  readonly nodeSelector?: object;
  readonly tolerations?: readonly object[];
  readonly affinity?: object;
  readonly containers: readonly { readonly args: readonly string[] }[];
}

describe('without KEDA', () => {
  const objects = scaled({ hours: hours({}, { days: 'Sat', to: '12:00', min: 4 }) });
  const jobs = new Map(
    objects.of('CronJob').map(({ metadata, spec }) => [metadata.name, spec as unknown as ClockSpec]),
  );
  test('a CronJob sets the fewest pods when hours begin, and one when they end', () => {
    expect(
      [...jobs].map(([name, { schedule, timeZone, jobTemplate }]) => [
        name,
        schedule,
        timeZone,
        jobTemplate.spec.template.spec.containers[0]!.args.join(' '),
      ]),
    ).toEqual(
      [
        ['shop-hours-1-start', '0 8 * * 1-5', 10],
        ['shop-hours-1-end', '0 18 * * 1-5', 2],
        ['shop-hours-2-start', '0 8 * * 6', 4],
        ['shop-hours-2-end', '0 12 * * 6', 2],
      ].map(([name, schedule, pods]) => [
        ...[name, schedule, 'Europe/Berlin'],
        `patch horizontalpodautoscaler shop --type=merge --patch={"spec":{"minReplicas":${pods}}}`,
      ]),
    );
    expect(objects.get('HorizontalPodAutoscaler').spec.minReplicas).toBe(2);
  });
  test('a run may start late and take its time, and has ended before the next one begins', () => {
    const hour = 3600;
    const times = [...jobs].map(([name, { startingDeadlineSeconds: late, jobTemplate }]) => [
      name,
      late,
      jobTemplate.spec.activeDeadlineSeconds,
    ]);
    // From Monday to Thursday it is 14 hours until the next morning; 44 from Saturday to Monday, and 43 where a night is an hour shorter.
    expect(times).toEqual([
      ['shop-hours-1-start', 5 * hour, 5 * hour],
      ['shop-hours-1-end', 7 * hour, 7 * hour],
      ['shop-hours-2-start', 2 * hour, 2 * hour],
      ['shop-hours-2-end', 21.5 * hour, 21.5 * hour],
    ]);
  });
  test('they may read and patch that one autoscaler, and nothing else', () => {
    const { rules } = objects.get('Role') as unknown as { readonly rules: readonly object[] };
    expect(rules).toEqual([
      {
        apiGroups: ['autoscaling'],
        resources: ['horizontalpodautoscalers'],
        resourceNames: ['shop'],
        verbs: ['get', 'patch'],
      },
    ]);
    const { subjects, roleRef } = objects.get('RoleBinding') as unknown as {
      readonly subjects: readonly { readonly name: string }[];
      readonly roleRef: { readonly name: string };
    };
    expect([roleRef.name, subjects.map(({ name }) => name)]).toEqual(['shop-hours', ['shop-hours']]);
    expect([...jobs.values()].map(({ jobTemplate }) => jobTemplate.spec.template.spec.serviceAccountName)).toEqual(
      Array(4).fill('shop-hours'),
    );
  });
  test('they run where the pods do that they add, and need not keep apart', () => {
    const place = {
      requires: { pool: 'spot' },
      tolerates: [{ key: 'spot', operator: 'Exists' }],
      apart: { over: 'zone', strength: 'required' },
      spread: [{ over: 'zone', strength: 'required' }],
    };
    const placed = scaled({ hours: hours({}) }, { placement: place }).of('CronJob');
    for (const { spec } of placed) {
      const pod = (spec as unknown as ClockSpec).jobTemplate.spec.template.spec;
      expect(pod).toMatchObject({
        nodeSelector: { pool: 'spot' },
        tolerations: [{ key: 'spot', operator: 'Exists' }],
      });
      expect(pod).not.toHaveProperty('affinity');
      expect(pod).not.toHaveProperty('topologySpreadConstraints');
    }
  });
  test('there are none without hours', () => {
    expect(scaled().all.map(({ kind }) => kind)).not.toContain('CronJob');
    expect(scaled({ keda: KEDA }).get('HorizontalPodAutoscaler').spec.minReplicas).toBe(2);
  });
  test('a name that leaves no room for those of the Jobs is refused', () => {
    const long = 'a'.repeat(40);
    const act = () =>
      rendered(
        (chart) =>
          new Autoscaler(chart, 'autoscaler', { workload: workloadIn(chart, long), max: 12, hours: hours({}) }),
      );
    expect(refusal(act).found).toContain('each of its Jobs adds eleven');
  });
});

interface Triggered {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & { readonly triggers: readonly object[] };
}
const scaledObject = (props: Partial<AutoscalerProps>) => {
  const { all } = scaled({ keda: KEDA, hours: hours({}), ...props });
  expect(all.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
  expect(all.map(({ kind }) => kind)).not.toContain('CronJob');
  return all.find(({ kind }) => kind === 'ScaledObject') as unknown as Triggered;
};

describe('with KEDA', () => {
  const cron = {
    type: 'cron',
    metadata: {
      timezone: 'Europe/Berlin',
      start: '0 8 * * 1-5',
      end: '0 18 * * 1-5',
      desiredReplicas: '10',
    },
  };
  test('a trigger for each measure, and one for the hours', () => {
    const metrics = [
      { use: 'memory', perPod: '8Mi' },
      { use: 'cpu', percent: 60, container: 'shop' },
    ] as const;
    const { spec } = scaledObject({ metrics });
    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicaCount: 2,
      maxReplicaCount: 12,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 300 } },
        },
      },
    });
    expect(spec).not.toHaveProperty('idleReplicaCount');
    expect(spec.triggers).toEqual([
      { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
      { type: 'memory', metricType: 'AverageValue', metadata: { value: '8Mi' } },
      { type: 'cpu', metricType: 'Utilization', metadata: { value: '60', containerName: 'shop' } },
      cron,
    ]);
  });
  test('KEDA takes over the autoscaler of the same name, which its webhook would refuse to have beside it', () => {
    const { metadata, spec } = scaledObject({});
    expect(metadata.annotations).toEqual({ 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' });
    const { name } = scaled().get('HorizontalPodAutoscaler').metadata;
    expect(spec).toMatchObject({ advanced: { horizontalPodAutoscalerConfig: { name } } });
  });
  test('no pod outside of the hours, where that is said', () => {
    const { spec } = scaledObject({ idle: 'zero', cpuPercent: 'none', metrics: [{ use: 'cpu', percent: 60 }] });
    // Triggers that are on ask for the fewest pods at least.
    expect(spec).toMatchObject({ idleReplicaCount: 0, minReplicaCount: 2 });
  });
  test('where nothing would start the first pod, or take the last one away, that is refused', () => {
    expect(refusal(() => scaled({ idle: 'zero', hours: hours({}) })).found).toContain('only KEDA takes the last pod');
    expect(refusal(() => scaled({ idle: 'zero', keda: KEDA })).found).toContain(
      'nothing would start the first pod: all that it looks at is measured at its own pods',
    );
  });
});

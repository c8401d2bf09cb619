import type { HpaPod } from '../../../simulate/scaling/hpa/pods';
import type { HpaReading } from '../../../simulate/scaling/hpa/reading';
import type { HpaState } from '../../../simulate/scaling/hpa/round';
import { hpaRound, NEW_HPA } from '../../../simulate/scaling/hpa/round';
import type { HpaMetric, HpaRules, HpaSpec } from '../../../simulate/scaling/hpa/spec';
import type { DayLoad } from '../../../simulate/scaling/load';
import { readCurve, readDayLoad } from '../../../simulate/scaling/load';
import type { MetricSource, ScaledService } from '../../../simulate/scaling/scaled-day';
import { scaledDay } from '../../../simulate/scaling/scaled-day';

const cpu: HpaMetric = {
  type: 'Resource',
  name: 'cpu',
  selector: 'nil',
  target: { type: 'Utilization', utilization: 70 },
};
const onCpu: MetricSource = { of: 'pod', unit: 5, idle: 20, limit: 500, request: 250n };
const average = (type: HpaMetric['type'], name: string, amount: bigint): HpaMetric => ({
  ...{ type, name, selector: 'nil' },
  target: { type: 'AverageValue', average: amount },
});
const rules = (more: Partial<HpaRules> = {}): HpaRules => ({
  ...{ window: 0, select: 'Max', policies: [{ type: 'Pods', value: 2, period: 60 }] },
  ...more,
});

const service = (
  metrics: readonly HpaMetric[],
  sources: readonly MetricSource[],
  more: Partial<ScaledService> = {},
  spec: Partial<HpaSpec> = {},
): ScaledService => ({
  ...{ spec: { min: 2, max: 12, metrics, ...spec }, minor: 35, replicas: 2, readyAfter: 40, sources },
  ...more,
});

/** Rounds of a day that are compared: ten hours. */
const COMPARED = 2400;

/** The same day with every pod by itself, as the whole controller sees them. */
function byPods({ spec, minor, replicas, readyAfter, sources, floors }: ScaledService, load: DayLoad): number[] {
  let state: HpaState = NEW_HPA;
  let made = 0;
  const requests = (request = 0n) => ({
    containers: [{ name: 'web', requests: new Map([['cpu', request]]) }],
    sidecars: [],
  });
  const request = sources.flatMap((source) => ('request' in source ? [source.request] : []))[0];
  const create = (at: number) => ({ name: `p${made++}`, at });
  let pods = Array.from({ length: replicas }, () => create(-1e6));
  let [loadBefore, readyBefore] = [0, replicas];
  const found: number[] = [];
  for (let i = -240; i < COMPARED; i++) {
    const at = (i + 240) * 15;
    const isReady = (pod: { at: number }, when: number) => when - pod.at >= readyAfter;
    const readings = spec.metrics.map(({ name, type }, n): HpaReading => {
      const source = sources[n]!;
      if ('failed' in source) return { failed: source.failed };
      if (source.of === 'clock')
        return { series: [BigInt(source.pods[Math.floor((Math.max(0, i) * 15) / 60)]!) * 1000n] };
      const whole = BigInt(Math.round(loadBefore * ('unit' in source ? source.unit : 0)));
      if (source.of === 'whole') return type === 'External' ? { series: [whole] } : { value: whole };
      // A pod is measured once a whole window has passed.
      const measured = pods.filter((pod) => at - pod.at >= 30);
      const useOf = (pod: { at: number }) => {
        const share = isReady(pod, at - 15) ? (loadBefore * source.unit) / readyBefore : 0;
        return BigInt(Math.round(Math.min(source.limit, source.idle + share)));
      };
      const sample = { at: (at - 15) * 1000, window: 15_000 };
      return type === 'Pods'
        ? { pods: measured.map((pod) => ({ ...sample, pod: pod.name, value: useOf(pod) })) }
        : {
            usage: measured.map((pod) => ({
              ...sample,
              pod: pod.name,
              containers: [{ name: 'web', used: new Map([[name, useOf(pod)]]) }],
            })),
          };
    });
    const outcome = hpaRound(
      {
        spec: { ...spec, min: floors?.[Math.floor((Math.max(0, i) * 15) / 60)] ?? spec.min },
        ...{ namespace: 'shop', minor, now: at * 1000, readings },
        scale: { spec: pods.length, status: pods.length, selector: 'app=web' },
        pods: pods.map(
          (pod): HpaPod => ({
            ...{ name: pod.name, phase: 'Running', deleted: false, start: pod.at * 1000 },
            ready: isReady(pod, at)
              ? { status: 'True', since: (pod.at + readyAfter) * 1000 }
              : { status: 'False', since: pod.at * 1000 },
            requests: requests(request),
          }),
        ),
      },
      state,
    );
    state = outcome.state;
    readyBefore = pods.filter((pod) => isReady(pod, at)).length;
    loadBefore = load[Math.max(0, i)]!;
    pods = pods.slice(0, outcome.replicas);
    while (pods.length < outcome.replicas) pods.push(create(at));
    if (i >= 0) found.push(outcome.replicas);
  }
  return found;
}

/** A number at each minute of a day: one from 02:00 to 05:30 and from 07:00 to 07:10, and another else. */
const between = (within: number, else_: number) =>
  Array.from({ length: 1440 }, (_, minute) =>
    (minute >= 120 && minute < 330) || (minute >= 420 && minute < 430) ? within : else_,
  );

/** Up and down all day, with steps. */
const restless = readDayLoad(
  'load',
  Array.from(
    { length: 48 },
    (_, i) => `${Math.floor(i / 2)}:${i % 2 === 0 ? '00' : '30'} ${[40, 300, 120, 600, 20, 350, 90][i % 7]}`,
  ).join('\n'),
);

test.each<readonly [string, ScaledService]>([
  ['a percentage of CPU', service([cpu], [onCpu])],
  ['the same in 1.28', service([cpu], [onCpu], { minor: 28 })],
  ['pods that start for long', service([cpu], [onCpu], { readyAfter: 400 })],
  ['pods that are ready at once', service([cpu], [onCpu], { readyAfter: 0 })],
  ['a limit that holds the use below the target', service([cpu], [{ ...onCpu, limit: 170 }])],
  [
    'a behavior',
    service([cpu], [onCpu], {}, { behavior: { up: rules({ window: 120 }), down: rules({ window: 60 }) } }),
  ],
  ['an amount of CPU', service([average('Resource', 'cpu', 200n)], [onCpu])],
  [
    'a metric of pods',
    service(
      [average('Pods', 'requests', 50_000n)],
      [{ of: 'pod', unit: 1000, idle: 0, limit: Number.POSITIVE_INFINITY }],
    ),
  ],
  ['a queue, shared out', service([average('External', 'queue', 50_000n)], [{ of: 'whole', unit: 1000 }])],
  [
    'a queue as a whole',
    service(
      [{ ...average('External', 'queue', 0n), target: { type: 'Value', value: 300_000n } }],
      [{ of: 'whole', unit: 1000 }],
    ),
  ],
  ['an object', service([average('Object', 'requests', 50_000n)], [{ of: 'whole', unit: 1000 }])],
  ['hours in which CronJobs set the fewest pods', service([cpu], [onCpu], { floors: between(7, 2) })],
  [
    'hours of a cron trigger',
    service([average('External', 's1-cron', 1000n), cpu], [{ of: 'clock', pods: between(9, 0) }, onCpu]),
  ],
  [
    'two metrics, of which one fails',
    service([cpu, average('External', 'queue', 40_000n)], [{ failed: 'no answer' }, { of: 'whole', unit: 1000 }]),
  ],
])('%s: a day is what the controller makes of every pod by itself', (_, one) => {
  const day = scaledDay(one, restless);
  expect(day.pods.slice(0, COMPARED)).toEqual(byPods(one, restless));
  expect(day.reasons.filter((reason) => reason !== undefined).length).toBe(
    day.pods.filter((pods, i) => i > 0 && pods !== day.pods[i - 1]).length + (day.reasons[0] === undefined ? 0 : 1),
  );
});

/** Other at each round. */
const jumpy: DayLoad = Array.from({ length: 5760 }, (_, i) => [30, 400, 60, 700, 10, 250][(i * i + (i >> 3)) % 6]!);
const quick = {
  behavior: {
    up: rules({ policies: [{ type: 'Pods', value: 3, period: 15 }] }),
    down: rules({ policies: [{ type: 'Pods', value: 1, period: 15 }] }),
  },
};

test.each<readonly [string, ScaledService]>([
  ['a percentage of CPU', service([cpu], [onCpu], { readyAfter: 0 }, quick)],
  [
    'a metric of pods',
    service(
      [average('Pods', 'requests', 50_000n)],
      [{ of: 'pod', unit: 1000, idle: 0, limit: Number.POSITIVE_INFINITY }],
      {},
      quick,
    ),
  ],
  ['an amount of memory', service([average('Resource', 'memory', 200n)], [onCpu], {}, quick)],
])('%s: pods that were not measured yet count as the controller counts them', (_, one) => {
  const day = scaledDay(one, jumpy);
  expect(day.pods.slice(0, COMPARED)).toEqual(byPods(one, jumpy));
  expect(day.reasons.filter((reason) => reason !== undefined).length).toBeGreaterThan(500);
});

test('days are not all alike: pods come and go, and wait where the controller waits', () => {
  const { pods, ready, asked } = scaledDay(service([cpu], [onCpu]), restless);
  expect(new Set(pods).size).toBeGreaterThan(8);
  expect(ready).not.toEqual(pods);
  expect(asked.some((each, i) => each !== pods[i])).toBe(true);
});

test('a target that use cannot reach scales nothing up', () => {
  const { pods } = scaledDay(
    service([{ ...cpu, target: { type: 'Utilization', utilization: 95 } }], [{ ...onCpu, limit: 250 }]),
    readCurve('--curve', 'day:20..900'),
  );
  expect(new Set(pods)).toEqual(new Set([2]));
});

describe('the clock', () => {
  const calm = readCurve('--curve', 'flat:1');
  const at = (pods: readonly number[], time: string) => {
    const [hours, minutes] = time.split(':').map(Number);
    return pods[(hours! * 60 + minutes!) * 4];
  };
  test('the fewest pods are there at once, and go at once: what was asked for before does not count them', () => {
    const { pods } = scaledDay(service([cpu], [onCpu], { floors: between(7, 2) }), calm);
    expect(['01:59', '02:00', '05:29', '05:30'].map((time) => at(pods, time))).toEqual([2, 7, 7, 2]);
  });
  test('by a trigger they come as fast as the behavior adds them, and not the last of them within the tolerance', () => {
    const cron = average('External', 's0-cron', 1000n);
    const of = (pods: number) =>
      scaledDay(
        service(
          [cron],
          [{ of: 'clock', pods: between(pods, 0) }],
          {},
          { max: 40, behavior: { up: rules(), down: rules() } },
        ),
        calm,
      ).pods;
    expect(['01:59', '02:00', '02:01', '02:02', '02:05'].map((time) => at(of(7), time))).toEqual([2, 4, 6, 7, 7]);
    // 22 pods are asked for, and 20 are within a tenth of that.
    expect(at(of(22), '04:00')).toBe(20);
  });
  test('without anything to do KEDA takes the last pod away, and not before its time', () => {
    const one = service([average('External', 's0-cron', 1000n)], [{ of: 'clock', pods: between(7, 0) }], {
      idleAfter: 300,
    });
    const { pods, ready } = scaledDay(one, calm);
    expect(
      ['00:00', '01:59', '02:00', '02:05', '05:29', '05:34', '05:35', '06:59', '07:00', '07:20'].map((time) =>
        at(pods, time),
      ),
    ).toEqual([0, 0, 2, 7, 7, 7, 0, 0, 2, 0]);
    expect([at(ready, '02:00'), at(ready, '02:01')]).toEqual([0, 4]);
  });
  test('CPU alone starts no pod', () => {
    const one = service([cpu], [onCpu], { idleAfter: 300 });
    expect(new Set(scaledDay(one, restless).pods)).toEqual(new Set([0]));
  });
});

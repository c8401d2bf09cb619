import type { Sizes } from '../../../simulate/scaling/proposal';
import {
  isNearlyKilled,
  isThrottled,
  LEAST_READINGS,
  measuredOf,
  proposalFor,
} from '../../../simulate/scaling/proposal';

const MIB = 2 ** 20;
const readings = (amounts: readonly number[], every?: number) =>
  amounts.map((amount, i) => ({ at: every === undefined ? undefined : i * every, amount }));
const of = (amounts: readonly number[], every?: number) => measuredOf([readings(amounts, every)]);
const flat = (amount: number, count = LEAST_READINGS) => Array.from({ length: count }, () => amount);
const asked: Sizes = { cpu: 200, memory: 256 * MIB, cpuLimit: undefined, memoryLimit: 512 * MIB };
const proposed = (more: Partial<Sizes>, cpu: readonly number[], memory: readonly number[], every?: number) =>
  proposalFor({ ...asked, ...more }, of(cpu, every), of(memory, every));

test('percentiles are values that were measured, over all pods', () => {
  const found = measuredOf([readings([10, 20, 30, 40, 50], 60), readings([60, 70, 80, 90, 100], 60)]);
  expect(found).toMatchObject({
    readings: 5,
    samples: 10,
    span: 240,
    mean: 55,
    p50: 50,
    p90: 90,
    most: 100,
    days: [100],
  });
  expect(measuredOf([readings([1, 2, 3]), readings([4])])).toMatchObject({
    readings: 3,
    span: undefined,
    days: undefined,
  });
  expect(measuredOf([[]])).toBeUndefined();
});

test('CPU is the 90th percentile and 15 %, memory the highest and 15 %', () => {
  const cpu = [...flat(100, 18), 900, 900];
  const memory = [...flat(64 * MIB, 19), 100 * MIB];
  expect(proposed({}, cpu, memory)).toEqual({
    cpu: 115,
    memory: 116 * MIB,
    cpuLimit: undefined,
    memoryLimit: 512 * MIB,
  });
});

test('no step more for what binary fractions add, and no less than 10m and 16Mi', () => {
  // 100 × 1.15 is a little less than 115 in binary, 200 × 1.15 a little less than 230, 20 × 1.15 exactly 23.
  expect(proposed({}, flat(200), flat(80 * MIB))).toMatchObject({ cpu: 230, memory: 92 * MIB });
  expect(proposed({}, flat(20), flat(MIB))).toMatchObject({ cpu: 25, memory: 16 * MIB });
  expect(proposed({}, flat(0), flat(0))).toMatchObject({ cpu: 10, memory: 16 * MIB });
});

test('one reading too few of either gives no proposal', () => {
  expect(proposed({}, flat(100, LEAST_READINGS - 1), flat(MIB))).toBeUndefined();
  expect(proposed({}, flat(100), flat(MIB, LEAST_READINGS - 1))).toBeUndefined();
  expect(proposalFor(asked, of(flat(1)), undefined)).toBeUndefined();
  // Many pods at once are one reading.
  const many = measuredOf(Array.from({ length: 50 }, () => readings([100])));
  expect(proposalFor(asked, many, many)).toBeUndefined();
});

test('from ten days on, the highest day of ten does not count for the request, and still does for the limit', () => {
  const days = (count: number) => [...flat(64 * MIB, 2 * count - 1), 600 * MIB];
  expect(proposed({}, flat(1), days(10), 43_200)).toMatchObject({ memory: 76 * MIB, memoryLimit: 692 * MIB });
  const nine = proposed({}, flat(1, 27), [...flat(64 * MIB, 26), 600 * MIB], 28_800);
  expect(nine).toMatchObject({ memory: 692 * MIB, memoryLimit: 692 * MIB });
});

test('limits stay, rise where they are too low, and stay equal where they were', () => {
  expect(proposed({ cpuLimit: 1000 }, flat(50), flat(50 * MIB))).toMatchObject({ cpu: 60, cpuLimit: 1000 });
  expect(proposed({ cpuLimit: 300 }, [...flat(280, 20)], flat(50 * MIB))).toMatchObject({ cpu: 325, cpuLimit: 325 });
  expect(proposed({ memoryLimit: 256 * MIB }, flat(50), flat(100 * MIB))).toMatchObject({
    memory: 116 * MIB,
    memoryLimit: 116 * MIB,
  });
  expect(proposed({ memoryLimit: undefined }, flat(50), flat(100 * MIB))!.memoryLimit).toBeUndefined();
  expect(proposed({ cpuLimit: 200 }, flat(50), flat(50 * MIB))).toMatchObject({ cpu: 60, cpuLimit: 60 });
});

test('what was throttled keeps its request, since nobody saw what it would use', () => {
  const cpu = [...flat(50, 19), 190];
  expect(isThrottled({ ...asked, cpuLimit: 200 }, of(cpu))).toBe(true);
  expect(isThrottled({ ...asked, cpuLimit: 201 }, of(cpu))).toBe(false);
  expect(isThrottled(asked, of(cpu))).toBe(false);
  expect(proposed({ cpuLimit: 200 }, cpu, flat(MIB))).toMatchObject({ cpu: 200, cpuLimit: 200 });
  expect(proposed({ cpuLimit: 201 }, cpu, flat(MIB))).toMatchObject({ cpu: 60, cpuLimit: 201 });
});

test('nine tenths of the memory limit are nearly killed', () => {
  expect(isNearlyKilled({ ...asked, memoryLimit: 100 * MIB }, of([90 * MIB]))).toBe(true);
  expect(isNearlyKilled({ ...asked, memoryLimit: 100 * MIB }, of([89 * MIB]))).toBe(false);
  expect(isNearlyKilled({ ...asked, memoryLimit: undefined }, of([90 * MIB]))).toBe(false);
});

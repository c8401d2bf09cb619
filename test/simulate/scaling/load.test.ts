import { clockText, readCurve, readDayLoad, secondsOfDay } from '../../../simulate/scaling/load';

const at = (load: readonly number[], clock: string) => load[secondsOfDay(clock)! / 15];

test('a load moves in straight lines between its times, also over midnight', () => {
  const load = readDayLoad('day.txt', '# requests per second\n08:00 100\n10:00,300 # busy\n\n22:00 100\n');
  expect(load).toHaveLength(5760);
  expect(at(load, '08:00')).toBe(100);
  expect(at(load, '09:00')).toBe(200);
  expect(at(load, '16:00')).toBe(200);
  expect(at(load, '03:00')).toBe(100);
  const over = readDayLoad('day.txt', '06:00 0\n18:00 120');
  expect(at(over, '00:00')).toBe(60);
  expect(at(over, '21:00')).toBe(90);
  expect(at(over, '00:00:15')).toBeCloseTo(60 - 120 / 2880);
});

test.each([
  ['08:00 many', 'day.txt:1: is not a time and a number: 08:00 many\n  fix: write lines such as'],
  ['08:00 1\n25:00 2', 'day.txt:2: is not a time and a number'],
  ['08:00 1\n24:30 2', 'day.txt:2: is not a time and a number'],
  ['08:00 1 2', 'day.txt:1: is not a time and a number'],
  ['08:00', 'day.txt:1: is not a time and a number'],
  ['08:00 Infinity', 'day.txt:1: is not a time and a number'],
  ['08:00 -1', 'day.txt:1: is a load of -1, below nothing'],
  ['08:00 1\n08:00 2', 'day.txt:2: 08:00 is not later than the time before it'],
  ['# nothing', 'day.txt: has no load'],
])('%j is no load', (text, expected) => {
  expect(() => readDayLoad('day.txt', text)).toThrow(expected);
});

test('curves have their highs and lows where they say', () => {
  const day = readCurve('--curve', 'day:20..200');
  expect(at(day, '04:00')).toBe(20);
  expect(at(day, '16:00')).toBeCloseTo(200);
  expect(at(day, '10:00')).toBeCloseTo(110);
  const office = readCurve('--curve', 'office:10..50');
  expect([
    at(office, '07:00'),
    at(office, '08:30'),
    at(office, '12:00'),
    at(office, '17:30'),
    at(office, '18:00'),
  ]).toEqual([10, 30, 50, 30, 10]);
  expect(new Set(readCurve('--curve', 'flat:7.5'))).toEqual(new Set([7.5]));
});

test.each(['wave:1..2', 'day:5', 'flat:1..2', 'day:a..b', 'toString:1..2', ''])('%j is no curve', (text) => {
  expect(() => readCurve('--curve', text)).toThrow(/is no curve\n {2}fix: write day:LOW\.\.HIGH/);
});

test('a curve whose least is more than its most is refused', () => {
  expect(() => readCurve('--curve', 'day:9..3')).toThrow(
    '--curve day:9..3: its least load, 9, is more than its most, 3',
  );
});

test('times of a day', () => {
  expect(secondsOfDay('24:00')).toBe(86400);
  expect(secondsOfDay('7:05')).toBe(25500);
  expect(secondsOfDay('7:5')).toBeUndefined();
  expect(clockText(25515)).toBe('07:05:15');
  expect(clockText(25500)).toBe('07:05');
});

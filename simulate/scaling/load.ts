import { StrataError } from '../../model/errors';

/** Seconds between two rounds of the HorizontalPodAutoscaler's controller: its flag's default. */
export const ROUND_SECONDS = 15;
/** Rounds of a day. */
export const DAY_ROUNDS = (24 * 60 * 60) / ROUND_SECONDS;

/** What is asked of a service, in units such as requests per second, at each round of a day. */
export type DayLoad = readonly number[];

interface Point {
  /** Seconds of the day. */
  readonly at: number;
  readonly load: number;
}

const CLOCK = /^([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?$/;

/** `16:30` in seconds of the day; undefined for what is no time of a day. */
export function secondsOfDay(text: string): number | undefined {
  const [, hours, minutes, seconds = '0'] = CLOCK.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const found = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return found <= 24 * 3600 ? found : undefined;
}

/** `16:30`, or `16:30:15` where there are seconds. */
export function clockText(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = seconds % 60;
  return `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/**
 * Reads a load: lines of a time and a number, `16:30 120` or `16:30,120`; what stands behind # is not read. Between two times it moves in a straight
 * line, also from the last over midnight to the first.
 * @throws StrataError at the line that is not so.
 */
export function readDayLoad(file: string, text: string): DayLoad {
  const fixes = [
    'write lines such as `16:30 120`: a time of the day, and the load at that time, each time later than the one before',
  ];
  const points: Point[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const words = line
      .replace(/#.*/, '')
      .trim()
      .split(/[\s,;]+/);
    if (words[0] === '') continue;
    const at = secondsOfDay(words[0]!);
    const load = words.length === 2 ? Number(words[1]) : Number.NaN;
    if (at === undefined || !Number.isFinite(load) || words[1] === '')
      throw new StrataError(`${file}:${i + 1}`, `is not a time and a number: ${line.trim()}`, fixes);
    if (load < 0) throw new StrataError(`${file}:${i + 1}`, `is a load of ${load}, below nothing`, fixes);
    if (points.length > 0 && at <= points.at(-1)!.at)
      throw new StrataError(`${file}:${i + 1}`, `${words[0]} is not later than the time before it`, fixes);
    points.push({ at, load });
  }
  if (points.length === 0) throw new StrataError(file, 'has no load', fixes);
  return between(points);
}

function between(points: readonly Point[]): DayLoad {
  const day = 24 * 3600;
  const [first, last] = [points[0]!, points.at(-1)!];
  const around = [{ ...last, at: last.at - day }, ...points, { ...first, at: first.at + day }];
  let next = 1;
  return Array.from({ length: DAY_ROUNDS }, (_, i) => {
    const at = i * ROUND_SECONDS;
    while (around[next]!.at <= at && next < around.length - 1) next += 1;
    const [from, to] = [around[next - 1]!, around[next]!];
    return to.at === from.at ? to.load : from.load + ((to.load - from.load) * (at - from.at)) / (to.at - from.at);
  });
}

const SHAPES: Readonly<Record<string, (low: number, high: number) => DayLoad>> = {
  /** A wave: lowest at 04:00, highest at 16:00. */
  day: (low, high) =>
    Array.from({ length: DAY_ROUNDS }, (_, i) => {
      const share = (1 - Math.cos((2 * Math.PI * (i * ROUND_SECONDS - 4 * 3600)) / (24 * 3600))) / 2;
      return low + (high - low) * share;
    }),
  /** High from 09:00 to 17:00, an hour up and an hour down. */
  office: (low, high) =>
    between([
      { at: 8 * 3600, load: low },
      { at: 9 * 3600, load: high },
      { at: 17 * 3600, load: high },
      { at: 18 * 3600, load: low },
    ]),
  flat: (_, high) => between([{ at: 0, load: high }]),
};

/**
 * Reads `day:20..200`, `office:20..200` or `flat:200`: a shape, and the least and the most.
 * @throws StrataError for what is none.
 */
export function readCurve(option: string, text: string): DayLoad {
  const [, shape = '', first, second] = /^([a-z]+):(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const fixes = [
    'write day:LOW..HIGH, office:LOW..HIGH or flat:LOAD, such as day:20..200, or give the load of a day in a file: --load FILE',
  ];
  const curve = Object.hasOwn(SHAPES, shape) ? SHAPES[shape] : undefined;
  if (!curve || first === undefined || (second === undefined) !== (shape === 'flat'))
    throw new StrataError(`${option} ${text}`, 'is no curve', fixes);
  const [low, high] = [Number(first), Number(second ?? first)];
  if (low > high)
    throw new StrataError(`${option} ${text}`, `its least load, ${low}, is more than its most, ${high}`, fixes);
  return curve(low, high);
}

import type { DayLoad } from './load';
import { DAY_ROUNDS, ROUND_SECONDS } from './load';
import type { ScaledDay, ScaledService } from './scaled-day';
import { scaledDay } from './scaled-day';

/** From one time of the day until another, in seconds; the end is not a part of it. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A day in figures. */
export interface DaySummary {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** How often the number changes. */
  readonly changes: number;
  readonly highest: { readonly load: number; readonly at: number };
  /** When there are as many pods as there may be, and the metrics ask for more. */
  readonly atMaximum: readonly TimeWindow[];
  /** When the ready pods serve less than is asked; undefined where nobody says what a pod serves. */
  readonly short: readonly TimeWindow[] | undefined;
  /** The largest share of the load that is not served. */
  readonly worstShare: number;
  readonly hours: readonly HourSummary[];
}

export interface HourSummary {
  readonly hour: number;
  readonly load: number;
  readonly least: number;
  readonly most: number;
}

/** What a sudden load does. */
export interface SpikeSummary {
  readonly factor: number;
  readonly at: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly pods: { readonly before: number; readonly most: number };
  /** Seconds until there are as many pods as there will be, from when the load begins to grow. */
  readonly untilMost: number;
  /** Seconds in which the ready pods serve less than is asked; undefined where nobody says what a pod serves. */
  readonly shortSeconds: number | undefined;
  readonly worstShare: number;
  /** Whether more pods are asked for than there may be. */
  readonly hitsMaximum: boolean;
  /** Whether the load is served at its end. */
  readonly isMet: boolean | undefined;
}

const HOUR_ROUNDS = 3600 / ROUND_SECONDS;

/** What happens over a day. */
export function daySummary({ spec, serves }: ScaledService, day: ScaledDay): DaySummary {
  const { pods, ready, asked, reasons, load } = day;
  const peak = load.reduce((best, each, i) => (each > load[best]! ? i : best), 0);
  const lacking = (i: number) => lackOf(load[i]!, ready[i]!, serves);
  return {
    least: Math.min(...pods),
    most: Math.max(...pods),
    mean: pods.reduce((sum, each) => sum + each, 0) / pods.length,
    changes: reasons.filter((reason) => reason !== undefined).length,
    highest: { load: load[peak]!, at: peak * ROUND_SECONDS },
    atMaximum: windows((i) => pods[i] === spec.max && (asked[i] ?? 0) > spec.max),
    short: serves === undefined ? undefined : windows((i) => lacking(i) > 0),
    worstShare: serves === undefined ? 0 : Math.max(...load.map((_, i) => lacking(i))),
    hours: Array.from({ length: 24 }, (_, hour) => {
      const [from, to] = [hour * HOUR_ROUNDS, (hour + 1) * HOUR_ROUNDS];
      return {
        hour,
        load: Math.max(...load.slice(from, to)),
        least: Math.min(...pods.slice(from, to)),
        most: Math.max(...pods.slice(from, to)),
      };
    }),
  };
}

/** The share of the load that the ready pods do not serve. */
function lackOf(load: number, ready: number, serves: number | undefined): number {
  if (serves === undefined || load <= 0) return 0;
  // A load that is just served is.
  return Math.max(0, 1 - (ready * serves) / load) < 1e-9 ? 0 : 1 - (ready * serves) / load;
}

function windows(isIn: (round: number) => boolean): TimeWindow[] {
  const found: TimeWindow[] = [];
  let from: number | undefined;
  for (let i = 0; i <= DAY_ROUNDS; i++) {
    const inside = i < DAY_ROUNDS && isIn(i);
    if (inside && from === undefined) from = i;
    if (!inside && from !== undefined) {
      found.push({ from: from * ROUND_SECONDS, to: i * ROUND_SECONDS });
      from = undefined;
    }
  }
  return found;
}

/** How long a spike grows, and how long it stays, in rounds. */
const GROWS = 60 / ROUND_SECONDS;
const STAYS = (30 * 60) / ROUND_SECONDS;

/** A load that grows to so many times as much within a minute, and stays so for half an hour; what would go past midnight begins earlier. */
export function spikeSummary(service: ScaledService, load: DayLoad, factor: number, at: number): SpikeSummary {
  const { spec, serves } = service;
  const start = Math.min(Math.round(at / ROUND_SECONDS), DAY_ROUNDS - GROWS - STAYS);
  const end = start + GROWS + STAYS;
  const spiked = load.map((each, i) => {
    if (i < start || i >= end) return each;
    return each * (1 + (factor - 1) * Math.min(1, (i - start + 1) / GROWS));
  });
  const { pods, ready, asked } = scaledDay(service, spiked);
  const rounds = Array.from({ length: end - start }, (_, i) => start + i);
  const most = Math.max(...rounds.map((i) => pods[i]!));
  const lacks = rounds.map((i) => lackOf(spiked[i]!, ready[i]!, serves));
  return {
    factor,
    at: start * ROUND_SECONDS,
    load: { before: load[start]!, after: spiked[start + GROWS - 1]! },
    pods: { before: pods[Math.max(0, start - 1)]!, most },
    untilMost: (rounds.find((i) => pods[i] === most)! - start) * ROUND_SECONDS,
    shortSeconds: serves === undefined ? undefined : lacks.filter((lack) => lack > 0).length * ROUND_SECONDS,
    worstShare: Math.max(...lacks),
    hitsMaximum: rounds.some((i) => pods[i] === spec.max && (asked[i] ?? 0) > spec.max),
    isMet: serves === undefined ? undefined : lacks.at(-1) === 0,
  };
}

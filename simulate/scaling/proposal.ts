import type { UseReading } from './readings';

/** What a container asks for, and may use; CPU in thousandths, memory in bytes. undefined: nothing. */
export interface Sizes {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly cpuLimit: number | undefined;
  readonly memoryLimit: number | undefined;
}

/** What was measured of a resource. */
export interface Measured {
  /** Different moments. */
  readonly readings: number;
  readonly samples: number;
  /** Seconds from the first to the last; undefined where the times are not known. */
  readonly span: number | undefined;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly most: number;
  /** The most of each day, of 24 hours from the first reading on; undefined where the times are not known. */
  readonly days: readonly number[] | undefined;
}

/** Fewer readings give no proposal: their 90th percentile would rest on the highest one or two. */
export const LEAST_READINGS = 20;
/** What is added to what was measured, as the VerticalPodAutoscaler's recommender does (`--recommendation-margin-fraction`). */
const MARGIN = 1.15;
/** From so many days on, the 90th percentile of their peaks leaves a day out. */
const DAYS_OF_PERCENTILE = 10;
const MIB = 1024 * 1024;
/** CPU is asked for in steps of so many thousandths, and by no less. */
const CPU_STEP = 5;
const LEAST_CPU = 10;
/** Memory is asked for in steps of so many bytes, and by no less. */
const MEMORY_STEP = 4 * MIB;
const LEAST_MEMORY = 16 * MIB;
/** A container whose CPU came so near to its limit was throttled: what it would have used is not known. */
const THROTTLED = 0.95;
/** A container whose memory came so near to its limit is killed by what comes next. */
const NEARLY_KILLED = 0.9;

/** The numbers of readings of all pods together, undefined where there are none; `readings` are the moments of the pod that was seen most often. */
export function measuredOf(pods: readonly (readonly UseReading[])[]): Measured | undefined {
  const all = pods.flat();
  if (all.length === 0) return undefined;
  const sorted = all.map(({ amount }) => amount).sort((a, b) => a - b);
  const times = all.flatMap(({ at }) => at ?? []).sort((a, b) => a - b);
  const isTimed = times.length === all.length;
  return {
    readings: isTimed ? new Set(times).size : Math.max(...pods.map(({ length }) => length)),
    samples: all.length,
    span: isTimed ? times.at(-1)! - times[0]! : undefined,
    mean: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    most: sorted.at(-1)!,
    days: isTimed ? daysOf(all, times[0]!) : undefined,
  };
}

/** By nearest rank: a value that was measured. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

function daysOf(readings: readonly UseReading[], first: number): number[] {
  const most = new Map<number, number>();
  for (const { at, amount } of readings) {
    const day = Math.floor((at! - first) / 86_400);
    most.set(day, Math.max(most.get(day) ?? 0, amount));
  }
  return [...most].sort(([a], [b]) => a - b).map(([, amount]) => amount);
}

/**
 * What a container should ask for, by what was measured of it; undefined where there are too few readings of either resource.
 *
 * CPU: the 90th percentile of all readings, and 15 % more. Memory: the highest reading, or from ten days on the 90th percentile of the days' highest, and 15 %
 * more. Both are what the VerticalPodAutoscaler's recommender takes; of fewer than ten days that percentile is the highest. Its least of 25m and 250Mi for a
 * pod is made for programs nobody knows; here it is 10m and 16Mi for a container. CPU is rounded up to 5m, memory to 4Mi.
 *
 * Limits stay: they take no room. A memory limit rises where the highest reading and 15 % do not fit. A limit rises to its request; one that was equal to
 * its request stays equal. What was throttled gets no lower CPU request, since nobody saw what it would have used.
 */
export function proposalFor(
  asked: Sizes,
  cpu: Measured | undefined,
  memory: Measured | undefined,
): (Sizes & { readonly cpu: number; readonly memory: number }) | undefined {
  if (!cpu || !memory || Math.min(cpu.readings, memory.readings) < LEAST_READINGS) return undefined;
  const byUse = Math.max(LEAST_CPU, upTo(CPU_STEP, cpu.p90 * MARGIN));
  const wanted = isThrottled(asked, cpu) ? Math.max(byUse, asked.cpu ?? 0) : byUse;
  const days = memory.days ?? [];
  const usual =
    days.length < DAYS_OF_PERCENTILE
      ? memory.most
      : percentile(
          [...days].sort((a, b) => a - b),
          0.9,
        );
  const bytes = Math.max(LEAST_MEMORY, upTo(MEMORY_STEP, usual * MARGIN));
  const highest = Math.max(bytes, upTo(MEMORY_STEP, memory.most * MARGIN));
  const isMemoryFixed = asked.memory !== undefined && asked.memoryLimit === asked.memory;
  // Equal to its limit, a request has to hold the highest reading, too.
  const request = isMemoryFixed ? highest : bytes;
  const isCpuFixed = asked.cpu !== undefined && asked.cpuLimit === asked.cpu;
  return {
    cpu: wanted,
    memory: request,
    cpuLimit: asked.cpuLimit === undefined ? undefined : isCpuFixed ? wanted : Math.max(asked.cpuLimit, wanted),
    memoryLimit:
      asked.memoryLimit === undefined ? undefined : isMemoryFixed ? request : Math.max(asked.memoryLimit, highest),
  };
}

/** Whether a container was held back by its CPU limit while it was measured. */
export function isThrottled({ cpuLimit }: Sizes, cpu: Measured | undefined): boolean {
  return cpuLimit !== undefined && cpu !== undefined && cpu.most >= cpuLimit * THROTTLED;
}

/** Whether a container came close to being killed at its memory limit. */
export function isNearlyKilled({ memoryLimit }: Sizes, memory: Measured | undefined): boolean {
  return memoryLimit !== undefined && memory !== undefined && memory.most >= memoryLimit * NEARLY_KILLED;
}

function upTo(step: number, amount: number): number {
  // A trillionth less: what binary fractions add is no further step.
  return Math.ceil((amount * (1 - 1e-12)) / step) * step;
}

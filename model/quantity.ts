import { StrataError } from './errors';

/**
 * Kubernetes' own notations as types: a wrong unit ('64MB', '5 minutes') does not compile, and what is written in a
 * settings file is what stands in the manifest.
 */

/** CPU: whole or decimal cores (`'2'`, `'0.5'`) or thousandths of one (`'250m'`). */
export type Cpu = `${number}` | `${number}m`;

/** Memory or storage in binary units: `'64Mi'` is 64 × 2^20 bytes. */
export type Bytes = `${number}${keyof typeof BYTES}`;

/** A span of time as Prometheus writes it, a whole number of one unit: `'30s'`, `'5m'`, `'12h'`, `'15d'`. */
export type Duration = `${bigint}${keyof typeof SECONDS}`;

const BYTES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Thousandths of a core. */
export function millicores(cpu: Cpu): number {
  // Rounded to a billionth, which no notation goes below: 1.001 cores are 1001 thousandths, whatever binary fractions say.
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Math.round(Number(cpu) * 1e9) / 1e6;
}

export function byteCount(size: Bytes): number {
  return Number(size.slice(0, -2)) * BYTES[size.slice(-2) as keyof typeof BYTES];
}

export function seconds(duration: Duration): number {
  return Number(duration.slice(0, -1)) * SECONDS[duration.slice(-1) as keyof typeof SECONDS];
}

/** What keeps a value from being CPU as Kubernetes writes it, as the end of "is …"; undefined where it is. */
export function cpuProblem(value: unknown): string | undefined {
  if (typeof value === 'string' && /^(\d+(\.\d{1,3})?|\d+m)$/.test(value)) return undefined;
  return `not CPU (cores such as '2' or '0.5', or thousandths such as '250m')`;
}

/** The same for a size. */
export function bytesProblem(value: unknown): string | undefined {
  if (typeof value === 'string' && /^\d+(\.\d+)?(Ki|Mi|Gi|Ti)$/.test(value) && Number.parseFloat(value) > 0)
    return undefined;
  return `not a size (a number above 0 with Ki, Mi, Gi or Ti, such as '64Mi')`;
}

/** The same for a span of time. */
export function durationProblem(value: unknown): string | undefined {
  if (typeof value === 'string' && /^\d+[smhd]$/.test(value) && Number.parseInt(value, 10) > 0) return undefined;
  return `not a span of time (a whole number above 0 with s, m, h or d, such as '15d')`;
}

/** The same for a whole number within bounds, both included. */
export function wholeProblem(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return undefined;
  return max === Number.MAX_SAFE_INTEGER
    ? `not a whole number of ${min} or more`
    : `not a whole number from ${min} to ${max}`;
}

/** Throws unless the value is a whole number within the bounds. */
export function checkWhole(place: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  const problem = wholeProblem(value, min, max);
  if (problem === undefined) return;
  throw new StrataError(place, `is ${value}, and ${problem}`, [`set it to ${problem.replace('not ', '')}`]);
}

/** What a container asks for and may use. Memory is bounded always; CPU only where a limit is given. */
export interface Resources {
  /** Requested, and so reserved on a node by the scheduler. */
  readonly cpu: Cpu;
  /** Requested. */
  readonly memory: Bytes;
  /** Above this the container is killed. @default the request: memory is never overcommitted */
  readonly memoryLimit?: Bytes;
  /** Above this the container is throttled. @default - none: idle CPU is free to use */
  readonly cpuLimit?: Cpu;
}

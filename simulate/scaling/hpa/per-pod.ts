import { int32, int32OfInt64, int64 } from './go-numbers';
import type { HpaPod } from './pods';
import { hpaRequest } from './pods';
import type { HpaGroups } from './samples';
import type { HpaTolerance } from './tolerance';

/** What one metric makes of the number of pods, and what was measured; amounts in thousandths. */
export interface HpaFigure {
  readonly replicas: number;
  /** Percent of what is requested. */
  readonly utilization?: number;
  readonly average?: bigint;
  readonly value?: bigint;
}

/** How many pods there are of each group. */
export interface HpaCounts {
  readonly ready: number;
  readonly unready: number;
  readonly missing: number;
  /** Samples that count: one of a pod that nobody knows, too. */
  readonly sampled: number;
}

/** What the pods use of what they request. */
export interface HpaUtilized extends HpaCounts {
  /** Samples of pods that are known, what they use, and what their pods request. */
  readonly known: number;
  readonly used: bigint;
  readonly requested: bigint;
  /** What pods without a sample request; and what they are taken to use on the way down. */
  readonly missingRequested: bigint;
  readonly missingUsed: bigint;
  readonly unreadyRequested: bigint;
}

/** The sums over the groups of a percentage of requests, or why there are none. */
export function utilizedOf(
  pods: readonly HpaPod[],
  groups: HpaGroups,
  { resource, container, target }: { resource: string; container: string | undefined; target: number },
  minor: number,
): HpaUtilized | string {
  const requests = new Map<string, bigint>();
  // Of every pod, also of those that go.
  for (const pod of pods) {
    const request = hpaRequest(pod, resource, container, minor);
    if (typeof request === 'string') return request;
    requests.set(pod.name, request);
  }
  let [known, used, requested] = [0, 0n, 0n];
  for (const [pod, { value }] of groups.samples) {
    const request = requests.get(pod);
    if (request === undefined) continue;
    known += 1;
    used += value;
    requested += request;
  }
  const sum = (of: readonly HpaPod[], amount: (request: bigint) => bigint) =>
    of.reduce((all, { name }) => all + amount(requests.get(name)!), 0n);
  const full = fullUtilization(target);
  return {
    ...countsOf(groups),
    known,
    used,
    requested,
    missingRequested: sum(groups.missing, (request) => request),
    missingUsed: sum(groups.missing, (request) => int64(request * full) / 100n),
    unreadyRequested: sum(groups.unready, (request) => request),
  };
}

/** What a pod without a sample is taken to use on the way down, percent of its request. */
export function fullUtilization(target: number): bigint {
  return BigInt(Math.max(100, target));
}

export function countsOf({ ready, unready, missing, samples }: HpaGroups): HpaCounts {
  return { ready, unready: unready.length, missing: missing.length, sampled: samples.size };
}

/** `GetResourceReplicas`: a percentage of requests; undefined where nothing is requested. */
export function utilizationFigure(
  all: HpaUtilized,
  target: number,
  current: number,
  within: HpaTolerance,
): HpaFigure | undefined {
  const ratioOf = (used: bigint, requested: bigint) => percentOf(used, requested) / target;
  const { used, requested } = all;
  if (int64(requested) === 0n) return undefined;
  const replicas = proposed(all, ratioOf(used, requested), current, within, (missing, unready) =>
    ratioOf(
      used + (missing === 'full' ? all.missingUsed : 0n),
      requested + (missing ? all.missingRequested : 0n) + (unready ? all.unreadyRequested : 0n),
    ),
  );
  return {
    replicas,
    utilization: percentOf(used, requested),
    average: int64(used) / BigInt(all.known),
  };
}

function percentOf(used: bigint, requested: bigint): number {
  return int32OfInt64(int64(int64(used) * 100n) / int64(requested));
}

/** `calcPlainMetricReplicas`: an amount for each pod. */
export function averageFigure(
  counts: HpaCounts,
  used: bigint,
  target: bigint,
  current: number,
  within: HpaTolerance,
): HpaFigure {
  const mean = (sum: bigint, of: number) => int64(sum) / BigInt(of);
  const average = mean(used, counts.sampled);
  const replicas = proposed(counts, Number(average) / Number(target), current, within, (missing, unready) => {
    const all = used + (missing === 'full' ? target * BigInt(counts.missing) : 0n);
    const of = counts.sampled + (missing ? counts.missing : 0) + (unready ? counts.unready : 0);
    return Number(mean(all, of)) / Number(target);
  });
  return { replicas, average };
}

/**
 * How many pods a ratio asks for. Pods without a sample, and pods that are not ready where more are asked for, speak against the change: the ratio
 * is taken `again` with them, and what then points elsewhere changes nothing.
 */
function proposed(
  { ready, unready, missing, sampled }: HpaCounts,
  ratio: number,
  current: number,
  within: HpaTolerance,
  again: (missing: 'full' | 'none' | undefined, unready: boolean) => number,
): number {
  const risesUnready = unready > 0 && ratio > 1;
  if (!risesUnready && missing === 0) return within(ratio) ? current : int32(Math.ceil(ratio * ready));
  const filled = missing === 0 ? undefined : ratio < 1 ? 'full' : ratio > 1 ? 'none' : undefined;
  const next = again(filled, risesUnready);
  if (within(next) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return current;
  const count = sampled + (filled ? missing : 0) + (risesUnready ? unready : 0);
  const replicas = int32(Math.ceil(next * count));
  return (next < 1 && replicas > current) || (next > 1 && replicas < current) ? current : replicas;
}

import { int32, int64, int64OfFloat, MAX_INT32, MAX_INT64 } from './go-numbers';
import type { HpaFigure } from './per-pod';
import type { HpaTolerance } from './tolerance';

/** What is measured of the whole, beside the pods. Amounts are thousandths. */
export interface HpaTotal {
  readonly used: bigint;
  readonly target: bigint;
}

/** A target `Value`, where the number of pods changes what is measured; undefined where no pod is selected. `ready`: pods that run and are ready. */
export function valueFigure(
  { used, target }: HpaTotal,
  current: number,
  pods: { readonly selected: number; readonly ready: number },
  within: HpaTolerance,
  minor: number,
): HpaFigure | undefined {
  const ratio = Number(used) / Number(target);
  if (current === 0) return { replicas: int32(Math.ceil(ratio)), value: used };
  if (within(ratio)) return { replicas: current, value: used };
  if (pods.selected === 0) return undefined;
  const wanted = ratio * pods.ready;
  return { replicas: minor >= 35 && wanted > MAX_INT32 ? MAX_INT32 : int32(Math.ceil(wanted)), value: used };
}

/** A target `AverageValue`: the whole, shared out among the pods that the target's status counts. */
export function sharedFigure(
  { used, target }: HpaTotal,
  status: number,
  within: HpaTolerance,
  isCapped: boolean,
): HpaFigure {
  let replicas = status;
  if (!within(Number(used) / (Number(target) * status))) {
    const wanted = Math.ceil(Number(used) / Number(target));
    replicas = isCapped && wanted > MAX_INT32 ? MAX_INT32 : int32(wanted);
  }
  const average =
    isCapped && Number(used) >= Number(MAX_INT64) ? MAX_INT64 : int64OfFloat(Math.ceil(Number(used) / status));
  return { replicas, average };
}

/** The sum of the series of an External metric. What does not fit turned over before 1.34 (AverageValue) and 1.35 (Value). */
export function sumOfSeries(values: readonly bigint[], kind: 'value' | 'average', minor: number): bigint {
  let sum = 0n;
  for (const value of values) {
    if (kind === 'value' && minor >= 35 && value > 0n && sum > MAX_INT64 - value) return MAX_INT64;
    sum = int64(sum + value);
    if (kind === 'average' && minor >= 34 && sum < 0n) return MAX_INT64;
  }
  return sum;
}

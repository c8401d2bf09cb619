import type { HpaSpec } from './spec';

/** Whether a ratio of what is to what is aimed at is near enough to 1. */
export type HpaTolerance = (ratio: number) => boolean;

/** `--horizontal-pod-autoscaler-tolerance`, its default. */
const TOLERANCE = 0.1;

/**
 * How far off the target an autoscaler lets be. 1.32 and before ask for the distance to 1, later ones for bounds: at 1.1, where floating point has
 * its say, they differ.
 */
export function hpaTolerance({ behavior }: Pick<HpaSpec, 'behavior'>, minor: number): HpaTolerance {
  if (minor < 33) return (ratio) => Math.abs(1 - ratio) <= TOLERANCE;
  const low = 1 - (behavior?.down.tolerance ?? TOLERANCE);
  const high = 1 + (behavior?.up.tolerance ?? TOLERANCE);
  return (ratio) => low <= ratio && ratio <= high;
}

/** Go's numbers, where JavaScript's differ. */

/** What an int64 keeps of a number: a sum that is too large turns over. */
export function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

const LEAST_INT32 = -(2 ** 31);
export const MAX_INT32 = 2 ** 31 - 1;
const LEAST_INT64 = -(2n ** 63n);
export const MAX_INT64 = 2n ** 63n - 1n;

/** `int32(f)` as amd64 does it: cut off towards zero; what does not fit, and what is no number, is the least there is. */
export function int32(value: number): number {
  const whole = Math.trunc(value);
  return whole >= LEAST_INT32 && whole <= MAX_INT32 ? whole + 0 : LEAST_INT32;
}

/** `int64(f)` as amd64 does it. */
export function int64OfFloat(value: number): bigint {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : LEAST_INT64;
}

/** `int32(n)` of an int64: the lower half. */
export function int32OfInt64(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** `int32` sums turn over. */
export function int32Sum(...values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum = (sum + value) | 0;
  return sum;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** The seconds of a duration as Go's time.ParseDuration reads it (`1h30m`); undefined for what it refuses. */
export function goDuration(text: string): number | undefined {
  const [, sign, parts = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (parts === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(parts)) return undefined;
  const sum = [...parts.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)].reduce(
    (seconds, [, amount, unit]) => seconds + Number(amount) * UNITS[unit!]!,
    0,
  );
  // It counts nanoseconds in 64 bits.
  return sum * 1e9 > 2 ** 63 ? undefined : sign === '-' ? -sum : sum;
}

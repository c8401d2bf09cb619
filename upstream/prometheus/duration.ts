const DURATION = /^(?:0|(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;
const MILLISECONDS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];
/** What Go counts in nanoseconds: about 292 years. */
const LONGEST = 2 ** 63 / 1e6;

/** Milliseconds of `1h30m`; undefined for what Prometheus does not read. */
export function prometheusDuration(value: unknown): number | undefined {
  const parts = DURATION.exec(String(value));
  const sum = parts ? MILLISECONDS.reduce((total, unit, i) => total + unit * Number(parts[i + 1] ?? 0), 0) : Infinity;
  return sum < LONGEST ? sum : undefined;
}

const UNITS = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];

/** `1h30m` for its milliseconds. */
export function durationText(milliseconds: number): string {
  let left = Math.round(milliseconds);
  const parts = MILLISECONDS.flatMap((unit, i) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count > 0 ? [`${count}${UNITS[i]}`] : [];
  });
  return parts.join('') || '0s';
}

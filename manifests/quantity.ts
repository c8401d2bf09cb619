/** A quantity of Kubernetes, exact: thousand-millionths of a unit, the finest that Kubernetes keeps. */
export type Quantity = bigint;

const NANO = 1_000_000_000n;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d{1,3}|Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?)$/;

/**
 * `100m`, `1.5Gi`, `1e3`, 2: what a quantity says; undefined for what is none. What is finer than a thousand-millionth is
 * rounded away from zero, as Kubernetes does.
 */
export function parseQuantity(value: unknown): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const form = FORM.exec(String(value));
  if (!form) return undefined;
  const [, sign, digits, suffix] = form as unknown as [string, string, string, string];
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(whole + fraction || '0');
  const binary = BINARY.indexOf(suffix);
  const exponent = 9 - fraction.length + (binary >= 0 ? 0 : (DECIMAL[suffix] ?? Number(suffix.slice(1))));
  const scaled = mantissa * (binary >= 0 ? 1024n ** BigInt(binary + 1) : 1n);
  const size = exponent >= 0 ? scaled * 10n ** BigInt(exponent) : divideUp(scaled, 10n ** BigInt(-exponent));
  return sign === '-' ? -size : size;
}

/** A number of whole things. */
export function wholeQuantity(count: number): Quantity {
  return BigInt(Math.trunc(count)) * NANO;
}

/** For messages, in the form that people write: `250m`, `1.5Gi`, `12`. */
export function quantityText(value: Quantity, resource: string): string {
  if (value < 0n) return `-${quantityText(-value, resource)}`;
  if (/memory|storage|hugepages/.test(resource)) {
    for (const [i, suffix] of [...BINARY.entries()].reverse()) {
      const unit = NANO * 1024n ** BigInt(i + 1);
      if (value >= unit && value < unit * 10_000n && (value * 100n) % unit === 0n)
        return `${decimal(value, unit)}${suffix}`;
    }
    for (const [i, suffix] of [...BINARY.entries()].reverse()) {
      const unit = NANO * 1024n ** BigInt(i + 1);
      if (value >= unit * 10n) return `${divideUp(value, unit)}${suffix}`;
    }
  }
  if (value % NANO === 0n) return String(value / NANO);
  return value % 1_000_000n === 0n ? `${value / 1_000_000n}m` : decimal(value, NANO);
}

function decimal(value: Quantity, unit: bigint): string {
  const hundredths = divideUp(value * 100n, unit);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`.replace(/\.?0+$/, '');
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

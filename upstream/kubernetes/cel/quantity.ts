/** An exact amount: value × 10^scale. */
export interface ExactQuantity {
  readonly value: bigint;
  readonly scale: number;
  /** Kept as a decimal of any size, which Kubernetes never calls an integer. */
  readonly isLarge: boolean;
}

const MAX = 2n ** 63n;
const BINARY: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** apimachinery's ParseQuantity; undefined where it is an error. */
export function exactQuantity(text: string): ExactQuantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([A-Za-z]*)([+-]?\d+)?$/.exec(text);
  if (!match || (match[2] === '' && !match[3])) return undefined;
  const [, sign, digits = '', fraction = '', suffix = '', power] = match;
  const isExponent = power !== undefined;
  if (isExponent && !/^[eE]$/.test(suffix)) return undefined;
  const binary = BINARY.indexOf(suffix);
  const decimal = isExponent ? Number(power) : DECIMAL[suffix];
  if (binary <= 0 && decimal === undefined) return undefined;
  const whole = digits.replace(/^0+(?=\d)/, '');
  const unscaled = BigInt(whole + fraction || '0') * (binary > 0 ? 1n << BigInt(10 * binary) : 1n);
  const scale = (binary > 0 ? 0 : decimal!) - fraction.length;
  const room =
    binary > 0
      ? fraction === ''
        ? 15 - whole.length - Math.trunc((10 * binary * 3) / 10) - 1
        : -1
      : 18 - whole.length - fraction.length;
  const isLarge = text !== '0' && (room < 0 || scale < -9 || unscaled >= MAX);
  const value = sign === '-' ? -unscaled : unscaled;
  return isLarge ? roundedUp({ value, scale, isLarge }) : { value, scale, isLarge };
}

/** To whole nanos, away from zero. */
function roundedUp(quantity: ExactQuantity): ExactQuantity {
  if (quantity.scale >= -9) return quantity;
  const divisor = 10n ** BigInt(-9 - quantity.scale);
  const { value } = quantity;
  const size = value < 0n ? -value : value;
  const rounded = (size + divisor - 1n) / divisor;
  return { value: value < 0n ? -rounded : rounded, scale: -9, isLarge: true };
}

export function compareQuantities(a: ExactQuantity, b: ExactQuantity): -1 | 0 | 1 {
  const [one, two] = aligned(a, b);
  return one < two ? -1 : one > two ? 1 : 0;
}

export function addQuantity(a: ExactQuantity, b: ExactQuantity): ExactQuantity {
  if (b.value === 0n) return a;
  if (a.value === 0n) return b;
  const [one, two] = aligned(a, b);
  const value = one + two;
  return {
    value,
    scale: Math.min(a.scale, b.scale),
    isLarge: a.isLarge || b.isLarge || [one, two, value].some((part) => part >= MAX || part < -MAX),
  };
}

export function negated(quantity: ExactQuantity): ExactQuantity {
  return { ...quantity, value: -quantity.value };
}

/** As AsInt64: undefined for what has a fraction, `1000m` and `1.0` included, or is too large. */
export function asInteger({ value, scale, isLarge }: ExactQuantity): bigint | undefined {
  if (isLarge || (scale < 0 && value !== 0n)) return scale === 0 && !isLarge ? value : undefined;
  const whole = value * 10n ** BigInt(Math.max(scale, 0));
  return whole < MAX && whole >= -MAX ? whole : undefined;
}

/** The same for all amounts that are equal. */
export function normalText({ value, scale }: ExactQuantity): string {
  if (value === 0n) return '0';
  const digits = value.toString().replace(/0+$/, '');
  return `${digits}e${scale + value.toString().length - digits.length}`;
}

function aligned(a: ExactQuantity, b: ExactQuantity): readonly [bigint, bigint] {
  const scale = Math.min(a.scale, b.scale);
  return [a.value * 10n ** BigInt(a.scale - scale), b.value * 10n ** BigInt(b.scale - scale)];
}

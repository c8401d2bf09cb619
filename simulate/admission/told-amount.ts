import type { Quantity } from '../../manifests/quantity';
import { parseQuantity } from '../../manifests/quantity';
import { record } from '../../manifests/resource';

/** An amount as the API server keeps it, which also knows the form in which it is told (k8s.io/apimachinery/pkg/api/resource). */
export interface ToldAmount {
  readonly value: Quantity;
  readonly form: 'decimal' | 'binary' | 'exponent';
  /** As it was written, where the server keeps that; else it is told in the canonical form. */
  readonly text?: string | undefined;
}

/** By resource name. */
export type ToldAmounts = Map<string, ToldAmount>;

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: ReadonlyMap<number, string> = new Map([
  ...(['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const).map((suffix, i) => [3 * i - 9, suffix] as const),
]);

/** The amounts of a field, rounded up to thousandths as the API server does; what is no quantity is left out. */
export function toldAmounts(value: unknown): ToldAmounts {
  return new Map(
    Object.entries(record(value) ?? {}).flatMap(([name, written]) => {
      const amount = readAmount(written);
      return amount ? [[name, amount] as const] : [];
    }),
  );
}

/** A number of things. */
export function countOf(things: number): ToldAmount {
  return { value: BigInt(things) * NANO, form: 'decimal' };
}

/** The sum, in the form of the first one, unless that is nothing. */
export function plus(one: ToldAmount, other: ToldAmount): ToldAmount {
  return { value: one.value + other.value, form: one.value === 0n ? other.form : one.form };
}

/** Adds to each amount of the first one. */
export function addAmounts(to: ToldAmounts, more: ReadonlyMap<string, ToldAmount>): void {
  for (const [name, amount] of more) {
    const own = to.get(name);
    to.set(name, own ? plus(own, amount) : amount);
  }
}

/** The amount in whole units, rounded up (a claim's storage is counted in bytes). */
export function roundedUp(amount: ToldAmount): ToldAmount {
  const whole = ((amount.value + NANO - 1n) / NANO) * NANO;
  return whole === amount.value ? amount : { value: whole, form: amount.form };
}

/** The amount as the API server tells it: `1500m`, `1Gi`, `2k`. */
export function amountText({ value, form, text }: ToldAmount): string {
  if (text !== undefined) return text;
  if (value === 0n) return '0';
  if (form === 'binary' && value % NANO === 0n && value >= 1024n * NANO) {
    let [number, power] = [value / NANO, 0];
    while (number % 1024n === 0n && power < BINARY.length - 1) [number, power] = [number / 1024n, power + 1];
    return `${number}${BINARY[power]}`;
  }
  let [number, exponent] = [value, -9];
  while (number % 1000n === 0n) [number, exponent] = [number / 1000n, exponent + 3];
  if (form === 'exponent') return exponent === 0 ? String(number) : `${number}e${exponent}`;
  return `${number}${DECIMAL.get(exponent) ?? ''}`;
}

function readAmount(written: unknown): ToldAmount | undefined {
  const exact = parseQuantity(written);
  if (exact === undefined) return undefined;
  const text = String(written);
  const rounded = exact > 0n ? ((exact + MILLI - 1n) / MILLI) * MILLI : (exact / MILLI) * MILLI;
  const form = text.endsWith('i') ? 'binary' : /[eE][+-]?\d+$/.test(text) ? 'exponent' : 'decimal';
  // A fraction of a byte, or less than one, is told in decimal.
  return rounded === exact && isKept(text, form)
    ? { value: rounded, form, text }
    : { value: rounded, form: form === 'binary' && exact < NANO ? 'decimal' : form };
}

/** Whether the server takes the text for canonical and keeps it, which also takes `1.500` and `+5` (ParseQuantity). */
function isKept(text: string, form: ToldAmount['form']): boolean {
  const [, whole = '', , fraction = '', suffix = ''] = /^[+-]?(\d*)(\.(\d*))?(.*)$/.exec(text) ?? [];
  const digits = whole.replace(/^0+(?=\d)/, '') + fraction;
  if (form === 'binary') return fraction === '' && Number(BigInt(digits || '0') & 7n) !== 0;
  const scale = (form === 'exponent' ? Number(suffix.slice(1)) : exponentOf(suffix)) - fraction.length;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !digits.endsWith('000') && !/^0|^$/.test(digits);
}

function exponentOf(suffix: string): number {
  return [...DECIMAL].find(([, each]) => each === suffix)?.[0] ?? 0;
}

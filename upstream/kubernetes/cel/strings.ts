import type { CelFunc } from '@bufbuild/cel';
import type { Library } from './parts';
import { CelFault } from './values';

/** Where the strings of cel-go differ from those of the package: characters beyond 16 bits, empty parts, counts and offsets out of range. */
export function stringFunctions({ celMethod, STRING, INT }: Library): CelFunc[] {
  return [
    celMethod('replace', STRING, [STRING, STRING], STRING, function (old, by) {
      return replaced(String(this), old, by, -1);
    }),
    celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (old, by, count) {
      return replaced(String(this), old, by, Number(count));
    }),
    celMethod('charAt', STRING, [INT], STRING, function (index) {
      const text = [...String(this)];
      return text[within(index, 0, text.length)] ?? '';
    }),
    celMethod('substring', STRING, [INT], STRING, function (start) {
      const text = [...String(this)];
      return text.slice(within(start, 0, text.length)).join('');
    }),
    celMethod('substring', STRING, [INT, INT], STRING, function (start, end) {
      const text = [...String(this)];
      return text.slice(within(start, 0, text.length), within(end, Number(start), text.length)).join('');
    }),
    celMethod('indexOf', STRING, [STRING], INT, function (part) {
      return firstIndex(String(this), part, 0n);
    }),
    celMethod('indexOf', STRING, [STRING, INT], INT, function (part, offset) {
      return firstIndex(String(this), part, offset);
    }),
    celMethod('lastIndexOf', STRING, [STRING], INT, function (part) {
      const { length } = [...String(this)];
      return part === '' ? BigInt(length) : length === 0 ? -1n : lastIndex(String(this), part, BigInt(length - 1));
    }),
    celMethod('lastIndexOf', STRING, [STRING, INT], INT, function (part, offset) {
      return lastIndex(String(this), part, offset);
    }),
  ];
}

function within(index: bigint, min: number, max: number): number {
  if (index < min || index > max) throw new CelFault(`index out of range: ${index}`);
  return Number(index);
}

function replaced(text: string, old: string, by: string, count: number): string {
  // An empty text stands before each character and at the end.
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  const start = parts.slice(0, most).map((part) => part + by);
  return start.join('') + parts.slice(most).join(old);
}

function firstIndex(text: string, part: string, offset: bigint): bigint {
  if (part === '') return offset;
  if (offset < 0) throw new CelFault(`index out of range: ${offset}`);
  const signs = [...text];
  for (let i = Number(offset); i < signs.length; i++) if (startsAt(signs, part, i)) return BigInt(i);
  return -1n;
}

function lastIndex(text: string, part: string, offset: bigint): bigint {
  if (part === '') return offset;
  if (offset < 0) throw new CelFault(`index out of range: ${offset}`);
  const signs = [...text];
  if (offset >= signs.length) return -1n;
  for (let i = Number(offset); i >= 0; i--) if (startsAt(signs, part, i)) return BigInt(i);
  return -1n;
}

function startsAt(text: readonly string[], part: string, at: number): boolean {
  return [...part].every((sign, i) => text[at + i] === sign);
}

import { ipv4, ipv6 } from '../formats';

export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** As Go's netip.ParseAddr, without zones and without IPv4 in IPv6, which Kubernetes' library does not take. */
export function parseAddress(text: string): Address | undefined {
  if (ipv4(text)) return { family: 4, bits: bitsOfV4(text) };
  if (!ipv6(text) || text.includes('%')) return undefined;
  const bits = bitsOfV6(text);
  return bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

/** As Go's netip.ParsePrefix: the length has no sign and no leading zeros. */
export function parsePrefix(text: string): (Address & { readonly length: number }) | undefined {
  const slash = text.lastIndexOf('/');
  const digits = text.slice(slash + 1);
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  if (!address || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  return Number(digits) <= (address.family === 4 ? 32 : 128) ? { ...address, length: Number(digits) } : undefined;
}

export function maskOf(family: 4 | 6, length: number): bigint {
  const size = family === 4 ? 32 : 128;
  return ((1n << BigInt(length)) - 1n) << BigInt(size - length);
}

/** The canonical text: RFC 5952. */
export function addressText({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const runs = [
    ...groups
      .map((group) => (group === '0' ? '0' : '-'))
      .join('')
      .matchAll(/00+/g),
  ];
  const [longest] = runs.sort((a, b) => b[0].length - a[0].length);
  if (!longest) return groups.join(':');
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(longest.index + longest[0].length).join(':')}`;
}

function bitsOfV4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOfV6(text: string): bigint {
  const last = text.slice(text.lastIndexOf(':') + 1);
  const hex = (value: bigint) => value.toString(16);
  const plain = last.includes('.')
    ? `${text.slice(0, -last.length)}${hex(bitsOfV4(last) >> 16n)}:${hex(bitsOfV4(last) & 0xffffn)}`
    : text;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const all =
    tail === undefined
      ? groups(head)
      : [...groups(head), ...Array(8 - groups(head).length - groups(tail).length).fill('0'), ...groups(tail)];
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

import { isIPv4, isIPv6 } from 'node:net';

/** A block of addresses, `10.0.0.0/8`; a single address is a block of one. */
export interface Block {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** All of IPv4: what is assumed of a pod's address where nothing is known of it. */
export const ANY_ADDRESS: readonly Block[] = [{ family: 4, first: 0n, last: (1n << 32n) - 1n }];

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined for anything else. */
export function readBlock(text: string): Block | undefined {
  const [address = '', length, more] = text.split('/');
  const family = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined;
  if (!family || more !== undefined) return undefined;
  const bits = family === 4 ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return undefined;
  const host = (1n << BigInt(bits - prefix)) - 1n;
  const value = family === 4 ? valueOf4(address) : valueOf6(address);
  return { family, first: value & ~host, last: value | host };
}

/** Whether every address of the one block is in the other. */
export function contains(outer: Block, inner: Block): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the blocks share an address. */
export function overlaps(a: Block, b: Block): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function valueOf4(address: string): bigint {
  return address.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function valueOf6(address: string): bigint {
  // The last 32 bits may be written like IPv4.
  const dotted = /(?<=:)[\d.]+$/.exec(address)?.[0];
  const hexadecimal = dotted?.includes('.')
    ? address.slice(0, -dotted.length) +
      [valueOf4(dotted) >> 16n, valueOf4(dotted) & 0xffffn].map((part) => part.toString(16)).join(':')
    : address;
  const [head = '', tail] = hexadecimal.split('::');
  const parts = (text: string) => (text === '' ? [] : text.split(':'));
  const before = parts(head);
  const after = parts(tail ?? '');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].reduce((value, part) => (value << 16n) | BigInt(`0x${part}`), 0n);
}

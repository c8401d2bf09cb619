import { isIPv4, isIPv6 } from 'node:net';
import { addressBits, addressText } from '../../manifests/ip-address';

/** A block of addresses, `10.0.0.0/8`; a single address is a block of one. */
export interface Block {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

export const ALL_IPV4: Block = { family: 4, first: 0n, last: (1n << 32n) - 1n };
export const ALL_IPV6: Block = { family: 6, first: 0n, last: (1n << 128n) - 1n };

/**
 * What is assumed where nothing is known of an address: it may be of either family, and what holds of all of IPv4 is enough,
 * because that is what a cluster has unless somebody asked for more.
 */
export const EXPECTED_ADDRESSES: readonly Block[] = [ALL_IPV4];
export const POSSIBLE_ADDRESSES: readonly Block[] = [ALL_IPV4, ALL_IPV6];

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
  const value = addressBits(family, address);
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

/** The parts of blocks that lie in no other block. */
export function without(blocks: readonly Block[], holes: readonly Block[]): readonly Block[] {
  return holes.reduce<readonly Block[]>(
    (left, hole) =>
      left.flatMap((block) => {
        if (!overlaps(block, hole)) return [block];
        return [
          { ...block, last: hole.first - 1n },
          { ...block, first: hole.last + 1n },
        ].filter(({ first, last }) => first <= last);
      }),
    blocks,
  );
}

/** The blocks cut at the ends of others, so that each part is either in one of these or outside of it. */
export function cutAt(blocks: readonly Block[], others: readonly Block[]): readonly Block[] {
  return blocks.flatMap((block) => {
    const starts = new Set([block.first]);
    for (const other of others) {
      if (!overlaps(block, other)) continue;
      if (other.first > block.first) starts.add(other.first);
      if (other.last < block.last) starts.add(other.last + 1n);
    }
    const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
    return sorted.map((first, i) => ({ ...block, first, last: (sorted[i + 1] ?? block.last + 1n) - 1n }));
  });
}

/** Blocks in their order; those that touch become one. */
export function joined(blocks: readonly Block[]): readonly Block[] {
  const sorted = [...blocks].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const result: Block[] = [];
  for (const block of sorted) {
    const before = result.at(-1);
    if (!before || before.family !== block.family || block.first > before.last + 1n) result.push(block);
    else if (block.last > before.last) result[result.length - 1] = { ...before, last: block.last };
  }
  return result;
}

/** Blocks as CIDRs: `10.0.0.0/8`, or `10.0.0.0-10.1.2.3` where it takes many of them. */
export function blockTexts(blocks: readonly Block[]): readonly string[] {
  return joined(blocks).flatMap((block) => {
    const cidrs = cidrsOf(block);
    const { family, first, last } = block;
    return cidrs.length <= 2
      ? cidrs
      : [`${addressText({ family, bits: first })}-${addressText({ family, bits: last })}`];
  });
}

function cidrsOf({ family, first, last }: Block): string[] {
  const bits = family === 4 ? 32 : 128;
  const cidrs: string[] = [];
  for (let at = first; at <= last; ) {
    let host = 0;
    while (host < bits && (at & ((2n << BigInt(host)) - 1n)) === 0n && at + (2n << BigInt(host)) - 1n <= last) host++;
    cidrs.push(host === 0 ? addressText({ family, bits: at }) : `${addressText({ family, bits: at })}/${bits - host}`);
    at += 1n << BigInt(host);
  }
  return cidrs;
}

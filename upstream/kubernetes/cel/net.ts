import type { IpAddress } from '../../../manifests/ip-address';
import { addressBits } from '../../../manifests/ip-address';
import { ipv4, ipv6 } from '../formats';

/** As Go's netip.ParseAddr, without zones and without IPv4 in IPv6, which Kubernetes' library does not take. */
export function parseAddress(text: string): IpAddress | undefined {
  if (ipv4(text)) return { family: 4, bits: addressBits(4, text) };
  if (!ipv6(text) || text.includes('%')) return undefined;
  const bits = addressBits(6, text);
  return bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

/** As Go's netip.ParsePrefix: the length has no sign and no leading zeros. */
export function parsePrefix(text: string): (IpAddress & { readonly length: number }) | undefined {
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

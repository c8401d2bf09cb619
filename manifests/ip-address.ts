/** An address as a number. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** The number that an IPv4 address is; the text is known to be one. */
function bitsOfV4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** The number that an IPv6 address without a zone is. Its last 32 bits may be written like IPv4. */
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
      : [
          ...groups(head),
          ...Array<string>(Math.max(0, 8 - groups(head).length - groups(tail).length)).fill('0'),
          ...groups(tail),
        ];
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** The number that an address of a family is; the text is known to be one. */
export function addressBits(family: 4 | 6, text: string): bigint {
  return family === 4 ? bitsOfV4(text) : bitsOfV6(text);
}

/** The canonical text of an address: RFC 5952, which leaves out the first of the longest runs of zeros. */
export function addressText({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const zeros = groups.map((group) => (group === '0' ? '0' : '-')).join('');
  const [longest] = [...zeros.matchAll(/00+/g)].sort((a, b) => b[0].length - a[0].length);
  if (!longest) return groups.join(':');
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(longest.index + longest[0].length).join(':')}`;
}

import type { CelFunc, CelMap, CelValue } from '@bufbuild/cel';
import type { IpAddress } from '../../../manifests/ip-address';
import { addressText } from '../../../manifests/ip-address';
import { maskOf, parseAddress, parsePrefix } from './net';
import type { Library } from './parts';
import { CelFault, opaque, open, opened } from './values';

/** Kubernetes' ip.go and cidr.go. */
export function addressFunctions({ celFunc, celMethod, MAP, STRING, BOOL, INT, DYN }: Library): CelFunc[] {
  const ip = (text: string) => {
    const parsed = parseAddress(text);
    if (!parsed) throw new CelFault(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    return ofAddress('ip', parsed);
  };
  const cidr = (text: string) => {
    const parsed = parsePrefix(text);
    if (!parsed) throw new CelFault('network address parse error during conversion from string');
    return ofAddress('cidr', parsed, parsed.length);
  };
  const ofAddress = (kind: 'ip' | 'cidr', { family, bits }: IpAddress, length = 0) =>
    opaque(
      kind,
      new Map([
        ['family', BigInt(family)],
        ['bits', bits],
        ['length', BigInt(length)],
      ]),
    );
  const read = (kind: 'ip' | 'cidr', value: CelValue) => {
    const map = open(kind, value) as CelMap;
    return {
      family: Number(map.get('family')) as 4 | 6,
      bits: map.get('bits') as bigint,
      length: Number(map.get('length')),
    };
  };
  /** A test of an address, by family. */
  const test = (name: string, holds: (address: IpAddress) => boolean) =>
    celMethod(name, MAP, [], BOOL, function () {
      return holds(read('ip', this));
    });
  const contains = (range: CelValue, other: CelValue, otherKind: 'ip' | 'cidr'): boolean => {
    const [a, b] = [read('cidr', range), read(otherKind, other)];
    if (a.family !== b.family || (otherKind === 'cidr' && a.length > b.length)) return false;
    const mask = maskOf(a.family, a.length);
    return (a.bits & mask) === (b.bits & mask);
  };
  const { isUnspecified, isLoopback, isLinkLocalMulticast, isLinkLocalUnicast, isMulticast, isBroadcast } = RANGES;
  return [
    celFunc('isIP', [STRING], BOOL, (text) => parseAddress(text) !== undefined),
    celFunc('isCIDR', [STRING], BOOL, (text) => parsePrefix(text) !== undefined),
    celFunc('ip', [STRING], DYN, ip),
    celFunc('cidr', [STRING], DYN, cidr),
    celFunc('ip.isCanonical', [STRING], BOOL, (text) => addressText(read('ip', ip(text) as never)) === text),
    celFunc('string', [MAP], STRING, (value) => {
      if (opened('ip', value) !== undefined) return addressText(read('ip', value));
      const range = read('cidr', value);
      return `${addressText(range)}/${range.length}`;
    }),
    celMethod('family', MAP, [], INT, function () {
      return BigInt(read('ip', this).family);
    }),
    test('isUnspecified', isUnspecified),
    test('isLoopback', isLoopback),
    test('isLinkLocalMulticast', isLinkLocalMulticast),
    test('isLinkLocalUnicast', isLinkLocalUnicast),
    test('isGlobalUnicast', (address) =>
      ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((holds) => holds(address))),
    celMethod('containsIP', MAP, [STRING], BOOL, function (text) {
      return contains(this, ip(text) as never, 'ip');
    }),
    celMethod('containsIP', MAP, [MAP], BOOL, function (other) {
      return contains(this, other, 'ip');
    }),
    celMethod('containsCIDR', MAP, [STRING], BOOL, function (text) {
      return contains(this, cidr(text) as never, 'cidr');
    }),
    celMethod('containsCIDR', MAP, [MAP], BOOL, function (other) {
      return contains(this, other, 'cidr');
    }),
    celMethod('ip', MAP, [], DYN, function () {
      return ofAddress('ip', read('cidr', this));
    }),
    celMethod('prefixLength', MAP, [], INT, function () {
      return BigInt(read('cidr', this).length);
    }),
    celMethod('masked', MAP, [], DYN, function () {
      const range = read('cidr', this);
      return ofAddress('cidr', { ...range, bits: range.bits & maskOf(range.family, range.length) }, range.length);
    }),
  ];
}

const within =
  (v4: string | undefined, v6: string) =>
  ({ family, bits }: IpAddress): boolean => {
    const range = family === 4 ? v4 : v6;
    const prefix = range === undefined ? undefined : parsePrefix(range);
    return prefix !== undefined && (bits & maskOf(family, prefix.length)) === prefix.bits;
  };

/** As net/netip has them. */
const RANGES = {
  isUnspecified: within('0.0.0.0/32', '::/128'),
  isLoopback: within('127.0.0.0/8', '::1/128'),
  isLinkLocalMulticast: ({ family, bits }: IpAddress) =>
    family === 4 ? bits >> 8n === 0xe00000n : ((bits >> 112n) & 0xff0fn) === 0xff02n,
  isLinkLocalUnicast: within('169.254.0.0/16', 'fe80::/10'),
  isMulticast: within('224.0.0.0/4', 'ff00::/8'),
  isBroadcast: ({ family, bits }: IpAddress) => family === 4 && bits === 0xffffffffn,
};

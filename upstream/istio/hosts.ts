/** Names as Istio takes them: pkg/config/validation/agent/validation.go and pkg/config/labels/instance.go. */

import { isIP } from 'node:net';

const LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const WILD_LABEL = new RegExp(`^(?:\\*|(?:\\*|\\*-)?${LABEL})$`);
const QUALIFIED = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const TAG_KEY = new RegExp(`^(${LABEL}(?:\\.${LABEL})*/)?(${QUALIFIED})$`);
const TAG_VALUE = new RegExp(`^(?:${QUALIFIED})?$`);

/** A label of DNS; Istio takes upper case, too. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** A domain name without a star. */
export function isDomain(name: string): boolean {
  return hasLength(name) && areLabels(name.split('.'));
}

/** A domain name whose first label may be, or begin with, a star. */
export function isWildcardDomain(name: string): boolean {
  if (!hasLength(name)) return false;
  const [first = '', ...rest] = name.split('.');
  if (first.length > 63 || !WILD_LABEL.test(first)) return false;
  return !name.includes('.') || areLabels(rest);
}

function hasLength(name: string): boolean {
  return name.length > 0 && name.length <= 255;
}

/** The last one may be empty, and is no number. */
function areLabels(labels: readonly string[]): boolean {
  const last = labels.at(-1) ?? '';
  if (/^[+-]?\d+$/.test(last)) return false;
  const named = last === '' ? labels.slice(0, -1) : labels;
  return named.every(isDnsLabel);
}

export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** An address or a range of them. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (bits === undefined) return isAddress(text);
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  // A range takes no zone, and no number with a zero before it.
  return more.length === 0 && !address.includes('%') && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
}

/** What a set of labels has against it, as the end of a sentence; undefined: nothing. */
export function tagsProblem(labels: Readonly<Record<string, string>>): string | undefined {
  for (const [key, value] of Object.entries(labels)) {
    const [, prefix = '', name = ''] = TAG_KEY.exec(key) ?? [];
    if (name === '' || name.length > 63 || prefix.length > 254) return `has the key ${key}, which is no label key`;
    if (!TAG_VALUE.test(value)) return `has the value ${JSON.stringify(value)}, which is no label value`;
  }
  return undefined;
}

/** Whether two host names of one VirtualService take requests of the same host. */
export function hostsMatch(one: string, other: string): boolean {
  const [wildOne, wildOther] = [one.startsWith('*'), other.startsWith('*')];
  if (wildOne && wildOther)
    return one.length < other.length ? other.slice(1).endsWith(one.slice(1)) : one.slice(1).endsWith(other.slice(1));
  if (wildOne) return other.endsWith(one.slice(1));
  if (wildOther) return one.endsWith(other.slice(1));
  return one === other;
}

/** Whether all hosts that the first means are among those of the second. */
export function isHostWithin(one: string, other: string): boolean {
  if (!other.startsWith('*')) return one === other;
  if (!one.startsWith('*')) return one.endsWith(other.slice(1));
  return one.length >= other.length && one.slice(1).endsWith(other.slice(1));
}

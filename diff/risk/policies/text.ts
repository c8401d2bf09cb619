import type { Json } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { blockTexts } from '../../../simulate/network/addresses';
import type { FieldChange } from '../../field-change';
import { firstTexts } from '../plural';
import { EVERY_POD, UNSEEN } from '../unseen';
import type { PolicyEffect } from './effect';
import type { PolicyMatch } from './match';
import { isWider } from './match';

/** What a policy opens or closes, as a sentence. */
export function effectText({ does, side, what, change, api, isOfPeers }: PolicyEffect): string {
  const matches = matchesText(what, side);
  if (api.onlyAllows)
    return does === 'opens' ? `it allows more than before: ${matches}` : `it no longer allows ${matches}`;
  const pods = 'the pods that it selects';
  if (isOfPeers) {
    const others = `pods that are not among the manifests: ${matches}`;
    return side === 'in'
      ? `${does === 'opens' ? 'others may be able to connect to' : 'others may not be able any more to connect to'} ${pods}, from ${others}`
      : `${pods} may ${does === 'opens' ? 'be able' : 'not be able any more'} to connect to ${others}`;
  }
  const why = api.isSimulated ? `; ${UNSEEN}` : '';
  const of = what === 'everything' ? '' : `: ${matches}`;
  if (does === 'opens') {
    const more = what === 'everything' ? 'everybody' : 'more';
    return side === 'in'
      ? `${more} may be able to connect to ${pods}${of}${why}`
      : `${pods} may be able to connect to ${what === 'everything' ? 'everything' : 'more'}${of}${why}`;
  }
  const first = change.before ? '' : 'it isolates them: ';
  return side === 'in'
    ? `${first}whoever connects to ${pods} may be refused${of}${why}`
    : `${first}${pods} may not be able to connect to what they use${of}${why}`;
}

/** What to do about it, where it is about pods that are not here alone. */
export function effectAdvice({ isOfPeers }: PolicyEffect): { readonly advice?: string } {
  return isOfPeers ? { advice: 'compare it together with those pods: strata flows diff' } : {};
}

function matchesText(what: PolicyEffect['what'], side: PolicyEffect['side']): string {
  if (what === 'everything') return 'everything';
  const worstFirst = [...what].sort((a, b) => reachOf(a) - reachOf(b));
  const all = [...new Set(worstFirst.map((match) => matchText(match, side)))];
  return firstTexts(all);
}

/** Whom it lets in: everybody, addresses, every pod, those of every namespace, and then all that asks for more. */
function reachOf({ conditions, blocks }: PolicyMatch): number {
  if (blocks) return 1;
  if (Object.keys(conditions).every((key) => PORTS.includes(key))) return 0;
  if (conditions['peer'] !== 'pods' || !isAny(conditions['namespaceSelector'])) return 4;
  return isAny(conditions['podSelector']) ? 2 : 3;
}

const PORTS = ['protocol', 'port', 'from port', 'to port'];

function isAny(selector: unknown): boolean {
  return isMap(selector) && isWider(selector, {});
}

function matchText(match: PolicyMatch, side: PolicyEffect['side']): string {
  const { conditions, blocks } = match;
  const reach = reachOf(match);
  const { protocol, port, 'from port': from, 'to port': to, peer, ...others } = conditions;
  const single = from === to ? from : `${String(from)}-${String(to)}`;
  const number = from === undefined ? port : single;
  const ports = protocol === undefined ? '' : `${String(protocol)}${number === undefined ? '' : ` ${String(number)}`}`;
  const ends = blocks ? blockTexts(blocks).join(', ') : isMap(peer) ? partsOf(peer as Json).join(', ') : '';
  if (reach === 2) return [EVERY_POD, ports].filter(Boolean).join(', ');
  return (
    [ends || (reach === 0 && ports ? (side === 'in' ? 'everybody' : 'everywhere') : ''), ...partsOf(others), ports]
      .filter(Boolean)
      .join(', ') || 'everything'
  );
}

/** `app=front`, `principals a`: the conditions one by one. */
function partsOf(conditions: Json): string[] {
  return Object.entries(conditions).flatMap(([key, value]): string[] => {
    // The addresses themselves are told.
    if (value === 'addresses') return [];
    const labels = record(record(value)?.['matchLabels']);
    if (labels) {
      // The label that every namespace has with its own name.
      const text = Object.entries(labels).map(([label, own]) =>
        label === 'kubernetes.io/metadata.name' ? String(own) : `${label}=${String(own)}`,
      );
      return [`${key.replace(/Selector$/, '')} ${text.join(' and ') || 'any'}`];
    }
    if (isMap(value)) {
      const inner = partsOf(value as Json);
      return inner.length > 0 ? inner : [`any ${key.replace(/Selector$/, '')}`];
    }
    return [`${key} ${Array.isArray(value) ? list(value).map(plain).join(' and ') : plain(value)}`];
  });
}

function plain(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The field of a policy that does it: its rules of that side, then what else of its spec changes. */
export function fieldOfEffect({ change, side }: PolicyEffect): FieldChange | undefined {
  const wanted = side === 'in' ? /^(ingress|from|rules|action)/ : /^(egress|to)/;
  const own = change.fields.filter(({ path }) => path[0] === 'spec');
  return own.find(({ path }) => wanted.test(String(path[1]))) ?? own[0];
}

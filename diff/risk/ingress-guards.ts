import type { Resource } from '../../manifests/resource';
import { blockTexts, readBlock, without } from '../../simulate/network/addresses';
import { rangesIn, sourceBlocks } from './balancers';
import { firstNames } from './plural';

/** Annotations that let in a list of addresses, and no others: `nginx.ingress.kubernetes.io/whitelist-source-range` and its like. */
const ALLOWED = /\/(white-?list|allow-?list)(-source-range)?$|^alb\.ingress\.kubernetes\.io\/inbound-cidrs$/;
/** Annotations that keep a list of addresses out. */
const DENIED = /\/(black-?list|deny-?list)(-source-range)?$/;

/** An annotation of addresses that lets others in than before. */
export interface ListedAddresses {
  readonly name: string;
  /** Those that are let in now and were not; undefined where there is none, or where they cannot be read. */
  readonly opened: string | undefined;
  /** Those that are let in no more. */
  readonly closed: string | undefined;
}

/** What becomes of the lists of addresses of an Ingress. */
export function listedAddresses(before: Resource, after: Resource): ListedAddresses[] {
  const names = new Set([before, after].flatMap(({ annotations }) => Object.keys(annotations)));
  return [...names].flatMap((name): ListedAddresses[] => {
    const [was, is] = [before.annotations[name], after.annotations[name]];
    const denies = DENIED.test(name);
    if (was === is || (!denies && !ALLOWED.test(name))) return [];
    const [old, now] = [was, is].map((text) => rangesIn(text ?? '')) as [string[], string[]];
    // A file of patterns, or a name: nobody knows which addresses these are.
    const isRead = [...old, ...now].every((range) => readBlock(range));
    const more = (some: readonly string[], others: readonly string[]): string | undefined => {
      if (!isRead) return some.join() === others.join() ? undefined : 'others than before';
      const blocks = denies ? some.flatMap((range) => readBlock(range) ?? []) : sourceBlocks(some);
      const left = without(blocks, denies ? others.flatMap((range) => readBlock(range) ?? []) : sourceBlocks(others));
      if (left.length === 0) return undefined;
      return !denies && some.length === 0 ? 'every address' : firstNames(blockTexts(left));
    };
    const [opened, closed] = denies ? [more(old, now), more(now, old)] : [more(now, old), more(old, now)];
    return opened === undefined && closed === undefined ? [] : [{ name, opened, closed }];
  });
}

/** Annotations by which an Ingress asks who somebody is, of any controller. */
export const LOGIN =
  /\/(auth-(url|type|tls-secret|tls-verify-client|signin|secret|service)|basic-auth-secret|jwt-key|forward-auth|oauth2?-[\w-]+|oidc[\w-]*)$/;

/** Those that ask nobody by themselves: without auth-type nobody is asked for what stands in a Secret, without auth-url nobody is sent to sign in. */
const BESIDE = /^(nginx\.ingress\.kubernetes\.io|haproxy\.org)\/auth-(secret|signin)$/;

/** Whether the value of such an annotation asks nobody. */
export function asksNobody(value: string | undefined): boolean {
  return value === undefined || /^(false|off|none|optional_no_ca|)$/.test(value);
}

/** The annotation by which an Ingress asks who somebody is, where none did before. */
export function loginGained(before: Resource, after: Resource): string | undefined {
  const logins = ({ annotations }: Resource) =>
    Object.keys(annotations).filter((name) => LOGIN.test(name) && !BESIDE.test(name) && !asksNobody(annotations[name]));
  return logins(before).length > 0 ? undefined : logins(after)[0];
}

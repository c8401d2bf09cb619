import type { Block } from './addresses';
import { cutAt, EXPECTED_ADDRESSES, POSSIBLE_ADDRESSES } from './addresses';
import type { AdminPolicy } from './admin-policy';
import { throughTiers } from './admin-tiers';
import type { Connection } from './endpoints';
import { byNetworkPolicies } from './isolation';
import type { Surroundings } from './matching';
import type { Attempt, Direction, Passage, RuleAbout, Verdict } from './passage';
import type { Decider, Policy } from './policy';

export type { Connection, Endpoint, HostEndpoint, NamedPort, OutsideEndpoint, PodEndpoint } from './endpoints';
export type { Passage, Verdict } from './passage';

export interface Reach {
  readonly verdict: Verdict;
  /** Whether the source may send. */
  readonly egress: Passage;
  /** Whether the destination may receive. */
  readonly ingress: Passage;
}

/**
 * Whether policies let a connection pass: the source's egress and the destination's ingress must both allow it. A pod
 * that no NetworkPolicy isolates in a direction may do anything in it; one that is isolated only what some policy allows.
 * Policies of administrators come before and after. A pod always reaches itself (`from` and `to` are the same object), and
 * pods and their own node always reach each other.
 */
export function reach(policies: Iterable<Policy>, connection: Connection, surroundings: Surroundings = {}): Reach {
  const known = [...policies];
  const egress = passage(known, connection, 'egress', surroundings);
  const ingress = passage(known, connection, 'ingress', surroundings);
  const verdicts = [egress.verdict, ingress.verdict];
  return {
    verdict: verdicts.includes('denied') ? 'denied' : verdicts.includes('unknown') ? 'unknown' : 'allowed',
    egress,
    ingress,
  };
}

function passage(
  policies: readonly Policy[],
  { from, to, port, protocol = 'TCP' }: Connection,
  direction: Direction,
  surroundings: Surroundings,
): Passage {
  const [own, other] = direction === 'egress' ? [from, to] : [to, from];
  if (own.is !== 'pod') return { verdict: 'allowed', by: [], rules: [], why: 'no-policies-there' };
  if (from === to) return { verdict: 'allowed', by: [], rules: [], why: 'itself' };
  if (other.is === 'host' && other.sameNode === 'yes')
    return { verdict: 'allowed', by: [], rules: [], why: 'own-node' };
  const attempt = { own, other, to, port, protocol, direction };
  const decide = (tried: Attempt) =>
    throughTiers(surroundings.adminPolicies ?? [], tried, () => byNetworkPolicies(policies, tried, surroundings));
  const whole = decide(attempt);
  return whole.verdict === 'unknown' ? (inParts(whole, attempt, decide, policies, surroundings) ?? whole) : whole;
}

/** More parts than this are not looked at one by one. */
const MANY_PARTS = 1000;

/** An answer that holds for each part of the addresses that the other end may have; undefined where there is none. */
function inParts(
  whole: Passage,
  attempt: Attempt,
  decide: (attempt: Attempt) => Passage,
  policies: readonly Policy[],
  { adminPolicies = [] }: Surroundings,
): Passage | undefined {
  const { other, direction } = attempt;
  const ends = blocksOf(policies, adminPolicies, direction);
  if (ends.length === 0) return undefined;
  const decideAll = (addresses: readonly Block[]): Passage | undefined => {
    const parts = cutAt(addresses, ends);
    if (parts.length > MANY_PARTS) return undefined;
    let first: Passage | undefined;
    const by = new Set<Decider>();
    const rules = new Map<string, RuleAbout>();
    for (const part of parts) {
      // Ports are asked of `to`, which is the same at each address.
      const answer = decide({ ...attempt, other: { ...other, addresses: [part] } });
      if (answer.verdict === 'unknown' || (first && answer.verdict !== first.verdict)) return undefined;
      first ??= answer;
      for (const decider of answer.by) by.add(decider);
      for (const rule of answer.rules) rules.set(`${rule.decider.kind} ${rule.decider.name} ${rule.path.join()}`, rule);
    }
    return first && { ...whole, ...first, by: [...by], rules: [...rules.values()] };
  };
  const expected = decideAll(other.addresses ?? EXPECTED_ADDRESSES);
  if (other.addresses || expected?.verdict !== 'denied') return expected;
  // It may have an address of the other family, and that one may pass.
  return decideAll(POSSIBLE_ADDRESSES);
}

/** Every block of addresses that rules of a direction name. */
export function blocksOf(
  policies: readonly Policy[],
  adminPolicies: readonly AdminPolicy[],
  direction: Direction,
): readonly Block[] {
  return [
    ...policies.flatMap((policy) =>
      (policy[direction] ?? []).flatMap(({ peers = [] }) =>
        peers.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...ipBlock.except] : [])),
      ),
    ),
    ...adminPolicies.flatMap((policy) =>
      policy[direction].flatMap(({ peers }) => peers.flatMap((peer) => (peer.is === 'networks' ? peer.blocks : []))),
    ),
  ];
}

import type { Certainty } from '../../world/certainty';
import { all, some } from '../../world/certainty';
import type { Endpoint } from './endpoints';
import type { Surroundings } from './matching';
import { certainties, coversPort, isPeer, selectsPod } from './matching';
import type { Attempt, Isolation, Passage, RuleAbout, Verdict } from './passage';
import type { Policy, PolicyRule } from './policy';

/** What NetworkPolicies say of a connection at one of its ends. */
export function byNetworkPolicies(
  policies: readonly Policy[],
  { own, other, to, port, protocol, direction }: Attempt,
  surroundings: Surroundings,
): Isolation {
  const isolating: Policy[] = [];
  const maybeIsolating: Policy[] = [];
  const allowing: Policy[] = [];
  const maybeAllowing: Policy[] = [];
  const rulesAbout: RuleAbout[] = [];
  for (const policy of policies) {
    const rules = policy[direction];
    if (!rules) continue;
    const selected = selectsPod(policy, own);
    if (selected === 'no') continue;
    (selected === 'yes' ? isolating : maybeIsolating).push(policy);
    let allowed: Certainty = 'no';
    for (const rule of rules) {
      const allows = all([selected, allowsBy(rule, policy, other, to, port, protocol, surroundings)]);
      if (allows === 'no') continue;
      rulesAbout.push({ decider: policy, path: rule.path, does: allows === 'yes' ? 'allows' : 'may allow' });
      if (allowed !== 'yes') allowed = allows;
    }
    if (allowed === 'yes') allowing.push(policy);
    else if (allowed === 'unknown') maybeAllowing.push(policy);
  }
  const isolated: Certainty = isolating.length > 0 ? 'yes' : maybeIsolating.length > 0 ? 'unknown' : 'no';
  const answer = (verdict: Verdict, by: readonly Policy[], why: Passage['why']): Isolation => ({
    isolated,
    passage: { verdict, by, why, rules: rulesAbout.filter(({ decider }) => by.some((policy) => policy === decider)) },
  });
  if (allowing.length > 0) return answer('allowed', allowing, 'allowed-by-policy');
  if (isolated === 'no') return answer('allowed', [], 'not-isolated');
  if (maybeAllowing.length > 0) {
    // A policy that may select the pod and then allows the connection changes nothing where no other one isolates the pod.
    const harmless =
      isolating.length === 0 &&
      maybeIsolating.every((policy) =>
        policy[direction]!.some((rule) => allowsBy(rule, policy, other, to, port, protocol, surroundings) === 'yes'),
      );
    return harmless
      ? answer('allowed', maybeAllowing, 'allowed-by-policy')
      : answer('unknown', maybeAllowing, 'undecided');
  }
  if (isolating.length === 0) return answer('unknown', maybeIsolating, 'undecided');
  // A host that may be the pod's own node always gets through.
  if (other.is === 'host' && other.sameNode === 'unknown') return answer('unknown', isolating, 'own-node-only');
  return answer('denied', isolating, 'denied-by-isolation');
}

function allowsBy(
  rule: PolicyRule,
  policy: Policy,
  other: Endpoint,
  to: Endpoint,
  port: number,
  protocol: string,
  surroundings: Surroundings,
): Certainty {
  const ports =
    rule.ports === undefined ? 'yes' : some(certainties(rule.ports, (entry) => coversPort(entry, to, port, protocol)));
  if (ports === 'no') return 'no';
  return all([
    ports,
    rule.peers === undefined
      ? 'yes'
      : some(certainties(rule.peers, (peer) => isPeer(peer, policy.namespace, other, surroundings))),
  ]);
}

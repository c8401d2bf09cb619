import { selects } from '../../manifests/selector';
import type { Certainty } from '../../world/certainty';
import { all, some } from '../../world/certainty';
import type { KnownLabels } from '../../world/known-labels';
import { selectsKnown } from '../../world/known-labels';
import type { Action, AdminPeer, AdminPolicy, AdminRule, PodsOfNamespaces } from './admin-policy';
import type { Endpoint, PodEndpoint } from './endpoints';
import { certainties, coversPort, inBlocks } from './matching';
import type { Attempt, Isolation, Passage, RuleAbout } from './passage';
import type { Decider } from './policy';

/** What a tier may do with a connection. `nothing`: no rule is about it, so the next tier decides, as after Pass. */
interface TierAnswer {
  readonly outcomes: ReadonlySet<Action | 'nothing'>;
  readonly rules: readonly RuleAbout[];
}

/**
 * Admin → NetworkPolicies → Baseline. NetworkPolicies are asked only where the first tier may leave the decision to them, and
 * decide for every pod that they isolate.
 */
export function throughTiers(
  policies: readonly AdminPolicy[],
  attempt: Attempt,
  networkPolicies: () => Isolation,
): Passage {
  if (policies.length === 0) return networkPolicies().passage;
  const admin = answerOf(policies, 'Admin', attempt);
  const parts: Passage[] = decisionsOf(admin);
  if (admin.outcomes.has('Pass') || admin.outcomes.has('nothing')) {
    const { isolated, passage } = networkPolicies();
    const passed = admin.rules.filter(({ does }) => does.endsWith('on'));
    if (isolated !== 'no') parts.push({ ...passage, rules: [...passed, ...passage.rules] });
    if (isolated !== 'yes') {
      const baseline = answerOf(policies, 'Baseline', attempt);
      parts.push(...decisionsOf(baseline));
      if (baseline.outcomes.has('nothing') || baseline.outcomes.has('Pass'))
        parts.push({ verdict: 'allowed', by: [], rules: passed, why: 'not-isolated' });
    }
  }
  return combined(parts);
}

/** The decisions that a tier may make itself. */
function decisionsOf({ outcomes, rules }: TierAnswer): Passage[] {
  return (['Allow', 'Deny'] as const).flatMap((action): Passage[] => {
    if (!outcomes.has(action)) return [];
    const about = rules.filter(({ does }) => does.includes(action === 'Allow' ? 'allow' : 'den'));
    const by = [...new Set(about.map(({ decider }) => decider))];
    return action === 'Allow'
      ? [{ verdict: 'allowed', by, rules: about, why: 'allowed-by-policy' }]
      : [{ verdict: 'denied', by, rules: about, why: 'denied-by-policy' }];
  });
}

/** One answer out of all that may be; they must agree. */
function combined(parts: readonly Passage[]): Passage {
  if (parts.length === 1) return parts[0]!;
  const verdicts = new Set(parts.map(({ verdict }) => verdict));
  const by = [...new Set<Decider>(parts.flatMap((part) => part.by))];
  const rules = [...new Set(parts.flatMap((part) => part.rules))];
  const [first] = parts;
  return verdicts.size === 1 && first!.verdict !== 'unknown'
    ? { verdict: first!.verdict, by, rules, why: first!.why }
    : { verdict: 'unknown', by, rules, why: parts.length > 1 && verdicts.size > 1 ? 'undecided' : first!.why };
}

/** The policies of one tier by their priorities. Which of several with one priority comes first is not defined. */
function answerOf(policies: readonly AdminPolicy[], tier: AdminPolicy['tier'], attempt: Attempt): TierAnswer {
  const inTier = policies.filter((policy) => policy.tier === tier && policy[attempt.direction].length > 0);
  const priorities = [...new Set(inTier.map(({ priority }) => priority))].sort((a, b) => a - b);
  const outcomes = new Set<Action | 'nothing'>();
  const rules: RuleAbout[] = [];
  for (const priority of priorities) {
    const answers = inTier.filter((policy) => policy.priority === priority).map((policy) => firstOf(policy, attempt));
    for (const answer of answers) {
      rules.push(...answer.rules);
      for (const outcome of answer.outcomes) if (outcome !== 'nothing') outcomes.add(outcome);
    }
    // One that is certain to decide keeps those of higher numbers from being asked.
    if (answers.some((answer) => !answer.outcomes.has('nothing'))) return { outcomes, rules };
  }
  return { outcomes: outcomes.add('nothing'), rules };
}

const CERTAIN = { Allow: 'allows', Deny: 'denies', Pass: 'passes it on' } as const;
const POSSIBLE = { Allow: 'may allow', Deny: 'may deny', Pass: 'may pass it on' } as const;

/** The first rule of a policy that matches, and those before it that may. */
function firstOf(policy: AdminPolicy, attempt: Attempt): TierAnswer {
  const outcomes = new Set<Action | 'nothing'>();
  const rules: RuleAbout[] = [];
  const selected = policy.subject ? isPodOf(policy.subject, attempt.own, undefined) : 'no';
  if (selected !== 'no') {
    for (const rule of policy[attempt.direction]) {
      const matches = all([selected, matchesRule(rule, attempt)]);
      if (matches === 'no') continue;
      const action = rule.peers.some(({ is }) => is === 'not-known') && rule.action === 'Pass' ? 'Deny' : rule.action;
      outcomes.add(action);
      rules.push({
        decider: policy,
        path: rule.path,
        does: matches === 'yes' ? CERTAIN[action] : POSSIBLE[action],
      });
      if (matches === 'yes') return { outcomes, rules };
    }
  }
  return { outcomes: outcomes.add('nothing'), rules };
}

function matchesRule(rule: AdminRule, { own, other, to, port, protocol }: Attempt): Certainty {
  // The API has an implementation fail closed on a peer that it does not know.
  if (rule.peers.some(({ is }) => is === 'not-known')) return rule.action === 'Allow' ? 'no' : 'yes';
  return all([
    rule.ports === undefined ? 'yes' : some(certainties(rule.ports, (range) => coversPort(range, to, port, protocol))),
    some(certainties(rule.peers, (peer) => isAdminPeer(peer, own, other))),
  ]);
}

function isAdminPeer(peer: AdminPeer, own: PodEndpoint, other: Endpoint): Certainty {
  switch (peer.is) {
    case 'pods':
      return other.is === 'pod' ? isPodOf(peer.pods, other, own) : 'no';
    case 'nodes': {
      if (other.is !== 'host') return 'no';
      if (!other.nodeLabels) return Object.keys(peer.selector).length === 0 ? 'yes' : 'unknown';
      const selected = other.nodeLabels.filter((labels) => selects(peer.selector, labels)).length;
      return selected === 0 ? 'no' : selected === other.nodeLabels.length ? 'yes' : 'unknown';
    }
    case 'networks':
      return inBlocks(peer.blocks, other.addresses);
    case 'domains':
      return other.is === 'outside' ? 'unknown' : 'no';
    case 'not-known':
      return 'no';
  }
}

/** Whether a pod is one of these; `subject` is the pod that the policy is about, for labels that are compared with its namespace's. */
function isPodOf(pods: PodsOfNamespaces, pod: PodEndpoint, subject: PodEndpoint | undefined): Certainty {
  return all([
    isInNamespaces(pods.namespaces, pod, subject),
    pods.podSelector ? selectsKnown(pods.podSelector, pod.labels) : 'yes',
  ]);
}

function isInNamespaces(
  namespaces: PodsOfNamespaces['namespaces'],
  pod: PodEndpoint,
  subject: PodEndpoint | undefined,
): Certainty {
  if ('selector' in namespaces) return selectsKnown(namespaces.selector, pod.namespaceLabels);
  const same = (key: string): Certainty => isSame(key, pod, subject);
  if ('sameLabels' in namespaces)
    return namespaces.sameLabels.length === 0 ? 'no' : all(namespaces.sameLabels.map(same));
  const keys = namespaces.notSameLabels;
  return keys.length === 0
    ? 'no'
    : all([...keys.map((key) => has(key, pod.namespaceLabels)), some(keys.map((key) => not(same(key))))]);
}

function isSame(key: string, pod: PodEndpoint, subject: PodEndpoint | undefined): Certainty {
  if (!subject) return 'no';
  const [theirs, own] = [pod.namespaceLabels, subject.namespaceLabels];
  const known = has(key, theirs) === 'yes' && has(key, own) === 'yes';
  if (known) return theirs.labels[key] === own.labels[key] ? 'yes' : 'no';
  // A label that one of the two certainly lacks is not the same.
  if (has(key, theirs) === 'no' || has(key, own) === 'no') return 'no';
  return 'unknown';
}

function has(key: string, { labels, complete }: KnownLabels): Certainty {
  return Object.hasOwn(labels, key) ? 'yes' : complete ? 'no' : 'unknown';
}

function not(certainty: Certainty): Certainty {
  return certainty === 'yes' ? 'no' : certainty === 'no' ? 'yes' : 'unknown';
}

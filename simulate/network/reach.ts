import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { Certainty } from '../../world/certainty';
import { all, some } from '../../world/certainty';
import type { KnownLabels } from '../../world/known-labels';
import { NAMESPACE_NAME, selectsKnown } from '../../world/known-labels';
import type { Block } from './addresses';
import { ANY_ADDRESS, contains, overlaps } from './addresses';
import type { Policy, PolicyPeer, PolicyPort, PolicyRule } from './policy';

/** A pod with an address of its own. A pod of the host's network is a `Host`: policies neither hold it back nor find it by labels. */
export interface PodEndpoint {
  readonly is: 'pod';
  /** Undefined: it could be any. */
  readonly namespace: string | undefined;
  /** Where a pod of which the namespace is not known certainly is not. @default - it may be anywhere */
  readonly isNotIn?: (namespace: string) => boolean;
  readonly namespaceLabels: KnownLabels;
  readonly labels: KnownLabels;
  readonly ports: readonly NamedPort[];
  /** The blocks that its address lies in. @default - any IPv4 address */
  readonly addresses?: readonly Block[];
}

export interface NamedPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

/** A node, or a process or pod in its network. */
export interface HostEndpoint {
  readonly is: 'host';
  /** Whether the other end is a pod of this very node. */
  readonly sameNode: Certainty;
  readonly addresses?: readonly Block[];
}

/** Something that is no part of the cluster. */
export interface OutsideEndpoint {
  readonly is: 'outside';
  readonly addresses?: readonly Block[];
}

export type Endpoint = PodEndpoint | HostEndpoint | OutsideEndpoint;

/** A connection that somebody may try. */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The port at the pod, which need not be the Service's. */
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: string;
}

export type Verdict = 'allowed' | 'denied' | 'unknown';

export interface Reach {
  readonly verdict: Verdict;
  /** Whether the source may send. */
  readonly egress: Passage;
  /** Whether the destination may receive. */
  readonly ingress: Passage;
}

/** What one end's policies say of a connection. */
export interface Passage {
  readonly verdict: Verdict;
  /**
   * allowed: the policies that allow it, none where nothing isolates the pod. denied: the policies that isolate the pod, none
   * of which allows it. unknown: the policies that may allow it, or may isolate the pod.
   */
  readonly by: readonly Policy[];
  readonly why:
    | 'not-isolated'
    | 'allowed-by-policy'
    | 'denied-by-isolation'
    | 'undecided'
    | 'no-policies-there'
    | 'own-node'
    | 'own-node-only'
    | 'itself';
}

/**
 * Whether NetworkPolicies let a connection pass: the source's egress and the destination's ingress must both allow it. A pod
 * that no policy isolates in a direction may do anything in it; one that is isolated only what some policy allows. A pod
 * always reaches itself (`from` and `to` are the same object), and pods and their own node always reach each other.
 */
export function reach(policies: Iterable<Policy>, connection: Connection): Reach {
  const known = [...policies];
  const egress = passage(known, connection, 'egress');
  const ingress = passage(known, connection, 'ingress');
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
  direction: 'ingress' | 'egress',
): Passage {
  const [own, other] = direction === 'egress' ? [from, to] : [to, from];
  if (own.is !== 'pod') return { verdict: 'allowed', by: [], why: 'no-policies-there' };
  if (from === to) return { verdict: 'allowed', by: [], why: 'itself' };
  if (other.is === 'host' && other.sameNode === 'yes') return { verdict: 'allowed', by: [], why: 'own-node' };

  const isolating: Policy[] = [];
  const maybeIsolating: Policy[] = [];
  const allowing: Policy[] = [];
  const maybeAllowing: Policy[] = [];
  for (const policy of policies) {
    const rules = policy[direction];
    if (!rules) continue;
    const selected = selectsPod(policy, own);
    if (selected === 'no') continue;
    (selected === 'yes' ? isolating : maybeIsolating).push(policy);
    const allows = all([selected, some(lazily(rules, (rule) => allowsBy(rule, policy, other, to, port, protocol)))]);
    if (allows === 'yes') allowing.push(policy);
    else if (allows === 'unknown') maybeAllowing.push(policy);
  }
  if (allowing.length > 0) return { verdict: 'allowed', by: allowing, why: 'allowed-by-policy' };
  if (isolating.length === 0 && maybeIsolating.length === 0) return { verdict: 'allowed', by: [], why: 'not-isolated' };
  if (maybeAllowing.length > 0) {
    // A policy that may select the pod and then allows the connection changes nothing where no other one isolates the pod.
    const harmless =
      isolating.length === 0 &&
      maybeIsolating.every((policy) =>
        policy[direction]!.some((rule) => allowsBy(rule, policy, other, to, port, protocol) === 'yes'),
      );
    return harmless
      ? { verdict: 'allowed', by: maybeAllowing, why: 'allowed-by-policy' }
      : { verdict: 'unknown', by: maybeAllowing, why: 'undecided' };
  }
  if (isolating.length === 0) return { verdict: 'unknown', by: maybeIsolating, why: 'undecided' };
  // A host that may be the pod's own node always gets through.
  if (other.is === 'host' && other.sameNode === 'unknown')
    return { verdict: 'unknown', by: isolating, why: 'own-node-only' };
  return { verdict: 'denied', by: isolating, why: 'denied-by-isolation' };
}

/** Whether a policy is about this pod. */
export function selectsPod(policy: Policy, pod: PodEndpoint): Certainty {
  const here = isIn(policy.namespace, pod);
  return here === 'no' ? 'no' : all([here, selectsKnown(policy.podSelector, pod.labels)]);
}

function allowsBy(
  rule: PolicyRule,
  policy: Policy,
  other: Endpoint,
  to: Endpoint,
  port: number,
  protocol: string,
): Certainty {
  const ports =
    rule.ports === undefined ? 'yes' : some(lazily(rule.ports, (entry) => coversPort(entry, to, port, protocol)));
  if (ports === 'no') return 'no';
  return all([
    ports,
    rule.peers === undefined ? 'yes' : some(lazily(rule.peers, (peer) => isPeer(peer, policy.namespace, other))),
  ]);
}

/** Whether a port of a policy is the one that is connected to; a named one is looked up at the pod that has it. */
export function coversPort(entry: PolicyPort, to: Endpoint, port: number, protocol: string): Certainty {
  if (entry.protocol !== protocol) return 'no';
  if (entry.port === undefined) return 'yes';
  if (typeof entry.port === 'number') return entry.port <= port && port <= (entry.endPort ?? entry.port) ? 'yes' : 'no';
  if (to.is !== 'pod') return 'no';
  if (to.ports.some(({ name, number, protocol: at }) => name === entry.port && number === port && at === protocol))
    return 'yes';
  // Of a pod whose labels are not known the ports are not known either.
  return to.labels.complete ? 'no' : 'unknown';
}

/** Whether an endpoint is meant by a peer of a policy in this namespace. */
export function isPeer(
  { ipBlock, namespaceSelector, podSelector }: PolicyPeer,
  policyNamespace: string,
  endpoint: Endpoint,
): Certainty {
  if (ipBlock) return inBlock(ipBlock, endpoint.addresses ?? ANY_ADDRESS);
  if (endpoint.is !== 'pod' || (!namespaceSelector && !podSelector)) return 'no';
  const namespace = namespaceSelector ? isInSelected(namespaceSelector, endpoint) : isIn(policyNamespace, endpoint);
  return namespace === 'no' ? 'no' : all([namespace, podSelector ? selectsKnown(podSelector, endpoint.labels) : 'yes']);
}

function isIn(namespace: string, pod: PodEndpoint): Certainty {
  if (pod.namespace !== undefined) return pod.namespace === namespace ? 'yes' : 'no';
  return pod.isNotIn?.(namespace) ? 'no' : 'unknown';
}

function isInSelected(selector: Json, pod: PodEndpoint): Certainty {
  const selected = selectsKnown(selector, pod.namespaceLabels);
  if (selected !== 'unknown' || pod.namespace !== undefined || !pod.isNotIn) return selected;
  // Where the selector names namespaces, the pod may be in none of them.
  const named = [
    string(record(selector['matchLabels'])?.[NAMESPACE_NAME]) ?? [],
    ...list(selector['matchExpressions'])
      .map(record)
      .flatMap((expression) =>
        expression?.['key'] === NAMESPACE_NAME && expression['operator'] === 'In' ? list(expression['values']) : [],
      ),
  ].flat();
  return named.length > 0 && named.every((name) => typeof name === 'string' && pod.isNotIn!(name)) ? 'no' : 'unknown';
}

/** `yes` if every address that it may have is in the block and in none of the exceptions, `no` if none can be. */
function inBlock(
  { cidr, except }: { readonly cidr: Block; readonly except: readonly Block[] },
  addresses: readonly Block[],
): Certainty {
  if (addresses.every((block) => contains(cidr, block) && !except.some((hole) => overlaps(hole, block)))) return 'yes';
  if (addresses.every((block) => !overlaps(cidr, block) || except.some((hole) => contains(hole, block)))) return 'no';
  return 'unknown';
}

function* lazily<T>(items: readonly T[], certainty: (item: T) => Certainty): Iterable<Certainty> {
  for (const item of items) yield certainty(item);
}

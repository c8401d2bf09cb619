import type { NetworkPolicyPeer, NetworkPolicyRule, Objects, Of, Strings } from './kubernetes';
import { selects } from './kubernetes';

/** A pod that may send or receive, as a network plugin sees it. */
export interface Endpoint {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Strings;
}

/**
 * Who may talk to whom by the rules of NetworkPolicy, over rendered objects: pods that no policy of a direction selects are
 * free in it; others may what any policy that selects them allows. A connection needs both of its ends.
 */
export class Reach {
  private readonly policies: readonly Of<'NetworkPolicy'>[];
  private readonly namespaces: ReadonlyMap<string, Strings>;

  constructor(
    objects: Objects,
    /** Namespaces that are there beside the rendered ones, with their labels. */
    others: Readonly<Record<string, Strings>> = {},
  ) {
    this.policies = objects.of('NetworkPolicy');
    // The API server labels every namespace with its name.
    const label = (name: string, labels: Strings = {}) =>
      [name, { 'kubernetes.io/metadata.name': name, ...labels }] as const;
    this.namespaces = new Map([
      ...objects.of('Namespace').map(({ metadata }) => label(metadata.name, metadata.labels)),
      ...Object.entries(others).map(([name, labels]) => label(name, labels)),
    ]);
  }

  allows(from: Endpoint, to: Endpoint, port: number, protocol = 'TCP'): boolean {
    return this.may('Egress', from, to, port, protocol) && this.may('Ingress', to, from, port, protocol);
  }

  private may(
    direction: 'Ingress' | 'Egress',
    pod: Endpoint,
    other: Endpoint,
    port: number,
    protocol: string,
  ): boolean {
    const mine = this.policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.namespace &&
        spec.policyTypes.includes(direction) &&
        selects(spec.podSelector.matchLabels ?? {}, pod.labels),
    );
    if (mine.length === 0) return true;
    const rules = mine.flatMap(({ spec }) => (direction === 'Ingress' ? spec.ingress : spec.egress) ?? []);
    return rules.some(
      (rule) => this.names(direction === 'Ingress' ? rule.from : rule.to, pod, other) && covers(rule, port, protocol),
    );
  }

  /** Whether a rule's peers are all there are, or one of them is this pod. Without a namespace selector they are of the policy's own. */
  private names(peers: readonly NetworkPolicyPeer[] | undefined, pod: Endpoint, other: Endpoint): boolean {
    if (!peers?.length) return true;
    return peers.some(({ namespaceSelector, podSelector }) => {
      const rightNamespace = namespaceSelector
        ? selects(namespaceSelector.matchLabels ?? {}, this.namespaces.get(other.namespace) ?? {})
        : other.namespace === pod.namespace;
      return rightNamespace && selects(podSelector?.matchLabels ?? {}, other.labels);
    });
  }
}

function covers({ ports }: NetworkPolicyRule, port: number, protocol: string): boolean {
  return (
    !ports?.length ||
    ports.some((rule) => (rule.protocol ?? 'TCP') === protocol && (rule.port === undefined || rule.port === port))
  );
}

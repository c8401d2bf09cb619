import type { Path } from '../../manifests/resource';
import type { Certainty } from '../../world/certainty';
import type { Endpoint, PodEndpoint } from './endpoints';
import type { Decider } from './policy';

export type Verdict = 'allowed' | 'denied' | 'unknown';

/** A rule that says something of a connection. */
export interface RuleAbout {
  readonly decider: Decider;
  readonly path: Path;
  readonly does: 'allows' | 'may allow' | 'denies' | 'may deny' | 'passes it on' | 'may pass it on';
}

/** What one end's policies say of a connection. */
export interface Passage {
  readonly verdict: Verdict;
  /**
   * allowed: the policies that allow it, none where nothing isolates the pod. denied: the policies that isolate the pod, none
   * of which allows it, or that deny it. unknown: the policies that may allow it, or may isolate the pod.
   */
  readonly by: readonly Decider[];
  /** The rules of these that are about the connection. */
  readonly rules: readonly RuleAbout[];
  readonly why:
    | 'not-isolated'
    | 'allowed-by-policy'
    | 'denied-by-isolation'
    | 'denied-by-policy'
    | 'undecided'
    | 'no-policies-there'
    | 'other-network'
    | 'own-node'
    | 'own-node-only'
    | 'itself';
}

export type Direction = 'ingress' | 'egress';

/** A connection as one end's policies see it. */
export interface Attempt {
  /** The pod that the policies are about. */
  readonly own: PodEndpoint;
  readonly other: Endpoint;
  readonly to: Endpoint;
  readonly port: number;
  readonly protocol: string;
  readonly direction: Direction;
}

/** Whether NetworkPolicies isolate the pod, and what they say of the connection. */
export interface Isolation {
  readonly isolated: Certainty;
  readonly passage: Passage;
}

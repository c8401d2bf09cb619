import type { Labels } from '../../manifests/selector';
import type { Certainty } from '../../world/certainty';
import type { KnownLabels } from '../../world/known-labels';
import type { Block } from './addresses';

/** A pod with an address of its own. A pod of the host's network is a `Host`: policies neither hold it back nor find it by labels. */
export interface PodEndpoint {
  readonly is: 'pod';
  /** Undefined: it could be any. */
  readonly namespace: string | undefined;
  /**
   * Where a pod of which the namespace is not known certainly is not; `labelled`: among the pods that a selector asks for by
   * their labels. @default - it may be anywhere
   */
  readonly isNotIn?: (namespace: string, labelled: boolean) => boolean;
  /** Egress policies of any namespace may be about it. @default false */
  readonly mayBeAdded?: boolean;
  readonly namespaceLabels: KnownLabels;
  readonly labels: KnownLabels;
  readonly ports: readonly NamedPort[];
  /** The blocks that its address lies in. @default - any address, most likely of IPv4 */
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
  /** The labels of the nodes that it may be. @default - not known */
  readonly nodeLabels?: readonly Labels[];
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

import type { Construct, IConstruct } from 'constructs';
import type { Peer } from '../../model/cluster-facts';
import type { NamespaceRef } from './namespace';
import type { ServiceOf } from './service';

/** Pods that flows lead from and to: a workload of ours, or one among objects that somebody else wrote. */
export interface FlowEnd extends Construct {
  /** What messages, jobs and diagrams call it. */
  readonly app: string;
  /** What objects that follow from it are called. */
  readonly name: string;
  readonly namespace: NamespaceRef;
  /** The labels that its pods are found by. */
  readonly selector: Readonly<Record<string, string>>;
  /** Of the objects that follow from its flows. */
  readonly labels: Readonly<Record<string, string>>;
  /** The name of the NetworkPolicy that follows from its flows. */
  readonly policyName: string;
  readonly allPorts: readonly EndPort[];
  /** Ports of others that these pods open connections to. */
  readonly connections: readonly EndPort[];
  /** Where these pods serve their own metrics; undefined where they serve none. */
  readonly metrics: ServedMetrics | undefined;
  /** The Service that leads to a port of it. */
  serviceOf(port: EndPort): FlowService;
  /** The Service whose name resolves to every pod, ready or not. */
  eachPod(): ServiceOf;
}

/** A TCP port of pods, and who connects to it. */
export interface EndPort {
  readonly workload: FlowEnd;
  readonly name: string;
  /** The port that the container listens on. */
  readonly number: number;
  /** Ends that are in the same tree, and pods that are not ours. */
  readonly clients: Set<FlowEnd | Peer>;
}

/** What a client asks for: a name, and a port that leads to that of the pods. */
export interface FlowService {
  readonly name: string;
  /** Its DNS name, the same from every namespace. */
  readonly host: string;
  portOf(port: EndPort): number;
  /** How an Ingress names the port. */
  backendOf(port: EndPort): { readonly name: string } | { readonly number: number };
}

/** Where metrics are served, and the job that scrapes them. */
export interface ServedMetrics {
  readonly port: EndPort;
  readonly path: string;
  readonly job: string;
}

export function isFlowEnd(node: IConstruct): node is FlowEnd {
  return 'connections' in node && 'selector' in node && 'policyName' in node;
}

/** Every end of flows in a tree, by name. */
export function flowEndsIn(root: IConstruct): FlowEnd[] {
  return root.node
    .findAll()
    .filter(isFlowEnd)
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

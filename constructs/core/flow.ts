import type { Construct, IConstruct } from 'constructs';
import type { Peer, SharesBy } from '../../model/cluster-facts';
import type { Method, RequestMatch } from '../../model/release';
import type { RouteTraffic } from '../../model/traffic';
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
  readonly connections: EndPort[];
  /** Whether its pods have the addresses of their nodes, so that no policy can name them by their labels. @default false */
  readonly onHostNetwork?: boolean;
  /** Connections to what is no end of flows. */
  readonly outside?: readonly OutsideFlow[];
  /** Other versions of the same service: whoever may reach a port of it may reach theirs of that name. @default - none */
  readonly others?: readonly FlowEnd[];
  /** The version that most requests of people get. @default - itself */
  readonly live?: FlowEnd;
  /** What else a route does with requests than to give them to this version. @default - nothing */
  readonly split?: Split | undefined;
  /** Where these pods serve their own metrics; undefined where they serve none. */
  readonly metrics: ServedMetrics | undefined;
  /** Metrics at other ports of it, such as what a program that tells about others says of itself. @default - none */
  readonly moreMetrics?: readonly ServedMetrics[];
  /** The Service that leads to a port of it. */
  serviceOf(port: EndPort): FlowService;
  /** The Service whose name resolves to every pod, ready or not. */
  eachPod(): ServiceOf;
}

/** What a route gives to another version of a service: a share of the requests, those of which a header or a cookie says it, or copies. */
export type Split =
  | {
      /** The Service of the version that a controller starts beside these pods: it is of the same workload. */
      readonly next: FlowService;
      /** By what the controller writes the shares. */
      readonly sharesBy: SharesBy;
    }
  | { readonly to: FlowEnd; readonly share: number; readonly sticky?: StickySplit | undefined }
  | { readonly to: FlowEnd; readonly when: RequestMatch }
  | {
      readonly to: FlowEnd;
      /** Percent of the requests. */
      readonly copies: number;
      /** Empty: all methods. */
      readonly methods: readonly Method[];
      readonly by: RouteTraffic['mirrorBy'];
    };

/** A cookie keeps a client with the version that it met first. */
export interface StickySplit {
  readonly cookie: string;
  /** How long it is kept. Seconds. @default - as long as the browser runs */
  readonly seconds?: number | undefined;
}

/** The versions of a service of which people get the answers. */
export function answeringIn(end: FlowEnd): readonly FlowEnd[] {
  const { split } = end;
  return versionsIn(end).filter((version) => !(split && 'copies' in split && version === split.to));
}

/** Connections to what is not rendered here: nodes and the control plane by their addresses, or pods of any namespace. */
export interface OutsideFlow {
  readonly to: 'addresses' | 'all-pods';
  /** TCP. @default - all */
  readonly ports?: readonly number[];
}

/** Of the control plane; behind the Service of the API server stands 6443 in most clusters. */
export const API_SERVER_PORTS = [443, 6443];

/** Pods of all versions of a service: one end of its flows. */
export function versionsIn(end: FlowEnd): readonly FlowEnd[] {
  return [end, ...(end.others ?? [])];
}

/** A selector of pods, as Kubernetes writes it. */
interface PodSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: 'In'; readonly values: string[] }[];
}

/** What finds the pods of all versions of a service. */
export function selectorOf(end: FlowEnd): PodSelector {
  const versions = versionsIn(end);
  if (versions.length === 1) return { matchLabels: { ...end.selector } };
  return {
    matchExpressions: Object.keys(end.selector).map((key) => ({
      key,
      operator: 'In',
      values: [...new Set(versions.map(({ selector }) => selector[key]!))],
    })),
  };
}

/** Declares a flow from these pods to a port, whichever way they find it. */
export function openFlow(from: FlowEnd, port: EndPort): void {
  if (!from.connections.includes(port)) from.connections.push(port);
  port.clients.add(from);
}

/** A port of pods, and who connects to it. */
export interface EndPort {
  readonly workload: FlowEnd;
  readonly name: string;
  /** The port that the container listens on. */
  readonly number: number;
  /** It takes packets by UDP as well as connections by TCP. @default false */
  readonly udp?: boolean;
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

/**
 * What series of a program are about, and so which labels say where they were scraped: `pod`, the program itself: namespace, pod and
 * container; `node`: the node that it runs on; `others`: objects that each series names itself, by the very same labels.
 */
export type MetricsSubject = 'pod' | 'node' | 'others';

/** Where metrics are served, the job that scrapes them, and what is in them. */
export interface ServedMetrics {
  readonly port: EndPort;
  readonly path: string;
  readonly job: string;
  readonly about: MetricsSubject;
  /** Their names; empty where nobody says them. */
  readonly exposes: readonly string[];
  /** How many series a pod exposes; undefined where nobody says. */
  readonly series: number | undefined;
  /** Which of them count requests; undefined where none does. */
  readonly requests: RequestMetrics | undefined;
}

/** All that these pods serve for scrapers. */
export function metricsServedBy({ metrics, moreMetrics = [] }: FlowEnd): ServedMetrics[] {
  return [...(metrics ? [metrics] : []), ...moreMetrics];
}

/** The metrics by which a program counts and times the requests that it answers. */
export interface RequestMetrics {
  /** A counter of answered requests, such as `http_requests_total`. */
  readonly total: string;
  /** How a failed one is told from the others: by a label that matches an anchored regular expression; with a value that does. */
  readonly failed: { readonly label: string; readonly regex: string; readonly example: string };
  /** A histogram of how long they took, and the bounds of its buckets. Seconds. @default - nobody times them */
  readonly duration?: { readonly metric: string; readonly buckets: readonly number[] };
  /** A PromQL label matcher of what counts, so that probes and scrapes do not. @default - all of them */
  readonly counted?: string;
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

import type { Json, Path, Resource } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import type { Block } from './addresses';
import { readBlock } from './addresses';
import type { Decider, PortRange } from './policy';

/**
 * An AdminNetworkPolicy, a BaselineAdminNetworkPolicy or a ClusterNetworkPolicy, which came after them
 * (sigs.k8s.io/network-policy-api). The first rule that matches decides; Pass leaves the decision to the next tier:
 * Admin → NetworkPolicies → Baseline → allowed.
 */
export interface AdminPolicy extends Decider {
  readonly tier: 'Admin' | 'Baseline';
  /** The lowest comes first. */
  readonly priority: number;
  readonly subject: PodsOfNamespaces | undefined;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
}

/** What selects the namespace and what selects the pod; a missing podSelector selects every pod. */
export interface PodsOfNamespaces {
  readonly namespaces:
    | { readonly selector: Json }
    /** Namespaces that have the same values of these labels as the subject's, all of them. */
    | { readonly sameLabels: readonly string[] }
    /** Namespaces that have all of these labels, one of them at least with another value than the subject's. */
    | { readonly notSameLabels: readonly string[] };
  readonly podSelector: Json | undefined;
}

export type Action = 'Allow' | 'Deny' | 'Pass';

export interface AdminRule {
  readonly action: Action;
  readonly peers: readonly AdminPeer[];
  /** Undefined: every port of every protocol. */
  readonly ports: readonly PortRange[] | undefined;
  readonly path: Path;
}

export type AdminPeer =
  | { readonly is: 'pods'; readonly pods: PodsOfNamespaces }
  /** Nodes, by a LabelSelector. */
  | { readonly is: 'nodes'; readonly selector: Json }
  | { readonly is: 'networks'; readonly blocks: readonly Block[] }
  /** Hosts outside the cluster, by name. */
  | { readonly is: 'domains' }
  /** A field that these versions of the API do not have: the rule matches nothing if it allows, and everything if it does not. */
  | { readonly is: 'not-known' };

const KINDS: ReadonlySet<string> = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
]);

export function isAdminPolicy({ kind, group }: Resource): boolean {
  return group === 'policy.networking.k8s.io' && KINDS.has(kind);
}

export function readAdminPolicy(resource: Resource): AdminPolicy {
  const { kind, name } = resource;
  const spec = record(resource.at(['spec'])) ?? {};
  const baseline = kind === 'BaselineAdminNetworkPolicy' || spec['tier'] === 'Baseline';
  return {
    kind,
    namespace: '',
    name,
    resource,
    tier: baseline ? 'Baseline' : 'Admin',
    priority: number(spec['priority']) ?? 0,
    subject: readPods(record(spec['subject']) ?? {}),
    ingress: readRules(spec, 'ingress', 'from'),
    egress: readRules(spec, 'egress', 'to'),
  };
}

function readRules(spec: Json, direction: 'ingress' | 'egress', peers: 'from' | 'to'): AdminRule[] {
  return list(spec[direction]).map((entry, i) => {
    const rule = record(entry) ?? {};
    const action = string(rule['action']);
    const ports = [
      ...list(rule['ports']).map((port) => readPort(record(port) ?? {})),
      ...list(rule['protocols']).map((protocol) => readProtocol(record(protocol) ?? {})),
    ];
    return {
      action: action === 'Deny' || action === 'Pass' ? action : 'Allow',
      peers: list(rule[peers]).map((peer) => readPeer(record(peer) ?? {})),
      ports: ports.length > 0 ? ports : undefined,
      path: ['spec', direction, i],
    };
  });
}

function readPeer(peer: Json): AdminPeer {
  const pods = readPods(peer);
  if (pods) return { is: 'pods', pods };
  const nodes = record(peer['nodes']);
  if (nodes) return { is: 'nodes', selector: nodes };
  if (Array.isArray(peer['networks']))
    return { is: 'networks', blocks: list(peer['networks']).flatMap((cidr) => readBlock(string(cidr) ?? '') ?? []) };
  if (Array.isArray(peer['domainNames'])) return { is: 'domains' };
  return { is: 'not-known' };
}

/** `namespaces` or `pods`, as subjects and peers have them. */
function readPods(from: Json): PodsOfNamespaces | undefined {
  const namespaces = record(from['namespaces']);
  if (namespaces) return { namespaces: readNamespaces(namespaces), podSelector: undefined };
  const pods = record(from['pods']);
  if (!pods) return undefined;
  const inner = record(pods['namespaces']);
  return {
    namespaces: inner ? readNamespaces(inner) : { selector: record(pods['namespaceSelector']) ?? {} },
    podSelector: record(pods['podSelector']) ?? {},
  };
}

/** Until v0.1.1 the selector stood one level further down, beside sameLabels and notSameLabels. */
function readNamespaces(namespaces: Json): PodsOfNamespaces['namespaces'] {
  const { namespaceSelector, sameLabels, notSameLabels } = namespaces;
  if (Array.isArray(sameLabels)) return { sameLabels: list(sameLabels).filter((key) => typeof key === 'string') };
  if (Array.isArray(notSameLabels))
    return { notSameLabels: list(notSameLabels).filter((key) => typeof key === 'string') };
  return { selector: record(namespaceSelector) ?? namespaces };
}

/** AdminNetworkPolicy: `portNumber`, `portRange`, `namedPort`. */
function readPort(port: Json): PortRange {
  const [single, range] = [record(port['portNumber']), record(port['portRange'])];
  if (single)
    return { protocol: string(single['protocol']) ?? 'TCP', port: number(single['port']), endPort: undefined };
  if (range)
    return {
      protocol: string(range['protocol']) ?? 'TCP',
      port: number(range['start']),
      endPort: number(range['end']),
    };
  return { protocol: undefined, port: string(port['namedPort']) ?? '', endPort: undefined };
}

/** ClusterNetworkPolicy: `tcp`, `udp` or `sctp` with a `destinationPort`, or a `destinationNamedPort`. */
function readProtocol(entry: Json): PortRange {
  for (const name of ['tcp', 'udp', 'sctp']) {
    const protocol = record(entry[name]);
    if (!protocol) continue;
    const port = record(protocol['destinationPort']);
    const range = record(port?.['range']);
    return {
      protocol: name.toUpperCase(),
      port: number(port?.['number']) ?? number(range?.['start']),
      endPort: number(range?.['end']),
    };
  }
  return { protocol: undefined, port: string(entry['destinationNamedPort']) ?? '', endPort: undefined };
}

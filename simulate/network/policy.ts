import type { Json, Path, Resource } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import type { Block } from './addresses';
import { readBlock } from './addresses';

/** An object that decides on connections. */
export interface Decider {
  readonly kind: string;
  /** Empty for one of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly resource: Resource;
}

/** A NetworkPolicy as the API server understands it: defaults filled in, each direction that it does not isolate left out. */
export interface Policy extends Decider {
  /** A LabelSelector. */
  readonly podSelector: Json;
  /** Undefined: the policy says nothing of incoming traffic. Empty: it allows none. */
  readonly ingress: readonly PolicyRule[] | undefined;
  readonly egress: readonly PolicyRule[] | undefined;
}

export interface PolicyRule {
  /** Undefined: everybody. */
  readonly peers: readonly PolicyPeer[] | undefined;
  /** Undefined: every port of every protocol. */
  readonly ports: readonly PolicyPort[] | undefined;
  readonly path: Path;
}

export interface PolicyPeer {
  readonly ipBlock: { readonly cidr: Block; readonly except: readonly Block[] } | undefined;
  /** LabelSelectors; one that is missing and one that is empty mean different things. */
  readonly namespaceSelector: Json | undefined;
  readonly podSelector: Json | undefined;
  readonly path: Path;
}

export interface PolicyPort extends PortRange {
  readonly protocol: string;
  readonly path: Path;
}

/** Ports as a rule gives them. */
export interface PortRange {
  /** Undefined: every protocol. */
  readonly protocol: string | undefined;
  /** A number, or the name of a port of the pod that is connected to; undefined: every port. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

export function isNetworkPolicy(resource: Resource): boolean {
  return resource.kind === 'NetworkPolicy' && resource.group === 'networking.k8s.io';
}

export function readPolicy(resource: Resource, namespace: string): Policy {
  const spec = record(resource.at(['spec'])) ?? {};
  const types = list(spec['policyTypes']);
  const egress = list(spec['egress']);
  // Without policyTypes every policy is for incoming traffic, and for outgoing only if it has a rule for it.
  const isolates = (type: 'Ingress' | 'Egress') =>
    types.length > 0 ? types.includes(type) : type === 'Ingress' || egress.length > 0;
  return {
    kind: resource.kind,
    namespace,
    name: resource.name,
    podSelector: record(spec['podSelector']) ?? {},
    ingress: isolates('Ingress') ? readRules(spec['ingress'], ['spec', 'ingress'], 'from') : undefined,
    egress: isolates('Egress') ? readRules(spec['egress'], ['spec', 'egress'], 'to') : undefined,
    resource,
  };
}

function readRules(value: unknown, path: Path, peers: 'from' | 'to'): PolicyRule[] {
  return list(value).map((entry, i) => {
    const rule = record(entry) ?? {};
    const at = [...path, i];
    return {
      peers: emptyIsMissing(list(rule[peers]).map((peer, j) => readPeer(peer, [...at, peers, j]))),
      ports: emptyIsMissing(list(rule['ports']).map((port, j) => readPort(port, [...at, 'ports', j]))),
      path: at,
    };
  });
}

function readPeer(value: unknown, path: Path): PolicyPeer {
  const peer = record(value) ?? {};
  const ipBlock = record(peer['ipBlock']);
  const cidr = readBlock(string(ipBlock?.['cidr']) ?? '');
  return {
    ipBlock: cidr && {
      cidr,
      except: list(ipBlock?.['except']).flatMap((block) => readBlock(string(block) ?? '') ?? []),
    },
    namespaceSelector: record(peer['namespaceSelector']),
    podSelector: record(peer['podSelector']),
    path,
  };
}

function readPort(value: unknown, path: Path): PolicyPort {
  const port = record(value) ?? {};
  return {
    protocol: string(port['protocol']) ?? 'TCP',
    port: number(port['port']) ?? string(port['port']),
    endPort: number(port['endPort']),
    path,
  };
}

function emptyIsMissing<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record } from '../../../manifests/resource';
import { readBlock, without } from '../../../simulate/network/addresses';
import type { PolicyPeer, PolicyPort, PolicyRule } from '../../../simulate/network/policy';
import { isNetworkPolicy, readPolicy } from '../../../simulate/network/policy';
import type { PolicyMatch } from './match';
import { alternatives } from './match';
import type { PolicyApi, PolicyStance } from './stance';

/** NetworkPolicies, for pods that are not among the manifests: all others are simulated. */
export const networkPolicyApi: PolicyApi = {
  reads: isNetworkPolicy,
  isSimulated: true,
  stances: (world, resource) => {
    const namespace = world.namespaceOf(resource);
    const policy = readPolicy(resource, namespace);
    return (['in', 'out'] as const).flatMap((side): PolicyStance[] => {
      const rules = side === 'in' ? policy.ingress : policy.egress;
      if (!rules) return [];
      const allows = rules.flatMap((rule) => matchesOf(rule, namespace));
      return [{ side, namespace, selector: policy.podSelector, isolates: true, allows, denies: [] }];
    });
  },
};

function matchesOf({ peers, ports }: PolicyRule, namespace: string): PolicyMatch[] {
  const ends = (peers ?? [undefined]).map((peer) => (peer ? matchOfPeer(peer, namespace) : { conditions: {} }));
  const through = (ports ?? [undefined]).map((port) => (port ? conditionsOfPort(port) : {}));
  return ends.flatMap(({ conditions, ...rest }) =>
    through.map((port) => ({ conditions: { ...conditions, ...port }, ...rest })),
  );
}

function matchOfPeer({ ipBlock, namespaceSelector, podSelector }: PolicyPeer, namespace: string): PolicyMatch {
  if (ipBlock) return { conditions: { peer: 'addresses' }, blocks: without([ipBlock.cidr], ipBlock.except) };
  const own = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return {
    conditions: { peer: 'pods', namespaceSelector: namespaceSelector ?? own, podSelector: podSelector ?? {} },
  };
}

function conditionsOfPort({ protocol, port, endPort }: PolicyPort): Json {
  if (port === undefined) return { protocol };
  if (typeof port === 'string') return { protocol, port };
  return { protocol, 'from port': port, 'to port': endPort ?? port };
}

/** The policies of administrators, for pods that are not among the manifests. */
export const adminPolicies: PolicyApi = {
  reads: ({ group, kind }) =>
    group === 'policy.networking.k8s.io' &&
    ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'].includes(kind),
  isSimulated: true,
  stances: (_, resource) =>
    sidesOf(resource).map(({ side, rules, peers }) => ({
      side,
      namespace: '',
      selector: record(resource.at(['spec', 'subject'])),
      ...byAction(rules, peers, ['Deny']),
    })),
};

/** Antrea’s own policies: without a rule that matches, everything is allowed. */
export const antreaPolicies: PolicyApi = {
  reads: ({ group, kind }) => group === 'crd.antrea.io' && ['NetworkPolicy', 'ClusterNetworkPolicy'].includes(kind),
  stances: (_, resource) =>
    sidesOf(resource).map(({ side, rules, peers }) => ({
      side,
      namespace: resource.statedNamespace,
      selector: { appliedTo: resource.at(['spec', 'appliedTo']) },
      ...byAction(rules, peers, ['Drop', 'Reject']),
    })),
};

function sidesOf(resource: Resource) {
  return [
    { side: 'in' as const, rules: mappings(resource.at(['spec', 'ingress'])), peers: 'from' },
    { side: 'out' as const, rules: mappings(resource.at(['spec', 'egress'])), peers: 'to' },
  ].filter(({ rules }) => rules.length > 0);
}

/** Rules with an action, the first of which decides. Those that allow count where a later one refuses. */
function byAction(rules: readonly Json[], peers: string, refusing: readonly string[]) {
  const matchesIn = (wanted: readonly string[]) =>
    rules
      .filter(({ action }) => wanted.includes(String(action)))
      .flatMap((rule) => {
        const ends = list(rule[peers]);
        return alternatives({ ...(ends.length > 0 ? { peer: ends } : {}), ports: rule['ports'] }).map(withBlocks);
      });
  const denies = matchesIn(refusing);
  return { isolates: denies.length > 0, allows: matchesIn(['Allow']), denies };
}

/** Takes an address out of the conditions, so that it is compared as one. */
export function withBlocks(conditions: Json): PolicyMatch {
  for (const [key, value] of Object.entries(conditions)) {
    if (isAddressField(key)) {
      const text = typeof value === 'string' ? value : String(record(value)?.['cidr'] ?? '');
      const block = readBlock(text);
      const except = list(record(value)?.['except']).flatMap((each) => readBlock(String(each)) ?? []);
      const { [key]: _, ...others } = conditions;
      if (block) return { conditions: { ...others, peer: 'addresses' }, blocks: without([block], except) };
    }
    const inner = record(value);
    if (!inner || /[sS]elector$/.test(key)) continue;
    const match = withBlocks(inner);
    if (match.blocks) return { conditions: { ...conditions, [key]: match.conditions }, blocks: match.blocks };
  }
  return { conditions };
}

const ADDRESS_FIELDS = [
  'ipBlock',
  'ipBlocks',
  'cidr',
  'nets',
  'networks',
  'fromCIDR',
  'toCIDR',
  'fromCIDRSet',
  'toCIDRSet',
];

function isAddressField(key: string): boolean {
  return ADDRESS_FIELDS.includes(key);
}

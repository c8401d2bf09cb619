import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { withBlocks } from './kubernetes';
import type { PolicyMatch } from './match';
import { alternatives } from './match';
import type { PolicyApi, PolicyStance } from './stance';

/** docs.cilium.io/en/stable/security/policy/: an empty rule selects nobody, and isolates. */
export const ciliumPolicies: PolicyApi = {
  reads: ({ group, kind }) => group === 'cilium.io' && /^Cilium(Clusterwide)?NetworkPolicy$/.test(kind),
  stances: (world, resource) => {
    const namespace = resource.kind === 'CiliumNetworkPolicy' ? world.namespaceOf(resource) : '';
    const specs = [record(resource.at(['spec'])), ...mappings(resource.at(['specs']))].filter(
      (spec) => spec !== undefined,
    );
    return specs.flatMap((spec) =>
      (['in', 'out'] as const).flatMap((side): PolicyStance[] => {
        const [field, prefix] = side === 'in' ? ['ingress', 'from'] : ['egress', 'to'];
        const [allowing, denying] = [mappings(spec[field]), mappings(spec[`${field}Deny`])];
        if (allowing.length + denying.length === 0) return [];
        return [
          {
            side,
            namespace,
            selector: spec['endpointSelector'] ?? { node: spec['nodeSelector'] },
            isolates: record(spec['enableDefaultDeny'])?.[field] !== false,
            allows: allowing.flatMap((rule) => matchesOfCilium(rule, prefix)),
            denies: denying.flatMap((rule) => matchesOfCilium(rule, prefix)),
          },
        ];
      }),
    );
  },
};

/** Entities of Cilium by where they are; `all` asks for nothing. */
function ofEntity(entity: unknown): Json {
  if (entity === 'all') return {};
  if (entity === 'cluster') return { where: 'cluster' };
  return entity === 'world' ? { where: 'outside' } : { where: 'cluster', entity };
}

function matchesOfCilium(rule: Json, prefix: string): PolicyMatch[] {
  const through: Json = Object.fromEntries(Object.entries(rule).filter(([key]) => ['toPorts', 'icmps'].includes(key)));
  const ends = Object.entries(rule).filter(
    ([key, value]) => key.startsWith(prefix) && key !== 'toPorts' && !key.endsWith('Requires') && Array.isArray(value),
  );
  if (ends.length === 0) return Object.keys(through).length === 0 ? [] : alternatives(through).map(withBlocks);
  const peers = ends.flatMap(([key, value]) =>
    list(value).map((each): Json => {
      if (key.endsWith('Entities')) return ofEntity(each);
      if (key.endsWith('Endpoints')) return { where: 'cluster', peerSelector: each };
      return key.includes('CIDR') ? { where: 'outside', [key]: each } : { [key]: each };
    }),
  );
  return peers.flatMap((peer) => alternatives({ ...through, ...peer }).map(withBlocks));
}

/** docs.tigera.io/calico/latest/reference/resources/networkpolicy: rules are tried in their order. */
export const calicoPolicies: PolicyApi = {
  reads: ({ group, kind }) =>
    (group === 'projectcalico.org' || group === 'crd.projectcalico.org') && /^(Global)?NetworkPolicy$/.test(kind),
  stances: (world, resource) => {
    const namespace = resource.kind === 'NetworkPolicy' ? world.namespaceOf(resource) : '';
    const [ingress, egress] = [mappings(resource.at(['spec', 'ingress'])), mappings(resource.at(['spec', 'egress']))];
    const named = list(resource.at(['spec', 'types']));
    const types =
      named.length > 0
        ? named
        : [...(ingress.length > 0 || egress.length === 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])];
    const { selector, namespaceSelector } = record(resource.at(['spec'])) ?? {};
    return (['in', 'out'] as const).flatMap((side): PolicyStance[] => {
      if (!types.includes(side === 'in' ? 'Ingress' : 'Egress')) return [];
      const rules = side === 'in' ? ingress : egress;
      // A refusal at the end refuses what is refused anyway.
      const end = rules.findLastIndex(({ action }) => action !== 'Deny') + 1;
      const of = (action: string) =>
        rules
          .slice(0, end)
          .filter((rule) => rule['action'] === action)
          .flatMap(({ action: _, metadata: __, ...rule }) => alternatives(rule).map(withBlocks));
      return [
        {
          side,
          namespace,
          selector: namespaceSelector === undefined ? (selector ?? '') : { selector, namespaceSelector },
          isolates: true,
          allows: of('Allow'),
          denies: of('Deny'),
        },
      ];
    });
  },
};

/** istio.io/latest/docs/reference/config/security/authorization-policy/ */
export const istioAuthorization: PolicyApi = {
  reads: ({ group, kind }) => group === 'security.istio.io' && kind === 'AuthorizationPolicy',
  stances: (world, resource) => {
    const spec = record(resource.at(['spec'])) ?? {};
    const action = string(spec['action']) ?? 'ALLOW';
    const matches = mappings(spec['rules']).flatMap((rule) =>
      alternatives({
        source: list(rule['from']).map((from) => record(from)?.['source'] ?? {}),
        operation: list(rule['to']).map((to) => record(to)?.['operation'] ?? {}),
        when: rule['when'],
      }).map(withBlocks),
    );
    const targets = [...list(spec['targetRefs']), ...(spec['targetRef'] ? [spec['targetRef']] : [])];
    const namespace = world.namespaceOf(resource);
    if (action === 'AUDIT') return [];
    return [
      {
        side: 'in',
        // A policy of the root namespace is about the whole mesh.
        namespace: namespace === ROOT_NAMESPACE ? '' : namespace,
        selector: targets.length > 0 ? { targets } : (spec['selector'] ?? {}),
        isolates: action === 'ALLOW',
        allows: action === 'ALLOW' ? matches : [],
        // Whom a provider is asked about may be refused by it.
        denies: action === 'DENY' || action === 'CUSTOM' ? matches.map((match) => ofAction(match, action)) : [],
      },
    ];
  },
};

const ROOT_NAMESPACE = 'istio-system';

/** What a provider of CUSTOM refuses is not what DENY does. */
function ofAction({ conditions, ...rest }: PolicyMatch, action: string): PolicyMatch {
  return action === 'DENY' ? { conditions, ...rest } : { conditions: { ...conditions, provider: 'asked' }, ...rest };
}

/** linkerd.io/2/reference/authorization-policy/: a Server isolates its port, and the others allow. */
export const linkerdServers: PolicyApi = {
  reads: ({ group, kind }) => group === 'policy.linkerd.io' && kind === 'Server',
  stances: (world, resource) => {
    const { podSelector, externalWorkloadSelector, port, accessPolicy } = record(resource.at(['spec'])) ?? {};
    const access = string(accessPolicy) ?? 'deny';
    return [
      {
        side: 'in',
        namespace: world.namespaceOf(resource),
        selector: { port, ...record(podSelector ?? externalWorkloadSelector) },
        isolates: access !== 'audit',
        allows: ACCESS[access] ? [{ conditions: ACCESS[access] }] : [],
        denies: [],
      },
    ];
  },
};

const ACCESS: Readonly<Record<string, Json>> = {
  'all-unauthenticated': {},
  'all-authenticated': { authenticated: 'yes' },
  'cluster-unauthenticated': { where: 'cluster' },
  'cluster-authenticated': { where: 'cluster', authenticated: 'yes' },
};

/** What only allows: its absence allows nothing, since what it is about is isolated by something else. */
export const grants: PolicyApi = {
  reads: ({ group, kind }) =>
    (group === 'policy.linkerd.io' &&
      ['AuthorizationPolicy', 'ServerAuthorization', 'MeshTLSAuthentication', 'NetworkAuthentication'].includes(
        kind,
      )) ||
    (group === 'gateway.networking.k8s.io' && kind === 'ReferenceGrant'),
  onlyAllows: true,
  stances: (world, resource) => [
    {
      side: 'in',
      namespace: world.namespaceOf(resource),
      selector: { about: aboutOfGrant(resource) },
      isolates: true,
      allows: grantsOf(resource),
      denies: [],
    },
  ],
};

function aboutOfGrant(resource: Resource): unknown {
  return resource.at(['spec', 'targetRef']) ?? resource.at(['spec', 'server']) ?? '';
}

function grantsOf(resource: Resource): PolicyMatch[] {
  const spec = record(resource.at(['spec'])) ?? {};
  switch (resource.kind) {
    case 'ReferenceGrant':
      return alternatives({ from: spec['from'], to: spec['to'] }).map((conditions) => ({ conditions }));
    case 'AuthorizationPolicy':
      return [{ conditions: { requires: list(spec['requiredAuthenticationRefs']).map((ref) => JSON.stringify(ref)) } }];
    case 'ServerAuthorization': {
      const client = record(spec['client']) ?? {};
      const by = client['unauthenticated'] === true ? {} : { authenticated: 'yes', client: client['meshTLS'] };
      return alternatives({ networks: client['networks'], ...by }).map(withBlocks);
    }
    case 'NetworkAuthentication':
      return alternatives({ networks: spec['networks'] }).map(withBlocks);
    default:
      return ['identities', 'identityRefs'].flatMap((field) =>
        list(spec[field]).map((each) => ({ conditions: { [field]: each as unknown } })),
      );
  }
}

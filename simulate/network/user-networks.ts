import type { Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { memo } from '../../model/memo';
import type { Certainty } from '../../world/certainty';
import { namespaceLabels, selectsKnown } from '../../world/known-labels';
import type { World } from '../../world/world';
import type { Endpoint } from './endpoints';
import type { Decider } from './policy';

/** OVN-Kubernetes gives a primary network of its own only to namespaces that had this label from the start. */
const REQUIRED = 'k8s.ovn.org/primary-user-defined-network';

/** The primary network of a namespace's pods that a UserDefinedNetwork makes. */
interface UserNetwork {
  readonly decider: Decider;
  /** Whether the pods of the namespace are in it. */
  readonly certainty: Certainty;
}

const networksOf = memo((world: World): readonly Resource[] =>
  [...world.of('UserDefinedNetwork'), ...world.of('ClusterUserDefinedNetwork'), ...world.external].filter(
    (resource) =>
      resource.group === 'k8s.ovn.org' &&
      (resource.kind === 'UserDefinedNetwork' || resource.kind === 'ClusterUserDefinedNetwork') &&
      isPrimary(resource),
  ),
);

function isPrimary(resource: Resource): boolean {
  const spec = record(resource.at(['spec'])) ?? {};
  const network = record(spec['network']) ?? spec;
  return ['layer2', 'layer3'].some((layer) => record(network[layer])?.['role'] === 'Primary');
}

const networkIn = memo((world: World, namespace: string): UserNetwork | undefined => {
  const labels = namespaceLabels(world, namespace);
  for (const resource of networksOf(world)) {
    const selected: Certainty =
      resource.kind === 'UserDefinedNetwork'
        ? world.namespaceOf(resource) === namespace
          ? 'yes'
          : 'no'
        : selectsKnown(resource.at(['spec', 'namespaceSelector']), labels);
    if (selected === 'no') continue;
    const isLabelled = REQUIRED in labels.labels;
    return {
      decider: { kind: resource.kind, namespace: world.namespaceOf(resource), name: resource.name, resource },
      certainty: selected === 'yes' && isLabelled ? 'yes' : 'unknown',
    };
  }
  return undefined;
});

/**
 * Whether the two ends are in different networks, so that no connection is possible, and by which objects. A pod of a primary
 * network of its own is reached by pods of that network; what else reaches it is up to the plugin.
 */
export function apart(
  world: World,
  from: Endpoint,
  to: Endpoint,
): { readonly certainty: Certainty; readonly by: readonly Decider[] } {
  if (networksOf(world).length === 0) return { certainty: 'no', by: [] };
  const [a, b] = [networkAt(world, from), networkAt(world, to)];
  if (a === b) return { certainty: 'no', by: [] };
  const networks = [a, b].filter((network) => network !== undefined);
  const certain = networks.every(({ certainty }) => certainty === 'yes');
  // One network of the cluster may be that of both namespaces.
  const isOne = a?.decider.resource === b?.decider.resource;
  if (isOne && certain) return { certainty: 'no', by: [] };
  const by = (isOne ? networks.slice(1) : networks).map(({ decider }) => decider);
  // Traffic from and to the outside passes gateways of the network.
  if (from.is === 'outside' || to.is === 'outside') return { certainty: 'no', by: [] };
  const known = [from, to].every((end) => end.is === 'pod' && end.namespace !== undefined);
  // The DNS and the API of the cluster are reached from everywhere.
  const shared = [from, to].some((end) => end.is === 'pod' && SHARED.test(end.namespace ?? ''));
  return { certainty: known && certain && !shared ? 'yes' : 'unknown', by };
}

const SHARED = /^(default|kube-system|openshift-.*)$/;

function networkAt(world: World, end: Endpoint): UserNetwork | undefined {
  return end.is === 'pod' && end.namespace !== undefined ? networkIn(world, end.namespace) : undefined;
}

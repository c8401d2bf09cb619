import type { Resource } from '../manifests/resource';
import { memo } from '../model/memo';
import { addOnData, kubernetesData } from '../upstream/kubernetes/data';

/** Kinds of well-known add-ons that stand in no namespace, and whose definitions are not among the data. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['ClusterIssuer', 'ClusterPolicy', 'ClusterCleanupPolicy', 'ClusterEphemeralReport', 'ClusterPolicyReport'],
  ...['ClusterSecretStore', 'ClusterExternalSecret', 'ClusterPushSecret', 'ClusterGenerator'],
  ...['ClusterWorkflowTemplate', 'ClusterAnalysisTemplate', 'ClusterTask', 'ClusterTriggerBinding', 'ClusterQueue'],
  ...['ClusterImageCatalog', 'ClusterNetworkPolicy', 'ClusterTrustBundle'],
  'ClusterUserDefinedNetwork',
  'ConstraintTemplate',
  'PodSecurityPolicy',
  'VolumeSnapshotClass',
  'VolumeSnapshotContent',
  'VolumeGroupSnapshotClass',
  'VolumeGroupSnapshotContent',
]);

/** The same by their group, where their names are no help: kinds, or all of the group but these. */
const OF_GROUPS: Readonly<Record<string, { readonly only?: readonly string[]; readonly but?: readonly string[] }>> = {
  'constraints.gatekeeper.sh': {},
  'mutations.gatekeeper.sh': {},
  'policy.networking.k8s.io': {},
  'projectcalico.org': { but: ['NetworkPolicy', 'NetworkSet', 'StagedNetworkPolicy', 'StagedKubernetesNetworkPolicy'] },
  'crd.projectcalico.org': { but: ['NetworkPolicy', 'NetworkSet', 'StagedNetworkPolicy'] },
  'operator.tigera.io': {},
  'cilium.io': {
    but: [
      'CiliumNetworkPolicy',
      'CiliumEndpoint',
      'CiliumEnvoyConfig',
      'CiliumLocalRedirectPolicy',
      'CiliumNodeConfig',
      'CiliumGatewayClassConfig',
    ],
  },
  'karpenter.sh': {},
  'karpenter.k8s.aws': {},
  'karpenter.azure.com': {},
  'apiextensions.crossplane.io': {},
  'pkg.crossplane.io': {},
  'config.openshift.io': {},
  'security.openshift.io': { only: ['SecurityContextConstraints'] },
  'kueue.x-k8s.io': { only: ['ResourceFlavor', 'WorkloadPriorityClass', 'AdmissionCheck', 'Cohort', 'Topology'] },
  'nfd.k8s-sigs.io': { only: ['NodeFeatureRule'] },
  'capsule.clastix.io': { only: ['Tenant', 'CapsuleConfiguration'] },
  'groupsnapshot.storage.k8s.io': { only: ['VolumeGroupSnapshotClass', 'VolumeGroupSnapshotContent'] },
};

function isElsewhere(group: string, kind: string): boolean {
  if (ELSEWHERE.has(kind)) return true;
  const own = Object.hasOwn(OF_GROUPS, group) ? OF_GROUPS[group] : undefined;
  return own !== undefined && (own.only ? own.only.includes(kind) : !own.but?.includes(kind));
}

/** Whether an object stands in no namespace; a CRD that is judged along decides for its own kind. */
export function clusterScoped(resource: Resource, customResourceDefinitions: readonly Resource[]): boolean {
  if (
    customResourceDefinitions.length > 0 &&
    !(table ??= readTable()).builtIn.has(`${resource.group} ${resource.kind}`)
  ) {
    const defined = scopesOf(customResourceDefinitions).get(`${resource.group} ${resource.kind}`);
    if (defined !== undefined) return defined;
  }
  const { group, kind } = resource;
  // It is asked many times of each object: by two names, of which no third one has to be made.
  const ofKind = known.get(kind) ?? new Map<string, boolean>();
  let scoped = ofKind.get(group);
  if (scoped === undefined) {
    scoped = lookUp(group, kind);
    known.set(kind, ofKind.set(group, scoped));
  }
  return scoped;
}

/** Whether it is known if the kind stands in namespaces. */
export function isScopeKnown(resource: Resource, customResourceDefinitions: readonly Resource[]): boolean {
  const id = `${resource.group} ${resource.kind}`;
  const { byId, byKind } = (table ??= readTable());
  return (
    byId.has(id) ||
    byKind.has(resource.kind) ||
    isElsewhere(resource.group, resource.kind) ||
    scopesOf(customResourceDefinitions).has(id)
  );
}

/** By kind and group. */
const known = new Map<string, Map<string, boolean>>();

function lookUp(group: string, kind: string): boolean {
  const { byId, byKind } = (table ??= readTable());
  // A version of the API that is gone had the kind under another group, perhaps.
  return byId.get(`${group} ${kind}`) ?? byKind.get(kind) ?? isElsewhere(group, kind);
}

let table:
  | {
      readonly byId: ReadonlyMap<string, boolean>;
      readonly byKind: ReadonlyMap<string, boolean>;
      /** The kinds that no CustomResourceDefinition can change. */
      readonly builtIn: ReadonlySet<string>;
    }
  | undefined;

/** From the data of Kubernetes and of the add-ons; no kind has ever changed its scope. */
function readTable() {
  const byId = new Map<string, boolean>();
  const byKind = new Map<string, boolean>();
  const builtIn = new Set<string>();
  const add = (id: string, clusters: boolean) => {
    const [version = '', kind = ''] = id.split(' ');
    const key = `${version.includes('/') ? version.slice(0, version.indexOf('/')) : ''} ${kind}`;
    byId.set(key, clusters);
    return { key, kind };
  };
  for (const [id, { namespaced }] of Object.entries(addOnData().kinds)) add(id, !namespaced);
  for (const [id, timeline] of Object.entries(kubernetesData().kinds)) {
    const entry = Object.values(timeline).find((value) => value !== null) ?? '';
    const clusters = entry.split(' ')[1] === 'cluster';
    const { key, kind } = add(id, clusters);
    byKind.set(kind, clusters);
    builtIn.add(key);
  }
  return { byId, byKind, builtIn };
}

const scopesOf = memo(
  (definitions: readonly Resource[]): ReadonlyMap<string, boolean> =>
    new Map(
      definitions.map((definition) => [
        `${String(definition.at(['spec', 'group']))} ${String(definition.at(['spec', 'names', 'kind']))}`,
        definition.at(['spec', 'scope']) === 'Cluster',
      ]),
    ),
);

import { memo } from '../../model/memo';
import type { KubernetesData } from '../../upstream/kubernetes/data';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { customKind } from '../../world/custom-kinds';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { FOREIGN_ROUTES } from './foreign-routes';
import type { WorldChange } from './risk';
import { saysTls } from './tls';

/** Kinds whose definitions are not among the data, and whose effects rules know all the same. A kind of a group: `*` for all of them. */
const OF_RULES: Readonly<Record<string, readonly string[]>> = {
  'security.istio.io': ['*'],
  'policy.linkerd.io': ['*'],
  'cilium.io': ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  'projectcalico.org': ['NetworkPolicy', 'GlobalNetworkPolicy'],
  'crd.projectcalico.org': ['NetworkPolicy', 'GlobalNetworkPolicy'],
  'crd.antrea.io': ['NetworkPolicy', 'ClusterNetworkPolicy'],
  'policy.networking.k8s.io': ['*'],
  'gateway.networking.k8s.io': ['*'],
  'gateway.networking.x-k8s.io': ['*'],
  'gateway.envoyproxy.io': ['SecurityPolicy'],
  'kyverno.io': ['ClusterPolicy', 'Policy'],
  'constraints.gatekeeper.sh': ['*'],
  'bitnami.com': ['SealedSecret'],
  'kustomize.toolkit.fluxcd.io': ['Kustomization'],
  'helm.toolkit.fluxcd.io': ['HelmRelease'],
  'helm.cattle.io': ['HelmChart', 'HelmChartConfig'],
  'snapshot.storage.k8s.io': ['*'],
  'monitoring.coreos.com': ['*'],
  'argoproj.io': ['Application', 'ApplicationSet', 'AppProject', 'Rollout'],
  'keda.sh': ['ScaledObject', 'ScaledJob'],
  'autoscaling.k8s.io': ['VerticalPodAutoscaler'],
  'traefik.io': ['Middleware', 'MiddlewareTCP', 'TraefikService'],
  // What strata renders itself, by definitions in imports/crds.
  'source.toolkit.fluxcd.io': ['*'],
  'secrets-store.csi.x-k8s.io': ['SecretProviderClass'],
  // What `kubectl apply --applyset` keeps its list in, which nothing acts on.
  'strata.internal': ['ApplySet'],
};

/** Kinds of which rules know what comes or goes with an object, and not what a field does. */
const AS_A_WHOLE: ReadonlySet<string> = new Set([
  'external-secrets.io ExternalSecret',
  'external-secrets.io ClusterExternalSecret',
]);

/**
 * Whether a rule or Kubernetes itself says what comes of a change: of an object that comes or goes, or of a field. The schema of a custom kind says
 * which fields there are, and nothing of what its controller does with them.
 */
export function isKnownChange(diff: WorldChange, change: ObjectChange, field?: FieldChange): boolean {
  const { group, kind } = (change.after ?? change.before)!;
  return (
    ownKinds(kubernetesData()).has(`${group} ${kind}`) ||
    isOfRules(group, kind) ||
    (field === undefined && AS_A_WHOLE.has(`${group} ${kind}`)) ||
    // Another version of the same kind is a matter of its definition.
    (field?.path[0] === 'apiVersion' && isDefined(diff, change))
  );
}

/** Whether the schema of its kind is known. A definition without one says no more than a name. */
export function isDefined({ before, after }: WorldChange, change: ObjectChange): boolean {
  return [before, after].some((world) =>
    [change.before, change.after].some((resource) => resource && customKind(world, resource)?.schema !== undefined),
  );
}

function isOfRules(group: string, kind: string): boolean {
  const kinds = Object.hasOwn(OF_RULES, group) ? OF_RULES[group]! : [];
  return (
    kinds.includes('*') || kinds.includes(kind) || FOREIGN_ROUTES.has(`${group} ${kind}`) || saysTls({ group, kind })
  );
}

/** Those of Kubernetes, in every version: `apps Deployment`. */
const ownKinds = memo(({ kinds }: KubernetesData): ReadonlySet<string> => {
  const ids = Object.keys(kinds).map((id) => {
    const [version = '', kind = ''] = id.split(' ');
    return `${version.includes('/') ? version.slice(0, version.indexOf('/')) : ''} ${kind}`;
  });
  return new Set(ids);
});

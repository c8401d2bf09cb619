import { memo } from '../../model/memo';
import type { KubernetesData } from '../../upstream/kubernetes/data';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { customKind } from '../../world/custom-kinds';
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
  // What strata renders itself, by definitions in imports/crds.
  'source.toolkit.fluxcd.io': ['*'],
  'secrets-store.csi.x-k8s.io': ['SecretProviderClass'],
};

/** Whether a rule, a schema or Kubernetes itself says what the kind of an object is. */
export function isKnownKind({ before, after }: WorldChange, change: ObjectChange): boolean {
  const { group, kind } = (change.after ?? change.before)!;
  return (
    ownKinds(kubernetesData()).has(`${group} ${kind}`) ||
    isOfRules(group, kind) ||
    [before, after].some((world) =>
      // A definition without a schema says no more than a name.
      [change.before, change.after].some((resource) => resource && customKind(world, resource)?.schema !== undefined),
    )
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

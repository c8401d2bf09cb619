import type { Resource } from '../manifests/resource';
import { misspellingOf } from '../model/misspelling';
import type { World } from './world';

const GROUP = 'rbac.authorization.k8s.io';

export function bindingsOf(world: World): readonly Resource[] {
  return [...world.of('RoleBinding'), ...world.of('ClusterRoleBinding')].filter(isOfPeople);
}

export function rolesOf(world: World): readonly Resource[] {
  return [...world.of('Role'), ...world.of('ClusterRole')].filter(isOfPeople);
}

/** Not one of those that the API server makes when it starts, and repairs: they are printed along with all others. */
function isOfPeople({ group, labels }: Resource): boolean {
  return group === GROUP && labels['kubernetes.io/bootstrapping'] !== 'rbac-defaults';
}

/** The ClusterRoles that every API server makes when it starts. */
export function isBuiltInRole(name: string): boolean {
  return ['cluster-admin', 'admin', 'edit', 'view'].includes(name) || name.startsWith('system:');
}

/** Those of the beginning `system:` that people bind: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`. */
const SYSTEM_ROLES: readonly string[] = [
  ...['aggregate-to-admin', 'aggregate-to-edit', 'aggregate-to-view', 'auth-delegator', 'basic-user', 'discovery'],
  ...['cluster-trust-bundle-discovery', 'heapster', 'kube-aggregator', 'kube-controller-manager', 'kube-dns'],
  ...['kube-scheduler', 'kubelet-api-admin', 'monitoring', 'node', 'node-bootstrapper', 'node-problem-detector'],
  ...['node-proxier', 'persistent-volume-provisioner', 'public-info-viewer', 'service-account-issuer-discovery'],
  'volume-scheduler',
].map((name) => `system:${name}`);

/** The role of the API server that a name is a misspelling of: nobody else makes one that is nearly called so. */
export function builtInRoleMeant(world: World, name: string): string | undefined {
  if (!name.startsWith('system:') || SYSTEM_ROLES.includes(name)) return undefined;
  if (world.find('ClusterRole', '', name).is === 'present') return undefined;
  return misspellingOf(name, SYSTEM_ROLES)[0];
}

/**
 * The accounts in kube-system under which the controllers of kube-controller-manager act (`--use-service-account-credentials`, which kubeadm and
 * the providers set): those of the roles `system:controller:NAME` in `bootstrappolicy/controller_policy.go`, without the two of clouds.
 */
const CONTROLLERS: ReadonlySet<string> = new Set([
  ...['attachdetach-controller', 'certificate-controller', 'clusterrole-aggregation-controller', 'cronjob-controller'],
  ...['daemon-set-controller', 'deployment-controller', 'disruption-controller', 'endpoint-controller'],
  ...['endpointslice-controller', 'endpointslicemirroring-controller', 'ephemeral-volume-controller'],
  ...['expand-controller', 'generic-garbage-collector', 'horizontal-pod-autoscaler', 'job-controller'],
  ...['legacy-service-account-token-cleaner', 'namespace-controller', 'node-controller', 'persistent-volume-binder'],
  ...['pod-garbage-collector', 'pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller'],
  ...['replication-controller', 'resource-claim-controller', 'resourcequota-controller', 'root-ca-cert-publisher'],
  ...['service-account-controller', 'statefulset-controller'],
  ...['ttl-after-finished-controller', 'ttl-controller', 'validatingadmissionpolicy-status-controller'],
]);

/** Whether every cluster has a ServiceAccount of this name. */
export function isControllerAccount(namespace: string, name: string): boolean {
  return namespace === 'kube-system' && CONTROLLERS.has(name);
}

/** The Roles that every API server makes in kube-system and kube-public. */
export function isBuiltInNamespacedRole(namespace: string, name: string): boolean {
  return (
    (namespace === 'kube-system' &&
      (name.startsWith('system:') || name === 'extension-apiserver-authentication-reader')) ||
    (namespace === 'kube-public' && name.startsWith('system:'))
  );
}

/** Verbs that an authorizer is ever asked about. */
export const VERBS: ReadonlySet<string> = new Set([
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...[
    'bind',
    'escalate',
    'impersonate',
    'use',
    'approve',
    'sign',
    'attest',
    'userextras',
    'post',
    'put',
    'head',
    'options',
    'proxy',
    'connect',
    'request-serviceaccounts-token-audience',
    '*',
  ],
]);

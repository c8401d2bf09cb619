import { list, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { isReleaseTest } from '../../../world/requests';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { ${pod}containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'token-automount',
  group: 'security',
  description: 'only pods that use the Kubernetes API mount a ServiceAccount token',
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
  fix: 'set automountServiceAccountToken: false in the pod or its ServiceAccount',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec'],
    fixed: manifests('automountServiceAccountToken: false, '),
  },
  *judge(world) {
    const bound = boundAccounts(world);
    for (const workload of world.workloads) {
      const finding = judgeWorkload(world, workload, bound);
      if (finding) yield finding;
    }
  },
});

function judgeWorkload(world: World, workload: WorkloadManifest, bound: ReadonlySet<string>): Finding | undefined {
  const { resource, namespace, podSpec, podSpecPath } = workload;
  const own = podSpec['automountServiceAccountToken'];
  if (own === false) return undefined;
  const field =
    podSpec['serviceAccountName'] === undefined && podSpec['serviceAccount'] !== undefined
      ? 'serviceAccount'
      : 'serviceAccountName';
  const name = string(podSpec[field]) || 'default';
  // A role is bound to it, so its pods use the API.
  if (bound.has(`${namespace}/${name}`)) return undefined;
  if (isReleaseTest(workload)) return undefined;
  // The agent of Vault's injector logs in with this token, and the injector rejects a pod without one.
  if (strings(record(workload.pod['metadata'])?.['annotations'])['vault.hashicorp.com/agent-inject'] === 'true')
    return undefined;
  const account = world.find('ServiceAccount', namespace, name);
  // The pod overrides its ServiceAccount.
  if (own !== true && account.is === 'present' && account.resource.at(['automountServiceAccountToken']) === false)
    return undefined;
  const stated = ['automountServiceAccountToken', field].find((name) => (podSpec[name] ?? undefined) !== undefined);
  const about = {
    resource,
    path: stated === undefined ? podSpecPath : [...podSpecPath, stated],
    value: stated === undefined ? undefined : podSpec[stated],
  };
  // Every namespace has a ServiceAccount default, which mounts tokens; any other is known only from manifests.
  if (name !== 'default' && account.is === 'absent') return undefined;
  if (name !== 'default' && account.is === 'unknown')
    return {
      ...about,
      verdict: 'unknown',
      message: `whether ServiceAccount ${name} may use the Kubernetes API, and needs its token in the pods, is not known; ${account.settledBy}`,
    };
  return {
    ...about,
    message: `its pods mount the token of ServiceAccount ${name}, to which no role is bound here: they do not need it, and an attacker in a pod can use it to call the API server`,
  };
}

/** `namespace/name` of the ServiceAccounts with a role binding, judged or declared. */
function boundAccounts(world: World): Set<string> {
  const bindings = [...world.resources, ...world.external].filter(
    ({ kind, group }) =>
      (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') && group === 'rbac.authorization.k8s.io',
  );
  return new Set(
    bindings.flatMap((binding) =>
      list(binding.at(['subjects'])).flatMap((entry) => {
        const subject = record(entry);
        return subject?.['kind'] === 'ServiceAccount'
          ? [`${string(subject['namespace']) ?? world.namespaceOf(binding)}/${string(subject['name'])}`]
          : [];
      }),
    ),
  );
}

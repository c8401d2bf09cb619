import { list, record, strings, text } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
import { isReleaseTest } from '../../../world/requests';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
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
  description: 'only pods that use the Kubernetes API get a token for it',
  severity: 'advice',
  needs: ['elsewhere'],
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
      const judgement = judgeWorkload(world, workload, bound);
      if (judgement) yield judgement;
    }
  },
});

function judgeWorkload(world: World, workload: Workload, bound: ReadonlySet<string>): Judgement | undefined {
  const { resource, namespace, podSpec, podSpecPath } = workload;
  const own = podSpec['automountServiceAccountToken'];
  if (own === false) return undefined;
  const field =
    podSpec['serviceAccountName'] === undefined && podSpec['serviceAccount'] !== undefined
      ? 'serviceAccount'
      : 'serviceAccountName';
  const name = text(podSpec[field]) || 'default';
  // It may do something, so it is meant to.
  if (bound.has(`${namespace}/${name}`)) return undefined;
  if (isReleaseTest(workload)) return undefined;
  // Vault's injector lets its agent log in with the very token, and refuses a pod without one.
  if (strings(record(workload.pod['metadata'])?.['annotations'])['vault.hashicorp.com/agent-inject'] === 'true')
    return undefined;
  const account = world.find('ServiceAccount', namespace, name);
  // What the pod says goes before what its ServiceAccount says.
  if (own !== true && account.is === 'present' && account.resource.at(['automountServiceAccountToken']) === false)
    return undefined;
  const stated = podSpec[field] !== undefined;
  const about = {
    resource,
    path:
      own === true ? [...podSpecPath, 'automountServiceAccountToken'] : stated ? [...podSpecPath, field] : podSpecPath,
    value: own === true ? true : stated ? podSpec[field] : undefined,
  };
  // Every namespace has a ServiceAccount default, which mounts tokens; of another one its own manifests tell.
  if (account.is !== 'present' && name !== 'default') {
    if (account.is === 'absent') return undefined;
    return {
      ...about,
      verdict: 'unknown',
      message: `whether ServiceAccount ${name} may use the Kubernetes API, and needs its token in the pods, is not known; ${account.settledBy}`,
    };
  }
  return {
    ...about,
    message: `its pods get the token of ServiceAccount ${name}, to which no role is bound here: they do not need it, and who breaks into one can speak to the API server with it`,
  };
}

/** `namespace/name` of the ServiceAccounts that some role is bound to, here or elsewhere as far as that is declared. */
function boundAccounts(world: World): Set<string> {
  const bindings = [...world.resources, ...world.elsewhere].filter(
    ({ kind, group }) =>
      (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') && group === 'rbac.authorization.k8s.io',
  );
  return new Set(
    bindings.flatMap((binding) =>
      list(binding.at(['subjects'])).flatMap((entry) => {
        const subject = record(entry);
        return subject?.['kind'] === 'ServiceAccount'
          ? [`${text(subject['namespace']) ?? world.namespaceOf(binding)}/${text(subject['name'])}`]
          : [];
      }),
    ),
  );
}

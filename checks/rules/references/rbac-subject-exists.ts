import type { Json, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { bindingsOf, isControllerAccount } from '../../../world/rbac';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (namespace: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: monitoring }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: prometheus, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: prometheus, namespace: ${namespace} }]
`;

export default check({
  id: 'rbac-subject-exists',
  group: 'references',
  description: 'the ServiceAccounts that are subjects of a binding exist',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  fix: 'set the name and namespace of the ServiceAccount, or add it',
  example: {
    broken: manifests('shop'),
    fails: ['RoleBinding/shop/prometheus subjects[0].namespace'],
    fixed: manifests('monitoring'),
  },
  *judge(world) {
    for (const binding of bindingsOf(world)) {
      for (const [i, entry] of list(binding.at(['subjects'])).entries()) {
        const subject = record(entry);
        const name = string(subject?.['name']);
        yield* userOfAccount(world, binding, i, subject);
        // Other users and groups are not objects. schema-valid reports a ServiceAccount without a namespace.
        const namespace = string(subject?.['namespace']);
        if (subject?.['kind'] !== 'ServiceAccount' || !name || !namespace || name === 'default') continue;
        const path = ['subjects', i, 'name'];
        const finding = missing(
          world,
          { resource: binding, path, kind: 'ServiceAccount', namespace, name },
          'the permissions have no effect, and the API requests of the pods that need them are forbidden',
        );
        // Nobody has them among manifests: that they are not there is not certain.
        if (!finding || (finding.verdict !== 'unknown' && isControllerAccount(namespace, name))) continue;
        const elsewhere =
          finding.verdict === 'unknown'
            ? undefined
            : world.of('ServiceAccount').find((account) => account.name === name);
        if (!elsewhere) yield finding;
        else
          yield {
            ...finding,
            path: ['subjects', i, 'namespace'],
            value: namespace,
            message: `${finding.message.replace(/; did you mean.*$| \(the manifests create .*$/, '')}; there is a ServiceAccount ${name} in namespace ${world.namespaceOf(elsewhere)}`,
          };
      }
    }
  },
});

/** `system:serviceaccount:NAMESPACE:NAME` is the user that a ServiceAccount is. */
function* userOfAccount(world: World, binding: Resource, i: number, subject: Json | undefined): Iterable<Finding> {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(string(subject?.['name']) ?? '') ?? [];
  if (subject?.['kind'] !== 'User' || !namespace || !name || name === 'default') return;
  const finding = missing(
    world,
    { resource: binding, path: ['subjects', i, 'name'], kind: 'ServiceAccount', namespace, name },
    'no request comes from this user and the permissions have no effect',
  );
  if (finding) yield { ...finding, value: subject['name'] };
}

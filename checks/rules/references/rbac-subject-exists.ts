import { list, record, text } from '../../../manifests/resource';
import { bindingsOf } from '../../../world/rbac';
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
  description: 'the ServiceAccounts that a binding gives rights to exist',
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  fix: 'name a ServiceAccount by its name and its own namespace, or add it',
  example: {
    broken: manifests('shop'),
    fails: ['RoleBinding/shop/prometheus subjects[0].namespace'],
    fixed: manifests('monitoring'),
  },
  *judge(world) {
    for (const binding of bindingsOf(world)) {
      for (const [i, entry] of list(binding.at(['subjects'])).entries()) {
        const subject = record(entry);
        const name = text(subject?.['name']);
        // Users and groups are no objects. Without a namespace the API server refuses the binding, which schema-valid says.
        const namespace = text(subject?.['namespace']);
        if (subject?.['kind'] !== 'ServiceAccount' || !name || !namespace || name === 'default') continue;
        const path = ['subjects', i, 'name'];
        const judgement = missing(
          world,
          { resource: binding, path, kind: 'ServiceAccount', namespace, name },
          'the rights go to nobody, and what the pods that should have them ask of the API server is forbidden',
        );
        if (!judgement) continue;
        const elsewhere =
          judgement.verdict === 'unknown'
            ? undefined
            : world.of('ServiceAccount').find((account) => account.name === name);
        yield elsewhere
          ? {
              ...judgement,
              path: ['subjects', i, 'namespace'],
              value: namespace,
              message: `${judgement.message.replace(/; did you mean.*$/, '')}; the ServiceAccount ${name} that is here stands in namespace ${world.namespaceOf(elsewhere)}`,
            }
          : judgement;
      }
    }
  },
});

import { record, string } from '../../../manifests/resource';
import { bindingsOf, builtInRoleMeant, isBuiltInNamespacedRole, isBuiltInRole } from '../../../world/rbac';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (role: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: monitoring }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: discovery, namespace: monitoring }
rules: [{ apiGroups: [''], resources: [pods, services, endpoints], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: prometheus, namespace: monitoring }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${role} }
subjects: [{ kind: ServiceAccount, name: prometheus, namespace: monitoring }]
`;

const CONSEQUENCE = 'the binding grants nothing and the API requests of its subjects are forbidden';

export default check({
  id: 'rbac-roleref-exists',
  group: 'references',
  description: 'the role that a binding refers to exists',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  fix: "name a Role of the binding's namespace or a ClusterRole, or add it (a roleRef is immutable: delete the binding and create it again)",
  example: {
    broken: manifests('prometheus'),
    fails: ['RoleBinding/monitoring/prometheus roleRef.name'],
    fixed: manifests('discovery'),
  },
  *judge(world) {
    for (const binding of bindingsOf(world)) {
      const ref = record(binding.at(['roleRef']));
      const name = string(ref?.['name']);
      const kind = string(ref?.['kind']);
      const meant = name && kind === 'ClusterRole' ? builtInRoleMeant(world, name) : undefined;
      if (meant !== undefined)
        yield {
          ...{ resource: binding, path: ['roleRef', 'name'], value: name },
          message: `the cluster has no ClusterRole ${name}, so ${CONSEQUENCE}; did you mean "${meant}"?`,
        };
      if (!name || (kind !== 'Role' && kind !== 'ClusterRole') || (kind === 'ClusterRole' && isBuiltInRole(name)))
        continue;
      // schema-valid says that the API server refuses it.
      if (kind === 'Role' && binding.kind === 'ClusterRoleBinding') continue;
      const namespace = kind === 'Role' ? world.namespaceOf(binding) : '';
      if (kind === 'Role' && isBuiltInNamespacedRole(namespace, name)) continue;
      const finding = missing(
        world,
        { resource: binding, path: ['roleRef', 'name'], kind, namespace, name },
        CONSEQUENCE,
      );
      if (finding) yield finding;
    }
  },
});

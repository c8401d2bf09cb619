import type { Resource } from '../../manifests/resource';
import { mappings, string } from '../../manifests/resource';

const RBAC = 'rbac.authorization.k8s.io';

/** Why the API server refuses a RoleBinding or ClusterRoleBinding (pkg/apis/rbac/validation/validation.go); undefined where it takes it. */
export function whyRefused(binding: Resource): { readonly subject?: string; readonly why: string } | undefined {
  const text = (path: readonly string[]) => string(binding.at(path)) ?? '';
  const isOfCluster = binding.kind === 'ClusterRoleBinding';
  const kind = text(['roleRef', 'kind']);
  if (!(isOfCluster ? ['ClusterRole'] : ['Role', 'ClusterRole']).includes(kind))
    return {
      why: `its role is of kind ${kind || 'nothing'}, and a ${binding.kind} takes ${isOfCluster ? 'a ClusterRole' : 'a Role or a ClusterRole'}`,
    };
  if ((text(['roleRef', 'apiGroup']) || RBAC) !== RBAC)
    return { why: `its role is of group ${text(['roleRef', 'apiGroup'])}, and roles are of ${RBAC}` };
  for (const subject of mappings(binding.at(['subjects']))) {
    const [name, own, namespace, group] = ['name', 'kind', 'namespace', 'apiGroup'].map(
      (field) => string(subject[field]) ?? '',
    ) as [string, string, string, string];
    const of = (why: string) => ({ subject: name, why });
    if (name === '') return of(`a subject of kind ${own} has no name`);
    if (own === 'ServiceAccount') {
      if (group !== '') return of(`ServiceAccount ${name} is of no group, and ${group} is given`);
      // A RoleBinding takes its own namespace for one that is not given (plugin/pkg/auth/authorizer/rbac/rbac.go).
      if (isOfCluster && namespace === '')
        return of(`ServiceAccount ${name} needs a namespace in a ClusterRoleBinding`);
    } else if (own === 'User' || own === 'Group') {
      if (group !== '' && group !== RBAC) return of(`${own} ${name} is of group ${RBAC}, and ${group} is given`);
    } else return of(`subject ${name} is of kind ${own || 'nothing'}, and User, Group and ServiceAccount are known`);
  }
  return undefined;
}

import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { whyRefused } from '../refused-bindings';
import { riskRule } from '../risk';

const binding = (subject: string, labels = 'a: b') => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: web, labels: { ${labels} } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, ${subject} }]
`;

export default riskRule({
  id: 'binding-refused',
  class: 'immutable',
  description:
    'a RoleBinding or ClusterRoleBinding that the API server refuses, such as one with an account that has no namespace',
  reason: 'What stood there before stays as it is, with its rights, and a sync stops there. A new one is not made.',
  source: 'pkg/apis/rbac/validation/validation.go',
  advice: 'write the subject as it has to be: kind, name and, of a ServiceAccount, the namespace',
  example: {
    before: binding('name: web, namespace: shop'),
    after: binding('name: web'),
    finds: ['ClusterRoleBinding/web subjects[web].namespace'],
    harmless: binding('name: web, namespace: shop', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'RoleBinding', 'ClusterRoleBinding')) {
      const { after } = change;
      const refused = after?.group === 'rbac.authorization.k8s.io' ? whyRefused(after) : undefined;
      if (!refused) continue;
      const field =
        refused.subject === undefined
          ? fieldAt(change, ['roleRef'])
          : (fieldAt(change, ['subjects', { name: refused.subject }]) ?? fieldAt(change, ['subjects']));
      yield { change, field, message: `the API server refuses it: ${refused.why}` };
    }
  },
});

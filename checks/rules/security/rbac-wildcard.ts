import { list, record } from '../../../manifests/resource';
import { rolesOf } from '../../../world/rbac';
import { check } from '../../check';

const manifests = (rule: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: deployer, namespace: shop }
rules: [{ ${rule} }]
`;

/** What * allows in each field. */
const WILDCARDS: Readonly<Record<string, string>> = {
  verbs: 'every verb, including those for privilege escalation (escalate, bind, impersonate)',
  resources: 'every resource, including Secrets and resources that are added later',
  apiGroups: 'every API group, including those of add-ons that are installed later',
  nonResourceURLs: 'every path of the API server',
};

export default check({
  id: 'rbac-wildcard',
  group: 'security',
  description: 'roles list the verbs, resources and API groups that they grant access to',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  fix: 'list what is used instead of *',
  example: {
    broken: manifests("apiGroups: [apps], resources: ['*'], verbs: [get, patch]"),
    fails: ['Role/shop/deployer rules[0].resources[0]'],
    fixed: manifests('apiGroups: [apps], resources: [deployments], verbs: [get, patch]'),
  },
  *judge(world) {
    for (const role of rolesOf(world)) {
      for (const [i, entry] of list(role.at(['rules'])).entries()) {
        const rule = record(entry);
        const stars = Object.keys(WILDCARDS).flatMap((field) => {
          const at = list(rule?.[field]).indexOf('*');
          return at < 0 ? [] : [{ field, at }];
        });
        const [first] = stars;
        if (!first) continue;
        const fields = stars.map(({ field }) => field);
        const at = { resource: role, path: ['rules', i, first.field, first.at], value: '*' };
        if (['verbs', 'resources', 'apiGroups'].every((field) => fields.includes(field))) {
          const where = role.kind === 'Role' ? 'in the namespace' : 'in the cluster';
          yield {
            ...at,
            message: `the rule allows everything ${where}, as cluster-admin does: whoever compromises one pod that has it controls all of it`,
          };
        } else yield { ...at, message: `the rule allows ${fields.map((field) => WILDCARDS[field]).join('; ')}` };
      }
    }
  },
});

import { list, record } from '../../../manifests/resource';
import { rolesOf } from '../../../world/rbac';
import { check } from '../../check';

const manifests = (rule: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: deployer, namespace: shop }
rules: [{ ${rule} }]
`;

/** What a * opens in each field. */
const WILDCARDS: Readonly<Record<string, string>> = {
  verbs: 'every verb, also those that give rights away (escalate, bind, impersonate)',
  resources: 'every resource, Secrets and those that will be added later among them',
  apiGroups: 'every API group, also those of add-ons that come later',
  nonResourceURLs: 'every path of the API server',
};

export default check({
  id: 'rbac-wildcard',
  group: 'security',
  description: 'roles name the verbs, resources and API groups that they give rights to',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  fix: 'list what is used in place of *',
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
        const message =
          fields.includes('verbs') && fields.includes('resources') && fields.includes('apiGroups')
            ? `the rule allows everything ${role.kind === 'Role' ? 'in the namespace' : 'that there is'}, as cluster-admin does: who breaks into one pod of it has it all`
            : `the rule allows ${fields.map((field) => WILDCARDS[field]).join('; ')}`;
        yield { resource: role, path: ['rules', i, first.field, first.at], value: '*', message };
      }
    }
  },
});

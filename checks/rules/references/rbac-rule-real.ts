import { list, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { rolesOf, VERBS } from '../../../world/rbac';
import { OPEN_GROUPS, servedIn, UNSTORED } from '../../../world/served';
import { check } from '../../check';

const manifests = (group: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: restarter, namespace: shop }
rules: [{ apiGroups: ['${group}'], resources: [deployments], verbs: [get, patch] }]
`;

export default check({
  id: 'rbac-rule-real',
  group: 'references',
  description: 'the API groups, resources and verbs of an RBAC rule exist',
  // The API server accepts the role, and a rule for an old version of Kubernetes does no harm.
  severity: 'advice',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/authorization/',
  fix: 'set the API group of the resource (apps for deployments, empty for pods), its plural in lower case, and a verb such as get, list or watch',
  example: { broken: manifests(''), fails: ['Role/shop/restarter rules[0].resources[0]'], fixed: manifests('apps') },
  *judge(world) {
    const served = servedIn(world);
    for (const role of rolesOf(world)) {
      for (const [i, entry] of list(role.at(['rules'])).entries()) {
        const rule = record(entry);
        for (const [j, verb] of list(rule?.['verbs']).entries()) {
          if (typeof verb !== 'string' || VERBS.has(verb) || list(rule?.['nonResourceURLs']).length > 0) continue;
          // Add-ons define verbs of their own.
          if (!list(rule?.['apiGroups']).every((group) => typeof group === 'string' && served.builtIn.has(group)))
            continue;
          yield {
            resource: role,
            path: ['rules', i, 'verbs', j],
            value: verb,
            message: `no request has the verb ${verb}, so the rule does not allow what it is meant to allow${near(verb, [...VERBS].slice(0, 8))}`,
          };
        }
        const groups = list(rule?.['apiGroups']).filter((group) => typeof group === 'string');
        if (groups.length === 0 || groups.some((group) => OPEN_GROUPS.test(group) || !served.groups.has(group)))
          continue;
        for (const [j, written] of list(rule?.['resources']).entries()) {
          const resource = string(written)?.replace(/\/.*$/, '');
          if (!resource || resource === '*') continue;
          if (
            groups.some((group) => served.groups.get(group)!.has(resource) || UNSTORED.get(group)?.includes(resource))
          )
            continue;
          const others = [...served.groups].filter(([, names]) => names.has(resource)).map(([group]) => group || "''");
          const where = groups
            .map((group) => (group === '' ? 'the core API group' : `API group ${group}`))
            .join(' or ');
          const siblings = groups.flatMap((group) => [...served.groups.get(group)!]);
          const hint = others.length > 0 ? `; it is in ${others.join(', ')}` : near(resource, siblings);
          // Several add-ons may share a group, so an unknown resource may exist, unless it looks like a typo.
          if (hint === '' && !groups.every((group) => served.builtIn.has(group))) continue;
          yield {
            resource: role,
            path: ['rules', i, 'resources', j],
            value: written,
            message: `${where} has no ${resource}, so the rule allows nothing and requests are forbidden${hint}`,
          };
        }
      }
    }
  },
});

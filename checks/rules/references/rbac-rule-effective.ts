import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { kubernetesData } from '../../../upstream/kubernetes/data';
import { rolesOf } from '../../../world/rbac';
import { check } from '../../check';

const manifests = (rules: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: election, namespace: shop }
rules: [${rules}]
`;

/** Requests that name no object. */
const WITHOUT_NAME: readonly unknown[] = ['create', 'deletecollection'];

export default check({
  id: 'rbac-rule-effective',
  group: 'references',
  description:
    'an RBAC rule matches requests: names, subresources and resources of the cluster where the authorizer sees them',
  // The API server accepts the role.
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  fix: 'write the rule so that it matches: create in a rule without resourceNames, subresources by name, resources of the cluster in a ClusterRole',
  example: {
    broken: manifests(
      '{ apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [shop], verbs: [get, create] }',
    ),
    fails: ['Role/shop/election rules[0].verbs[1]'],
    fixed: manifests(
      '{ apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [shop], verbs: [get] }, { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create] }',
    ),
  },
  *judge(world) {
    for (const role of rolesOf(world)) {
      const rules = list(role.at(['rules']));
      if (record(role.at(['aggregationRule'])) && rules.length > 0 && !role.isPrinted)
        yield {
          resource: role,
          path: ['rules'],
          value: rules,
          message:
            'the controller replaces the rules of a ClusterRole with an aggregationRule by those that it aggregates, so these give no permission',
          fix: 'move the rules to a ClusterRole with the labels that aggregationRule selects',
        };
      for (const [i, entry] of rules.entries()) {
        const rule = record(entry);
        if (!rule) continue;
        for (const { path, value, message } of faultsOf(role, rule, rules))
          yield { resource: role, path: ['rules', i, ...path], value, message };
      }
    }
  },
});

function* faultsOf(
  role: Resource,
  rule: Json,
  rules: readonly unknown[],
): Generator<{ path: Path; value: unknown; message: string }> {
  const [names, verbs, resources] = [list(rule['resourceNames']), list(rule['verbs']), list(rule['resources'])];
  for (const [j, verb] of names.length > 0 ? verbs.entries() : [])
    if (WITHOUT_NAME.includes(verb) && !rules.some((other) => grants(other, verb, resources)))
      yield {
        path: ['verbs', j],
        value: verb,
        message: `a ${String(verb)} request names no object, so a rule with resourceNames never allows it`,
      };
  for (const [j, resource] of resources.entries()) {
    if (typeof resource !== 'string') continue;
    const at: Path = ['resources', j];
    if (/^[^*/]+\/\*$/.test(resource))
      yield {
        path: at,
        value: resource,
        message: `${resource} matches no subresource: only */NAME and names in full do, so the rule gives no permission`,
      };
    else if (role.kind === 'Role' && isOfCluster(rule, resource))
      yield {
        path: at,
        value: resource,
        message: `${resource} stand in no namespace, and a Role gives permissions in its namespace alone: the requests are forbidden`,
      };
  }
}

/** Whether another rule gives the verb on all of these resources without names. */
function grants(entry: unknown, verb: unknown, resources: readonly unknown[]): boolean {
  const other = record(entry);
  const verbs = list(other?.['verbs']);
  const all = list(other?.['resources']);
  return (
    list(other?.['resourceNames']).length === 0 &&
    (verbs.includes(verb) || verbs.includes('*')) &&
    resources.every((resource) => all.includes(resource) || all.includes('*'))
  );
}

/** Whether every group of the rule has a resource of this name, and none in a namespace. A namespace itself counts as within. */
function isOfCluster(rule: Json, resource: string): boolean {
  const groups = list(rule['apiGroups']).map((group) => string(group) ?? '*');
  const plural = resource.replace(/\/.*$/, '');
  if (plural === 'namespaces' || groups.length === 0) return false;
  return groups.every((group) => scopeOf(group, plural) === 'cluster');
}

let scopes: Map<string, string> | undefined;

function scopeOf(group: string, plural: string): string | undefined {
  scopes ??= new Map(
    Object.entries(kubernetesData().kinds).flatMap(([id, timeline]) => {
      const [name, scope] =
        Object.values(timeline)
          .find((entry) => entry !== null)
          ?.split(' ') ?? [];
      const of = id.includes('/') ? id.slice(0, id.indexOf('/')) : '';
      return name && scope ? [[`${of} ${name}`, scope] as const] : [];
    }),
  );
  return scopes.get(`${group} ${plural}`);
}

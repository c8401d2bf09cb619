import { allows, areAllGrants, grantsOf } from '../../world/rights';
import { all, object, worldOf } from './support';

const RBAC = 'rbac.authorization.k8s.io/v1';
const pods = "{ apiGroups: [''], resources: [pods], verbs: [get, list] }";
const role = (rules = pods, name = 'reader', more = '') => object(RBAC, 'Role', name, `rules: [${rules}]${more}`);
const clusterRole = (rules = pods, name = 'reader', more = '') =>
  object(RBAC, 'ClusterRole', name, `rules: [${rules}]${more}`, '');
const to = (subject: string, kind = 'Role') => `roleRef: { kind: ${kind}, name: reader }, subjects: [${subject}]`;
const binding = (subject: string, kind?: string, namespace?: string) =>
  object(RBAC, 'RoleBinding', 'b', to(subject, kind), namespace);
const clusterBinding = (subject: string) => object(RBAC, 'ClusterRoleBinding', 'b', to(subject, 'ClusterRole'), '');
const web = '{ kind: ServiceAccount, name: web, namespace: shop }';
const grants = (...manifests: string[]) => grantsOf(worldOf(all(...manifests)), 'shop', 'web');

describe('a binding gives rights to a ServiceAccount', () => {
  test.each([
    web,
    "{ kind: User, name: 'system:serviceaccount:shop:web' }",
    "{ kind: Group, name: 'system:serviceaccounts' }",
    "{ kind: Group, name: 'system:serviceaccounts:shop' }",
    "{ kind: Group, name: 'system:authenticated' }",
    `{ kind: User, name: admin }, ${web}`,
  ])('by %s', (subject) => {
    expect(grants(role(), binding(subject))).toMatchObject([{ namespace: 'shop', rules: [{ resources: ['pods'] }] }]);
    expect(grants(clusterRole(), clusterBinding(subject))).toMatchObject([
      { namespace: undefined, rules: [{ resources: ['pods'] }] },
    ]);
  });
  test.each([
    '{ kind: ServiceAccount, name: web, namespace: blog }',
    '{ kind: ServiceAccount, name: web }',
    '{ kind: ServiceAccount, name: other, namespace: shop }',
    '{ kind: User, name: web }',
    "{ kind: User, name: 'system:serviceaccount:blog:web' }",
    "{ kind: Group, name: 'system:serviceaccounts:blog' }",
    "{ kind: Group, name: 'system:unauthenticated' }",
    '{ kind: Group }',
    'null',
    '{}',
    'web',
  ])('but not by %s', (subject) => expect(grants(role(), binding(subject))).toEqual([]));
  test('of the role in its own namespace, or of a ClusterRole', () => {
    expect(grants(role(), clusterRole('{ resources: [secrets] }'), binding(web, 'ClusterRole'))).toMatchObject([
      { namespace: 'shop', rules: [{ resources: ['secrets'] }] },
    ]);
    expect(grants(role().replace('namespace: shop', 'namespace: blog'), binding(web))[0]!.rules).toBeUndefined();
    expect(grants(role(), binding(web, 'ClusterRole'))[0]!.rules).toBeUndefined();
    expect(grants(clusterRole(), binding(web, 'Role'))[0]!.rules).toBeUndefined();
  });
  test('whose rules are not known where a controller writes them', () => {
    const aggregated = clusterRole(pods, 'reader', ', aggregationRule: { clusterRoleSelectors: [] }');
    expect(grants(aggregated, clusterBinding(web))).toMatchObject([{ rules: undefined }]);
  });
  test('also where it is declared', () => {
    const world = worldOf(role(), { declared: binding(web) });
    expect(grantsOf(world, 'shop', 'web')).toMatchObject([{ namespace: 'shop', rules: [{ resources: ['pods'] }] }]);
  });
});

describe('rights allow a request', () => {
  const request = { group: '', resource: 'pods', verbs: ['get', 'list'], namespace: 'shop' };
  const may = (more: Partial<Parameters<typeof allows>[1]>, ...manifests: string[]) =>
    allows(grants(...manifests), { ...request, ...more });
  test('of the namespace of the binding, or of all', () => {
    expect(may({}, role(), binding(web))).toBe('yes');
    expect(may({ namespace: 'blog' }, role(), binding(web))).toBe('no');
    expect(may({ namespace: undefined }, role(), binding(web))).toBe('no');
    for (const namespace of ['shop', 'blog', undefined])
      expect(may({ namespace }, clusterRole(), clusterBinding(web))).toBe('yes');
  });
  test.each([
    ["{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }", 'yes'],
    [
      "{ apiGroups: [''], resources: [pods], verbs: [get] }, { apiGroups: [''], resources: [pods], verbs: [list] }",
      'yes',
    ],
    ["{ apiGroups: [''], resources: [pods], verbs: [get] }", 'no'],
    ["{ apiGroups: [apps], resources: [pods], verbs: ['*'] }", 'no'],
    ["{ apiGroups: [''], resources: [secrets], verbs: ['*'] }", 'no'],
    ["{ apiGroups: [''], resources: [pods], verbs: ['*'], resourceNames: [a] }", 'no'],
    ['null', 'no'],
  ])('by %s: %s', (rules, expected) => expect(may({}, role(rules), binding(web))).toBe(expected));
  test('perhaps, where a role is not known and the others do not', () => {
    expect(may({}, binding(web))).toBe('unknown');
    const other = binding(web).replace('name: b,', 'name: c,').replace('name: reader', 'name: gone');
    expect(may({}, role(), binding(web), other)).toBe('yes');
    expect(may({}, role('{}'), binding(web), other)).toBe('unknown');
    expect(may({ namespace: 'blog' }, binding(web))).toBe('no');
  });
});

describe('all bindings of an account are known', () => {
  const known = (manifests: string, surroundings?: Parameters<typeof worldOf>[1]) => {
    const world = worldOf(manifests, surroundings);
    return areAllGrants(world, 'shop', grantsOf(world, 'shop', 'web'));
  };
  const other = '{ kind: ServiceAccount, name: other, namespace: shop }';
  test('where its namespace is here, or one of them is', () => {
    expect(known(role())).toBe(false);
    expect(known(all(role(), binding(other)))).toBe(false);
    expect(known(all(role(), binding(web)))).toBe(true);
    expect(known(role(), { complete: true })).toBe(true);
  });
  test('where it is declared what there is beside, and not where the cluster alone has one', () => {
    expect(known(role(), { declared: role() })).toBe(true);
    expect(known(role(), { facts: binding(web) })).toBe(false);
    expect(known(role(), { facts: clusterBinding(web) })).toBe(false);
  });
});

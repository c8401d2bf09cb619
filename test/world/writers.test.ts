import { writerOf } from '../../world/writers';
import { all, object, workload, worldOf } from './support';

const RBAC = 'rbac.authorization.k8s.io/v1';
const create = (resource = 'secrets', verbs = 'create') =>
  `rules: [{ apiGroups: [''], resources: [${resource}], verbs: [${verbs}] }]`;
const role = (rules = create(), namespace = 'shop') => object(RBAC, 'Role', 'maker', rules, namespace);
const clusterRole = (rules = create()) => object(RBAC, 'ClusterRole', 'maker', rules, '');
const bound = (kind: string, namespace = 'shop', account = 'namespace: shop, name: maker') =>
  object(
    RBAC,
    namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
    'maker',
    `roleRef: { kind: ${kind}, name: maker }, subjects: [{ kind: ServiceAccount, ${account} }]`,
    namespace,
  );
const program = (args = '', account = 'serviceAccountName: maker') =>
  workload({ name: 'maker', pod: account, container: `args: [${args}]` });
const writer = (kind: string, ...manifests: string[]) =>
  writerOf(worldOf(all(...manifests)), kind, 'shop', 'web-tls')?.resource.name;

test.each([
  ['Secret', 'secrets'],
  ['ConfigMap', 'configmaps'],
])('a %s may be written by whoever a Role of the namespace lets create it', (kind, resource) => {
  expect(writer(kind, role(create(resource)), bound('Role'), program())).toBe('maker');
  expect(writer(kind, role(create("'*'", "'*'")), bound('Role'), program())).toBe('maker');
  expect(writer(kind, role(create(resource, 'get')), bound('Role'), program())).toBeUndefined();
  expect(writer(kind, role(create('pods')), bound('Role'), program())).toBeUndefined();
  expect(writer(kind, role(create(resource)).replace("['']", '[apps]'), bound('Role'), program())).toBeUndefined();
  expect(writer(kind, role(create(resource)), program())).toBeUndefined();
  expect(writer(kind, bound('Role'), program())).toBeUndefined();
});
test.each(['Service', 'Pod', 'constructor', 'toString', '__proto__', 'undefined'])(
  'a %s is written by nobody',
  (kind) =>
    expect(writer(kind, role(create("'*', undefined")), bound('Role'), program("'--secret=web-tls'"))).toBeUndefined(),
);
test('an object without a name is written by nobody', () =>
  expect(writerOf(worldOf(all(role(), bound('Role'), program())), 'Secret', 'shop', '')).toBeUndefined());
test.each([
  ["'--secret=web-tls'", 'maker'],
  ["'--secret', 'web-tls'", 'maker'],
  ["'shop/web-tls,other'", 'maker'],
  ["'--secret=web-tls-2'", undefined],
  ["'--secret=my-web-tls'", undefined],
  ["'--secret=webxtls'", undefined],
  ['', undefined],
])('one that may create them everywhere writes what its command line names: %s', (args, expected) => {
  expect(writer('Secret', clusterRole(), bound('ClusterRole', ''), program(args))).toBe(expected);
  expect(writer('Secret', clusterRole(), bound('ClusterRole'), program(args))).toBe(expected);
});
test('the account is the one of the pod, as either field names it', () => {
  const given = (account: string, subject?: string) =>
    writer('Secret', role(), bound('Role', 'shop', subject), program('', account));
  expect(given('serviceAccount: maker')).toBe('maker');
  expect(given('serviceAccountName: maker, serviceAccount: other')).toBe('maker');
  expect(given('serviceAccountName: other')).toBeUndefined();
  expect(given('dnsPolicy: Default')).toBeUndefined();
  expect(given('dnsPolicy: Default', 'name: default')).toBe('maker');
  expect(given('serviceAccountName: maker', 'namespace: blog, name: maker')).toBeUndefined();
});
test('a Role of another namespace lets nobody write here', () => {
  const elsewhere = [role(create(), 'blog'), bound('Role', 'blog')];
  expect(writer('Secret', ...elsewhere, program("'--secret=web-tls'"))).toBeUndefined();
  expect(writer('Secret', ...elsewhere, role(), bound('Role'), program())).toBe('maker');
});
test('a workload of another namespace, bound here, writes what it names', () => {
  const other = (args: string) => program(args).replace('namespace: shop', 'namespace: blog');
  const binding = bound('Role', 'shop', 'namespace: blog, name: maker');
  expect(writer('Secret', role(), binding, other("'--secret=web-tls'"))).toBe('maker');
  expect(writer('Secret', role(), binding, other(''))).toBeUndefined();
});

import { allOf, classedInPart, messagesOf, risksBetween, workloadOf } from './risks';

const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const rule = (resources: string, verbs: string, more = '', group = "''") =>
  `{ apiGroups: [${group}], resources: [${resources}], verbs: [${verbs}]${more} }`;
const clusterRole = (rules: string, meta = '') =>
  `{ ${RBAC}, kind: ClusterRole, metadata: { name: r${meta} }, rules: [${rules}] }`;
const binding = (kind: string, role = 'r', account = 'web', roleKind = 'ClusterRole') =>
  `{ ${RBAC}, kind: ${kind}, metadata: { name: b-${account}${kind === 'RoleBinding' ? ', namespace: shop' : ''} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: ${role} }, subjects: [{ kind: ServiceAccount, name: ${account}, namespace: shop }] }`;
const account = (name: string, more = '') =>
  `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: shop }${more} }`;
const messagesInPart = (id: string, before: string, after: string) =>
  risksBetween([id], before, after, undefined, false).map(({ message }) => message);

describe('pods that lose rights with their account', () => {
  const bound = allOf(
    account('web'),
    clusterRole(rule('leases', 'get, update', '', 'coordination.k8s.io')),
    binding('RoleBinding'),
  );
  const pod = (text: string, kind = 'StatefulSet') => allOf(bound, workloadOf({ kind, pod: text }));
  test.each(['StatefulSet', 'CronJob', 'DaemonSet'])('of a %s: another account may less', (kind) => {
    const [own, other] = [pod('serviceAccountName: web', kind), pod('serviceAccountName: idle', kind)];
    expect(messagesOf('rbac-lost', own, other)).toEqual([
      'pods run as ServiceAccount idle, which may not get, update leases.coordination.k8s.io in shop; web may',
    ]);
    expect(messagesOf('rbac-lost', other, own)).toEqual([]);
  });
  test('no token of it any more', () => {
    const [own, none] = [
      pod('serviceAccountName: web'),
      pod('serviceAccountName: web, automountServiceAccountToken: false'),
    ];
    expect(messagesOf('rbac-lost', own, none)).toEqual([
      'pods have no token of ServiceAccount web any more, which may get, update leases.coordination.k8s.io in shop',
    ]);
    expect(messagesOf('rbac-lost', none, own)).toEqual([]);
    const withheld = own.replace(account('web'), account('web', ', automountServiceAccountToken: false'));
    expect(messagesOf('rbac-lost', own, withheld)).toEqual([
      'new pods of StatefulSet/shop/web do not get its token any more, with which they may get, update leases.coordination.k8s.io in shop',
    ]);
    const forced = pod('serviceAccountName: web, automountServiceAccountToken: true');
    expect(
      messagesOf(
        'rbac-lost',
        forced,
        forced.replace(account('web'), account('web', ', automountServiceAccountToken: false')),
      ),
    ).toEqual([]);
  });
  test('nothing where the other one is bound as well, the old one has no rights, or the pods had no token', () => {
    const both = (name: string) => allOf(pod(`serviceAccountName: ${name}`), binding('RoleBinding', 'r', 'idle'));
    expect(messagesOf('rbac-lost', both('web'), both('idle'))).toEqual([]);
    expect(messagesOf('rbac-lost', pod('serviceAccountName: a'), pod('serviceAccountName: idle'))).toEqual([]);
    const silent = (name: string) => pod(`serviceAccountName: ${name}, automountServiceAccountToken: false`);
    expect(messagesOf('rbac-lost', silent('web'), silent('idle'))).toEqual([]);
  });
});

describe('a label that aggregates a role', () => {
  const role = (label: string) =>
    clusterRole(
      rule('gadgets', 'list', '', 'acme.io'),
      label && `, labels: { rbac.authorization.k8s.io/aggregate-to-${label}: 'true' }`,
    );
  test('takes rights of those who have the other one where it goes, and gives them where it comes', () => {
    expect(messagesInPart('rbac-lost', role('edit'), role(''))).toEqual([
      'whoever has ClusterRole edit may not list gadgets.acme.io everywhere any more',
    ]);
    expect(classedInPart('rbac-widened', role('edit'), role(''))).toEqual([]);
    expect(messagesInPart('rbac-widened', role(''), role('admin'))).toEqual([
      'whoever has ClusterRole admin may list gadgets.acme.io everywhere',
    ]);
    expect(classedInPart('rbac-lost', role(''), role('admin'))).toEqual([]);
  });
  test('of those who are bound here, also to a role that takes in that one', () => {
    const [before, after] = ['view', ''].map((label) => allOf(role(label), binding('RoleBinding', 'admin'))) as [
      string,
      string,
    ];
    expect(messagesOf('rbac-lost', before, after)).toEqual([
      'ServiceAccount/shop/web may not list gadgets.acme.io in shop any more',
    ]);
    expect(messagesOf('rbac-widened', before, after)).toEqual([]);
    expect(messagesOf('rbac-widened', after, before)).toHaveLength(1);
    // edit does not take in what is added to admin.
    const [wide, narrow] = ['admin', ''].map((label) => allOf(role(label), binding('RoleBinding', 'edit'))) as [
      string,
      string,
    ];
    expect(messagesOf('rbac-lost', wide, narrow).filter((message) => message.startsWith('ServiceAccount'))).toEqual([]);
  });
  test('says nothing of what such a role may well allow by itself', () => {
    const pods = (label: string) => role(label).replace('acme.io', "''").replace('gadgets', 'pods');
    expect(
      messagesOf(
        'rbac-lost',
        allOf(pods('view'), binding('RoleBinding', 'view')),
        allOf(pods(''), binding('RoleBinding', 'view')),
      ),
    ).toEqual([]);
  });
});

describe('a RoleBinding gives nothing', () => {
  const pods = rule('pods', 'get');
  const crd =
    '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: depots.acme.io }, spec: { group: acme.io, scope: Cluster, names: { kind: Depot, plural: depots }, versions: [{ name: v1, served: true, storage: true }] } }';
  test.each([
    ['of nodes', rule('nodes, persistentvolumes/status', 'get, patch')],
    ['of roles of the cluster', rule('clusterrolebindings', 'create', '', 'rbac.authorization.k8s.io')],
    ['of paths', "{ nonResourceURLs: ['/metrics'], verbs: [get] }"],
    [
      'of whom to impersonate',
      `${rule('users', 'impersonate')}, ${rule('userextras/scopes', 'impersonate', '', 'authentication.k8s.io')}`,
    ],
    ['of all namespaces', rule('namespaces', 'list, create')],
    ['of custom kinds of the cluster', rule('depots', 'get', '', 'acme.io')],
    ['of ingress classes', rule('ingressclasses', 'get', '', 'networking.k8s.io')],
  ])('%s', (_, more) => {
    const [before, after] = [pods, `${pods}, ${more}`].map(
      (rules) => (kind: string) => allOf(crd, clusterRole(rules), binding(kind)),
    );
    expect(messagesOf('rbac-widened', before!('RoleBinding'), after!('RoleBinding'))).toEqual([]);
    expect(messagesOf('rbac-lost', after!('RoleBinding'), before!('RoleBinding'))).toEqual([]);
    expect(messagesOf('rbac-widened', before!('ClusterRoleBinding'), after!('ClusterRoleBinding'))).toHaveLength(1);
  });
  test('but what is in its namespace, also where one rule names both', () => {
    const given = (more: string) =>
      messagesOf(
        'rbac-widened',
        allOf(clusterRole(pods), binding('RoleBinding')),
        allOf(clusterRole(`${pods}, ${more}`), binding('RoleBinding')),
      );
    expect(given(rule('nodes, services', 'get'))).toEqual([
      'ServiceAccount/shop/web may get services in shop by RoleBinding/shop/b-web',
    ]);
    expect(given(rule('namespaces', 'get, list'))[0]).toContain('may get namespaces in shop');
    expect(given(rule('serviceaccounts', 'impersonate'))[0]).toContain('may impersonate serviceaccounts in shop');
  });
});

test('rights by name are no others than those that are left', () => {
  const [any, named] = ['', ', resourceNames: [a]'].map((more) =>
    allOf(clusterRole(rule('configmaps', 'patch', more)), binding('RoleBinding')),
  ) as [string, string];
  expect(messagesOf('rbac-lost', any, named)).toEqual([
    'ServiceAccount/shop/web may not patch configmaps other than a in shop any more',
  ]);
});

test('a Role that is not here is not called a ClusterRole', () => {
  const of = (kind: string) =>
    messagesOf('rbac-widened', account('web'), allOf(account('web'), binding('RoleBinding', 'x', 'web', kind)));
  expect(of('Role')).toEqual(['ServiceAccount/shop/web may do what Role x allows in shop']);
  expect(of('ClusterRole')).toEqual(['ServiceAccount/shop/web may do what ClusterRole x allows in shop']);
});

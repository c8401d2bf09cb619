import { all, findings, messages, namespace } from '../../judging';

const GROUP = 'rbac.authorization.k8s.io';
const role = (rule: string, kind = 'Role') =>
  `{ apiVersion: ${GROUP}/v1, kind: ${kind}, metadata: { name: r${kind === 'Role' ? ', namespace: shop' : ''} }, rules: [${rule}] }`;
const binding = (spec: string, kind = 'RoleBinding', place = 'shop') =>
  `{ apiVersion: ${GROUP}/v1, kind: ${kind}, metadata: { name: b${kind === 'RoleBinding' ? `, namespace: ${place}` : ''} }, ${spec} }`;
const account = (name: string, place = 'shop') =>
  `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: ${place} } }`;

describe('rbac-roleref-exists', () => {
  const id = 'rbac-roleref-exists';
  const to = (kind: string, name: string, place = 'shop', of = 'RoleBinding') =>
    binding(`roleRef: { kind: ${kind}, name: ${name} }`, of, place);
  test('a Role is looked for in the namespace of the binding, a ClusterRole in the cluster', () => {
    expect(findings(id, all(namespace, to('Role', 'r')))).toEqual(['fail RoleBinding/shop/b roleRef.name = "r"']);
    expect(findings(id, to('Role', 'r'))).toEqual(['unknown RoleBinding/shop/b roleRef.name = "r"']);
    expect(findings(id, all(role('{}'), to('Role', 'r')))).toEqual([]);
    expect(findings(id, all(namespace, role('{}', 'ClusterRole'), to('Role', 'r')))).toHaveLength(1);
    expect(findings(id, all(role('{}', 'ClusterRole'), to('ClusterRole', 'r')))).toEqual([]);
    expect(findings(id, to('ClusterRole', 'r', '', 'ClusterRoleBinding'), { declared: '' })).toEqual([
      'fail ClusterRoleBinding/b roleRef.name = "r"',
    ]);
  });
  test('the roles of Kubernetes are there, each kind by its own names', () => {
    expect(findings(id, all(namespace, to('ClusterRole', 'edit')))).toEqual([]);
    expect(findings(id, all(namespace, to('Role', 'edit')))).toHaveLength(1);
    const system = 'extension-apiserver-authentication-reader';
    expect(findings(id, to('Role', system, 'kube-system'), { declared: '' })).toEqual([]);
    expect(findings(id, to('Role', system, 'shop'), { declared: '' })).toHaveLength(1);
  });
  test('a reference of another kind, or without a name, is for schema-valid', () => {
    expect(findings(id, all(namespace, to('Group', 'r')))).toEqual([]);
    expect(findings(id, all(namespace, binding('roleRef: { kind: Role }')))).toEqual([]);
  });
});

describe('rbac-subject-exists', () => {
  const id = 'rbac-subject-exists';
  const of = (subject: string) =>
    binding(`roleRef: { kind: ClusterRole, name: view }, subjects: [{ kind: User, name: a }, { ${subject} }]`);
  const at = 'RoleBinding/shop/b subjects[1]';
  test('a ServiceAccount is looked for in its own namespace', () => {
    expect(findings(id, all(namespace, of('kind: ServiceAccount, name: web, namespace: shop')))).toEqual([
      `fail ${at}.name = "web"`,
    ]);
    expect(findings(id, of('kind: ServiceAccount, name: web, namespace: shop'))).toEqual([
      `unknown ${at}.name = "web"`,
    ]);
    expect(findings(id, all(account('web'), of('kind: ServiceAccount, name: web, namespace: shop')))).toEqual([]);
  });
  test('one of the same name elsewhere is a wrong namespace', () => {
    const elsewhere = all(namespace, account('web', 'other'), of('kind: ServiceAccount, name: web, namespace: shop'));
    expect(findings(id, elsewhere)).toEqual([`fail ${at}.namespace = "shop"`]);
    expect(messages(id, elsewhere)[0]).toMatch(/forbidden; there is a ServiceAccount web in namespace other$/);
    // A near name is not offered as well.
    expect(messages(id, all(elsewhere, account('webb')))[0]).not.toContain('did you mean');
    expect(findings(id, all(account('web', 'other'), of('kind: ServiceAccount, name: web, namespace: shop')))).toEqual([
      `unknown ${at}.name = "web"`,
    ]);
    expect(
      messages(id, all(namespace, account('wbe'), of('kind: ServiceAccount, name: web, namespace: shop')))[0],
    ).toContain('did you mean "wbe"?');
  });
  test.each([
    'kind: ServiceAccount, name: default, namespace: shop',
    'kind: ServiceAccount, name: web',
    'kind: ServiceAccount, namespace: shop',
    'kind: Group, name: web, namespace: shop',
  ])('{ %s } is not judged', (subject) => expect(findings(id, all(namespace, of(subject)))).toEqual([]));
});

describe('rbac-rule-real', () => {
  const id = 'rbac-rule-real';
  const judged = (rule: string, ...more: string[]) => findings(id, all(role(`{ ${rule} }`), ...more));
  const message = (rule: string, ...more: string[]) => messages(id, all(role(`{ ${rule} }`), ...more))[0];
  const at = 'Role/shop/r rules[0]';
  const get = 'verbs: [get]';
  test('a resource must be in one of the groups', () => {
    expect(judged(`apiGroups: [''], resources: [pods, deployments], ${get}`)).toEqual([
      `fail ${at}.resources[1] = "deployments"`,
    ]);
    expect(judged(`apiGroups: ['', apps], resources: [pods, deployments], ${get}`)).toEqual([]);
    expect(message(`apiGroups: [''], resources: [deployments], ${get}`)).toMatch(
      /^the core API group has no deployments, .*; it is in apps, extensions$|^the core API group has no deployments, .*; it is in apps$/,
    );
    expect(message(`apiGroups: [apps, batch], resources: [pods], ${get}`)).toContain(
      'API group apps or API group batch has no pods',
    );
    expect(message(`apiGroups: [apps], resources: [pods], ${get}`)).toMatch(/; it is in ''$/);
    expect(message(`apiGroups: [apps], resources: [deployment], ${get}`)).toContain('did you mean "deployments"?');
    expect(judged(`apiGroups: [apps], resources: [whatever], ${get}`)).toHaveLength(1);
  });
  test('subresources go with their resource', () => {
    expect(judged(`apiGroups: [apps], resources: [deployments/scale], ${get}`)).toEqual([]);
    expect(judged(`apiGroups: [apps], resources: [pods/log], ${get}`)).toEqual([
      `fail ${at}.resources[0] = "pods/log"`,
    ]);
  });
  test.each([
    [`apiGroups: [''], resources: [users, groups, events, bindings], verbs: [impersonate]`],
    [`apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign]`],
    [`apiGroups: ['*'], resources: [whatever], ${get}`],
    [`apiGroups: [apps], resources: ['*'], ${get}`],
    [`apiGroups: [metrics.k8s.io], resources: [pods], ${get}`],
    [`apiGroups: [custom.metrics.k8s.io], resources: [anything], ${get}`],
    [`apiGroups: [authorization.k8s.io], resources: [anything], verbs: [create]`],
    [`apiGroups: [example.com], resources: [things], ${get}`],
    [`apiGroups: [apps, example.com], resources: [things], ${get}`],
    [`apiGroups: [], resources: [things], ${get}`],
    [`nonResourceURLs: [/metrics], verbs: [scrape]`],
  ])('{ %s } is real, or cannot be told', (rule) => expect(judged(rule)).toEqual([]));
  test('a CustomResourceDefinition says what its group has', () => {
    const crd = (plural: string) =>
      `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: ${plural}.example.com }, spec: { group: example.com, names: { plural: ${plural} } } }`;
    expect(judged(`apiGroups: [example.com], resources: [things], ${get}`, crd('things'))).toEqual([]);
    expect(judged(`apiGroups: [example.com], resources: [thing], ${get}`, crd('things'))).toHaveLength(1);
    expect(message(`apiGroups: [example.com], resources: [thing], ${get}`, crd('things'))).toContain(
      'did you mean "things"?',
    );
    // An add-on with the same group may bring it.
    expect(judged(`apiGroups: [example.com], resources: [buckets], ${get}`, crd('things'))).toEqual([]);
    expect(
      findings(id, role(`{ apiGroups: [example.com], resources: [thing], ${get} }`), { declared: crd('things') }),
    ).toHaveLength(1);
    expect(
      findings(id, role(`{ apiGroups: [example.com], resources: [thing], ${get} }`), { facts: crd('things') }),
    ).toHaveLength(1);
  });
  test('a verb must be one that requests have', () => {
    expect(judged('apiGroups: [apps], resources: [deployments], verbs: [get, gett]')).toEqual([
      `fail ${at}.verbs[1] = "gett"`,
    ]);
    expect(message('apiGroups: [apps], resources: [deployments], verbs: [gett]')).toContain('did you mean "get"?');
    expect(
      judged('apiGroups: [apps], resources: [deployments], verbs: ["*", escalate, use, deletecollection]'),
    ).toEqual([]);
    expect(judged('apiGroups: [example.com], resources: [things], verbs: [open]')).toEqual([]);
    expect(judged('apiGroups: [apps, example.com], resources: [deployments], verbs: [open]')).toEqual([]);
  });
  test('ClusterRoles are judged, too', () =>
    expect(findings(id, role(`{ apiGroups: [''], resources: [deployments], ${get} }`, 'ClusterRole'))).toEqual([
      'fail ClusterRole/r rules[0].resources[0] = "deployments"',
    ]));
  test('a verb of a wrong type is reported by its schema', () =>
    expect(judged("apiGroups: [''], resources: [pods], verbs: [1, get]")).toEqual([]));
});

describe('rbac-rule-effective', () => {
  const id = 'rbac-rule-effective';
  const judged = (rules: string, kind = 'Role') => findings(id, role(rules, kind));
  const named = (verbs: string) =>
    `{ apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [${verbs}] }`;
  test.each(['create', 'deletecollection'])('%s names no object', (verb) => {
    expect(judged(named(`get, ${verb}`))).toEqual([`fail Role/shop/r rules[0].verbs[1] = "${verb}"`]);
    expect(judged(named('get, update, delete, list, watch'))).toEqual([]);
    expect(
      judged(`${named(`get, ${verb}`)}, { apiGroups: [apps], resources: [deployments], verbs: [${verb}] }`),
    ).toEqual([]);
    expect(judged(`${named(verb)}, { apiGroups: [apps], resources: [statefulsets], verbs: [${verb}] }`)).toHaveLength(
      1,
    );
  });
  test('subresources are named in full, or for all resources', () => {
    const of = (resource: string) => `{ apiGroups: [''], resources: ['${resource}'], verbs: [get] }`;
    expect(judged(of('pods/*'))).toEqual(['fail Role/shop/r rules[0].resources[0] = "pods/*"']);
    for (const resource of ['pods/log', '*/scale', '*']) expect(judged(of(resource))).toEqual([]);
  });
  test.each([
    ['', 'nodes'],
    ['', 'persistentvolumes'],
    ['storage.k8s.io', 'storageclasses'],
    ['', 'nodes/proxy'],
  ])('a Role gives nothing on %s %s, a ClusterRole does', (group, resource) => {
    const rule = `{ apiGroups: ['${group}'], resources: [${resource}], verbs: [get] }`;
    expect(judged(rule)).toEqual([`fail Role/shop/r rules[0].resources[0] = "${resource}"`]);
    expect(judged(rule, 'ClusterRole')).toEqual([]);
  });
  test('what stands in a namespace, the namespace itself and what is not known are left alone', () => {
    for (const resource of ['pods', 'namespaces', 'things'])
      expect(judged(`{ apiGroups: [''], resources: [${resource}], verbs: [get] }`)).toEqual([]);
    expect(judged(`{ apiGroups: [example.com], resources: [nodes], verbs: [get] }`)).toEqual([]);
    expect(judged(`{ apiGroups: ['', metrics.k8s.io], resources: [nodes], verbs: [get] }`)).toEqual([]);
  });
  test('a ClusterRole that aggregates has no rules of its own', () => {
    const aggregated = (rules: string, more = '') =>
      `{ apiVersion: ${GROUP}/v1, kind: ClusterRole, metadata: { name: r${more} }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }, rules: [${rules}] }`;
    const rule = `{ apiGroups: [''], resources: [pods], verbs: [get] }`;
    expect(findings(id, aggregated(rule))).toHaveLength(1);
    expect(findings(id, aggregated(''))).toEqual([]);
    // A server prints what it has aggregated.
    expect(findings(id, aggregated(rule, ', uid: abc'))).toEqual([]);
  });
});

describe('the user that a ServiceAccount is', () => {
  const id = 'rbac-subject-exists';
  const of = (user: string, kind = 'User') =>
    all(
      namespace,
      account('web'),
      binding(`roleRef: { kind: ClusterRole, name: view }, subjects: [{ kind: ${kind}, name: '${user}' }]`),
    );
  test('must exist', () => {
    expect(findings(id, of('system:serviceaccount:shop:webb'))).toEqual([
      'fail RoleBinding/shop/b subjects[0].name = "system:serviceaccount:shop:webb"',
    ]);
    expect(messages(id, of('system:serviceaccount:shop:webb'))[0]).toContain('did you mean "web"?');
    expect(findings(id, of('system:serviceaccount:other:gone'))).toEqual([
      'unknown RoleBinding/shop/b subjects[0].name = "system:serviceaccount:other:gone"',
    ]);
  });
  test('other users, groups and the default account are not looked for', () => {
    for (const user of [
      'system:serviceaccount:shop:web',
      'system:serviceaccount:shop:default',
      'jane',
      'system:serviceaccounts:shop',
    ])
      expect(findings(id, of(user))).toEqual([]);
    expect(findings(id, of('system:serviceaccount:shop:gone', 'Group'))).toEqual([]);
  });
});

import { allOf, classed, messagesOf, workloadOf } from './risks';

const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const clusterRole = (rules: string, name = 'r', labels = '') =>
  `{ ${RBAC}, kind: ClusterRole, metadata: { name: ${name}, labels: { ${labels} } }, rules: [${rules}] }`;
const rule = (resources: string, verbs: string, more = '') =>
  `{ apiGroups: [''], resources: [${resources}], verbs: [${verbs}]${more} }`;
const binding = (kind: string, role: string, subjects: string, roleKind = 'ClusterRole') =>
  `{ ${RBAC}, kind: ${kind}, metadata: { name: b${kind === 'RoleBinding' ? ', namespace: shop' : ''} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: ${role} }, subjects: [${subjects}] }`;
const account = (name: string) => `{ kind: ServiceAccount, name: ${name}, namespace: shop }`;

describe('rbac-widened', () => {
  const id = 'rbac-widened';
  test('tells who may do what, and when that is the way to more', () => {
    const bound = binding('RoleBinding', 'r', account('web'));
    const before = allOf(clusterRole(rule('pods', 'get')), bound);
    const after = allOf(clusterRole(`${rule('pods', 'get')}, ${rule('secrets', 'get, list')}`), bound);
    expect(messagesOf(id, before, after)).toEqual([
      'ServiceAccount/shop/web may get, list secrets in shop by RoleBinding/shop/b: it can take the rights of others by that',
    ]);
    expect(classed(id, after, before)).toEqual([]);
  });
  test('what another binding gives already is nothing new', () => {
    const wide = allOf(clusterRole(rule("'*'", "'*'")), binding('ClusterRoleBinding', 'r', account('web')));
    const narrow = `{ ${RBAC}, kind: Role, metadata: { name: n, namespace: shop }, rules: [${rule('pods', 'get')}] }`;
    const own = binding('RoleBinding', 'n', account('web'), 'Role');
    expect(classed(id, wide, allOf(wide, narrow, own))).toEqual([]);
  });
  test('everywhere is more than in one namespace, and without names more than with them', () => {
    const roleOf = clusterRole(rule('pods', 'get'));
    const here = allOf(roleOf, binding('RoleBinding', 'r', account('web')));
    const everywhere = allOf(roleOf, binding('ClusterRoleBinding', 'r', account('web')));
    expect(messagesOf(id, here, everywhere)).toEqual(['ServiceAccount/shop/web may get pods everywhere']);
    expect(classed(id, everywhere, here)).toEqual([]);
    const bound = binding('RoleBinding', 'r', account('web'));
    const named = allOf(clusterRole(rule('configmaps', 'get', ', resourceNames: [a]')), bound);
    const any = allOf(clusterRole(rule('configmaps', 'get')), bound);
    expect(messagesOf(id, named, any)).toEqual([
      'ServiceAccount/shop/web may get configmaps other than a in shop by RoleBinding/shop/b',
    ]);
    expect(classed(id, any, named)).toEqual([]);
  });
  test('a new subject, and a role that every cluster has', () => {
    const before = allOf(clusterRole(rule('pods', 'get')), binding('RoleBinding', 'r', account('web')));
    const both = `${account('web')}, { kind: Group, name: developers }`;
    const after = allOf(clusterRole(rule('pods', 'get')), binding('RoleBinding', 'r', both));
    expect(classed(id, before, after)).toEqual(['privilege RoleBinding/shop/b subjects[developers]']);
    expect(messagesOf(id, '', binding('ClusterRoleBinding', 'cluster-admin', account('web')))).toEqual([
      'ServiceAccount/shop/web may do anything with everything everywhere: it can take the rights of others by that',
    ]);
    expect(messagesOf(id, '', binding('RoleBinding', 'edit', account('web')))).toEqual([
      'ServiceAccount/shop/web may do what ClusterRole edit allows in shop',
    ]);
  });
  test('rules that are aggregated into a role of every cluster', () => {
    const label = "rbac.authorization.k8s.io/aggregate-to-edit: 'true'";
    expect(
      messagesOf(id, clusterRole(rule('secrets', 'get')), clusterRole(rule('secrets', 'get'), 'r', label)),
    ).toEqual(['whoever has ClusterRole edit may get secrets everywhere: it can take the rights of others by that']);
  });
  test('a role that nobody is bound to gives nobody anything', () => {
    expect(classed(id, clusterRole(rule('pods', 'get')), clusterRole(rule('pods', 'get, delete')))).toEqual([]);
  });
});

describe('rights on what has another hash at the end of its name', () => {
  const ids = ['rbac-widened', 'rbac-lost'];
  const [OLD, NEW] = ['6h2bk9mm5t', 'kt8c5g2f7b'];
  const on = (names: string, verbs = 'get', resource = 'secrets', group = "''") =>
    `{ apiGroups: [${group}], resources: [${resource}], resourceNames: [${names}], verbs: [${verbs}] }`;
  const of = (given: string, kind = 'Role') => {
    const place = kind === 'Role' ? ', namespace: shop' : '';
    return allOf(
      '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop } }',
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: web${place} }, rules: [${given}] }`,
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}Binding, metadata: { name: web${place} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: web }, subjects: [{ kind: ServiceAccount, name: web, namespace: shop }] }`,
    );
  };
  test.each([
    ['a Secret', on(`db-${OLD}`), on(`db-${NEW}`)],
    ['a ConfigMap', on(`db-${OLD}`, 'get', 'configmaps'), on(`db-${NEW}`, 'get', 'configmaps')],
    ['both while one takes the place of the other', on(`db-${OLD}`), on(`db-${OLD}, db-${NEW}`)],
    ['one of several', on(`a, db-${OLD}`), on(`a, db-${NEW}`)],
    ['several verbs', on(`db-${OLD}`, 'get, list'), on(`db-${NEW}`, 'get, list')],
    ['any verb', on(`db-${OLD}`, "'*'"), on(`db-${NEW}`, "'*'")],
  ])('%s: they are the same', (_, before, after) => {
    for (const kind of ['Role', 'ClusterRole']) {
      expect(messagesOf(ids, of(before, kind), of(after, kind))).toEqual([]);
      expect(messagesOf(ids, of(after, kind), of(before, kind))).toEqual([]);
    }
  });
  test.each([
    ['another Secret', on(`db-${OLD}`), on(`api-${NEW}`), ['privilege', 'disruption']],
    ['another verb', on(`db-${OLD}`), on(`db-${NEW}`, 'get, update'), ['privilege']],
    ['a verb less', on(`db-${OLD}`, 'get, update'), on(`db-${NEW}`), ['disruption']],
    ['a Secret beside it', on(`db-${OLD}`), on(`db-${NEW}, api`), ['privilege']],
    ['what has no hash', on('db-1'), on('db-2'), ['privilege', 'disruption']],
    ['what gets one', on('db'), on(`db-${NEW}`), ['privilege', 'disruption']],
    ['no ConfigMap', on(`db-${OLD}`), on(`db-${NEW}`, 'get', 'configmaps'), ['privilege', 'disruption']],
    [
      'another kind',
      on(`db-${OLD}`, 'get', 'services'),
      on(`db-${NEW}`, 'get', 'services'),
      ['privilege', 'disruption'],
    ],
    [
      'another group',
      on(`db-${OLD}`, 'get', 'secrets', 'a.b'),
      on(`db-${NEW}`, 'get', 'secrets', 'a.b'),
      ['privilege', 'disruption'],
    ],
  ])('%s: they are others', (_, before, after, classes) => {
    expect(classed(ids, of(before), of(after)).map((found) => found.split(' ')[0])).toEqual(classes);
  });
  test('a login of images is the same one', () => {
    const account = (names: string) =>
      `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop }, imagePullSecrets: [${names}] }`;
    const id = 'cloud-identity-changed';
    expect(classed(id, account(`{ name: p-${OLD} }`), account(`{ name: p-${NEW} }`))).toEqual([]);
    expect(classed(id, account(`{ name: p-${OLD} }`), account(`{ name: q-${NEW} }`))).toHaveLength(1);
    expect(classed(id, account(`{ name: p-${OLD} }, { name: q }`), account(`{ name: p-${NEW} }`))).toHaveLength(1);
  });
});

describe('token-mounted', () => {
  const id = 'token-mounted';
  const serviceAccount = (mount: string) =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop }${mount} }`;
  test('by the ServiceAccount, at the ServiceAccount', () => {
    const web = workloadOf({ pod: 'serviceAccountName: web' });
    const off = allOf(serviceAccount(', automountServiceAccountToken: false'), web);
    expect(classed(id, off, allOf(serviceAccount(''), web))).toEqual([
      'privilege ServiceAccount/shop/web automountServiceAccountToken',
    ]);
    expect(classed(id, allOf(serviceAccount(''), web), off)).toEqual([]);
    const own = workloadOf({ pod: 'serviceAccountName: web, automountServiceAccountToken: false' });
    expect(
      classed(id, allOf(serviceAccount(', automountServiceAccountToken: false'), own), allOf(serviceAccount(''), own)),
    ).toEqual([]);
  });
  test('pods that have the token all the same are told of nowhere', () => {
    const own = workloadOf({ pod: 'serviceAccountName: web, automountServiceAccountToken: true' });
    const off = serviceAccount(', automountServiceAccountToken: false');
    expect(classed(id, allOf(off, own), allOf(serviceAccount(''), own))).toEqual([]);
  });
  test('another account that may do more, and not one that may do less', () => {
    const rights = allOf(clusterRole(rule('pods', 'get')), binding('RoleBinding', 'r', account('strong')));
    const as = (name: string) => allOf(rights, workloadOf({ kind: 'DaemonSet', pod: `serviceAccountName: ${name}` }));
    expect(messagesOf(id, as('weak'), as('strong'))).toEqual([
      'pods run as ServiceAccount strong, which may get pods in shop; weak may not',
    ]);
    expect(classed(id, as('strong'), as('weak'))).toEqual([]);
  });
  test('a token that a volume projects', () => {
    const pod = 'automountServiceAccountToken: false';
    const volume = 'volumes: [{ name: t, projected: { sources: [{ serviceAccountToken: { path: t } }] } }]';
    expect(classed(id, workloadOf({ pod }), workloadOf({ pod: `${pod}, ${volume}` }))).toHaveLength(1);
  });
});

describe('pss-lowered', () => {
  const id = 'pss-lowered';
  const at = 'privilege Deployment/shop/web spec.template.spec';
  test('a volume of the node, an init container, and what is no longer said', () => {
    expect(classed(id, workloadOf(), workloadOf({ pod: 'volumes: [{ name: h, hostPath: { path: / } }]' }))).toEqual([
      `${at}.volumes`,
    ]);
    const init = (security: string) =>
      workloadOf({
        pod: `initContainers: [{ name: i, image: 'example.com/i:1.0.0', securityContext: { ${security} } }]`,
      });
    expect(classed(id, init(''), init('capabilities: { add: [SYS_ADMIN] }'))).toEqual([
      `${at}.initContainers[i].securityContext.capabilities`,
    ]);
    const secured = workloadOf({ container: 'securityContext: { allowPrivilegeEscalation: false }' });
    expect(messagesOf(id, secured, workloadOf())[0]).toMatch(
      /violate one control more of the restricted level: allowPrivilegeEscalation/,
    );
    expect(classed(id, workloadOf(), secured)).toEqual([]);
  });
  test('one container more, of a kind that did not hold before', () => {
    const more = (names: readonly string[]) =>
      workloadOf({
        kind: 'DaemonSet',
        more: names
          .map((name) => `{ name: ${name}, image: 'example.com/a:1.0.0', securityContext: { privileged: true } }`)
          .join(', '),
      });
    expect(messagesOf(id, more(['a']), more(['a', 'b']))[0]).toMatch(/privileged \(containers "a", "b"/);
    expect(classed(id, more(['a', 'b']), more(['a']))).toEqual([]);
  });
  test('one container more that is as little secured as the others is nothing new', () => {
    const sidecar = workloadOf({ more: "{ name: b, image: 'example.com/b:1.0.0' }" });
    expect(classed(id, workloadOf(), sidecar)).toEqual([]);
  });
  test('an image changes nothing', () => {
    const bad = workloadOf({ container: 'securityContext: { privileged: true }' });
    expect(classed(id, bad, bad.replace('1.4.0', '1.5.0'))).toEqual([]);
  });
});

describe('namespace-level-lowered', () => {
  const id = 'namespace-level-lowered';
  const namespace = (labels: string) =>
    `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { a: b${labels && `, ${labels}`} } } }`;
  const enforce = (level: string) => namespace(`pod-security.kubernetes.io/enforce: ${level}`);
  test('a label that goes, an older version, and the other way round', () => {
    expect(classed(id, enforce('baseline'), namespace(''))).toHaveLength(1);
    expect(classed(id, namespace(''), enforce('baseline'))).toEqual([]);
    const versioned = (version: string) =>
      namespace(`pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: ${version}`);
    expect(classed(id, versioned('latest'), versioned('v1.24'))).toEqual([
      'privilege Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce-version"]',
    ]);
    expect(classed(id, versioned('v1.24'), versioned('latest'))).toEqual([]);
  });
});

describe('secret-readable', () => {
  const id = 'secret-readable';
  const from = (name: string) =>
    workloadOf({ kind: 'StatefulSet', container: `envFrom: [{ secretRef: { name: ${name} } }]` });
  test('in a volume and in envFrom, and not once it is gone', () => {
    const bare = workloadOf({ kind: 'StatefulSet' });
    expect(classed(id, bare, from('token'))).toHaveLength(1);
    expect(classed(id, from('token'), bare)).toEqual([]);
    const volume = workloadOf({ kind: 'StatefulSet', pod: 'volumes: [{ name: s, secret: { secretName: token } }]' });
    expect(messagesOf(id, bare, volume)).toEqual(['pods read Secret token, which they did not before']);
    expect(classed(id, from('token'), volume)).toEqual([]);
  });
  test('the kubelet alone reads what images are pulled with', () => {
    expect(classed(id, workloadOf(), workloadOf({ pod: 'imagePullSecrets: [{ name: registry }]' }))).toEqual([]);
  });
});

describe('admission-loosened', () => {
  const id = 'admission-loosened';
  const hooks = (kind: string, ...names: readonly string[]) =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: w }, webhooks: [${names.map((name) => `{ name: ${name}, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { url: 'https://a' } }`).join()}] }`;
  test('a webhook that goes, alone or with its configuration', () => {
    const kind = 'MutatingWebhookConfiguration';
    expect(classed(id, hooks(kind, 'a.x.y', 'b.x.y'), hooks(kind, 'a.x.y'))).toEqual([
      'privilege MutatingWebhookConfiguration/w webhooks[b.x.y]',
    ]);
    expect(classed(id, hooks(kind, 'a.x.y'), '')).toEqual(['privilege MutatingWebhookConfiguration/w']);
    expect(classed(id, hooks(kind, 'a.x.y'), hooks(kind, 'a.x.y', 'b.x.y'))).toEqual([]);
  });
  test('rules that are wider, and rules that are narrower', () => {
    const rules = (resources: string) =>
      `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: { name: w }, webhooks: [{ name: a.x.y, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { url: 'https://a' }, rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [${resources}] }] }] }`;
    expect(classed(id, rules('pods'), rules("'*'"))).toEqual([]);
    expect(classed(id, rules("'*'"), rules('pods'))).toHaveLength(1);
  });
  test('a binding that only warns, a policy that checks less, and others’ policies', () => {
    const bound = (actions: string) =>
      `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: { name: p }, spec: { policyName: p, validationActions: [${actions}] } }`;
    expect(classed(id, bound('Deny'), bound('Warn'))).toHaveLength(1);
    expect(classed(id, bound('Warn'), bound('Deny'))).toEqual([]);
    const policy = (...checked: readonly string[]) =>
      `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: { name: p }, spec: { validations: [${checked.map((expression) => `{ expression: ${expression} }`).join()}] } }`;
    expect(classed(id, policy('a', 'b'), policy('a'))).toHaveLength(1);
    expect(classed(id, policy('a'), policy('a', 'b'))).toEqual([]);
    const kyverno = (action: string) =>
      `{ apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: { name: p }, spec: { validationFailureAction: ${action} } }`;
    expect(classed(id, kyverno('Enforce'), kyverno('Audit'))).toHaveLength(1);
    const gatekeeper = (action: string) =>
      `{ apiVersion: constraints.gatekeeper.sh/v1beta1, kind: K8sLabels, metadata: { name: p }, spec: { enforcementAction: ${action} } }`;
    expect(classed(id, gatekeeper('deny'), gatekeeper('dryrun'))).toEqual([
      'privilege K8sLabels/p spec.enforcementAction',
    ]);
    expect(classed(id, gatekeeper('dryrun'), gatekeeper('deny'))).toEqual([]);
  });
});

describe('rights that a role gains or loses under a binding that changes as well', () => {
  const role = (verbs: string) =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: r, namespace: shop }, rules: [{ apiGroups: [''], resources: [secrets], verbs: [${verbs}] }] }`;
  const binding = (subjects: string, label = 'a', to = 'r') =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: b, namespace: shop, labels: { team: ${label} } }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${to} }, subjects: [${subjects}] }`;
  const [WEB, JOE] = ['{ kind: ServiceAccount, name: web, namespace: shop }', '{ kind: User, name: joe }'];
  test('are told at the role, with the binding that gives them', () => {
    const [before, after] = [allOf(role('get'), binding(WEB)), allOf(role('get, list'), binding(WEB, 'b'))];
    expect(classed('rbac-widened', before, after)).toEqual(['privilege Role/shop/r rules']);
    expect(messagesOf('rbac-widened', before, after)[0]).toContain('by RoleBinding/shop/b');
    expect(classed('rbac-lost', after, before)).toEqual(['disruption Role/shop/r rules']);
    expect(classed('rbac-widened', after, before)).toEqual([]);
  });
  test('are told at the binding of whoever it binds from now on, or no more', () => {
    const [before, after] = [allOf(role('get'), binding(WEB)), allOf(role('get, list'), binding(`${WEB}, ${JOE}`))];
    expect(classed('rbac-widened', before, after)).toEqual([
      'privilege RoleBinding/shop/b subjects[joe]',
      'privilege Role/shop/r rules',
    ]);
    expect(classed('rbac-lost', after, before)).toEqual([
      'disruption RoleBinding/shop/b subjects[joe]',
      'disruption Role/shop/r rules',
    ]);
  });
  test('of another role come by the binding', () => {
    const roles = allOf(role('get'), role('list').replace('name: r,', 'name: s,'));
    expect(classed('rbac-widened', allOf(roles, binding(WEB)), allOf(roles, binding(WEB, 'a', 's')))).toEqual([
      'privilege RoleBinding/shop/b roleRef.name',
    ]);
  });
});

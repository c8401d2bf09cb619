import { all, configMap, findings, messages, namespace, workload } from '../judging';

const GROUP = 'rbac.authorization.k8s.io';
const role = (rule: string, kind = 'Role') =>
  `{ apiVersion: ${GROUP}/v1, kind: ${kind}, metadata: { name: r${kind === 'Role' ? ', namespace: shop' : ''} }, rules: [{ ${rule} }] }`;
const binding = (roleName: string, subjects: string, kind = 'RoleBinding', refKind = 'ClusterRole') =>
  `{ apiVersion: ${GROUP}/v1, kind: ${kind}, metadata: { name: b${kind === 'RoleBinding' ? ', namespace: shop' : ''} }, roleRef: { kind: ${refKind}, name: ${roleName} }, subjects: [${subjects}] }`;
const account = (name: string, more = '') =>
  `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: shop }${more ? `, ${more}` : ''} }`;

describe('rbac-dangerous', () => {
  const id = 'rbac-dangerous';
  const judged = (rule: string, kind?: string) =>
    findings(id, role(rule, kind)).map((finding) => finding.split(' ').slice(2).join(' '));
  const message = (rule: string, kind?: string) => messages(id, role(rule, kind))[0];
  const reported = (resource: string) => [`rules[0].resources[0] = "${resource}"`];

  test.each([
    ['', 'secrets', 'list', 'reads all Secrets'],
    ['', 'secrets', 'watch', 'reads all Secrets'],
    ['', 'pods/exec', 'create', 'runs commands in other pods'],
    ['', 'pods/attach', 'get', 'runs commands in other pods'],
    ['', 'pods/ephemeralcontainers', 'patch', 'adds containers to running pods'],
    ['', 'nodes/proxy', 'get', 'reaches the kubelet API'],
    ['', 'serviceaccounts/token', 'create', 'creates tokens of other ServiceAccounts'],
    ['', 'users', 'impersonate', 'acts as any user'],
    ['authentication.k8s.io', 'uids', 'impersonate', 'acts with the attributes'],
    [GROUP, 'clusterroles', 'escalate', 'writes roles with permissions'],
    [GROUP, 'roles', 'bind', 'binds itself to any role'],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'create', 'reads, and can change, every object'],
    [
      'admissionregistration.k8s.io',
      'validatingwebhookconfigurations',
      'update',
      'reads, and can change, every object',
    ],
    ['admissionregistration.k8s.io', 'mutatingadmissionpolicies', 'patch', 'reads, and can change, every object'],
    ['certificates.k8s.io', 'certificatesigningrequests/approval', 'update', 'approves certificates'],
    ['certificates.k8s.io', 'signers', 'sign', 'approves or signs certificates'],
  ])('API group "%s", %s: %s %s', (group, resource, verb, what) => {
    const rule = `apiGroups: ['${group}'], resources: [${resource}], verbs: [${verb}]`;
    expect(judged(rule)).toEqual(reported(resource));
    expect(message(rule)).toContain(`${verb} on ${resource} ${what}`);
    expect(judged(`apiGroups: [apps], resources: [${resource}], verbs: [${verb}]`)).toEqual([]);
    expect(judged(`apiGroups: ['*'], resources: [${resource}], verbs: [${verb}]`)).toEqual(reported(resource));
    expect(judged(`apiGroups: ['${group}'], resources: [${resource}], verbs: ['*']`).length).toBeGreaterThan(0);
    expect(judged(`apiGroups: ['${group}'], resources: [${resource}], verbs: [delete]`)).toEqual([]);
  });
  test.each([
    ['secrets', 'get', 'reads the Secrets of every namespace'],
    ['persistentvolumes', 'create', 'creates hostPath volumes'],
  ])('%s: %s is one in the whole cluster only', (resource, verb, what) => {
    const rule = `apiGroups: [''], resources: [${resource}], verbs: [${verb}]`;
    expect(judged(rule)).toEqual([]);
    expect(judged(rule, 'ClusterRole')).toEqual(reported(resource));
    expect(message(rule, 'ClusterRole')).toContain(what);
  });
  test('a namespace is one in the whole cluster, and a Role changes its own', () => {
    const rule = (names = '') => `apiGroups: [''], resources: [namespaces], verbs: [get, patch]${names}`;
    expect(judged(rule(), 'ClusterRole')).toEqual(reported('namespaces'));
    expect(judged(rule())).toEqual(reported('namespaces'));
    expect(message(rule())).toContain('changes the labels of its own namespace');
    expect(judged(rule(', resourceNames: [shop]'))).toEqual(reported('namespaces'));
    expect(judged(rule(', resourceNames: [other]'))).toEqual([]);
    expect(judged(rule(', resourceNames: [shop]'), 'ClusterRole')).toEqual([]);
    expect(judged(`apiGroups: [''], resources: [namespaces], verbs: [get]`)).toEqual([]);
  });
  test.each([
    ['', 'secrets', 'list', 0],
    ['', 'serviceaccounts/token', 'create', 0],
    ['', 'groups', 'impersonate', 0],
    ['authentication.k8s.io', 'userextras', 'impersonate', 0],
    [GROUP, 'roles', 'bind', 0],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'update', 0],
    ['certificates.k8s.io', 'signers', 'approve', 0],
    // Names do not make these harmless.
    ['', 'pods/exec', 'create', 1],
    ['', 'nodes/proxy', 'get', 1],
    [GROUP, 'clusterroles', 'escalate', 1],
  ])('API group "%s", %s: %s of named objects', (group, resource, verb, count) =>
    expect(
      judged(`apiGroups: ['${group}'], resources: [${resource}], verbs: [${verb}], resourceNames: [a]`),
    ).toHaveLength(count),
  );
  test.each(['secrets', 'namespaces'])('named %s, in the whole cluster', (resource) =>
    expect(
      judged(`apiGroups: [''], resources: [${resource}], verbs: [get, update], resourceNames: [a]`, 'ClusterRole'),
    ).toEqual([]),
  );
  test('list and watch include get; one finding is enough', () => {
    for (const verbs of ['get, list', 'get, watch', "'*'"])
      expect(judged(`apiGroups: [''], resources: [secrets], verbs: [${verbs}]`, 'ClusterRole')).toEqual(
        reported('secrets'),
      );
    expect(message(`apiGroups: [''], resources: [secrets], verbs: [list, watch]`)).toContain(
      'list and watch on secrets',
    );
  });
  test('subresources by a star', () => {
    expect(judged("apiGroups: [''], resources: ['*/exec'], verbs: [create]")).toEqual(reported('*/exec'));
    expect(judged("apiGroups: [''], resources: ['*/scale'], verbs: [create]")).toEqual([]);
    expect(judged("apiGroups: [''], resources: ['*/undefined'], verbs: [list, impersonate]")).toEqual([]);
    expect(judged('apiGroups: [""], resources: [pods, 5, secrets], verbs: [7, list]')).toEqual([
      'rules[0].resources[2] = "secrets"',
    ]);
  });

  describe('bindings', () => {
    const of = (...args: Parameters<typeof binding>) => findings(id, binding(...args));
    test.each([
      ['system:anonymous', 'everyone who can reach the API server'],
      ['system:unauthenticated', 'everyone who can reach the API server'],
      ['system:authenticated', 'every user and every pod'],
      ['system:serviceaccounts', 'every pod with a token'],
    ])('%s is %s', (name, who) => {
      expect(of('edit', `{ kind: User, name: a }, { kind: Group, name: '${name}' }`)).toEqual([
        `fail RoleBinding/shop/b subjects[1].name = "${name}"`,
      ]);
      expect(messages(id, binding('edit', `{ kind: Group, name: '${name}' }`))[0]).toContain(`${name} is ${who}`);
      expect(of('edit', `{ kind: ServiceAccount, name: '${name}' }`)).toEqual([]);
      for (const harmless of ['basic-user', 'discovery', 'public-info-viewer', 'service-account-issuer-discovery'])
        expect(of(`'system:${harmless}'`, `{ kind: Group, name: '${name}' }`, 'ClusterRoleBinding')).toEqual([]);
    });
    test('the message names where it holds', () => {
      expect(messages(id, binding('edit', "{ kind: Group, name: 'system:authenticated' }"))[0]).toMatch(
        /get role edit in the namespace$/,
      );
      expect(
        messages(id, binding('edit', "{ kind: Group, name: 'system:authenticated' }", 'ClusterRoleBinding'))[0],
      ).toMatch(/in the whole cluster$/);
    });
    test('cluster-admin is reported once for a binding', () => {
      const two = '{ kind: ServiceAccount, name: ci, namespace: shop }, { kind: User, name: ada }';
      expect(of('cluster-admin', two)).toEqual(['fail RoleBinding/shop/b roleRef.name = "cluster-admin"']);
      expect(messages(id, binding('cluster-admin', two))[0]).toBe(
        'ci may do everything in the namespace: whoever gets its credentials, for example from one of its pods, controls everything in it',
      );
      expect(messages(id, binding('cluster-admin', two, 'ClusterRoleBinding'))[0]).toMatch(
        /^ci may do everything in the whole cluster: .* controls all nodes and Secrets$/,
      );
      expect(of('cluster-admin', two, 'RoleBinding', 'Role')).toEqual([]);
      expect(of('edit', two)).toEqual([]);
      expect(of('cluster-admin', "{ kind: Group, name: 'system:authenticated' }")).toEqual([
        'fail RoleBinding/shop/b subjects[0].name = "system:authenticated"',
      ]);
    });
  });
  test('entries of a wrong type are reported by their schema', () => {
    const wrong =
      '{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: r, namespace: shop }, rules: [{ apiGroups: [1], resources: [1], verbs: [1] }, { apiGroups: [""], resources: [1, secrets], verbs: [1] }, text] }';
    expect(findings('rbac-dangerous', wrong)).toEqual([]);
  });
});

describe('rbac-wildcard', () => {
  const id = 'rbac-wildcard';
  test.each([
    ['verbs', "apiGroups: [''], resources: [pods], verbs: [get, '*']", 1, 'every verb'],
    ['resources', "apiGroups: [''], resources: ['*'], verbs: [get]", 0, 'every resource'],
    ['apiGroups', "apiGroups: ['*'], resources: [pods], verbs: [get]", 0, 'every API group'],
    ['nonResourceURLs', "nonResourceURLs: [/a, '*'], verbs: [get]", 1, 'every path'],
  ])('* in %s', (field, rule, i, what) => {
    expect(findings(id, role(rule))).toEqual([`fail Role/shop/r rules[0].${field}[${i}] = "*"`]);
    expect(messages(id, role(rule))[0]).toContain(what);
  });
  test('two of three are listed, all three are cluster-admin', () => {
    expect(messages(id, role("apiGroups: [''], resources: ['*'], verbs: ['*']"))[0]).toMatch(
      /^the rule allows every verb.*; every resource/,
    );
    expect(messages(id, role("apiGroups: ['*'], resources: ['*'], verbs: ['*']"))[0]).toContain(
      'everything in the namespace, as cluster-admin',
    );
    expect(messages(id, role("apiGroups: ['*'], resources: ['*'], verbs: ['*']", 'ClusterRole'))[0]).toContain(
      'everything in the cluster',
    );
    expect(findings(id, role("apiGroups: [''], resources: ['pods/*'], verbs: [get]"))).toEqual([]);
  });
});

describe('readonly-rootfs', () => {
  const id = 'readonly-rootfs';
  const at = 'Deployment/shop/web spec.template.spec.containers[0]';
  test('the nearest field of the first container is reported, with the names of all', () => {
    expect(findings(id, workload())).toEqual([`fail ${at} = null`]);
    expect(findings(id, workload({ container: 'securityContext: {}' }))).toEqual([`fail ${at}.securityContext = null`]);
    expect(findings(id, workload({ container: 'securityContext: { readOnlyRootFilesystem: false }' }))).toEqual([
      `fail ${at}.securityContext.readOnlyRootFilesystem = false`,
    ]);
    expect(findings(id, workload({ container: 'securityContext: { readOnlyRootFilesystem: true }' }))).toEqual([]);
    const two = workload({ containers: "{ name: a, image: 'a:1' }, { name: b, image: 'b:1' }" });
    expect(findings(id, two)).toHaveLength(1);
    expect(messages(id, two)[0]).toContain('the root filesystem of containers "a", "b" is writable');
    expect(messages(id, workload())[0]).toContain('the root filesystem of container "main" is writable');
  });
  test('Windows has none, and ephemeral containers are for debugging', () => {
    expect(findings(id, workload({ pod: 'os: { name: windows }' }))).toEqual([]);
    const debugged =
      "{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop }, spec: { containers: [{ name: a, image: 'a:1', securityContext: { readOnlyRootFilesystem: true } }], ephemeralContainers: [{ name: d, image: 'd:1' }] } }";
    expect(findings(id, debugged)).toEqual([]);
  });
});

describe('secret-as-env', () => {
  const id = 'secret-as-env';
  const env = (name: string) => `{ name: ${name}, valueFrom: { secretKeyRef: { name: db, key: ${name} } } }`;
  test('the first reference is reported, the others are counted', () => {
    const of = (...names: string[]) => workload({ container: `env: [${names.map(env).join(', ')}]` });
    expect(findings(id, of('A'))).toEqual([
      'fail Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name = "db"',
    ]);
    expect(messages(id, of('A'))[0]).toContain('as an environment variable: child');
    expect(messages(id, of('A', 'B'))[0]).toContain('(and 1 more reference)');
    expect(messages(id, of('A', 'B', 'C'))[0]).toContain('(and 2 more references)');
    expect(findings(id, workload({ container: 'envFrom: [{ secretRef: { name: db } }]' }))).toHaveLength(1);
  });
  test('ConfigMaps and volumes are fine', () => {
    expect(findings(id, workload({ container: 'envFrom: [{ configMapRef: { name: db } }]' }))).toEqual([]);
    expect(findings(id, workload({ pod: 'volumes: [{ name: s, secret: { secretName: db } }]' }))).toEqual([]);
  });
});

describe('secret-literal', () => {
  const id = 'secret-literal';
  const secret = (fields: string, type = 'Opaque') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, ${type ? `type: ${type}, ` : ''}${fields} }`;
  const shown = '"(not shown)"';
  test('a value in the environment, the arguments or a ConfigMap', () => {
    const at = 'Deployment/shop/web spec.template.spec.containers[0]';
    expect(
      findings(
        id,
        workload({ container: 'env: [{ name: A, value: a }, { name: DB_PASSWORD, value: correct-horse }]' }),
      ),
    ).toEqual([`fail ${at}.env[1].value = ${shown}`]);
    expect(findings(id, workload({ container: "args: [serve, '--db-password=correct-horse']" }))).toEqual([
      `fail ${at}.args[1] = ${shown}`,
    ]);
    expect(findings(id, workload({ container: "command: ['-db.password=correct-horse']" }))).toEqual([
      `fail ${at}.command[0] = ${shown}`,
    ]);
    expect(messages(id, workload({ container: "command: ['--db-password=correct-horse']" }))[0]).toContain(
      'is in command[0] in plain text',
    );
    expect(
      findings(id, workload({ container: 'args: [serve, 5, --db-password=$(DB_PASSWORD), --level=debug]' })),
    ).toEqual([]);
    expect(findings(id, configMap('c', 'DB_PASSWORD: correct-horse, LEVEL: debug'))).toEqual([
      `fail ConfigMap/shop/c data.DB_PASSWORD = ${shown}`,
    ]);
    expect(findings(id, configMap('c', 'DB_PASSWORD: 5'))).toEqual([]);
  });
  test.each([
    '',
    'Opaque',
    'kubernetes.io/basic-auth',
    'kubernetes.io/dockerconfigjson',
    'kubernetes.io/ssh-auth',
    'kubernetes.io/tls',
  ])('a Secret of type "%s" has values of its own', (type) =>
    expect(findings(id, secret('data: { password: YQ== }', type))).toEqual([
      `fail Secret/shop/s data.password = ${shown}`,
    ]),
  );
  test('controllers fill other types', () =>
    expect(findings(id, secret('data: { token: YQ== }', 'kubernetes.io/service-account-token'))).toEqual([]));
  test('the message counts the values, and says what base64 is worth', () => {
    expect(messages(id, secret('stringData: { password: a }'))[0]).toMatch(
      /^the value of the Secret is in the manifests: everyone/,
    );
    expect(messages(id, secret('data: { password: YQ== }'))[0]).toContain(
      'is in the manifests, only base64-encoded: everyone',
    );
    expect(messages(id, secret('data: { a: YQ==, b: YQ== }'))[0]).toMatch(/^the values of the Secret \(a, b\) are in/);
    expect(findings(id, secret('data: { a: YQ== }, stringData: { b: c }'))).toEqual([
      `fail Secret/shop/s data.a = ${shown}`,
    ]);
  });
  test('public keys, empty values and placeholders are no secrets', () => {
    expect(findings(id, secret('data: { tls.crt: YQ==, ca.crt: YQ==, username: YQ==, Host: YQ== }'))).toEqual([]);
    expect(findings(id, secret("data: { a: '', b: '  ', c: 5, d: null }"))).toEqual([]);
    for (const value of [
      '${PASSWORD}',
      '$PASSWORD',
      '<path:a#b>',
      '{{ .Values.password }}',
      'vault:a#b',
      'op://a/b',
      'ref+awssm://a',
      ' ${A} ',
    ])
      expect(findings(id, secret(`stringData: { a: '${value}' }`))).toEqual([]);
    expect(findings(id, secret("stringData: { a: 'x${PASSWORD}' }"))).toHaveLength(1);
    // What is in data is encoded: it cannot be a placeholder.
    expect(findings(id, secret("data: { a: '${PASSWORD}' }"))).toHaveLength(1);
  });
  test('what kubectl printed is not a file of a repository', () =>
    expect(findings(id, secret('data: { a: YQ== }').replace('namespace: shop', 'namespace: shop, uid: u'))).toEqual(
      [],
    ));
});

describe('token-automount', () => {
  const id = 'token-automount';
  const at = 'Deployment/shop/web spec.template.spec';
  const judged = (pod: string, ...more: string[]) => findings(id, all(workload({ pod }), ...more));
  test('the field that decides is reported', () => {
    expect(judged('')).toEqual([`fail ${at} = null`]);
    expect(judged('serviceAccountName: web', account('web'))).toEqual([`fail ${at}.serviceAccountName = "web"`]);
    expect(judged('serviceAccount: web', account('web'))).toEqual([`fail ${at}.serviceAccount = "web"`]);
    expect(
      judged(
        'serviceAccount: old, serviceAccountName: web',
        account('web'),
        account('old', 'automountServiceAccountToken: false'),
      ),
    ).toEqual([`fail ${at}.serviceAccountName = "web"`]);
    expect(judged('automountServiceAccountToken: true, serviceAccountName: web', account('web'))).toEqual([
      `fail ${at}.automountServiceAccountToken = true`,
    ]);
    expect(judged('automountServiceAccountToken: false')).toEqual([]);
  });
  test('the pod overrides its ServiceAccount', () => {
    const off = account('web', 'automountServiceAccountToken: false');
    expect(judged('serviceAccountName: web', off)).toEqual([]);
    expect(judged('serviceAccountName: web, automountServiceAccountToken: true', off)).toHaveLength(1);
    expect(judged('', account('default', 'automountServiceAccountToken: false'))).toEqual([]);
  });
  test('an account that is not known may use the API; one that does not exist is reported elsewhere', () => {
    expect(judged('serviceAccountName: web')).toEqual([`unknown ${at}.serviceAccountName = "web"`]);
    expect(judged('serviceAccountName: web', namespace)).toEqual([]);
    expect(judged('', namespace)).toHaveLength(1);
  });
  test('a role that is bound, here or elsewhere, needs the token', () => {
    const bound = (kind: string) =>
      binding('view', '{ kind: User, name: a }, { kind: ServiceAccount, name: web, namespace: shop }', kind);
    expect(judged('serviceAccountName: web', account('web'), bound('RoleBinding'))).toEqual([]);
    expect(judged('serviceAccountName: web', account('web'), bound('ClusterRoleBinding'))).toEqual([]);
    expect(
      findings(id, all(workload({ pod: 'serviceAccountName: web' }), account('web')), {
        declared: bound('RoleBinding'),
      }),
    ).toEqual([]);
    expect(
      judged('serviceAccountName: web', account('web'), binding('view', '{ kind: ServiceAccount, name: web }')),
    ).toEqual([]);
    expect(
      judged('serviceAccountName: web', account('web'), binding('view', '{ kind: User, name: web, namespace: shop }')),
    ).toHaveLength(1);
    expect(
      judged(
        'serviceAccountName: web',
        account('web'),
        binding('view', '{ kind: ServiceAccount, name: web, namespace: b }'),
      ),
    ).toHaveLength(1);
    const other = bound('RoleBinding').replace(`${GROUP}/v1`, 'example.com/v1');
    expect(judged('serviceAccountName: web', account('web'), other)).toHaveLength(1);
  });
  test("Vault's agent logs in with the token, and the test of a release ends", () => {
    const injected = (value: string) =>
      workload().replace(
        'metadata: { labels: { app: web } }',
        `metadata: { labels: { app: web }, annotations: { vault.hashicorp.com/agent-inject: '${value}' } }`,
      );
    expect(findings(id, injected('true'))).toEqual([]);
    expect(findings(id, injected('false'))).toHaveLength(1);
    const test =
      "{ apiVersion: v1, kind: Pod, metadata: { name: t, namespace: shop, annotations: { helm.sh/hook: test } }, spec: { containers: [{ name: a, image: 'a:1' }] } }";
    expect(findings(id, test)).toEqual([]);
  });
  test('a binding whose subjects are of a wrong type binds nobody', () => {
    const binding =
      '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: b, namespace: shop }, subjects: [text, null] }';
    expect(findings(id, all(workload(), binding))).toEqual(findings(id, workload()));
  });
});

describe('Pod Security', () => {
  const labelled = (labels: string, name = 'shop') =>
    `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
  const privileged = workload({ container: 'securityContext: { privileged: true }' });
  test('labels that admission does not accept are reported, with the nearest level', () => {
    const id = 'pod-fits-own-namespace-psa';
    expect(messages(id, labelled('pod-security.kubernetes.io/enforce: baselin'))[0]).toContain(
      'did you mean "baseline"?',
    );
    expect(messages(id, labelled('pod-security.kubernetes.io/enforce-version: restricted'))[0]).not.toContain(
      'did you mean',
    );
    expect(messages(id, labelled('pod-security.kubernetes.io/enforce-version: baselin'))[0]).not.toContain(
      'did you mean',
    );
  });
  test('a Pod is rejected itself', () => {
    const id = 'pod-fits-own-namespace-psa';
    const pod =
      "{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop }, spec: { hostNetwork: true, containers: [{ name: a, image: 'a:1' }] } }";
    expect(messages(id, all(labelled('pod-security.kubernetes.io/enforce: baseline'), pod))[0]).toMatch(
      /^the API server rejects the pod: violates/,
    );
    expect(messages(id, all(labelled('pod-security.kubernetes.io/enforce: baseline'), privileged))[0]).toMatch(
      /^the API server rejects its pods, and the Deployment has none: violates/,
    );
  });
  test('of a namespace whose labels nobody knows, the first workload that a level would reject is named', () => {
    const id = 'pod-fits-own-namespace-psa';
    const strict = 'runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }';
    const good = workload({
      name: 'good',
      pod: `securityContext: { ${strict} }`,
      container: 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }',
    });
    expect(findings(id, all(good, privileged))).toEqual(['unknown Deployment/shop/web metadata.namespace = "shop"']);
    expect(messages(id, all(good, privileged))[0]).toContain('and baseline would reject the pods of Deployment web');
    expect(messages(id, all(good, workload()))[0]).toContain('and restricted would reject the pods of Deployment web');
    expect(findings(id, good)).toEqual([]);
    expect(
      findings(id, all(privileged, workload({ name: 'b', container: 'securityContext: { privileged: true }' }))),
    ).toHaveLength(1);
    expect(findings(id, privileged, { declared: '' })).toEqual([]);
  });
  test('parts of the cluster itself reach into the node', () => {
    const agent = workload({ kind: 'DaemonSet', pod: 'hostNetwork: true' }).replaceAll(
      'namespace: shop',
      'namespace: kube-system',
    );
    expect(findings('pss-baseline', agent)).toEqual([]);
    expect(findings('pss-restricted', agent)).toEqual([]);
    const plain = workload().replaceAll('namespace: shop', 'namespace: kube-system');
    expect(findings('pss-restricted', plain)).toHaveLength(1);
    expect(findings('pss-baseline', workload({ pod: 'hostNetwork: true' }))).toHaveLength(1);
  });
  test('an agent of the node is judged in kube-system, too, where somebody enforces a level there', () => {
    const agent = workload({ kind: 'DaemonSet', pod: 'hostNetwork: true' }).replace(
      'namespace: shop',
      'namespace: kube-system',
    );
    const level = (mode: string, name: string) => `pod-security.kubernetes.io/${mode}: ${name}`;
    const judged = (labels: string) => findings('pss-baseline', all(agent, labelled(labels, 'kube-system'))).length;
    expect(judged('')).toBe(0);
    expect(judged(level('warn', 'baseline'))).toBe(0);
    expect(judged(`${level('warn', 'baseline')}, ${level('enforce', 'privileged')}`)).toBe(1);
  });
});

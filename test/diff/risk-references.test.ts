import { allOf, classed, messagesOf, workloadOf } from './risks';

const NAMESPACE = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const of = (kind: string, name: string, rest = '', api = 'v1') =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }${rest && `, ${rest}`} }`;
const secret = (keys: string) => of('Secret', 'db', `stringData: { ${keys} }`);

describe('reference-breaks', () => {
  const id = 'reference-breaks';
  const env = (ref: string) => `env: [{ name: A, valueFrom: { ${ref} } }]`;
  const reads = workloadOf({ container: env('secretKeyRef: { name: db, key: password }') });
  test.each([
    [
      'a Secret that an init container reads',
      secret('a: b'),
      "initContainers: [{ name: i, image: 'i:1', envFrom: [{ secretRef: { name: db } }] }]",
    ],
    [
      'a ConfigMap in a projected volume',
      of('ConfigMap', 'c', 'data: { a: b }'),
      'volumes: [{ name: v, projected: { sources: [{ configMap: { name: c } }] } }]',
    ],
    ['an account', of('ServiceAccount', 'web'), 'serviceAccountName: web'],
    [
      'a claim',
      of(
        'PersistentVolumeClaim',
        'd',
        'spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }',
      ),
      'volumes: [{ name: v, persistentVolumeClaim: { claimName: d } }]',
    ],
    ['credentials of a registry', of('Secret', 'pull', 'stringData: { a: b }'), 'imagePullSecrets: [{ name: pull }]'],
  ])('%s', (_, object, pod) => {
    for (const kind of ['Deployment', 'CronJob']) {
      const user = workloadOf({ kind, pod, spec: kind === 'CronJob' ? "schedule: '0 1 * * *'" : '' });
      expect(classed(id, allOf(user, object), user)).toHaveLength(1);
      // Whoever referred to it goes, too.
      expect(classed(id, allOf(user, object), '')).toEqual([]);
    }
  });
  test('a PriorityClass', () => {
    const of = (name: string) =>
      `{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: ${name} }, value: 5 }`;
    const web = workloadOf({ kind: 'DaemonSet', pod: 'priorityClassName: first' });
    expect(messagesOf(id, allOf(web, of('first')), web)).toEqual([
      'PriorityClass first is not there any more, and DaemonSet/shop/web still refers to it: the API server admits none of its next pods',
    ]);
  });
  test('a key, at the key', () => {
    expect(classed(id, allOf(reads, secret('password: a, user: b')), allOf(reads, secret('user: b')))).toEqual([
      'disruption Secret/shop/db data.password',
    ]);
    expect(classed(id, allOf(reads, secret('password: a, user: b')), allOf(reads, secret('password: a')))).toEqual([]);
  });
  test('nothing of what may be absent, is kept in the cluster, or is made by something else', () => {
    const optional = workloadOf({ container: env('secretKeyRef: { name: db, key: password, optional: true }') });
    expect(classed(id, allOf(optional, secret('password: a')), optional)).toEqual([]);
    const kept = secret('password: a').replace(
      'namespace: shop',
      'namespace: shop, annotations: { helm.sh/resource-policy: keep }',
    );
    expect(classed(id, allOf(reads, kept), reads)).toEqual([]);
    const external = of(
      'ExternalSecret',
      'db',
      'spec: { secretStoreRef: { name: s }, data: [{ secretKey: password, remoteRef: { key: a } }] }',
      'external-secrets.io/v1',
    );
    expect(classed(id, allOf(reads, secret('password: a')), allOf(reads, external))).toEqual([]);
  });
  test('the Secret of an ExternalSecret goes with it, unless it only writes to it', () => {
    const external = (target: string) =>
      of(
        'ExternalSecret',
        'web',
        `spec: { secretStoreRef: { name: s }, target: { ${target} }, data: [{ secretKey: password, remoteRef: { key: a } }] }`,
        'external-secrets.io/v1',
      );
    expect(messagesOf(id, allOf(reads, external('name: db')), reads)).toEqual([
      'Secret db, which its controller owns, is deleted with it, and Deployment/shop/web still refers to it: containers of its next pods do not start (CreateContainerConfigError)',
    ]);
    expect(classed(id, external('name: other'), '')).toEqual(['disruption ExternalSecret/shop/web']);
    expect(classed(id, allOf(reads, external('name: db, creationPolicy: Orphan')), reads)).toEqual([]);
  });
  test('a reference that names nothing any more, at the reference', () => {
    const mounts = (name: string, kind = 'StatefulSet') =>
      workloadOf({ kind, container: `envFrom: [{ secretRef: { name: ${name} } }]` });
    const beside = allOf(NAMESPACE, secret('a: b'));
    expect(messagesOf(id, allOf(beside, mounts('db')), allOf(beside, mounts('dbs')))).toEqual([
      'there is no Secret dbs: containers of its next pods do not start (CreateContainerConfigError); perhaps "db" is meant',
    ]);
    expect(
      classed(
        id,
        allOf(beside, mounts('db')),
        allOf(beside, mounts('db'), secret('c: d').replace('name: db', 'name: dbs')),
      ),
    ).toEqual([]);
  });
  test('the certificate of an Ingress', () => {
    const ingress = of(
      'Ingress',
      'web',
      'spec: { tls: [{ hosts: [a.example.com], secretName: db }] }',
      'networking.k8s.io/v1',
    );
    expect(classed(id, allOf(ingress, secret('a: b')), ingress)).toEqual(['disruption Secret/shop/db']);
  });
});

describe('rbac-lost', () => {
  const id = 'rbac-lost';
  const account = of('ServiceAccount', 'web');
  const role = (rules: string) => of('Role', 'web', `rules: [${rules}]`, 'rbac.authorization.k8s.io/v1');
  const binding = (subject: string, name = 'web') =>
    of(
      'RoleBinding',
      name,
      `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }, subjects: [${subject}]`,
      'rbac.authorization.k8s.io/v1',
    );
  const WEB = '{ kind: ServiceAccount, name: web, namespace: shop }';
  const READ = "{ apiGroups: [''], resources: [pods, services], verbs: [get] }";
  test('a binding that goes, a subject that goes, a role that goes', () => {
    const before = allOf(account, role(READ), binding(WEB));
    expect(messagesOf(id, before, allOf(account, role(READ)))).toEqual([
      'ServiceAccount/shop/web may not get pods in shop; get services in shop any more',
    ]);
    expect(classed(id, before, allOf(account, role(READ), binding('{ kind: User, name: ann }')))).toEqual([
      'disruption RoleBinding/shop/web subjects[web]',
    ]);
    expect(classed(id, before, allOf(account, binding(WEB)))).toEqual(['disruption Role/shop/web']);
  });
  test('nothing where another binding gives the same, rules are split, or the account goes as well', () => {
    const before = allOf(account, role(READ), binding(WEB), binding(WEB, 'also'));
    expect(classed(id, before, allOf(account, role(READ), binding(WEB)))).toEqual([]);
    const split = role(
      "{ apiGroups: [''], resources: [services], verbs: [get] }, { apiGroups: [''], resources: [pods], verbs: [get] }",
    );
    expect(classed(id, allOf(account, role(READ), binding(WEB)), allOf(account, split, binding(WEB)))).toEqual([]);
    expect(classed(id, allOf(account, role(READ), binding(WEB)), role(READ))).toEqual([]);
  });
  test('a group that may do less everywhere', () => {
    const admin = (name: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: ops }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: Group, name: ${name} }] }`;
    expect(messagesOf(id, admin('ops'), admin('others'))).toEqual([
      'Group/ops may not do anything with everything everywhere any more',
    ]);
  });
});

import { knownIn } from '../../world/known';
import { selectsKnown } from '../../world/known-labels';
import { isMadeHere } from '../../world/owners';
import { bindingsOf, isBuiltInNamespacedRole, isBuiltInRole, rolesOf } from '../../world/rbac';
import { certificatesAreIssued } from '../../world/secrets';
import { all, namesOf, namespace, object, the, workload, worldOf } from './support';

describe('an object that is referred to', () => {
  const find = (manifests: string, name = 'a', declared?: string) =>
    worldOf(manifests, declared === undefined ? {} : { declared }).find('ConfigMap', 'shop', name);
  const config = (name: string, place = 'shop') => object('v1', 'ConfigMap', name, '', place);
  test('is present where it is judged or declared', () => {
    expect(find(config('a'))).toMatchObject({ is: 'present' });
    expect(find('', 'a', config('a'))).toMatchObject({ is: 'present' });
    expect(find(config('a', 'other'))).toMatchObject({ is: 'unknown' });
  });
  test('is the one that is judged, where it is declared as well, and the first of two that are declared', () => {
    const version = (name: string) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: shop }, data: { is: ${name} } }`;
    const data = (found: ReturnType<typeof find>) =>
      found.is === 'present' ? found.resource.at(['data', 'is']) : undefined;
    expect(data(find(version('judged'), 'a', version('declared')))).toBe('judged');
    expect(data(find('', 'a', all(version('first'), version('second'))))).toBe('first');
  });
  test('is absent only where all of its namespace is known', () => {
    expect(find(namespace)).toMatchObject({ is: 'absent' });
    expect(find('', 'a', '')).toMatchObject({ is: 'absent' });
    expect(find('')).toMatchObject({
      is: 'unknown',
      settledBy: expect.stringContaining('ConfigMap/shop/a') as unknown,
    });
    expect(find(namespace.replace('shop', 'other'))).toMatchObject({ is: 'unknown' });
  });
  test('is that of Kubernetes where an add-on has one of the same kind and name', () => {
    const found = (...manifests: string[]) => {
      const presence = worldOf(all(...manifests)).find('Service', 'shop', 'a');
      return presence.is === 'present' ? presence.resource.apiVersion : presence.is;
    };
    const own = object('v1', 'Service', 'a');
    const knative = object('serving.knative.dev/v1', 'Service', 'a');
    expect(found(own, knative)).toBe('v1');
    expect(found(knative, own)).toBe('v1');
    expect(found(knative)).toBe('serving.knative.dev/v1');
  });
});

test('every cluster has four namespaces', () => {
  const world = worldOf(namespace);
  const there = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop', 'other'].filter((name) =>
    world.hasNamespace(name),
  );
  expect(there).toEqual(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop']);
});

test('names are those of a kind in a namespace, or of the cluster', () => {
  const world = worldOf(
    all(
      namespace,
      object('v1', 'Secret', 'a'),
      object('v1', 'Secret', 'b', '', 'other'),
      object('v1', 'ConfigMap', 'c'),
    ),
  );
  expect(world.namesOf('Secret', 'shop')).toEqual(['a']);
  expect(world.namesOf('Namespace', '')).toEqual(['shop']);
  expect(world.namesOf('Secret', 'gone')).toEqual([]);
});

test('labels of a namespace are its own and the one that Kubernetes sets', () => {
  const world = worldOf('{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { team: a } } }');
  expect(world.namespaceLabels('shop')).toEqual({ team: 'a', 'kubernetes.io/metadata.name': 'shop' });
  expect(world.namespaceLabels('other')).toBeUndefined();
});

describe('an object stands', () => {
  const idOf = (manifest: string, name = 'x') => {
    const world = worldOf(manifest);
    return world.idOf(the(world, name));
  };
  test('in the namespace that it says, else in the default one', () => {
    expect(idOf(object('v1', 'Secret', 'x'))).toBe('Secret/shop/x');
    expect(idOf(object('v1', 'Secret', 'x', '', ''))).toBe('Secret/default/x');
  });
  test.each([
    ['v1', 'Node'],
    ['cert-manager.io/v1', 'ClusterIssuer'],
    ['templates.gatekeeper.sh/v1', 'ConstraintTemplate'],
    ['policy/v1beta1', 'PodSecurityPolicy'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    // A group that has the kind as well.
    ['authorization.openshift.io/v1', 'ClusterRole'],
    // A version of the API that is gone.
    ['extensions/v1beta1', 'PodSecurityPolicy'],
  ])('in none as a %s %s', (apiVersion, kind) => expect(idOf(object(apiVersion, kind, 'x'))).toBe(`${kind}/x`));
  test('where the definition of its kind says', () => {
    const crd = (scope: string, group = 'example.com') =>
      `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: things }, spec: { group: ${group}, scope: ${scope}, names: { kind: Thing } } }`;
    const thing = object('example.com/v1', 'Thing', 'x');
    expect(idOf(all(crd('Cluster'), thing))).toBe('Thing/x');
    expect(idOf(all(thing, crd('Cluster')))).toBe('Thing/x');
    expect(idOf(all(crd('Namespaced'), thing))).toBe('Thing/shop/x');
    expect(idOf(all(crd('Cluster', 'other.com'), thing))).toBe('Thing/shop/x');
  });
});

describe('what an owner made of itself', () => {
  const made = (owner: string, ...more: string[]) => {
    const replicaSet = `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, ownerReferences: [{ kind: Other }, ${owner}] }, spec: { template: { spec: { containers: [{ name: a }] } } } }`;
    const world = worldOf(all(replicaSet, ...more));
    return isMadeHere(world, the(world, 'web-1'));
  };
  const owner = '{ kind: Deployment, name: web, controller: true }';
  test('needs a controller that is judged', () => {
    expect(made(owner, workload())).toBe(true);
    expect(made(owner)).toBe(false);
    expect(made('{ kind: Deployment, name: web }', workload())).toBe(false);
    expect(made('{ kind: Deployment, name: api, controller: true }', workload())).toBe(false);
    expect(made('{ kind: ReplicaSet, name: web-1, controller: true }')).toBe(false);
    const node = '{ kind: Node, name: node-1, controller: true }';
    expect(made(node, '{ apiVersion: v1, kind: Node, metadata: { name: node-1 } }')).toBe(true);
  });
  test('is no longer made of one that is only declared', () => {
    const replicaSet = `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, ownerReferences: [${owner}] } }`;
    const world = worldOf(replicaSet, { declared: workload() });
    expect(isMadeHere(world, the(world, 'web-1'))).toBe(false);
  });
});

test('known objects of a kind are those that are judged, and declared ones of other names', () => {
  const world = worldOf(all(object('v1', 'Secret', 'a', 'type: judged'), object('v1', 'Secret', 'b', '', 'other')), {
    declared: all(
      object('v1', 'Secret', 'a', 'type: declared'),
      object('v1', 'Secret', 'c'),
      object('v1', 'ConfigMap', 'd'),
    ),
  });
  expect(knownIn(world, 'Secret', 'shop').map((secret) => [secret.name, secret.at(['type'])])).toEqual([
    ['a', 'judged'],
    ['c', undefined],
  ]);
  expect(namesOf(knownIn(world, 'Secret', 'other'))).toEqual(['b']);
});

describe('labels that are not known in full', () => {
  const selects = (selector: unknown, complete = false) => selectsKnown(selector, { labels: { app: 'web' }, complete });
  const expression = (key: string, operator: string, values?: string[]) => ({
    matchExpressions: [{ key, operator, ...(values ? { values } : {}) }],
  });
  test('decide a selector as far as they go', () => {
    expect(selects({})).toBe('yes');
    expect(selects({ matchLabels: { app: 'web' } })).toBe('yes');
    expect(selects({ matchLabels: { app: 'api' } })).toBe('no');
    expect(selects({ matchLabels: { tier: 'x' } })).toBe('unknown');
    expect(selects({ matchLabels: { tier: 'x', app: 'api' } })).toBe('no');
    expect(selects({ matchLabels: { tier: 'x' } }, true)).toBe('no');
    expect(selects(undefined)).toBe('no');
  });
  test('decide an expression about a key that is known', () => {
    expect(selects(expression('app', 'In', ['web']))).toBe('yes');
    expect(selects(expression('app', 'NotIn', ['web']))).toBe('no');
    expect(selects(expression('app', 'Exists'))).toBe('yes');
    expect(selects(expression('tier', 'Exists'))).toBe('unknown');
    expect(selects(expression('tier', 'DoesNotExist'))).toBe('unknown');
    expect(selects(expression('tier', 'DoesNotExist'), true)).toBe('yes');
  });
});

describe('roles and bindings', () => {
  const rbac = 'rbac.authorization.k8s.io/v1';
  test('are those of people, of one API', () => {
    const kinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
    const bootstrap = object(rbac, 'ClusterRole', 'boot').replace(
      '}',
      ', labels: { kubernetes.io/bootstrapping: rbac-defaults } }',
    );
    const world = worldOf(
      all(
        ...kinds.map((kind) => object(rbac, kind, kind.toLowerCase())),
        bootstrap,
        object('authorization.openshift.io/v1', 'Role', 'other'),
      ),
    );
    expect(namesOf(rolesOf(world))).toEqual(['role', 'clusterrole']);
    expect(namesOf(bindingsOf(world))).toEqual(['rolebinding', 'clusterrolebinding']);
  });
  test('that every API server makes are known by name', () => {
    const roles = ['cluster-admin', 'admin', 'edit', 'view', 'system:node', 'viewer', 'my-system:node'];
    expect(roles.filter(isBuiltInRole)).toEqual(['cluster-admin', 'admin', 'edit', 'view', 'system:node']);
    expect(isBuiltInNamespacedRole('kube-system', 'system:x')).toBe(true);
    expect(isBuiltInNamespacedRole('kube-system', 'extension-apiserver-authentication-reader')).toBe(true);
    expect(isBuiltInNamespacedRole('kube-system', 'mine')).toBe(false);
    expect(isBuiltInNamespacedRole('kube-public', 'system:x')).toBe(true);
    expect(isBuiltInNamespacedRole('kube-public', 'extension-apiserver-authentication-reader')).toBe(false);
    expect(isBuiltInNamespacedRole('shop', 'system:x')).toBe(false);
  });
});

test.each([
  ['cert-manager.io/issuer', true],
  ['cert-manager.io/cluster-issuer', true],
  ['cert-manager.io/issuer-kind', true],
  ['kubernetes.io/tls-acme', true],
  ['cert-manager.io/duration', false],
])('with annotation %s cert-manager makes the certificates of an Ingress: %s', (annotation, issued) => {
  const world = worldOf(
    object('networking.k8s.io/v1', 'Ingress', 'i').replace('shop }', `shop, annotations: { ${annotation}: a } }`),
  );
  expect(certificatesAreIssued(the(world, 'i'))).toBe(issued);
});

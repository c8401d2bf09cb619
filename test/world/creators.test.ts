import { creatorOf, placesOf } from '../../world/creates';
import { possibleCreatorOf } from '../../world/possible-creators';
import { namespacesWithPodCreators, possiblePodCreatorOf } from '../../world/possible-pod-creators';
import { writerOf } from '../../world/writers';
import { all, object, the, workload, worldOf } from './support';

const anything = (name: string, spec = '{}', namespace = 'shop') =>
  object('example.com/v1', 'Thing', name, `spec: ${spec}`, namespace);

describe('the namespaces that something is created in', () => {
  const places = (manifest: string) => {
    const world = worldOf(manifest);
    return [...placesOf(world, the(world, 'x'))];
  };
  test('are its own, and the one that it names', () => {
    expect(places(anything('x'))).toEqual(['shop']);
    expect(places(anything('x', '{ targetNamespace: edge }'))).toEqual(['shop', 'edge']);
    expect(places(anything('x', '{ destination: { namespace: edge } }'))).toEqual(['shop', 'edge']);
    expect(places(anything('x', '{ targetNamespace: 1, destination: { namespace: 2 } }'))).toEqual(['shop']);
  });
  test('are the destination of an Application, not where it stands itself', () => {
    const argo = (kind: string, spec: string) =>
      places(object('argoproj.io/v1alpha1', kind, 'x', `spec: ${spec}`, 'argocd'));
    expect(argo('Application', '{ destination: { namespace: edge } }')).toEqual(['edge']);
    expect(argo('Application', '{ destination: {} }')).toEqual(['argocd']);
    expect(argo('ApplicationSet', '{ template: { spec: { destination: { namespace: edge } } } }')).toEqual(['edge']);
    expect(argo('ApplicationSet', '{ destination: { namespace: edge } }')).toEqual(['argocd']);
  });
});

describe('an object that a controller certainly creates', () => {
  const certificate = (name: string, secret: string) =>
    object('cert-manager.io/v1', 'Certificate', name, `spec: { secretName: ${secret} }`);
  test('is found by its kind, its namespace and its name', () => {
    const world = worldOf(all(certificate('a', 'tls'), certificate('b', 'tls')));
    expect(creatorOf(world, 'Secret', 'shop', 'tls')?.name).toBe('a');
    expect(creatorOf(world, 'Secret', 'other', 'tls')).toBeUndefined();
    expect(creatorOf(world, 'ConfigMap', 'shop', 'tls')).toBeUndefined();
    expect(creatorOf(world, 'Secret', 'shop', 'a')).toBeUndefined();
  });
  test('is the claim of a DataVolume, and the Service that governs the pods of a Prometheus', () => {
    const world = worldOf(
      all(
        object('cdi.kubevirt.io/v1beta1', 'DataVolume', 'disk'),
        object('monitoring.coreos.com/v1', 'Prometheus', 'main'),
      ),
    );
    expect(creatorOf(world, 'PersistentVolumeClaim', 'shop', 'disk')?.name).toBe('disk');
    expect(creatorOf(world, 'Service', 'shop', 'prometheus-operated')?.name).toBe('main');
    for (const name of ['prometheus-main', 'prometheus-main-web-config'])
      expect(creatorOf(world, 'Secret', 'shop', name)?.name).toBe('main');
    expect(creatorOf(world, 'ConfigMap', 'shop', 'prometheus-main-rulefiles-0')?.name).toBe('main');
    expect(creatorOf(world, 'Service', 'shop', 'prometheus-main')).toBeUndefined();
  });
  test('may come from what is declared, and what may create anything is certain of nothing', () => {
    expect(creatorOf(worldOf('', { declared: certificate('a', 'tls') }), 'Secret', 'shop', 'tls')?.name).toBe('a');
    expect(creatorOf(worldOf(anything('tls')), 'Secret', 'shop', 'tls')).toBeUndefined();
  });
});

describe('an object that a controller may create', () => {
  const found = (kind: string, name: string, ...manifests: string[]) =>
    possibleCreatorOf(worldOf(all(...manifests)), kind, 'shop', name)?.name;
  test('is called after its resource, or named in the spec, however deep', () => {
    expect(found('Secret', 'pg', anything('pg'))).toBe('pg');
    expect(found('Secret', 'pg-auth', anything('pg'))).toBe('pg');
    expect(found('Secret', 'pg.auth', anything('pg'))).toBe('pg');
    expect(found('Secret', 'pgauth', anything('pg'))).toBeUndefined();
    expect(found('Secret', 'my-pg', anything('pg'))).toBeUndefined();
    expect(found('Secret', 'auth', anything('pg', '{ a: [{ b: auth }] }'))).toBe('pg');
    expect(found('Secret', 'auth', anything('pg', '{ a: [{ auth: b }] }'))).toBeUndefined();
  });
  test('is of a kind that it creates', () => {
    const monitor = object('monitoring.coreos.com/v1', 'ServiceMonitor', 'pg');
    expect(found('Secret', 'pg', monitor)).toBeUndefined();
    const cluster = object('monitoring.coreos.com/v1', 'Prometheus', 'pg');
    for (const kind of ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'Rollout'])
      expect(found(kind, 'pg', cluster)).toBe('pg');
    // The operator's other objects have names that are known.
    for (const kind of ['Service', 'Secret', 'ConfigMap', 'Job', 'ServiceAccount', 'PersistentVolumeClaim'])
      expect(found(kind, 'pg', cluster)).toBeUndefined();
    expect(found('Job', 'pg', anything('pg'))).toBe('pg');
  });
  test('of the Prometheus operator has a name that is known', () => {
    const world = worldOf(
      [
        object('monitoring.coreos.com/v1', 'Prometheus', 'main'),
        object('monitoring.coreos.com/v1', 'Alertmanager', 'main'),
      ].join('\n---\n'),
    );
    const made = (kind: string, name: string) => creatorOf(world, kind, 'shop', name)?.kind;
    expect(made('Secret', 'prometheus-main-web-config')).toBe('Prometheus');
    expect(made('ConfigMap', 'prometheus-main-rulefiles-0')).toBe('Prometheus');
    expect(made('Secret', 'alertmanager-main-generated')).toBe('Alertmanager');
    // That is what it reads.
    expect(made('Secret', 'alertmanager-main')).toBeUndefined();
  });
  test('is of the namespace that it creates in; a resource of the cluster may create in any', () => {
    const cluster = object('example.com/v1', 'Whole', 'pg', 'spec: {}', '');
    const crd =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: wholes.example.com }, spec: { group: example.com, scope: Cluster, names: { kind: Whole, plural: wholes } } }';
    expect(found('Secret', 'pg', anything('pg', '{}', 'other'))).toBeUndefined();
    expect(found('Secret', 'pg', anything('pg', '{ targetNamespace: shop }', 'other'))).toBe('pg');
    expect(found('Secret', 'pg', crd, cluster)).toBe('pg');
  });
});

describe('pods that a controller may make', () => {
  const maker = (labels: Record<string, string>, manifest: string, place = 'shop') =>
    possiblePodCreatorOf(worldOf(manifest), place, labels)?.name;
  const cluster = object('postgresql.cnpg.io/v1', 'Cluster', 'pg');
  test('have its name or its kind for a label, or a label of its API', () => {
    expect(maker({ app: 'pg' }, cluster)).toBe('pg');
    expect(maker({ role: 'cluster' }, cluster)).toBe('pg');
    expect(maker({ app: 'web' }, cluster)).toBeUndefined();
    expect(maker({ 'cnpg.io/x': 'y' }, cluster)).toBe('pg');
    expect(maker({ 'postgresql.cnpg.io/x': 'y' }, cluster)).toBe('pg');
    expect(maker({ 'a.postgresql.cnpg.io/x': 'y' }, cluster)).toBe('pg');
    expect(maker({ 'npg.io/x': 'y' }, cluster)).toBeUndefined();
    expect(maker({ 'example.com/x': 'y' }, cluster)).toBeUndefined();
    expect(maker({ app: 'pg' }, cluster, 'other')).toBeUndefined();
  });
  test('of an operator of Prometheus have a label that says so', () => {
    const prometheus = object('monitoring.coreos.com/v1', 'Prometheus', 'main');
    expect(maker({ 'operated-prometheus': 'true' }, prometheus)).toBe('main');
    expect(maker({ 'operated-alertmanager': 'true' }, prometheus)).toBeUndefined();
  });
  test('have the labels that it carries for them, or labels whose values it names', () => {
    const carrying = anything('x', '{ a: [{ labels: { app: web, tier: db } }] }');
    expect(maker({ app: 'web' }, carrying)).toBe('x');
    expect(maker({ app: 'web', tier: 'db' }, carrying)).toBe('x');
    expect(maker({ app: 'web', tier: 'other' }, carrying)).toBeUndefined();
    expect(maker({ part: 'web' }, anything('x', '{ name: web }'))).toBe('x');
    expect(maker({ part: 'web', role: 'b' }, anything('x', '{ name: web }'))).toBeUndefined();
  });
  test('of a Gateway have its name in a label that is called after it', () => {
    const gateway = object('gateway.networking.k8s.io/v1', 'Gateway', 'public');
    expect(maker({ 'gateway.networking.k8s.io/gateway-name': 'public' }, gateway)).toBe('public');
    expect(maker({ app: 'public' }, gateway)).toBeUndefined();
  });
  test('are made in the namespaces that it creates in', () => {
    const monitor = object('monitoring.coreos.com/v1', 'ServiceMonitor', 'm', '', 'quiet');
    expect(
      namespacesWithPodCreators(worldOf(all(cluster, monitor, anything('x', '{ targetNamespace: edge }', 'far')))),
    ).toEqual(['shop', 'far', 'edge']);
  });
});

describe('a program that may write an object', () => {
  const rbac = 'rbac.authorization.k8s.io/v1';
  const role = (rule: string, kind = 'Role', place = 'shop') =>
    object(rbac, kind, 'r', `rules: [{}, { ${rule} }]`, place);
  const binding = (subject: string, { kind = 'RoleBinding', to = 'Role', place = 'shop' } = {}) =>
    object(
      rbac,
      kind,
      'b',
      `roleRef: { kind: ${to}, name: r }, subjects: [{ kind: User, name: u }, { ${subject} }]`,
      place,
    );
  const account = 'kind: ServiceAccount, name: gen';
  const secrets = "apiGroups: [''], resources: [secrets], verbs: [create]";
  const job = (args = '', more = 'serviceAccountName: gen') =>
    workload({ name: 'gen', pod: more, container: `args: [${args}]` });
  const writer = (kind: string, name: string, ...manifests: string[]) =>
    writerOf(worldOf(all(...manifests)), kind, 'shop', name)?.resource.name;
  test('has a Role of the namespace for that', () => {
    const by = (rule: string, kind = 'Secret') => writer(kind, 'tls', job(), role(rule), binding(account));
    expect(by(secrets)).toBe('gen');
    expect(by("apiGroups: ['*'], resources: ['*'], verbs: ['*']")).toBe('gen');
    expect(by(secrets.replace('create', 'get'))).toBeUndefined();
    expect(by(secrets.replace("''", 'apps'))).toBeUndefined();
    expect(by(secrets, 'ConfigMap')).toBeUndefined();
    expect(by(secrets.replace('secrets', 'configmaps'), 'ConfigMap')).toBe('gen');
    expect(by(secrets.replace('secrets', 'services'), 'Service')).toBeUndefined();
    expect(writer('Secret', '', job(), role(secrets), binding(account))).toBeUndefined();
  });
  test('runs as the account that is bound', () => {
    const as = (more: string, subject = account) =>
      writer('Secret', 'tls', job('', more), role(secrets), binding(subject));
    expect(as('serviceAccount: gen')).toBe('gen');
    expect(as('')).toBeUndefined();
    expect(as('', 'kind: ServiceAccount, name: default')).toBe('gen');
    expect(as('serviceAccountName: gen', 'kind: User, name: gen')).toBeUndefined();
    expect(as('serviceAccountName: gen', `${account}, namespace: other`)).toBeUndefined();
  });
  test('names the object in its command line where its role is not just for that', () => {
    const everywhere = [
      role(secrets, 'ClusterRole', ''),
      binding(`${account}, namespace: shop`, { kind: 'ClusterRoleBinding', to: 'ClusterRole', place: '' }),
    ];
    const named = (args: string) => writer('Secret', 'web.tls', job(args), ...everywhere);
    expect(named("'--secret=web.tls'")).toBe('gen');
    expect(named('web.tls')).toBe('gen');
    expect(named("'shop/web.tls,other'")).toBe('gen');
    expect(named("'--secret=my-web.tls'")).toBeUndefined();
    expect(named("'--secret=web.tls-2'")).toBeUndefined();
    expect(named("'--secret=webxtls'")).toBeUndefined();
    expect(named('')).toBeUndefined();
  });
  test('has what any of its roles lets it do, in whatever order they stand', () => {
    const whole = [
      role(secrets, 'ClusterRole', '').replace('name: r', 'name: whole'),
      binding(`${account}, namespace: shop`, { kind: 'ClusterRoleBinding', to: 'ClusterRole', place: '' })
        .replace('name: r }', 'name: whole }')
        .replace('name: b', 'name: whole'),
    ];
    const own = [role(secrets), binding(account)];
    expect(writer('Secret', 'tls', job(), ...own, ...whole)).toBe('gen');
    expect(writer('Secret', 'tls', job(), ...whole, ...own)).toBe('gen');
    expect(writer('Secret', 'tls', job(), ...whole)).toBeUndefined();
  });
  test('may have a ClusterRole in one namespace', () => {
    const bound = [role(secrets, 'ClusterRole', ''), binding(account, { to: 'ClusterRole' })];
    expect(writer('Secret', 'tls', job('tls'), ...bound)).toBe('gen');
    expect(writer('Secret', 'tls', job(), ...bound)).toBeUndefined();
  });
  test('of another namespace must name it, and one of a binding there may not create it here', () => {
    const far = job().replace('namespace: shop', 'namespace: tools');
    const subject = `${account}, namespace: tools`;
    expect(writer('Secret', 'tls', far, role(secrets), binding(subject))).toBeUndefined();
    const naming = job('tls').replace('namespace: shop', 'namespace: tools');
    expect(writer('Secret', 'tls', naming, role(secrets), binding(subject))).toBe('gen');
    expect(
      writer('Secret', 'tls', naming, role(secrets, 'Role', 'tools'), binding(subject, { place: 'tools' })),
    ).toBeUndefined();
    expect(writer('Secret', 'tls', job(), role(secrets, 'Role', 'tools'), binding(account))).toBeUndefined();
    expect(writer('Secret', 'tls', job(), binding(account))).toBeUndefined();
  });
});

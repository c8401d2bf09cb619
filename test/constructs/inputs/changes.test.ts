import { fullName } from '../../../constructs/inputs/rewrite-images';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patch } from '../../../model/patch';
import { refusal } from '../../support/render';
import { DEPLOYMENT, given, names } from './support';

const text = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');
const map = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more });
const one = (props: Parameters<typeof given>[0]) => given(props)[0]!;

describe('without', () => {
  const objects = text(
    map('a'),
    map('b'),
    { ...map('a'), kind: 'Secret' },
    map('c', { metadata: { name: 'c', namespace: 'other' } }),
  );

  test.each([
    [['Secret/a'], ['ConfigMap/a', 'ConfigMap/b', 'ConfigMap/other/c']],
    [['ConfigMap/*'], ['Secret/a']],
    [['*/a'], ['ConfigMap/b', 'ConfigMap/other/c']],
    [
      ['ConfigMap/other/*', 'Secret/*'],
      ['ConfigMap/a', 'ConfigMap/b'],
    ],
    [['ConfigMap/c'], ['ConfigMap/a', 'ConfigMap/b', 'Secret/a']],
  ])('%j leaves %j', (without, left) => expect(names(given({ text: objects, without }))).toEqual(left));

  test('a pattern that leaves out nothing is refused with the names that there are', () => {
    expect(refusal(() => given({ text: objects, without: ['ConfigMap/d'] })).fixes[0]).toContain(
      'known: ConfigMap/a, ConfigMap/b',
    );
    expect(refusal(() => given({ text: objects, without: ['a'] })).found).toContain('does not name objects');
    // The second finds nothing that the first has left.
    expect(refusal(() => given({ text: objects, without: ['Secret/*', 'Secret/a'] })).found).toContain(
      'leaves out Secret/a',
    );
  });
});

describe('labels', () => {
  test('go into the metadata, and into no selector and no pod', () => {
    const object = one({ text: DEPLOYMENT, labels: { team: 'shop' } });
    expect(object.metadata.labels).toEqual({ app: 'web', team: 'shop' });
    expect(JSON.stringify(object['spec'])).not.toContain('team');
  });

  test("never replace an object's own, which something may select", () => {
    const error = refusal(() => given({ text: DEPLOYMENT, labels: { app: 'shop' } }));
    expect([error.place, error.found]).toEqual([
      'test/input:1',
      expect.stringContaining('has the label app=web of its own'),
    ]);
    expect(one({ text: DEPLOYMENT, labels: { app: 'web' } }).metadata.labels).toEqual({ app: 'web' });
  });

  test('must be labels', () => {
    expect(refusal(() => given({ text: DEPLOYMENT, labels: { team: 'a b' } })).place).toBe('test/input, labels');
  });
});

describe('images', () => {
  const images = {
    'docker.io/': 'registry.example.com/hub/',
    'docker.io/bitnami/': 'registry.example.com/charts/',
    'quay.io/team/app': 'registry.example.com/app',
  };
  const pod = (name: string, image: string) => ({ ...map(name), kind: 'Pod', spec: { containers: [{ image }] } });
  // The second has an image of every name that is rewritten: none may be for nothing.
  const imageOf = (image: string) =>
    JSON.stringify(one({ text: text(pod('p', image), pod('q', 'quay.io/team/app')), images })).match(
      /"image":"([^"]*)"/,
    )![1];

  test.each([
    ['redis', 'registry.example.com/hub/library/redis'],
    ['redis:8', 'registry.example.com/hub/library/redis:8'],
    ['docker.io/redis', 'registry.example.com/hub/redis'],
    ['bitnami/redis:8@sha256:abc', 'registry.example.com/charts/redis:8@sha256:abc'],
    ['quay.io/team/app:1', 'registry.example.com/app:1'],
    ['quay.io/team/app@sha256:abc', 'registry.example.com/app@sha256:abc'],
    ['quay.io/team/application:1', 'quay.io/team/application:1'],
    ['localhost/redis', 'localhost/redis'],
    ['localhost:5000/redis', 'localhost:5000/redis'],
    ['registry.example.com/docker.io/redis', 'registry.example.com/docker.io/redis'],
  ])('%s becomes %s', (image, wanted) => expect(imageOf(image)).toBe(wanted));

  describe('an entry that fits no image of the objects is refused, with the place', () => {
    const refused = (images: Readonly<Record<string, string>>) =>
      refusal(() => given({ text: text(pod('p', 'redis:8'), pod('q', 'quay.io/team/app:1')), images }));
    test.each([
      ['quay.io/team/ap', 'quay.io/team/app:1'],
      ['docker.io/library/rediss', 'docker.io/library/redis:8'],
      ['ghcr.io/team/web', 'known: docker.io/library/redis:8, quay.io/team/app:1'],
      // Every registry of the list, so the list is for another input.
      ['ghcr.io/', 'known: docker.io/library/redis:8'],
    ])('%s', (from, fix) => {
      const error = refused({ [from]: 'r.io/x' });
      expect([error.place, error.found]).toEqual([
        'test/input, images',
        `no image of its objects begins with ${JSON.stringify(from)}`,
      ]);
      expect(error.fixes[0]).toContain(fix);
    });
    test('a short name is told by its full one', () => {
      expect(refused({ redis: 'r.io/redis' }).fixes[0]).toBe('write the full name: docker.io/library/redis');
      expect(refused({ 'redis:8': 'r.io/redis:8' }).fixes[0]).toBe('write the full name: docker.io/library/redis:8');
    });
    test('a name that nothing has is refused beside a registry that fits', () =>
      expect(refused({ 'docker.io/': 'r.io/', 'quay.io/team/ap': 'r.io/x' }).found).toContain('"quay.io/team/ap"'));
    test('but one list of registries may serve several inputs', () => {
      const images = { 'docker.io/': 'r.io/', 'ghcr.io/': 'r.io/ghcr/' };
      expect(given({ text: text(pod('p', 'redis:8')), images })).toHaveLength(1);
      expect(refusal(() => given({ text: text(map('a')), images })).place).toBe('test/input, images');
    });
  });

  test('full names are those that container runtimes know', () => {
    expect(['a', 'a/b', 'a.b/c', 'a:1', 'localhost/a'].map(fullName)).toEqual([
      'docker.io/library/a',
      'docker.io/a/b',
      'a.b/c',
      'docker.io/library/a:1',
      'localhost/a',
    ]);
  });

  test('of every container of every pod template, of image volumes, and of the fields and options that hold nothing else', () => {
    const image = 'example/a:1';
    const spec = {
      initContainers: [{ image }],
      containers: [
        {
          image,
          args: [`--prometheus-config-reloader=${image}`, `--other=${image}`, image],
          env: [
            { name: 'RELATED_IMAGE_A', value: image },
            { name: 'IMAGE', value: image },
          ],
        },
      ],
      ephemeralContainers: [{ image }],
      volumes: [{ name: 'v', image: { reference: image } }],
    };
    const object = (kind: string, apiVersion: string, inner: object) => ({
      apiVersion,
      kind,
      metadata: { name: kind.toLowerCase() },
      spec: inner,
    });
    const objects = given({
      images: { 'docker.io/': 'r.io/' },
      text: text(
        object('Pod', 'v1', spec),
        object('Deployment', 'apps/v1', { template: { spec } }),
        object('CronJob', 'batch/v1', { jobTemplate: { spec: { template: { spec } } } }),
        object('Workflow', 'argoproj.io/v1alpha1', { templates: [{ initContainers: [{ image }] }] }),
        object('Prometheus', 'monitoring.coreos.com/v1', { image, containers: [{ image }] }),
        object('Order', 'example.com/v1', { image }),
        map('texts', { data: { image } }),
      ),
    });
    const count = (value: unknown, word: string) => JSON.stringify(value).split(`"${word}`).length - 1;
    expect(objects.map((each) => [each.kind, count(each, 'r.io/example/a:1'), count(each, image)])).toEqual([
      // Kept as they are: an argument that is an image alone, a variable of another name; the two options are no whole strings here.
      ['Pod', 5, 2],
      ['Deployment', 5, 2],
      ['CronJob', 5, 2],
      ['Workflow', 1, 0],
      ['Prometheus', 2, 0],
      ['Order', 0, 1],
      ['ConfigMap', 0, 1],
    ]);
    expect(JSON.stringify(objects[0])).toContain('--prometheus-config-reloader=r.io/example/a:1');
    expect(JSON.stringify(objects[0])).toContain(`--other=${image}`);
  });
});

describe('rename', () => {
  const pod = {
    serviceAccountName: 'web',
    imagePullSecrets: [{ name: 'web' }],
    containers: [
      {
        name: 'web',
        env: [
          { name: 'A', valueFrom: { secretKeyRef: { name: 'web', key: 'a' } } },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'web', key: 'b' } } },
          { name: 'web', value: 'web' },
        ],
        envFrom: [{ secretRef: { name: 'web' } }, { configMapRef: { name: 'web' } }],
      },
    ],
    volumes: [
      { name: 'web', secret: { secretName: 'web' } },
      { name: 'two', configMap: { name: 'web' } },
      { name: 'three', projected: { sources: [{ secret: { name: 'web' } }, { configMap: { name: 'web' } }] } },
      { name: 'four', persistentVolumeClaim: { claimName: 'web' } },
    ],
  };
  const object = (kind: string, apiVersion: string, more: object = {}) => ({
    apiVersion,
    kind,
    metadata: { name: 'web' },
    ...more,
  });
  const all = [
    object('StatefulSet', 'apps/v1', {
      spec: { serviceName: 'web', template: { metadata: { labels: { app: 'web' } }, spec: pod } },
    }),
    object('Service', 'v1', { spec: { selector: { app: 'web' } } }),
    object('ServiceAccount', 'v1', { secrets: [{ name: 'web' }] }),
    object('Secret', 'v1', { stringData: { serviceName: 'web' } }),
    map('web', { data: { serviceName: 'web' } }),
    object('PersistentVolumeClaim', 'v1'),
    object('RoleBinding', 'rbac.authorization.k8s.io/v1', {
      roleRef: { kind: 'Role', name: 'web', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [
        { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
        { kind: 'Group', name: 'web' },
      ],
    }),
    object('Role', 'rbac.authorization.k8s.io/v1'),
    object('Ingress', 'networking.k8s.io/v1', {
      spec: {
        tls: [{ secretName: 'web' }],
        rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { name: 'web' } } } }] } }],
      },
    }),
    object('HTTPRoute', 'gateway.networking.k8s.io/v1', {
      spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
    }),
    object('HorizontalPodAutoscaler', 'autoscaling/v2', {
      spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'web' } },
    }),
  ];

  /** The paths whose value is the new name. */
  function moved(kind: string): string[] {
    const objects = given({ text: text(...all), namespace: { name: 'shop' }, rename: { [`${kind}/web`]: 'new' } });
    const paths = function* (value: unknown, path: string): Generator<string> {
      if (value === 'new') yield path;
      if (value !== null && typeof value === 'object')
        for (const [key, inner] of Object.entries(value)) yield* paths(inner, `${path}.${key}`);
    };
    return objects.flatMap((each) => [...paths(each, each.kind)]);
  }
  const POD = 'StatefulSet.spec.template.spec';

  test.each([
    ['StatefulSet', ['StatefulSet.metadata.name', 'HorizontalPodAutoscaler.spec.scaleTargetRef.name']],
    [
      'Service',
      [
        'StatefulSet.spec.serviceName',
        'Service.metadata.name',
        'Ingress.spec.rules.0.http.paths.0.backend.service.name',
        'HTTPRoute.spec.rules.0.backendRefs.0.name',
      ],
    ],
    ['ServiceAccount', [`${POD}.serviceAccountName`, 'ServiceAccount.metadata.name', 'RoleBinding.subjects.0.name']],
    [
      'Secret',
      [
        `${POD}.imagePullSecrets.0.name`,
        `${POD}.containers.0.env.0.valueFrom.secretKeyRef.name`,
        `${POD}.containers.0.envFrom.0.secretRef.name`,
        `${POD}.volumes.0.secret.secretName`,
        `${POD}.volumes.2.projected.sources.0.secret.name`,
        'ServiceAccount.secrets.0.name',
        'Secret.metadata.name',
        'Ingress.spec.tls.0.secretName',
      ],
    ],
    [
      'ConfigMap',
      [
        `${POD}.containers.0.env.1.valueFrom.configMapKeyRef.name`,
        `${POD}.containers.0.envFrom.1.configMapRef.name`,
        `${POD}.volumes.1.configMap.name`,
        `${POD}.volumes.2.projected.sources.1.configMap.name`,
        'ConfigMap.metadata.name',
      ],
    ],
    [
      'PersistentVolumeClaim',
      [`${POD}.volumes.3.persistentVolumeClaim.claimName`, 'PersistentVolumeClaim.metadata.name'],
    ],
    ['Role', ['RoleBinding.roleRef.name', 'Role.metadata.name']],
    ['RoleBinding', ['RoleBinding.metadata.name']],
  ])('of a %s moves its name and the references to it, and nothing else', (kind, paths) => {
    expect(moved(kind).sort()).toEqual([...paths].sort());
  });

  test('of an object that is not there, or to what is no name, is refused', () => {
    expect(refusal(() => given({ text: text(map('a')), rename: { 'ConfigMap/b': 'c' } })).fixes[0]).toContain(
      'ConfigMap/a',
    );
    expect(refusal(() => given({ text: text(map('a')), rename: { 'ConfigMap/a': 'A_b' } })).found).toContain('"A_b"');
  });

  test('of an object in another namespace leaves references to its namesake alone', () => {
    const inOther = { ...map('web'), metadata: { name: 'web', namespace: 'other' } };
    const user = (namespace: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `in-${namespace}`, namespace },
      spec: { volumes: [{ configMap: { name: 'web' } }] },
    });
    const objects = given({ text: text(inOther, user('other'), user('shop')), rename: { 'ConfigMap/web': 'new' } });
    expect(JSON.stringify(objects[1])).toContain('"new"');
    expect(JSON.stringify(objects[2])).not.toContain('"new"');
  });
});

describe('scopes', () => {
  const order = { apiVersion: 'example.com/v1', kind: 'Order', metadata: { name: 'a' } };
  test('of a kind that no object has are refused with those that there are', () => {
    const refused = (scopes: Readonly<Record<string, 'Cluster'>>) =>
      refusal(() => given({ text: text(order, map('b')), scopes }));
    expect(refused({ 'Ordr.example.com': 'Cluster' })).toMatchObject({
      place: 'test/input, scopes',
      found: 'none of its objects is a Ordr.example.com',
      fixes: [expect.stringContaining('did you mean Order.example.com?'), 'remove the entry'],
    });
    expect(refused({ Order: 'Cluster' }).fixes[0]).toContain('Order.example.com, ConfigMap');
  });
});

describe('two objects with one name, which would overwrite each other, are refused', () => {
  const objects = text(map('a'), map('b'), { ...map('a'), kind: 'Secret' });
  test('where one is renamed to the other, and where both get one name', () => {
    expect(refusal(() => given({ text: objects, rename: { 'ConfigMap/a': 'b' } }))).toMatchObject({
      place: 'test/input:3',
      found: 'ConfigMap/b becomes ConfigMap/b, and so does ConfigMap/a at test/input:1: one would overwrite the other',
    });
    expect(refusal(() => given({ text: objects, rename: { 'ConfigMap/a': 'c', 'ConfigMap/b': 'c' } })).found).toContain(
      'ConfigMap/b becomes ConfigMap/c, and so does ConfigMap/a',
    );
  });
  test('where objects without a namespace come to those that have it', () => {
    const both = text(map('a'), map('a', { metadata: { name: 'a', namespace: 'shop' } }));
    expect(refusal(() => given({ text: both, namespace: { name: 'shop' } })).place).toBe('test/input:3');
  });
  test('and not where kinds or namespaces differ, or names are swapped', () => {
    expect(names(given({ text: objects, rename: { 'ConfigMap/a': 'b', 'ConfigMap/b': 'a' } }))).toEqual([
      'ConfigMap/b',
      'ConfigMap/a',
      'Secret/a',
    ]);
    expect(names(given({ text: objects, rename: { 'Secret/a': 'b' } }))).toContain('Secret/b');
  });
});

describe('patches', () => {
  const paused = patch('Deployment/web', { spec: { paused: true } }, 'nobody needs it today');
  const image = patch(
    'Deployment/web',
    { spec: { template: { spec: { containers: [{ name: 'web', image: 'mine:1' }] } } } },
    'ours',
  );

  test('change the object as it is when all else is done', () => {
    const object = one({
      text: DEPLOYMENT,
      rename: { 'Deployment/web': 'site' },
      images: { 'docker.io/': 'r.io/' },
      patches: [patch('Deployment/site', { spec: { paused: true } }, 'why not')],
    });
    expect(object).toMatchObject({
      metadata: { name: 'site' },
      spec: { paused: true, selector: { matchLabels: { app: 'web' } } },
    });
    const [web] = (
      one({ text: DEPLOYMENT, images: { 'docker.io/': 'r.io/' }, patches: [image, paused] }) as KubernetesObject & {
        spec: { template: { spec: { containers: { image: string; ports: unknown[] }[] } } };
      }
    ).spec.template.spec.containers;
    expect([web!.image, web!.ports.length]).toEqual(['mine:1', 1]);
  });

  test.each([
    ['names no object', patch('Deployment/shop', { spec: {} }, 'x'), 'the input renders no such object'],
    ['changes nothing', patch('Deployment/web', { metadata: { labels: { app: 'web' } } }, 'x'), 'changes nothing'],
    [
      'changes a selector',
      patch('Deployment/web', { spec: { selector: { matchLabels: { a: 'b' } } } }, 'x'),
      'changes spec.selector',
    ],
    ['changes a name', patch('Deployment/web', { metadata: { name: 'b' } }, 'x'), 'changes metadata.name'],
  ])('one that %s is refused', (_what, wrong, found) => {
    const error = refusal(() => given({ text: DEPLOYMENT, patches: [wrong] }));
    expect([error.place, error.found]).toEqual([
      `test/input, patch of ${wrong.object}`,
      expect.stringContaining(found),
    ]);
  });

  test('a Job of somebody else is no Job whose name is a hash, so its template may be patched', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate' },
      spec: { template: { spec: { containers: [{ name: 'a' }] } } },
    };
    const deadline = patch(
      'Job/migrate',
      { spec: { template: { spec: { activeDeadlineSeconds: 60 } } } },
      'it hangs at times',
    );
    expect(one({ text: text(job), patches: [deadline] })).toMatchObject({
      spec: { template: { spec: { activeDeadlineSeconds: 60 } } },
    });
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from '../../model/kubernetes';
import { identityOf, SYNC_HOOK, SYNC_WAVE } from '../../model/kubernetes';
import { planTarget } from '../../render/plan';
import { refusal } from '../model/support';
import { aComponent, anObject } from './support';

const dev = { name: 'dev@kind', environment: { name: 'dev', ephemeral: true } };
const prod = { name: 'prod@shared', environment: { name: 'prod', ephemeral: false } };
const RUNS = { numRuns: 25 };
const read = (text: string) => loadAll(text) as KubernetesObject[];
const kindsOf = (...objects: readonly KubernetesObject[]) =>
  planTarget(dev, [aComponent('c', 0, objects)]).objects.map(({ kind }) => kind);

describe('files', () => {
  test('are one per component, numbered by its wave; one without objects has none', () => {
    const plan = planTarget(dev, [
      aComponent('web', 2, [anObject('Service', 'web')]),
      aComponent('none', 1, []),
      aComponent('platform', 0, [anObject('Namespace', 'ns')]),
    ]);
    expect(plan.files.map(({ path }) => path)).toEqual(['00-platform.yaml', '20-web.yaml']);
  });

  const components = fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.nat({ max: 9 })), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 6,
    })
    .map((list) =>
      list.map(([name, wave]) =>
        aComponent(name, wave, [anObject('Service', name), anObject('ConfigMap', name), anObject('Widget', name)]),
      ),
    );

  test('sorted by name are in the order of their waves, as kubectl applies them, and each object says its wave', () => {
    fc.assert(
      fc.property(components, (list) => {
        const { files } = planTarget(dev, list);
        const paths = files.map(({ path }) => path);
        expect(paths).toEqual([...paths].sort());
        const waves = files.flatMap(({ text }) =>
          read(text).map((object) => Number(object.metadata.annotations![SYNC_WAVE])),
        );
        expect(waves).toEqual([...waves].sort((a, b) => a - b));
        for (const { name, wave } of list) expect(paths).toContain(`${wave}0-${name}.yaml`);
      }),
      RUNS,
    );
  });

  test('sorted by name are in the order of their waves also when there are ten and more', () => {
    const paths = planTarget(
      dev,
      Array.from({ length: 12 }, (_, wave) => aComponent(`c${wave}`, wave, [anObject('Service', `s${wave}`)])),
    ).files.map(({ path }) => path);
    expect([...paths].sort()).toEqual(paths);
  });

  test('are the same in whatever order components and their objects come', () => {
    const shuffled = components.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc
          .shuffledSubarray(list, { minLength: list.length })
          .map((other) => other.map((component) => ({ ...component, objects: [...component.objects].reverse() }))),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => expect(planTarget(dev, other)).toEqual(planTarget(dev, list))),
      RUNS,
    );
  });

  test('are the same in whatever order two objects come that differ in their API group alone', () => {
    const [core, knative] = [
      anObject('Service', 'web'),
      anObject('Service', 'web', { apiVersion: 'serving.knative.dev/v1' }),
    ];
    expect(planTarget(dev, [aComponent('c', 0, [core, knative])])).toEqual(
      planTarget(dev, [aComponent('c', 0, [knative, core])]),
    );
  });

  test('keep the annotations that an object has', () => {
    const object = {
      ...anObject('Service', 'web'),
      metadata: { name: 'web', namespace: 'ns', annotations: { note: 'mine' } },
    };
    expect(read(planTarget(dev, [aComponent('c', 3, [object])]).files[0]!.text)[0]!.metadata.annotations).toEqual({
      note: 'mine',
      [SYNC_WAVE]: '3',
    });
    expect(object.metadata.annotations).toEqual({ note: 'mine' });
  });
});

describe('inside a file', () => {
  test('a hook of Argo CD keeps its own wave, for hooks have a phase of their own', () => {
    const hook = (name: string, annotations: Readonly<Record<string, string>>) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'shop', annotations: { [SYNC_HOOK]: 'PreSync', ...annotations } },
    });
    const objects = [hook('early', { [SYNC_WAVE]: '-5' }), hook('plain', {})];
    const { files } = planTarget({ name: 'dev@kind', environment: { name: 'dev', ephemeral: true } }, [
      { name: 'web', wave: 3, objects },
    ]);
    expect(read(files[0]!.text).map(({ metadata }) => metadata.annotations![SYNC_WAVE])).toEqual(['-5', undefined]);
  });

  test('comes first what others refer to, and last the kinds that nobody ranked, by the alphabet', () => {
    const objects = [
      'Zebra',
      'Deployment',
      'Apple',
      'Service',
      'ConfigMap',
      'ServiceAccount',
      'Namespace',
      'HorizontalPodAutoscaler',
      'StorageClass',
    ].map((kind) => anObject(kind, 'x'));
    expect(kindsOf(...objects)).toEqual([
      'Namespace',
      'StorageClass',
      'ServiceAccount',
      'ConfigMap',
      'Service',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Apple',
      'Zebra',
    ]);
  });

  test('objects of a kind are in the order of namespace and name', () => {
    const objects = [
      anObject('Service', 'b', { namespace: 'a' }),
      anObject('Service', 'a', { namespace: 'b' }),
      anObject('Service', 'a', { namespace: 'a' }),
    ];
    expect(
      planTarget(dev, [aComponent('c', 0, objects)]).objects.map(({ namespace, name }) => `${namespace}/${name}`),
    ).toEqual(['a/a', 'a/b', 'b/a']);
  });
});

test('the index says of each object its file and the hash of its YAML', () => {
  const { files, objects } = planTarget(dev, [
    aComponent('web', 2, [
      anObject('Deployment', 'web', { apiVersion: 'apps/v1' }),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } },
    ]),
  ]);
  expect(objects.map(({ sha256: _, ...entry }) => entry)).toEqual([
    { apiVersion: 'v1', kind: 'Namespace', name: 'ns', file: '20-web.yaml' },
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'web', file: '20-web.yaml' },
  ]);
  const documents = files[0]!.text.split('---\n');
  expect(objects.map(({ sha256 }) => sha256)).toEqual(
    documents.map((text) => createHash('sha256').update(text).digest('hex')),
  );
});

describe('an object that is rendered twice is refused', () => {
  const twice = (first: KubernetesObject, second: KubernetesObject) => [
    aComponent('one', 1, [first]),
    aComponent('two', 2, [second]),
  ];

  test('with both files', () => {
    const error = refusal(() =>
      planTarget(dev, twice(anObject('Service', 'web'), anObject('Service', 'web', { spec: {} }))),
    );
    expect(error.place).toBe('dev@kind, 20-two.yaml');
    expect(error.found).toMatch(/^Service\/ns\/web is rendered twice, also in 10-one\.yaml/);
    expect(error.fixes).toHaveLength(2);
  });

  test('inside one file', () => {
    expect(
      refusal(() => planTarget(dev, [aComponent('c', 0, [anObject('Service', 'web'), anObject('Service', 'web')])]))
        .found,
    ).toContain('also in 00-c.yaml');
  });

  test('also in another version of its API', () => {
    const old = anObject('HorizontalPodAutoscaler', 'web', { apiVersion: 'autoscaling/v1' });
    expect(refusal(() => planTarget(dev, twice(old, { ...old, apiVersion: 'autoscaling/v2' }))).found).toContain(
      'HorizontalPodAutoscaler/ns/web',
    );
  });

  test.each<[string, KubernetesObject]>([
    ['group', anObject('Service', 'web', { apiVersion: 'serving.knative.dev/v1' })],
    ['namespace', anObject('Service', 'web', { namespace: 'other' })],
    ['kind', anObject('ConfigMap', 'web')],
  ])('but not one of another %s', (_what, other) => {
    expect(planTarget(dev, twice(anObject('Service', 'web'), other)).objects).toHaveLength(2);
  });
});

describe('components', () => {
  const two = (one: string, other: string, waves = [1, 1]) =>
    planTarget(dev, [
      aComponent(one, waves[0]!, [anObject('Service', 'a')]),
      aComponent(other, waves[1]!, [anObject('Service', 'b')]),
    ]);

  test('of one name are refused: the second would overwrite the first', () => {
    const error = refusal(() => two('web', 'web'));
    expect(error.place).toBe('dev@kind, component web');
    expect(error.found).toContain('two components have this name');
  });

  test.each([
    ['of one wave', [1, 1]],
    ['of two', [1, 2]],
  ])('%s that differ in letter case only are refused: some file systems take their files for one', (_what, waves) => {
    const error = refusal(() => two('web', 'Web', waves));
    expect(error.place).toBe('dev@kind, component Web');
    expect(error.found).toContain('there is a component web too');
    expect(error.fixes).toHaveLength(2);
  });

  test('without objects may have any name: they have no file', () => {
    const { files } = planTarget(dev, [aComponent('web', 1, [anObject('Service', 'a')]), aComponent('WEB', 1, [])]);
    expect(files).toHaveLength(1);
  });
});

describe('definitions of kinds', () => {
  const definition = (kind: string, scope = 'Namespaced', group = 'shop.example.com') => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: { group, scope, names: { kind, plural: `${kind.toLowerCase()}s` }, versions: [] },
  });
  const custom = (kind: string, metadata: object = { namespace: 'ns' }) =>
    ({ apiVersion: 'shop.example.com/v1', kind, metadata: { name: 'one', ...metadata } }) as KubernetesObject;

  test('have a file and a wave of their own before all others, also when their resources are in the same component', () => {
    const { files, objects } = planTarget(dev, [
      aComponent('platform', 0, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } }]),
      aComponent('a-shop', 0, [
        custom('Order'),
        definition('Order'),
        anObject('Deployment', 'shop', { apiVersion: 'apps/v1' }),
      ]),
      aComponent('more', 3, [definition('Cart')]),
    ]);
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(['0-crds.yaml', '00-a-shop.yaml', '00-platform.yaml']);
    expect([...paths].sort()).toEqual(paths);
    expect(
      read(files[0]!.text).map(({ kind, metadata }) => [kind, metadata.name, metadata.annotations![SYNC_WAVE]]),
    ).toEqual([
      ['CustomResourceDefinition', 'carts.shop.example.com', '-1'],
      ['CustomResourceDefinition', 'orders.shop.example.com', '-1'],
    ]);
    expect(objects.filter(({ file }) => file === '0-crds.yaml')).toHaveLength(2);
    expect(kindsOf(...read(files[1]!.text))).toEqual(['Deployment', 'Order']);
  });

  test('come first also where waves have two digits', () => {
    const paths = planTarget(dev, [
      aComponent('a', 11, [anObject('Service', 'a')]),
      aComponent('b', 0, [definition('Order'), anObject('Service', 'b')]),
    ]).files.map(({ path }) => path);
    expect(paths).toEqual(['0-crds.yaml', '000-b.yaml', '110-a.yaml']);
    expect([...paths].sort()).toEqual(paths);
  });

  test('have the Namespaces with them that they come after, and wait for nothing else', () => {
    const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a-shop' } };
    const [order, service] = [definition('Order'), anObject('Service', 'hook', { namespace: 'a-shop' })];
    const { objects } = planTarget(dev, [
      {
        name: 'shop',
        wave: 1,
        objects: [order, service],
        order: new Map([[identityOf(order), [namespace, service].map(identityOf)]]),
      },
      aComponent('platform', 0, [namespace]),
    ]);
    expect(objects.map(({ kind, file }) => [kind, file])).toEqual([
      ['Namespace', '0-crds.yaml'],
      ['CustomResourceDefinition', '0-crds.yaml'],
      ['Service', '10-shop.yaml'],
    ]);
  });

  test('of another API group are objects like any other', () => {
    const other = { ...definition('Order'), apiVersion: 'example.com/v1' };
    expect(planTarget(dev, [aComponent('c', 0, [other])]).files.map(({ path }) => path)).toEqual(['00-c.yaml']);
  });

  test('say of their kind whether it needs a namespace', () => {
    const components = (scope: string) => [aComponent('c', 0, [definition('Order', scope), custom('Order', {})])];
    expect(refusal(() => planTarget(dev, components('Namespaced'))).found).toContain('Order/one has no namespace');
    expect(() => planTarget(dev, components('Cluster'))).not.toThrow();
  });
});

describe('an object without a namespace', () => {
  const bare = (apiVersion: string, kind: string, namespace?: string): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'web', ...(namespace === undefined ? {} : { namespace }) },
  });
  const plan = (object: KubernetesObject) => planTarget(dev, [aComponent('web', 1, [object])]);

  test.each([
    ['v1', 'Service'],
    ['apps/v1', 'Deployment'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['monitoring.coreos.com/v1', 'ServiceMonitor'],
  ])('is refused where its kind needs one: %s %s', (apiVersion, kind) => {
    for (const namespace of [undefined, '']) {
      const error = refusal(() => plan(bare(apiVersion, kind, namespace)));
      expect(error.place).toBe('dev@kind, 10-web.yaml');
      expect(error.found).toContain(`${kind}/web has no namespace`);
      expect(error.fixes).toHaveLength(2);
    }
  });

  test.each([
    ['v1', 'Namespace'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['gateway.networking.k8s.io/v1', 'GatewayClass'],
    ['serving.knative.dev/v1', 'Service'],
    ['example.com/v1', 'Widget'],
  ])('is right, or nothing is known of it: %s %s', (apiVersion, kind) => {
    expect(() => plan(bare(apiVersion, kind))).not.toThrow();
  });
});

describe('objects that come after others', () => {
  const objects = ['d', 'c', 'b', 'a'].map((name) => anObject('ConfigMap', name));
  /** Pairs without a circle: one comes only after those with a lower number. */
  const pairs = fc.uniqueArray(
    fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })).filter(([of, to]) => to < of),
    { selector: ([of, to]) => of * 4 + to },
  );

  test('do so in the file, whatever their kinds and names, and the others stay in their order', () => {
    fc.assert(
      fc.property(pairs, fc.shuffledSubarray(objects, { minLength: 4 }), (after, shuffled) => {
        const order = new Map(
          objects.map((object, i) => [
            identityOf(object),
            after.filter(([of]) => of === i).map(([, to]) => identityOf(objects[to]!)),
          ]),
        );
        const names = planTarget(dev, [{ name: 'c', wave: 0, objects: shuffled, order }]).objects.map(
          ({ name }) => name,
        );
        for (const [of, to] of after)
          expect(names.indexOf(objects[to]!.metadata.name)).toBeLessThan(names.indexOf(objects[of]!.metadata.name));
        if (after.length === 0) expect(names).toEqual(['a', 'b', 'c', 'd']);
      }),
    );
  });

  test('also when what they come after is in another file, and comes after one of theirs itself', () => {
    const [first, between, last] = [anObject('ConfigMap', 'z'), anObject('ConfigMap', 'm'), anObject('ConfigMap', 'a')];
    const order = new Map([
      [identityOf(last), [identityOf(between)]],
      [identityOf(between), [identityOf(first)]],
    ]);
    const plan = planTarget(dev, [
      { name: 'c', wave: 2, objects: [last, first], order },
      { name: 'b', wave: 1, objects: [between], order },
    ]);
    expect(plan.objects.map(({ name }) => name)).toEqual(['m', 'z', 'a']);
  });
});

describe('a literal secret', () => {
  test.each(['data', 'stringData'])('in %s is refused outside ephemeral environments', (field) => {
    const error = refusal(() =>
      planTarget(prod, [aComponent('redis', 1, [anObject('Secret', 'login', { [field]: { password: 'aGk=' } })])]),
    );
    expect(error.place).toBe('prod@shared, 10-redis.yaml');
    expect(error.found).toContain('Secret/ns/login');
    expect(error.found).toContain('environment prod is not ephemeral');
    expect(error.fixes).toHaveLength(2);
    expect(error.message).not.toContain('aGk=');
  });

  test('may stand in an ephemeral environment', () => {
    expect(
      planTarget(dev, [aComponent('redis', 1, [anObject('Secret', 'login', { stringData: { password: 'hi' } })])])
        .objects,
    ).toHaveLength(1);
  });

  test('is none when the Secret holds nothing', () => {
    expect(
      planTarget(prod, [
        aComponent('a', 1, [anObject('Secret', 'token', { type: 'kubernetes.io/service-account-token' })]),
      ]).objects,
    ).toHaveLength(1);
  });
});

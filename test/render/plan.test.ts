import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import { planTarget, SYNC_WAVE } from '../../render/plan';
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
      Array.from({ length: 12 }, (_, wave) => aComponent('c', wave, [anObject('Service', `s${wave}`)])),
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
    const object = { ...anObject('Service', 'web'), metadata: { name: 'web', annotations: { note: 'mine' } } };
    expect(read(planTarget(dev, [aComponent('c', 3, [object])]).files[0]!.text)[0]!.metadata.annotations).toEqual({
      note: 'mine',
      [SYNC_WAVE]: '3',
    });
    expect(object.metadata.annotations).toEqual({ note: 'mine' });
  });
});

describe('inside a file', () => {
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

test('two components of one file are refused: the second would overwrite the first', () => {
  const components: Component[] = [
    aComponent('web', 1, [anObject('Service', 'a')]),
    aComponent('web', 1, [anObject('Service', 'b')]),
  ];
  expect(refusal(() => planTarget(dev, components)).message).toContain('10-web.yaml');
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

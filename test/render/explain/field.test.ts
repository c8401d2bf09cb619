import { fieldNamed, fieldText, valueAtField } from '../../../render/explain/field';
import { refusal } from '../../model/support';

const POD = {
  metadata: {
    name: 'web',
    labels: { app: 'short', 'app.kubernetes.io/name': 'long', 'app.kubernetes.io/part-of': 'shop' },
    annotations: { 'with"quote': 'q', 'with[bracket]': 'b' },
  },
  spec: {
    replicas: 0,
    paused: false,
    nothing: null,
    containers: [
      {
        name: 'web',
        image: 'web:1',
        args: ['--a', '--b'],
        mounts: [
          { name: 'x', path: '/1' },
          { name: 'x', path: '/2' },
        ],
      },
      { name: 'side.car', image: 'car:1' },
    ],
  },
  data: { 'prometheus.yml': 'text', prometheus: { yml: 'nested' } },
};
const found = (text: string, ...others: unknown[]) => {
  const path = fieldNamed(text, 'Pod/web', [POD, ...others]);
  return [
    fieldText(path),
    [POD, ...others].map((object) => valueAtField(object, path)).find((value) => value !== undefined),
  ];
};

test.each<[text: string, path: string, value: unknown]>([
  ['', '', POD],
  ['metadata.name', 'metadata.name', 'web'],
  ['spec.replicas', 'spec.replicas', 0],
  ['spec.paused', 'spec.paused', false],
  ['spec.nothing', 'spec.nothing', null],
  ['spec', 'spec', POD.spec],
  ['metadata.labels.app', 'metadata.labels.app', 'short'],
  ['metadata.labels.app.kubernetes.io/name', 'metadata.labels["app.kubernetes.io/name"]', 'long'],
  ['metadata.labels["app.kubernetes.io/name"]', 'metadata.labels["app.kubernetes.io/name"]', 'long'],
  ["metadata.labels['app.kubernetes.io/name']", 'metadata.labels["app.kubernetes.io/name"]', 'long'],
  ['metadata.labels[app.kubernetes.io/name]', 'metadata.labels["app.kubernetes.io/name"]', 'long'],
  ['metadata.labels.["app.kubernetes.io/name"]', 'metadata.labels["app.kubernetes.io/name"]', 'long'],
  ['metadata["labels"].app', 'metadata.labels.app', 'short'],
  ['metadata.annotations["with\\"quote"]', 'metadata.annotations["with\\"quote"]', 'q'],
  ['metadata.annotations["with[bracket]"]', 'metadata.annotations["with[bracket]"]', 'b'],
  ['spec.containers.web.image', 'spec.containers[web].image', 'web:1'],
  ['spec.containers[web].image', 'spec.containers[web].image', 'web:1'],
  ['spec.containers["web"].image', 'spec.containers[web].image', 'web:1'],
  ['spec.containers[0].image', 'spec.containers[web].image', 'web:1'],
  ['spec.containers.0.image', 'spec.containers[web].image', 'web:1'],
  ['spec.containers[side.car].image', 'spec.containers["side.car"].image', 'car:1'],
  ['spec.containers[1].image', 'spec.containers["side.car"].image', 'car:1'],
  ['spec.containers[0].args[1]', 'spec.containers[web].args[1]', '--b'],
  ['spec.containers.web.mounts[1].path', 'spec.containers[web].mounts[1].path', '/2'],
  // The longest key first, and another one where that leads nowhere.
  ['data.prometheus.yml', 'data["prometheus.yml"]', 'text'],
  ['data["prometheus"].yml', 'data.prometheus.yml', 'nested'],
])('%s is read as %s', (text, path, value) => expect(found(text)).toEqual([path, value]));

test('a field that only another render has is found there', () => {
  expect(found('spec.strategy.type', { spec: { strategy: { type: 'Recreate' } } })).toEqual([
    'spec.strategy.type',
    'Recreate',
  ]);
  expect(found('spec.containers[2].image', { spec: { containers: [{}, {}, { name: 'third', image: 'i' }] } })).toEqual([
    'spec.containers[third].image',
    'i',
  ]);
});

test('an item with a name is followed by its name, whatever its number in another render', () => {
  const path = fieldNamed('spec.containers[0].image', 'Pod/web', [POD]);
  expect(
    valueAtField(
      {
        spec: {
          containers: [
            { name: 'first', image: 'f' },
            { name: 'web', image: 'web:2' },
          ],
        },
      },
      path,
    ),
  ).toBe('web:2');
  expect(valueAtField({ spec: { containers: [{ name: 'first', image: 'f' }] } }, path)).toBeUndefined();
  expect(valueAtField({ spec: { containers: 'none' } }, path)).toBeUndefined();
});

test.each<[text: string, place: string, found: string, fix: string]>([
  [
    'spec.replcas',
    'Pod/web spec',
    'has no field replcas',
    'did you mean replicas? known: replicas, paused, nothing, containers',
  ],
  ['spce.replicas', 'Pod/web', 'has no field spce', 'did you mean spec? known: metadata, spec, data'],
  [
    'spec.containers.wbe.image',
    'Pod/web spec.containers',
    'has no field wbe',
    'did you mean web? known: web, side.car',
  ],
  ['spec.containers[2]', 'Pod/web spec.containers', 'has no field 2', 'known: web, side.car'],
  ['spec.containers[web].args[2]', 'Pod/web spec.containers[web].args', 'has no field 2', 'known: 0, 1'],
  ['spec.containers[web].imgae', 'Pod/web spec.containers[web]', 'has no field imgae', 'did you mean image?'],
  ['spec.containers["0"]', 'Pod/web spec.containers', 'has no field 0', 'known: web'],
  [
    'metadata.labels.app.kubernetes.io/nme',
    'Pod/web metadata.labels',
    'no field app.kubernetes.io/nme',
    'mean app.kubernetes.io/name?',
  ],
  [
    'metadata.labels["app.kubernetes.io/nme"]',
    'Pod/web metadata.labels',
    'has no field app.kubernetes.io/nme',
    'mean app.kubernetes.io/name?',
  ],
  [
    'metadata.name.first',
    'Pod/web metadata.name',
    'has no field first: it is a single value',
    'name the field itself: metadata.name',
  ],
  ['spec.toString', 'Pod/web spec', 'has no field toString', 'known: replicas'],
  [
    'spec.[x',
    'Pod/web spec.[x',
    'is not the path of a field: it cannot be read from .[x on',
    'spec.template.spec.containers[web].image',
  ],
  ['spec..replicas', 'Pod/web spec..replicas', 'cannot be read from ..replicas on', 'quote a key'],
])('%s is an error at the place that it leads to, with the nearest name there', (text, place, what, fix) => {
  const error = refusal(() => fieldNamed(text, 'Pod/web', [POD]));
  expect(error.place).toBe(place);
  expect(error.found).toContain(what);
  expect(error.fixes.join('\n')).toContain(fix);
});

test('the names at a place are those of every render', () => {
  const { fixes } = refusal(() => fieldNamed('spec.strateyg', 'Pod/web', [POD, { spec: { strategy: {} } }]));
  expect(fixes[0]).toBe(
    'name one of its fields: did you mean strategy? known: replicas, paused, nothing, containers, strategy',
  );
});

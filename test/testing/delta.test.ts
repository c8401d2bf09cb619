import { load } from 'js-yaml';
import type { KubernetesObject } from '../../model/kubernetes';
import { delta, normalized } from '../../testing/delta';

const object = (name: string, fields: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'shop' },
  ...fields,
});
/** The changed fields of one object. */
const changed = (base: object, here: object) =>
  (load(delta([object('a', base)], [object('a', here)])) as { changed: Record<string, unknown> }).changed[
    'Thing/shop/a'
  ];

test('equal objects differ in nothing', () => {
  expect(load(delta([object('a')], [object('a')]))).toEqual({ added: {}, changed: {}, removed: [] });
});

test('objects that only one has are added, whole, or removed, by name', () => {
  expect(load(delta([object('a'), object('c')], [object('b'), object('c')]))).toEqual({
    added: { 'Thing/shop/b': object('b') },
    changed: {},
    removed: ['Thing/shop/a'],
  });
});

test.each<[string, object, object, object]>([
  ['a value', { spec: { size: 1 } }, { spec: { size: 2 } }, { 'spec.size': '1 → 2' }],
  ['a value that only one has', { spec: {} }, { spec: { size: 2 } }, { 'spec.size': '(none) → 2' }],
  [
    'a map that only one has',
    { spec: {} },
    { spec: { limits: { cpu: 1 } } },
    { 'spec.limits (only here)': { cpu: 1 } },
  ],
  ['a key that is no word', { data: { 'a.conf': '1' } }, { data: { 'a.conf': '2' } }, { 'data["a.conf"]': '1 → 2' }],
  [
    'elements by their names',
    { list: [{ name: 'x', size: 1 }, { name: 'y' }] },
    { list: [{ name: 'x', size: 2 }, { name: 'y' }] },
    { 'list[x].size': '1 → 2' },
  ],
  [
    'elements without names',
    { list: ['x', 'y'] },
    { list: ['y', 'z'] },
    { 'list (only in base)': ['x'], 'list (only here)': ['z'] },
  ],
  [
    'an element without a name that stands for another',
    { list: [{ port: 1, from: 'x' }] },
    { list: [{ port: 1, from: 'y' }] },
    { 'list[0].from': 'x → y' },
  ],
  [
    'a claim by the name in its metadata',
    { list: [{ metadata: { name: 'data' }, size: 1 }] },
    { list: [{ metadata: { name: 'data' }, size: 2 }] },
    { 'list[data].size': '1 → 2' },
  ],
  ['an order', { list: ['x', 'y'] }, { list: ['y', 'x'] }, { 'list (order)': ['y', 'x'] }],
  ['lines of a text', { text: 'a\nb\nc\n' }, { text: 'a\nd\nc\ne\n' }, { text: '- b\n+ d\n+ e\n' }],
])('%s is told by its path', (_, base, here, expected) => {
  expect(changed(base, here)).toEqual(expected);
});

test('names of namespaces and hashes of contents do not drown the rest', () => {
  const [left, right] = ['course-dev', 'course-prod'].map((namespace, i) =>
    normalized(
      [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: `web-config-${'0123456789'.slice(i)}${'a'.repeat(i)}`, namespace },
          host: `web.${namespace}.svc`,
        },
      ],
      namespace,
    ),
  );
  expect(left).toEqual(right);
});

test('labels that every object of a target carries are no difference; another value of one is', () => {
  const labelled = (stage: string, own: string) =>
    normalized([object('a', { labels: { stage } })], 'shop', { stage: own });
  const fields = (base: KubernetesObject[], here: KubernetesObject[]) => load(delta(base, here));
  expect(fields(labelled('dev', 'dev'), labelled('prod', 'prod'))).toMatchObject({ changed: {} });
  expect(fields(labelled('dev', 'dev'), labelled('test', 'prod'))).toMatchObject({
    changed: { 'Thing/NAMESPACE/a': { 'labels.stage': 'STAGE → test' } },
  });
});

test('texts of many lines that come again and again are compared at once', () => {
  const map = (lines: readonly string[]) => [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules' }, data: { rules: lines.join('\n') } },
  ];
  const rules = Array.from({ length: 3000 }, (_, i) => [`- record: r${i}`, '  labels:', '    a: b']).flat();
  expect(delta(map(rules), map([...rules.slice(0, 3000), '- record: new', ...rules.slice(3003)]))).toContain(
    ['- - record: r1000', '-   labels:', '-     a: b', '+ - record: new'].map((line) => `      ${line}`).join('\n'),
  );
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonIn } from '../../cli/adopt/kustomize/reasons';
import { KustomizeTree } from '../../cli/adopt/kustomize/tree';
import { newFolder } from '../render/support';

const deployment = (spec: string, name = 'web') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

interface Asked {
  readonly kind?: string;
  /** In the source, and as it is built. */
  readonly name?: string;
  readonly built?: string;
  /** Beside the kustomization of prod. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The file that is said to be the reason of a path, where the folder prod has this kustomization. */
function reason(kustomization: string, path: string, { kind = 'Deployment', name = 'web', built, files }: Asked = {}) {
  const root = newFolder();
  for (const [file, text] of Object.entries({ 'prod/kustomization.yaml': kustomization, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const object = { apiVersion: 'v1', kind, metadata: { name: built ?? name } };
  return reasonIn(
    root,
    new KustomizeTree(root).overlays.flatMap((layer) => [layer, ...layer.bases]),
    { object, name, hashed: false, from: 'prod' },
    path.split('/').filter(Boolean),
  );
}

describe('a value comes from a patch that touches it', () => {
  const three = deployment('{ replicas: 3 }');
  test.each([
    ['a file of patches', 'patches: [{ path: three.yaml }]', 'prod/three.yaml'],
    ['a file of patchesStrategicMerge', 'patchesStrategicMerge: [three.yaml]', 'prod/three.yaml'],
    [
      'a text of patchesStrategicMerge',
      `patchesStrategicMerge:\n- |-\n${three.replace(/^/gm, '  ')}`,
      'prod/kustomization.yaml',
    ],
    ['a text of patches', `patches:\n- patch: |-\n${three.replace(/^/gm, '    ')}`, 'prod/kustomization.yaml'],
    [
      'steps of a JSON patch',
      "patchesJson6902: [{ target: { kind: Deployment, name: web }, patch: '[{ op: replace, path: /spec/replicas, value: 3 }]' }]",
      'prod/kustomization.yaml',
    ],
    ['a file with another document before', 'patches: [{ path: two.yaml }]', 'prod/two.yaml'],
  ])('in %s', (_, kustomization, expected) => {
    const files = { 'prod/three.yaml': three, 'prod/two.yaml': `${deployment('{}', 'api')}---\n\n---\n${three}` };
    expect(reason(kustomization, 'spec/replicas', { files })).toBe(expected);
    expect(reason(kustomization, 'spec/paused', { files })).toBeUndefined();
    expect(reason(kustomization, 'spec/replicas', { files, name: 'db' })).toBeUndefined();
    expect(reason(kustomization, 'spec/replicas', { files, kind: 'StatefulSet' })).toBeUndefined();
  });
  test.each(['null', '3', 'text', '[1, null, { op: test }, { path: 1 }]', '[]', '{}', '{ metadata: 1, kind: 1 }'])(
    'but not from what is no patch of it: %s',
    (text) => {
      const patch = `patches: [{ patch: ${JSON.stringify(text)} }]`;
      expect(reason(patch, 'spec/replicas')).toBeUndefined();
      expect(reason(`patches: [null, 1, {}, ${patch.slice(10)}`, 'spec/replicas')).toBeUndefined();
    },
  );
  test.each([
    ['kind: Deployment', true],
    ['kind: Service', false],
    ['name: web', true],
    ['name: we.', true],
    ['name: e', false],
    ["name: '.*'", true],
    ['name: api', false],
    ['kind: Deployment, name: api', false],
    // A form of Go's own: it may mean any object.
    ["name: '(?P<a>x'", true],
    ['{}', true],
  ])('a target decides for which objects: %s', (target, isMeant) => {
    const given = (patch: string) =>
      `patches: [{ target: ${target === '{}' ? '{}' : `{ ${target} }`}, patch: ${JSON.stringify(patch)} }]`;
    for (const patch of ['[{ op: add, path: /spec/replicas, value: 3 }]', deployment('{ replicas: 3 }', 'not-used')])
      expect(reason(given(patch), 'spec/replicas')).toBe(isMeant ? 'prod/kustomization.yaml' : undefined);
  });
  test('a name of a patch is no pattern, and may be that of the source or of what is built', () => {
    const named = (name: string) => `patches: [{ patch: ${JSON.stringify(deployment('{ replicas: 3 }', name))} }]`;
    expect(reason(named('w.b'), 'spec/replicas')).toBeUndefined();
    expect(reason(named('web'), 'spec/replicas', { built: 'live-web' })).toBe('prod/kustomization.yaml');
    expect(reason(named('live-web'), 'spec/replicas', { built: 'live-web' })).toBe('prod/kustomization.yaml');
    expect(reason(named('eb'), 'spec/replicas', { built: 'live-web' })).toBeUndefined();
  });
  test.each([
    ['/metadata/annotations/a~1b', 'metadata/annotations', true],
    ['/spec/template/spec/containers/0/image', 'spec/template/spec/containers/web/image', true],
    ['/spec/template/spec/containers/-', 'spec/template/spec/containers/web/image', true],
    ['/spec/template', 'spec/template/spec/containers/web/image', true],
    ['/spec/template/spec/nodeSelector', 'spec/template/spec/containers/web/image', false],
    ['/spec/paused', 'spec/replicas', false],
  ])('a step %s touches %s: %s', (step, path, touches) =>
    expect(
      reason(`patches: [{ target: {}, patch: '[{ op: add, path: ${step}, value: 1 }]' }]`, path) !== undefined,
    ).toBe(touches),
  );
  test.each([
    ['{ template: { spec: { containers: [{ name: web, image: a }] } } }', true],
    ['{ template: { spec: { containers: [{ name: web, command: [a] }] } } }', false],
    ['{ template: { spec: { containers: [{ name: api, image: a }] } } }', false],
    ['{ template: { spec: { containers: [null, web] } } }', false],
    ['{ template: null }', true],
    ['{ replicas: 3 }', false],
  ])('a merge of %s touches an image: %s', (spec, touches) =>
    expect(
      reason(`patches: [{ patch: ${JSON.stringify(deployment(spec))} }]`, 'spec/template/spec/containers/web/image') !==
        undefined,
    ).toBe(touches),
  );
});

describe('or from a field of the kustomization', () => {
  const of = (field: string) => `prod/kustomization.yaml: ${field}`;
  test.each([
    [
      'generatorOptions: { disableNameSuffixHash: true }',
      'metadata/name/hash',
      { kind: 'ConfigMap' },
      'generatorOptions',
    ],
    ['configMapGenerator: [{ name: web }]', 'data/A', { kind: 'ConfigMap' }, 'configMapGenerator'],
    ['secretGenerator: [{ name: web }]', 'data/A', { kind: 'Secret' }, 'secretGenerator'],
    ['replicas: [{ name: web, count: 3 }]', 'spec/replicas', {}, 'replicas'],
    ['images: [{ name: a }]', 'spec/template/spec/containers/web/image', {}, 'images'],
    ['commonAnnotations: { a: b }', 'metadata/annotations/a', {}, 'commonAnnotations'],
    ['commonAnnotations: { a: b }', 'spec/template/metadata/annotations/a', {}, 'commonAnnotations'],
    ['labels: [{ pairs: { a: b } }]', 'metadata/labels/a', {}, 'labels'],
    ['commonLabels: { a: b }', 'metadata/labels/a', {}, 'commonLabels'],
    ['commonLabels: { a: b }', 'spec/selector/matchLabels/a', {}, 'commonLabels'],
    ['commonLabels: { a: b }', 'spec/selector/a', {}, 'commonLabels'],
    ['commonLabels: { a: b }\nlabels: [{ pairs: { a: b } }]', 'metadata/labels/a', {}, 'labels'],
    ['labels: [{ pairs: { a: b } }, { pairs: { c: d } }]', 'spec/template/metadata/labels/c', {}, 'labels'],
    ['commonLabels: { a: b }', 'spec/selector/matchLabels', {}, 'commonLabels'],
    [
      'configMapGenerator: [{ name: web, options: { annotations: { a: b } } }]',
      'metadata/annotations/a',
      { kind: 'ConfigMap' },
      'configMapGenerator',
    ],
    ['namespace: shop', 'metadata/namespace', {}, 'namespace'],
    ['replacements: [{}]', 'spec/anything', {}, 'replacements'],
    ['replacements: [{}]\nimages: [{ name: a }]', 'spec/template/spec/containers/web/image', {}, 'images'],
    ['replacements: [{}]', 'metadata/labels/a', {}, 'replacements'],
  ])('{ %s } makes %s', (kustomization, path, object, field) =>
    expect(reason(kustomization, path, object)).toBe(of(field)),
  );
  test.each([
    ['generatorOptions: { disableNameSuffixHash: true }', 'metadata/name', { kind: 'ConfigMap' }],
    ['configMapGenerator: [{ name: api }, null]', 'data/A', { kind: 'ConfigMap' }],
    ['configMapGenerator: [{ name: web }]', 'metadata/labels/a', { kind: 'ConfigMap' }],
    ['secretGenerator: [{ name: web, options: { labels: { b: c } } }]', 'metadata/labels/a', { kind: 'Secret' }],
    ['configMapGenerator: [{ name: web }]', 'data/A', { kind: 'Secret' }],
    ['secretGenerator: [{ name: web }]', 'data/A', { kind: 'ConfigMap' }],
    ['replicas: [{ name: api, count: 3 }]', 'spec/replicas', {}],
    ['images: [{ name: a }]', 'spec/replicas', {}],
    ['commonAnnotations: { a: b }', 'metadata/labels/a', {}],
    ['labels: [{ pairs: { a: b } }]', 'metadata/annotations/a', {}],
    ['labels: [{ pairs: { a: b } }]', 'metadata/labels/other', {}],
    ['commonLabels: { a: b }', 'spec/selector/matchLabels/other', {}],
    ['commonAnnotations: { a: b }', 'metadata/annotations/other', {}],
    ['namespace: shop', 'spec/replicas', {}],
    ['resources: []', 'spec/replicas', {}],
  ])('{ %s } does not make %s', (kustomization, path, object) =>
    expect(reason(kustomization, path, object)).toBeUndefined(),
  );
  test('a patch of the same layer counts before its fields, and an outer layer before an inner one', () => {
    const patch = `patches: [{ patch: ${JSON.stringify(deployment('{ replicas: 3 }'))} }]`;
    const replicas = 'replicas: [{ name: web, count: 2 }]';
    expect(reason(`${replicas}\n${patch}`, 'spec/replicas')).toBe('prod/kustomization.yaml');
    const files = { 'prod/inner/kustomization.yaml': patch };
    expect(reason(`${replicas}\nresources: [inner]`, 'spec/replicas', { files })).toBe(of('replicas'));
    expect(reason('resources: [inner]', 'spec/replicas', { files })).toBe('prod/inner/kustomization.yaml');
  });
});

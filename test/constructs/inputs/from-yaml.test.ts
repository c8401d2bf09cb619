import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, JsonPatch, Testing } from 'cdk8s';
import fc from 'fast-check';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import { documentsIn } from '../../../constructs/inputs/yaml';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { parseYaml } from '../../../manifests/reading/yaml/parse';
import type { KubernetesObject } from '../../../model/kubernetes';
import { planTarget } from '../../../render/plan';
import { toYaml } from '../../../render/yaml';
import { refusal } from '../../support/render';
import { chartIn, DEPLOYMENT, folderOf, given, names } from './support';

const map = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}${more} }\n`;
const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: orders.example.com }
spec: { group: example.com, scope: Namespaced, names: { kind: Order, plural: orders } }
`;
const ORDER = 'apiVersion: example.com/v1\nkind: Order\nmetadata: { name: first }\n';

describe('what is read', () => {
  test('a file, as it stands: nothing is added, dropped or filled in', () => {
    const text = `${DEPLOYMENT}      volumes: [{ name: scratch, emptyDir: {} }]\n`.replace(
      'web:1',
      'web:1\n          env: [{ name: EMPTY, value: "" }, { name: NONE, value: null }]\n          args: []',
    );
    expect(given({ path: 'web.yaml' }, { 'web.yaml': text })).toEqual([documentsIn('', text)[0]!.value]);
  });

  test('folders with all that is in them, sorted; several paths in their order; JSON, too', () => {
    const files = {
      'b/z.yaml': map('z'),
      'b/a/y.yml': map('why'),
      'b/.hidden.yaml': map('hidden'),
      'b/README.md': '# no manifest',
      'a.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'json' } }, null, '\t'),
    };
    expect(names(given({ path: ['b', 'a.json'] }, files))).toEqual(['ConfigMap/why', 'ConfigMap/z', 'ConfigMap/json']);
  });

  test('several documents: empty ones are skipped, Lists of any kind are unpacked', () => {
    const list = 'kind: List\napiVersion: v1\nitems:\n';
    const text = [
      '# only a comment',
      map('a'),
      '',
      `${list}- { apiVersion: v1, kind: ConfigMap, metadata: { name: b } }\n- ${JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [documentsIn('', map('c'))[0]!.value] })}\n`,
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems: [{ metadata: { name: d } }]\n',
      'null',
      'apiVersion: example.com/v1\nkind: AllowList\nmetadata: { name: no-list }\nitems: [a]\n',
    ].join('\n---\n');
    expect(names(given({ text }))).toEqual([
      'ConfigMap/a',
      'ConfigMap/b',
      'ConfigMap/c',
      'Role/d',
      'AllowList/no-list',
    ]);
  });

  test('metadata keeps what is null, empty or odd in it', () => {
    const metadata = {
      name: 'a',
      creationTimestamp: null,
      labels: { a: null },
      annotations: {},
      finalizers: ['x'],
      ownerReferences: [],
      managedFields: [{ manager: 'm' }],
    };
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    expect(given({ text })[0]!.metadata).toEqual(metadata);
    const chart = chartIn(folderOf({}));
    const [object] = new FromYaml(chart, 'input', { text }).objects;
    object!.metadata.addFinalizers('y');
    object!.metadata.addLabel('b', 'c');
    const [changed] = Testing.synth(chart) as KubernetesObject[];
    expect(changed!.metadata).toEqual({ ...metadata, finalizers: ['x', 'y'], labels: { a: null, b: 'c' } });
  });

  test('the same files give the same bytes', () => {
    const files = { 'a.yaml': `${DEPLOYMENT}---\n${map('x')}` };
    expect(given({ path: '.' }, files).map(toYaml)).toEqual(given({ path: '.' }, files).map(toYaml));
  });
});

/** What JSON can say, but for integers that JavaScript does not hold: those are refused. */
const values = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
  const isExact = (each: unknown): boolean =>
    typeof each === 'object' && each !== null
      ? Object.values(each).every(isExact)
      : !Number.isInteger(each) || Number.isSafeInteger(each);
  return isExact(value);
});
const documents = fc
  .uniqueArray(
    fc.record({
      apiVersion: fc.constantFrom('v1', 'example.com/v1', 'apps/v1'),
      kind: fc.constantFrom('ConfigMap', 'Order', 'Deployment'),
      metadata: fc.record({
        name: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/),
        labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string(), { minKeys: 1 }),
      }),
      spec: values,
      data: fc.dictionary(fc.string(), fc.string()),
    }),
    {
      selector: ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`,
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((all) =>
    JSON.parse(
      JSON.stringify(all)
        .replaceAll('-0,', '0,')
        .replace(/-0([}\]])/g, '0$1'),
    ),
  );

test('whatever documents say is rendered unchanged, in stock cdk8s and through the writer of manifests', () => {
  fc.assert(
    fc.property(documents, (all) => {
      const identities = all.map(
        (one: KubernetesObject) => `${one.apiVersion.split('/')[0]} ${one.kind} ${one.metadata.name}`,
      );
      fc.pre(new Set(identities).size === all.length);
      // Not by the library's own writer: that leaves `0X0` without quotes, which Kubernetes takes for a number.
      const objects = given({ text: all.map((one: object) => JSON.stringify(one)).join('\n---\n') });
      expect(objects).toEqual(all);
      expect(given({ text: objects.map(toYaml).join('---\n') })).toEqual(all);
      expect(documentsIn('', objects.map(toYaml).join('---\n')).map(({ value }) => value)).toEqual(all);
    }),
    { numRuns: 60 },
  );
});

test('scalars are read as the other half of the program reads them, which is as Kubernetes does', () => {
  const awkward = fc.stringMatching(/^[-+.0-9a-fxobeEyYnNtTrRuUeEoOfFsSlL_:~]{1,7}$/);
  fc.assert(
    fc.property(awkward, (source) => {
      const read = (parse: () => unknown) => {
        try {
          return parse();
        } catch {
          return 'refused';
        }
      };
      const theirs = read(() => (parseYaml(`k: ${source}\n`).value as { k: unknown }).k);
      const ours = read(() => (documentsIn('', `k: ${source}\n`)[0]!.value as { k: unknown }).k);
      expect([source, ours]).toEqual([source, theirs]);
    }),
    {
      numRuns: 3_000,
      examples: [
        ['012'],
        ['0o14'],
        ['1_000'],
        ['1:30'],
        ['on'],
        ['No'],
        ['y'],
        ['~'],
        ['.5'],
        ['1e3'],
        ['-0x1F'],
        ['2001-1-1'],
        ['._4'],
      ],
    },
  );
});

// As go.yaml.in/yaml/v2 2.4.4 prints them.
test.each<[string, unknown]>([
  ['._4', '._4'],
  ['.4_', '.4_'],
  ['.4__5', '.4__5'],
  ['.4_e1', '.4_e1'],
  ['.4_5', 0.45],
  ['.4e1_0', 4e9],
  ['+._4', 0.4],
  ['-._4', -0.4],
  ['4._5', 4.5],
  ['4_.5', 4.5],
  ['1e_3', 1000],
  ['0x_1', 1],
  ['_4', '_4'],
])('%s is read as %j, by either half', (source, wanted) => {
  const [text, key] = [`k: ${source}\n`, 'k'];
  expect(documentsIn('', text)[0]!.value).toEqual({ [key]: wanted });
  expect(parseYaml(text).value).toEqual({ [key]: wanted });
});

describe('where objects go', () => {
  const namespace = { name: 'shop' };

  test('a namespace is set only where a kind needs one and the object names none', () => {
    const text = [
      map('own', ', namespace: other'),
      map('none'),
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\n',
      CRD,
      ORDER,
    ].join('---\n');
    expect(names(given({ text, namespace }))).toEqual([
      'ConfigMap/other/own',
      'ConfigMap/shop/none',
      'ClusterRole/reader',
      'CustomResourceDefinition/orders.example.com',
      'Order/shop/first',
    ]);
  });

  test("a Chart's namespace is taken as well, and never given to what stands in none", () => {
    const chart = chartIn(folderOf({}), { namespace: 'team' });
    new FromYaml(chart, 'input', {
      text: `${map('a')}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: team }\n`,
    });
    expect(names(Testing.synth(chart) as KubernetesObject[])).toEqual(['ConfigMap/team/a', 'Namespace/team']);
  });

  test('a kind that nobody knows must be said, or defined: by this input or by one before', () => {
    const error = refusal(() => given({ text: ORDER, namespace }));
    expect(error.place).toBe('test/input:1');
    expect(error.message).toContain(`whether objects of its kind (Order.example.com) need one is not known`);
    expect(error.fixes[0]).toContain(`scopes: { 'Order.example.com': 'Namespaced' }`);
    expect(names(given({ text: ORDER, namespace, scopes: { 'Order.example.com': 'Namespaced' } }))).toEqual([
      'Order/shop/first',
    ]);
    expect(names(given({ text: ORDER, namespace, scopes: { 'Order.example.com': 'Cluster' } }))).toEqual([
      'Order/first',
    ]);
    expect(names(given({ text: ORDER }))).toEqual(['Order/first']);
    const chart = chartIn(folderOf({}));
    new FromYaml(chart, 'definitions', { text: CRD });
    new FromYaml(chart, 'orders', { text: ORDER, namespace });
    expect(names(Testing.synth(chart) as KubernetesObject[])).toContain('Order/shop/first');
  });

  test('a namespace on what stands in none is taken off, as the API server does', () => {
    const text = 'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: disk, namespace: shop }\n';
    expect(given({ text })).toEqual([{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' } }]);
  });
});

describe('in a target', () => {
  function planned(text: string, more: (component: Component) => void = () => {}) {
    const app = new App();
    new Component(app, 'platform');
    const component = new Component(app, 'operator');
    new FromYaml(component, 'input', { text });
    more(component);
    const target = { name: 'dev@kind', environment: { name: 'dev', ephemeral: true } };
    return planTarget(target, synthesize(app)).files.map(({ path, text: written }) => [
      path,
      documentsIn(path, written).map(({ value }) => (value as KubernetesObject).kind),
    ]);
  }

  test('definitions go first, the rest keeps the order of the file behind its Namespaces, in a wave after the ground', () => {
    const inShop = ', namespace: shop';
    const text = [
      DEPLOYMENT.replace('name: web\n', 'name: web\n  namespace: shop\n'),
      map('a', inShop),
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
      CRD,
      ORDER.replace('first', 'first, namespace: shop'),
      map('b', inShop),
    ].join('---\n');
    expect(planned(text)).toEqual([
      ['0-crds.yaml', ['CustomResourceDefinition']],
      ['10-operator.yaml', ['Namespace', 'Deployment', 'ConfigMap', 'Order', 'ConfigMap']],
    ]);
  });

  test('what stands in no namespace may be on the ground', () => {
    expect(planned('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n')).toEqual([
      ['00-operator.yaml', ['Namespace']],
    ]);
  });

  test("the component's labels are on every object, beside its own, and on nothing that selects", () => {
    const app = new App();
    const component = new Component(app, 'web', { labels: { team: 'shop' } });
    new FromYaml(component, 'input', { text: DEPLOYMENT });
    const [object] = synthesize(app)[0]!.objects;
    expect(object!.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'strata', app: 'web', team: 'shop' });
    expect(JSON.stringify(object!['spec'])).not.toMatch(/team|managed-by/);
  });
});

test('cdk8s can still patch an object and add to its metadata', () => {
  const chart = new Chart(new App(), 'test');
  const input = new FromYaml(chart, 'input', { text: DEPLOYMENT });
  input.objects[0]!.addJsonPatch(JsonPatch.add('/spec/paused', true));
  input.objects[0]!.metadata.addAnnotation('note', 'seen');
  const [object] = Testing.synth(chart) as KubernetesObject[];
  expect(object).toMatchObject({ metadata: { annotations: { note: 'seen' } }, spec: { paused: true } });
});

describe('bad input is refused with the place and the fix', () => {
  test.each([
    ['no YAML', 'a: [', 'test/input:1:5', 'this cannot be read as YAML'],
    ['no YAML further down', `${map('a')}---\n\n# x\nb: 1\n  c: 2\n`, 'test/input:8:', 'this cannot be read as YAML'],
    ['two equal keys', 'kind: A\nkind: B\n', 'test/input:2:1', 'duplicated mapping key'],
    ['no object', `${map('a')}---\nfoo: 1\n`, 'test/input:5', 'has no apiVersion'],
    ['a string', 'hello\n', 'test/input:1', 'is "hello", and no Kubernetes object'],
    ['a list', '- 1\n', 'test/input:1', 'no Kubernetes object'],
    ['no kind', 'apiVersion: v1\nmetadata: { name: a }\n', 'test/input:1', 'has no kind'],
    ['a kind of another type', 'apiVersion: v1\nkind: 1\nmetadata: { name: a }\n', 'test/input:1', 'kind is 1'],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\n', 'test/input:1', 'has no metadata.name'],
    ['a name that YAML takes for something else', map('on'), 'test/input:1', 'metadata.name of the ConfigMap is true'],
    ['a generated name', 'apiVersion: v1\nkind: Pod\nmetadata: { generateName: a- }\n', 'test/input:1', 'generateName'],
    ['a label without quotes', map('a', ', labels: { v: 1 }'), 'test/input:1', 'metadata.labels[v] is 1'],
    ['an annotation without quotes', map('a', ', annotations: { on: yes }'), 'test/input:1', 'must be a string'],
    [
      'a number with too many digits',
      map('a').replace('kind', 'size: 12345678901234567890\nkind'),
      'test/input:1',
      'more digits',
    ],
    ['infinity', map('a').replace('kind', 'size: .inf\nkind'), 'test/input:1', 'JSON has no such number'],
    ['what contains itself', 'a: &a { b: *a }\n', 'test/input:1', 'contain themselves'],
    [
      'what aliases make large',
      `a0: &a0 [1]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}\n`,
      'test/input:1',
      'far larger than its text',
    ],
    ['two documents without a separator', 'a: 1\n...\nb: 2\n', 'test/input:1', 'cannot be read as YAML'],
    [
      'a file for Kustomize',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      'test/input:1',
      'for Kustomize',
    ],
    ['the same object twice', `${map('a')}---\n${map('a')}`, 'test/input:5', 'stands here and at test/input:1'],
  ])('%s', (_what, text, place, found) => {
    const error = refusal(() => given({ text }));
    expect(error.place.startsWith(place) && error.found.includes(found) ? 'refused' : error.message).toBe('refused');
    expect(error.fixes.length).toBeGreaterThan(0);
  });

  test('the same object in two files names both', () => {
    const error = refusal(() =>
      given({ path: 'all' }, { 'all/a.yaml': map('x'), 'all/b.yaml': `# again\n${map('x')}` }),
    );
    expect([error.place, error.found]).toEqual(['all/b.yaml:2', expect.stringContaining('at all/a.yaml:1')]);
  });

  test('what is not there, with what is', () => {
    const error = refusal(() => given({ path: 'vendor/oprator.yaml' }, { 'vendor/operator.yaml': map('a') }));
    expect(error.message).toMatch(/test\/input: vendor\/oprator.yaml is not there\n.*did you mean operator.yaml\?/);
    expect(refusal(() => given({ path: 'nowhere/x.yaml' })).fixes[0]).toContain('relative to the root of the project');
  });

  test.each([
    ['a folder of nothing', { 'empty/README': '' }, 'empty', 'no file of YAML or JSON'],
    ['a chart', { 'chart/Chart.yaml': '', 'chart/templates/a.yaml': '{{ x }}' }, 'chart', 'FromHelm'],
    ['a base for Kustomize', { 'base/kustomization.yaml': '', 'base/a.yaml': map('a') }, 'base', 'FromKustomize'],
  ])('%s', (_what, files, path, says) => {
    expect(refusal(() => given({ path }, files as unknown as Record<string, string>)).message).toContain(says);
  });

  test('an encoding other than UTF-8', () => {
    const folder = folderOf({});
    writeFileSync(join(folder, 'a.yaml'), Buffer.from([0x61, 0x3a, 0xff, 0xfe]));
    expect(refusal(() => new FromYaml(chartIn(folder), 'input', { path: 'a.yaml' })).message).toMatch(
      /^a.yaml: is not text in UTF-8/,
    );
  });

  test('50 MB of YAML, in one file or in many', () => {
    const large = `${map('a')}data:\n${'  k: v\n'.repeat(7_200_000)}`;
    expect(refusal(() => given({ path: 'a.yaml' }, { 'a.yaml': large })).message).toMatch(
      /^a.yaml: holds 48 MiB, and an input may have 32 MiB/,
    );
    const half = large.slice(0, large.length / 2);
    expect(refusal(() => given({ path: '.' }, { 'a.yaml': half, 'b.yaml': half })).message).toMatch(
      /2 files hold 48 MiB/,
    );
  });

  test('symbolic links that lead back', () => {
    const folder = folderOf({ 'all/a.yaml': map('a') });
    symlinkSync('..', join(folder, 'all/again'));
    symlinkSync('self', join(folder, 'self'));
    const refused = (path: string) => refusal(() => new FromYaml(chartIn(folder), 'input', { path })).message;
    expect(refused('all')).toMatch(/all.* is a symbolic link that leads back to itself/);
    expect(refused('self')).toMatch(/^self: is a symbolic link that leads back/);
  });

  test('links to other folders are followed, and a link to nothing is refused', () => {
    const folder = folderOf({ 'all/a.yaml': map('a'), 'shared/b.yaml': map('b') });
    symlinkSync('../shared', join(folder, 'all/shared'));
    const chart = chartIn(folder);
    new FromYaml(chart, 'input', { path: 'all' });
    expect(names(Testing.synth(chart) as KubernetesObject[])).toEqual(['ConfigMap/a', 'ConfigMap/b']);
    symlinkSync('nothing.yaml', join(folder, 'all/c.yaml'));
    expect(refusal(() => new FromYaml(chartIn(folder), 'input', { path: 'all' })).message).toContain(
      'all/c.yaml is not there',
    );
  });
});

describe('an input that says nothing of where its manifests are, or too much, is refused', () => {
  test.each([
    ['neither', {}, /neither path nor text/],
    ['both', { path: 'a.yaml', text: 'a' }, /both path and text/],
    ['an empty path', { path: '' }, /path names no file or folder/],
    ['an empty list', { path: [] }, /path names no file or folder/],
    ['a path that is none', { path: ['a.yaml', undefined] }, /path names no file or folder/],
    ['a text that is none', { text: 5 }, /text is no string/],
  ])('%s', (_, props, found) => {
    const error = refusal(() => given(props as unknown as Parameters<typeof given>[0], { 'a.yaml': '' }));
    expect([error.place, error.found]).toEqual(['test/input', expect.stringMatching(found)]);
    expect(error.fixes).toHaveLength(2);
  });
});

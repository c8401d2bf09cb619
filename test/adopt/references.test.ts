import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';

type Made = (environment: string, namespace: string) => readonly KubernetesObject[];

/** Code of the environments one and two in namespaces that their names are no part of. */
function codeOf(make: Made, more: Made = () => []) {
  const names = { one: 'tea', two: 'shop' };
  const overlays = Object.entries(names).map(([name, namespace]) =>
    overlay(name, [...make(name, namespace), ...(name === 'two' ? more(name, namespace) : [])]),
  );
  const reference = overlay('base', make('base', 'base')).objects;
  const plan = planOf(source(overlays, { reference }));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return Object.fromEntries(filesOf(plan));
}

const widget = (namespace: string, spec: object, annotations = {}): KubernetesObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'web', namespace, annotations },
  spec,
});

describe('a text that is the name of the namespace', () => {
  test.each([
    ['a field that is called so', (own: string) => ({ targetNamespace: own }), 'targetNamespace: namespace'],
    ['an item of a list that is called so', (own: string) => ({ namespaces: [own] }), 'namespaces: [namespace]'],
    [
      'a variable that is called so',
      (own: string) => ({ env: [{ name: 'WATCH_NAMESPACE', value: own }] }),
      "{ name: 'WATCH_NAMESPACE', value: namespace }",
    ],
    [
      'a selector of namespaces',
      (own: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': own } }),
      "'kubernetes.io/metadata.name': namespace",
    ],
    ['an address in the cluster', (own: string) => ({ to: `web.${own}.svc.cluster.local` }), '`web.${namespace}.svc'],
    ['a URL in the cluster', (own: string) => ({ to: `http://web.${own}/x` }), '`http://web.${namespace}/x`'],
    ['an address with a port', (own: string) => ({ to: `web.${own}:80` }), '`web.${namespace}:80`'],
    ['an option', (own: string) => ({ args: [`--leader-namespace=${own}`] }), '`--leader-namespace=${namespace}`'],
    ['a line of a file', (own: string) => ({ file: `a: 1\nnamespace: ${own}\n` }), 'namespace: ${namespace}'],
    [
      'an account',
      (own: string) => ({ user: `system:serviceaccount:${own}:web` }),
      'system:serviceaccount:${namespace}:',
    ],
  ])('is the namespace in %s', (_, spec, said) => {
    expect(codeOf((_name, own) => [widget(own, spec(own))])['shared/web.ts']).toContain(said);
  });

  describe('is it also where all environments are in the same one', () => {
    const everywhere = (kind: string, fields: object) => {
      const made = (): KubernetesObject => ({
        ...{ apiVersion: 'example.com/v1', kind, metadata: { name: 'web', namespace: 'shop' } },
        ...fields,
      });
      const plan = planOf(source(['one', 'two'].map((name) => overlay(name, [made()]))));
      expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
      return Object.fromEntries(filesOf(plan))['shared/web.ts'];
    };
    test.each([
      [
        'a subject',
        { subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }] },
        "name: 'web', namespace }",
      ],
      ['a field that is called so', { spec: { targetNamespace: 'shop' } }, 'targetNamespace: namespace'],
    ])('%s', (_, fields, said) => expect(everywhere('Widget', fields)).toContain(said));
    test.each([
      ['another namespace', { spec: { targetNamespace: 'bank' } }, "targetNamespace: 'bank'"],
      ['a field that is not called so', { spec: { title: 'shop' } }, "title: 'shop'"],
    ])('but not %s', (_, fields, said) => expect(everywhere('Widget', fields)).toContain(said));
  });

  test('is the namespace in an annotation that names an object of it', () => {
    const code = codeOf((_name, own) => [widget(own, {}, { 'cert-manager.io/inject-ca-from': `${own}/web` })]);
    expect(code['shared/web.ts']).toContain('`${namespace}/web`');
  });

  test.each([
    ['a variable', (own: string) => ({ env: [{ name: 'TEAM', value: own }] }), 'team'],
    ['a field', (own: string) => ({ database: own }), 'database'],
    ['a path', (own: string) => ({ path: `/data/${own}` }), 'path'],
    ['a host of the outside', (own: string) => ({ host: `${own}.example.com` }), 'host'],
    ['a name between others', (own: string) => ({ queue: `orders-${own}` }), 'queue'],
    ['a repository', (own: string) => ({ repository: `example.com/${own}/web` }), 'repository'],
  ])('is a setting in %s', (_, spec, setting) => {
    const code = codeOf((_name, own) => [widget(own, spec(own))]);
    expect(code['shared/web.ts']).toContain(`${setting}: text(`);
    expect(code['environments/two.ts']).toContain(`${setting}: because(`);
    expect(code['shared/web.ts']).toContain("metadata: { name: 'web', namespace },");
  });
});

const pod = (name: string, own: string, kind: string, images: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: own },
  spec: { containers: images.map((image, i) => ({ name: `c${i}`, image })) },
});

describe('one image of several objects is one setting', () => {
  const tag = (environment: string) => ({ base: '1', one: '2', two: '3' })[environment]!;

  test('of all things that have it', () => {
    const code = codeOf((name, own) => [
      pod('web', own, 'Pod', [`example.com/web:${tag(name)}`]),
      pod('job', own, 'Widget', [`example.com/log:${tag(name)}`, `example.com/web:${tag(name)}`]),
    ]);
    expect(code['shared/settings.ts']).toContain("webTag: text('1')");
    expect(code['workloads/web.ts']).toContain('image: `example.com/web:${webTag}`');
    expect(code['shared/job.ts']).toContain('image: `example.com/web:${webTag}`');
    expect(code['environments/two.ts']!.match(/because\('3'/g)).toHaveLength(2);
    // Another image with the same tags is another entry.
    expect(code['shared/job.ts']).toContain('image: `example.com/log:${tag}`');
  });

  test('also where one of them is in some overlays only', () => {
    const code = codeOf(
      (name, own) => [pod('web', own, 'Pod', [`example.com/web:${tag(name)}`])],
      (name, own) => [pod('job', own, 'Widget', [`example.com/web:${tag(name)}`])],
    );
    expect(code['features/job.ts']).toContain('image: `example.com/web:${webTag}`');
    expect(code['environments/two.ts']!.match(/because\('3'/g)).toHaveLength(1);
  });

  test('as a whole where the repository differs, and in its group where one thing has all of them', () => {
    const image = (name: string) =>
      name === 'two' ? 'registry.example.com/web@sha256:12' : `example.com/web:${tag(name)}`;
    const code = codeOf((name, own) => [pod('web', own, 'Pod', [image(name), image(name)])]);
    expect(code['workloads/web.ts']).toContain("image: text('example.com/web:1')");
    expect(code['workloads/web.ts']!.match(/^ +image,$|image \}|, image,/gm)).not.toBeNull();
    expect(code['shared/settings.ts']).toBeUndefined();
  });

  test('and two repositories with the same tags are two', () => {
    const code = codeOf((name, own) => [
      pod('web', own, 'Pod', [`example.com/web:${tag(name)}`, `example.com/log:${tag(name)}`]),
    ]);
    expect(code['workloads/web.ts']).toContain('image: `example.com/web:${tag}`');
    expect(code['workloads/web.ts']).toContain('image: `example.com/log:${c1Tag}`');
  });

  test('but one that is the same everywhere is no setting', () => {
    const code = codeOf((_name, own) => [pod('web', own, 'Pod', ['web:1']), pod('api', own, 'Pod', ['web:1'])]);
    expect(code['workloads/web.ts']).toContain("image: 'web:1'");
  });
});

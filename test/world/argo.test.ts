import {
  applicationsOf,
  ignoresReplicas,
  isBefore,
  isTemplated,
  matchesGlob,
  projectsOf,
  stageOf,
  stageText,
} from '../../world/argo';
import { all, namesOf, object, the, workload, worldOf } from './support';

const argo = (kind: string, name: string, spec: string) =>
  object('argoproj.io/v1alpha1', kind, name, `spec: { ${spec} }`);

describe('Applications', () => {
  const read = (manifest: string, declared?: string) => applicationsOf(worldOf(manifest, declared ? { declared } : {}));

  test('get manifests from their source, at its place', () => {
    const [application] = read(argo('Application', 'web', 'source: { repoURL: a }'));
    expect(application?.path).toEqual(['spec']);
    expect(application?.sources).toEqual([{ json: { repoURL: 'a' }, path: ['spec', 'source'] }]);
  });

  test('get manifests from several sources in place of one', () => {
    const [application] = read(
      argo('Application', 'web', 'source: { repoURL: a }, sources: [{ repoURL: b }, 7, { repoURL: c }]'),
    );
    expect(application?.sources).toEqual([
      { json: { repoURL: 'b' }, path: ['spec', 'sources', 0] },
      { json: { repoURL: 'c' }, path: ['spec', 'sources', 2] },
    ]);
  });

  test('may have no source', () => expect(read(argo('Application', 'web', 'project: a'))[0]?.sources).toEqual([]));

  test('are made by the template of an ApplicationSet', () => {
    const [application] = read(argo('ApplicationSet', 'web', 'template: { spec: { source: { path: web } } }'));
    expect(application?.path).toEqual(['spec', 'template', 'spec']);
    expect(application?.sources).toEqual([{ json: { path: 'web' }, path: ['spec', 'template', 'spec', 'source'] }]);
  });

  test('may be declared; kinds of the same name of others, other kinds and empty ones are none', () => {
    expect(
      namesOf(
        read(
          all(
            argo('Application', 'own', 'source: {}'),
            object('example.com/v1', 'Application', 'other', 'spec: { source: {} }'),
            argo('AppProject', 'project', 'source: {}'),
            object('argoproj.io/v1alpha1', 'Application', 'empty'),
          ),
          argo('Application', 'declared', 'source: {}'),
        ),
      ),
    ).toEqual(['own', 'declared']);
  });

  test('a text with braces is filled in later', () =>
    expect(['{{ name }}', 'web-{{.path}}', 'web', '{web}'].map(isTemplated)).toEqual([true, true, false, false]));
});

test('projects are found by name, the judged one before a declared one', () => {
  const world = worldOf(
    all(argo('AppProject', 'shop', 'description: judged'), object('example.com/v1', 'AppProject', 'other')),
    {
      declared: all(
        argo('AppProject', 'shop', 'description: declared'),
        argo('AppProject', 'default', 'description: declared'),
      ),
    },
  );
  expect([...projectsOf(world)].map(([name, project]) => [name, project.at(['spec', 'description'])])).toEqual([
    ['shop', 'judged'],
    ['default', 'declared'],
  ]);
});

describe('an Application leaves the replicas to others', () => {
  const ignores = (entry: string) => {
    const world = worldOf(all(workload(), argo('Application', 'shop', `ignoreDifferences: [${entry}]`)));
    return ignoresReplicas(world, the(world, 'web'), 'shop');
  };

  test.each([
    ['by a pointer', "{ jsonPointers: ['/spec/replicas'] }", true],
    ['by a jq path', "{ jqPathExpressions: ['.spec.replicas'] }", true],
    ['by the manager of the field', '{ managedFieldsManagers: [kube-controller-manager] }', true],
    [
      'of this group, kind, name and namespace',
      "{ group: apps, kind: Deployment, name: web, namespace: shop, jsonPointers: ['/spec/replicas'] }",
      true,
    ],
    ['of all groups, kinds and names', "{ group: '*', kind: '', name: '*', jsonPointers: ['/spec/replicas'] }", true],
    ['not by another pointer', "{ jsonPointers: ['/spec/template'] }", false],
    [
      'not by a jq path that only begins like it',
      "{ jqPathExpressions: ['.spec.replicasets', '.status.spec.replicas'] }",
      false,
    ],
    ['not by another manager', '{ managedFieldsManagers: [kubectl] }', false],
    ['not of another group', "{ group: batch, jsonPointers: ['/spec/replicas'] }", false],
    ['not of another kind', "{ kind: StatefulSet, jsonPointers: ['/spec/replicas'] }", false],
    ['not of another name', "{ name: api, jsonPointers: ['/spec/replicas'] }", false],
    ['not of another namespace', "{ namespace: blog, jsonPointers: ['/spec/replicas'] }", false],
    ['not where nothing is said', '7', false],
  ])('%s', (_, entry, expected) => expect(ignores(entry)).toBe(expected));

  test('as soon as one of its entries says so', () =>
    expect(ignores("{ kind: Service, jsonPointers: ['/spec/replicas'] }, { jsonPointers: ['/spec/replicas'] }")).toBe(
      true,
    ));
});

describe('when Argo CD applies an object', () => {
  const stage = (annotations: string) => {
    const world = worldOf(
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, annotations: { ${annotations} } } }`,
    );
    return stageOf(the(world, 'a'));
  };
  const hook = 'argocd.argoproj.io/hook';
  const wave = 'argocd.argoproj.io/sync-wave';

  test.each([
    ['', { phase: 0, wave: 0 }],
    [`${wave}: '3'`, { phase: 0, wave: 3 }],
    [`${wave}: '-5'`, { phase: 0, wave: -5 }],
    [`${wave}: '+5'`, { phase: 0, wave: 5 }],
    [`${wave}: 'soon'`, { phase: 0, wave: 0 }],
    [`${wave}: '1.5'`, { phase: 0, wave: 0 }],
    [`${wave}: '2', helm.sh/hook-weight: '7'`, { phase: 0, wave: 2 }],
    [`${hook}: PreSync, ${wave}: '1'`, { phase: -1, wave: 1 }],
    [`${hook}: Sync`, { phase: 0, wave: 0 }],
    [`${hook}: PostSync`, { phase: 1, wave: 0 }],
    [`${hook}: 'PostSync, PreSync'`, { phase: -1, wave: 0 }],
    [`helm.sh/hook: pre-install, helm.sh/hook-weight: '-2'`, { phase: -1, wave: -2 }],
    [`helm.sh/hook: post-install`, { phase: 1, wave: 0 }],
    [`helm.sh/hook: post-upgrade`, { phase: 1, wave: 0 }],
    [`${hook}: Sync, helm.sh/hook: pre-install`, { phase: 0, wave: 0 }],
  ])('{ %s }', (annotations, expected) => expect(stage(annotations)).toEqual(expected));

  test.each(['SyncFail', 'Skip', 'PostDelete'])('%s is no part of an ordinary sync', (name) =>
    expect(stage(`${hook}: ${name}`)).toBeUndefined(),
  );
  test.each(['test', 'pre-upgrade', 'pre-delete'])('Helm: %s is none of the first', (name) =>
    expect(stage(`helm.sh/hook: ${name}`)).toBeUndefined(),
  );

  test('the phase decides, then the wave', () => {
    const [pre, early, late] = [
      { phase: -1, wave: 9 },
      { phase: 0, wave: 1 },
      { phase: 0, wave: 2 },
    ] as const;
    expect([isBefore(pre, early), isBefore(early, late)]).toEqual([true, true]);
    expect([isBefore(early, pre), isBefore(late, early), isBefore(early, early)]).toEqual([false, false, false]);
  });

  test.each([
    [{ phase: 0, wave: 1 }, 'wave 1'],
    [{ phase: 0, wave: 0 }, 'wave 0'],
    [{ phase: -1, wave: 0 }, 'PreSync'],
    [{ phase: -1, wave: -5 }, 'PreSync wave -5'],
    [{ phase: 1, wave: 0 }, 'PostSync'],
  ])('%j is called %s', (stage, text) => expect(stageText(stage)).toBe(text));
});

describe('a pattern of Argo CD', () => {
  test.each<[string, string, string | undefined, boolean | undefined]>([
    ['*', 'anything/at/all', '/', true],
    ['shop-*', 'shop-dev', undefined, true],
    ['shop-*', 'blog-dev', undefined, false],
    ['shop-*', 'my-shop-dev', undefined, false],
    ['shop-?', 'shop-1', undefined, true],
    ['shop-?', 'shop-12', undefined, false],
    ['https://git.example.com/*', 'https://git.example.com/shop', '/', true],
    ['https://git.example.com/*', 'https://git.example.com/shop/web', '/', false],
    ['https://git.example.com/*', 'https://git.example.com/shop/web', undefined, true],
    ['https://git.example.com/**', 'https://git.example.com/shop/web', '/', true],
    ['https://git?example.com/shop', 'https://git/example.com/shop', '/', false],
    ['git.example.com', 'git-example.com', undefined, false],
    ['a+b', 'a+b', undefined, true],
    ['a*b', 'a\nb', undefined, true],
    ['!shop', 'shop', undefined, undefined],
    ['sho[p]', 'shop', undefined, undefined],
    ['{shop,blog}', 'shop', undefined, undefined],
  ])('%s matches %j, separated by %s: %s', (pattern, value, separator, expected) =>
    expect(matchesGlob(pattern, value, separator)).toBe(expected),
  );
});

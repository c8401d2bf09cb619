import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import { readObjects, render } from '../../render/render';
import type { TreeIndex } from '../../render/tree';
import { readIndex } from '../../render/tree';
import { refusal } from '../model/support';
import { aComponent, anObject, filesOf, newFolder, write } from './support';
import type { AnyTarget } from './targets';
import { aTarget, renderTo } from './targets';

const all = [aTarget('kind', 'dev'), aTarget('shared', 'dev'), aTarget('shared', 'prod')];
const distOf = (folder: string) => filesOf(join(folder, 'dist'));

/** A folder with the tree of all targets. */
function rendered(): string {
  const folder = newFolder();
  renderTo(folder, all);
  return folder;
}

describe('a render', () => {
  test('writes a folder per target, what delivers them, and an index of every object', () => {
    const folder = rendered();
    expect(Object.keys(distOf(folder))).toEqual([
      'argocd/projects.yaml',
      'index.json',
      ...['kind/dev', 'shared/dev', 'shared/prod'].flatMap((path) => [
        `${path}/00-platform.yaml`,
        `${path}/10-web.yaml`,
      ]),
    ]);
    const { targets } = readIndex(join(folder, 'dist'))!;
    expect(Object.keys(targets)).toEqual(['kind/dev', 'shared/dev', 'shared/prod']);
    expect(targets['shared/prod']!.objects.map(({ kind, name, file }) => [kind, name, file])).toEqual([
      ['Namespace', 'prod', '00-platform.yaml'],
      ['ConfigMap', 'facts', '10-web.yaml'],
    ]);
  });

  test('has an index with a line per object', () => {
    const text = distOf(rendered())['index.json']!;
    expect(text.split('\n').filter((line) => line.includes('"sha256"'))).toHaveLength(6);
    expect((JSON.parse(text) as TreeIndex).targets['kind/dev']!.objects).toHaveLength(2);
  });

  test('gives the same bytes twice', () => expect(distOf(rendered())).toEqual(distOf(rendered())));

  test('says of each target how many objects it has and whether its files were kept', () => {
    const folder = rendered();
    const summary = render<AnyTarget>({
      targets: all,
      only: ['kind@x', 'dev@kind'],
      compose: () => [],
      deliver: () => [],
      out: join(folder, 'dist'),
    });
    expect(summary.targets).toEqual([
      { target: 'dev@kind', objects: 0, kept: false },
      { target: 'dev@shared', objects: 2, kept: true },
      { target: 'prod@shared', objects: 2, kept: true },
    ]);
  });
});

describe('a render of some targets', () => {
  test('renders these and keeps the others as they stand, in the files, the index and the delivery', () => {
    const folder = rendered();
    const before = distOf(folder);
    const changed = all.map((target) => aTarget(target.cluster.name, target.environment.name, { replicas: 9 }));
    expect(renderTo(folder, changed, { only: ['dev@shared'] })).toEqual(['dev@shared']);
    const after = distOf(folder);
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([
      'index.json',
      'shared/dev/10-web.yaml',
    ]);
    expect(Object.keys(readIndex(join(folder, 'dist'))!.targets)).toEqual(['kind/dev', 'shared/dev', 'shared/prod']);
    expect(after['argocd/projects.yaml']).toBe('# dev@kind\n# dev@shared\n# prod@shared\n');
  });

  test('into an empty place has these alone', () => {
    const folder = newFolder();
    renderTo(folder, all, { only: ['dev@shared'] });
    expect(Object.keys(distOf(folder))).toEqual([
      'argocd/projects.yaml',
      'index.json',
      'shared/dev/00-platform.yaml',
      'shared/dev/10-web.yaml',
    ]);
    expect(distOf(folder)['argocd/projects.yaml']).toBe('# dev@shared\n');
  });

  test('one after the other gives what a render of all gives', () => {
    const folder = newFolder();
    for (const name of ['prod@shared', 'dev@kind', 'dev@shared']) renderTo(folder, all, { only: [name] });
    expect(distOf(folder)).toEqual(distOf(rendered()));
  });

  test('says what is wrong when the folder of a kept one is gone', () => {
    const folder = rendered();
    rmSync(join(folder, 'dist/kind'), { recursive: true });
    const error = refusal(() => renderTo(folder, all, { only: ['dev@shared'] }));
    expect(error.found).toContain('kind/dev');
    expect(error.fixes[0]).toContain('render everything again');
  });

  test('names what is in the way when a kept folder holds a folder of somebody else', () => {
    const folder = rendered();
    mkdirSync(join(folder, 'dist/kind/dev/notes'));
    const error = refusal(() => renderTo(folder, all, { only: ['dev@shared'] }));
    expect(error.message).toContain('notes');
    expect(error.fixes.join()).not.toContain('permission');
  });
});

test('a matrix without targets is refused before anything is written: an empty tree would replace the one that stands', () => {
  for (const folder of [newFolder(), rendered()]) {
    const before = readdirSync(folder);
    const error = refusal(() => renderTo(folder, []));
    expect(error.place).toBe('environments/matrix.ts');
    expect(error.found).toContain('no target');
    expect(readdirSync(folder)).toEqual(before);
  }
});

test('a target without objects has no folder, and is kept and replaced like any other', () => {
  const folder = newFolder();
  const compose = ({ name }: AnyTarget) =>
    name === 'dev@kind'
      ? []
      : [aComponent('web', 1, [anObject('Service', 'web', { namespace: name.replace('@', '-') })])];
  for (const only of [[], ['dev@shared'], ['dev@kind'], []]) renderTo(folder, all, { compose, only });
  expect(Object.keys(distOf(folder))).toEqual([
    'argocd/projects.yaml',
    'index.json',
    'shared/dev/10-web.yaml',
    'shared/prod/10-web.yaml',
  ]);
  expect(readIndex(join(folder, 'dist'))!.targets['kind/dev']!.objects).toEqual([]);
});

test('a target that the matrix no longer has leaves nothing, also when only another one is rendered', () => {
  for (const only of [[], ['prod@shared']]) {
    const folder = rendered();
    renderTo(folder, all.slice(1), { only });
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['argocd', 'index.json', 'shared']);
    expect(distOf(folder)['argocd/projects.yaml']).toBe('# dev@shared\n# prod@shared\n');
  }
});

describe('an object that two targets of one cluster render', () => {
  const role = anObject('ClusterRole', 'reader', { apiVersion: 'rbac.authorization.k8s.io/v1' });
  const compose = () => [aComponent('c', 0, [{ ...role, metadata: { name: 'reader' } }])];

  test('is refused with both targets, and the tree stays', () => {
    const folder = rendered();
    const before = distOf(folder);
    const error = refusal(() => renderTo(folder, all, { compose }));
    expect(error.place).toBe('dev@shared and prod@shared');
    expect(error.found).toContain('ClusterRole/reader');
    expect(error.fixes).toHaveLength(2);
    expect(distOf(folder)).toEqual(before);
  });

  test('is found also when one of the two is kept', () => {
    const folder = newFolder();
    renderTo(folder, all, { compose, only: ['prod@shared'] });
    expect(refusal(() => renderTo(folder, all, { compose, only: ['dev@shared'] })).place).toBe(
      'dev@shared and prod@shared',
    );
  });

  test('is none when they stand on two clusters', () => {
    expect(() => renderTo(newFolder(), all.slice(0, 2), { compose })).not.toThrow();
  });
});

describe('whatever fails leaves the tree as it was, and nothing beside it', () => {
  test.each([
    [
      'composing',
      {
        compose: () => {
          throw new Error('broken');
        },
      },
    ],
    [
      'delivering',
      {
        deliver: () => {
          throw new Error('broken');
        },
      },
    ],
  ])('%s', (_what, broken) => {
    const folder = rendered();
    const before = distOf(folder);
    expect(() => renderTo(folder, all, broken)).toThrow('broken');
    expect(distOf(folder)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['dist']);
  });
});

describe('with the tree that is live now', () => {
  const config = (content: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `conf-${content}`, namespace: 'ns', annotations: { [CONFIG_OF]: 'conf', [CONFIG_KEPT]: '2' } },
    data: { content },
  });
  const renderConfig = (folder: string, content: string, rest: { readonly previous?: string } = {}) =>
    renderTo(folder, all.slice(0, 1), { compose: () => [aComponent('web', 1, [config(content)])], ...rest });
  const namesOf = (folder: string) => readObjects(join(folder, 'dist/kind/dev')).map(({ metadata }) => metadata.name);

  test('earlier configs are kept, also when it is the one that is replaced', () => {
    const folder = newFolder();
    const previous = join(folder, 'dist');
    renderConfig(folder, 'a');
    renderConfig(folder, 'b', { previous });
    renderConfig(folder, 'c', { previous });
    expect(namesOf(folder)).toEqual(['conf-a', 'conf-b', 'conf-c']);
    const before = distOf(folder);
    renderConfig(folder, 'c', { previous });
    expect(distOf(folder)).toEqual(before);
  });

  test('no folder of a target in it is no mistake: the target is new', () => {
    const [live, folder] = [newFolder(), newFolder()];
    renderTo(live, [aTarget('other', 'dev')]);
    renderConfig(folder, 'a', { previous: join(live, 'dist') });
    expect(namesOf(folder)).toEqual(['conf-a']);
  });

  test.each([
    ['is not there', (folder: string) => join(folder, 'dits')],
    ['is a file', (folder: string) => join(folder, 'dist/index.json')],
  ])('a tree that %s is refused: else a slip of the fingers loses every earlier config', (_what, previous) => {
    const folder = rendered();
    const before = distOf(folder);
    const error = refusal(() => renderConfig(folder, 'b', { previous: previous(folder) }));
    expect(error.message).toContain(previous(folder));
    expect(distOf(folder)).toEqual(before);
  });

  test.each([
    ['YAML that cannot be read', 'a: [1\n'],
    ['something else than objects', 'just text\n'],
    ['an object without a name', 'apiVersion: v1\nkind: ConfigMap\n'],
  ])('%s in it is refused with its path', (_what, text) => {
    const folder = rendered();
    const path = join(folder, 'dist/kind/dev/10-web.yaml');
    writeFileSync(path, text);
    const error = refusal(() => renderConfig(folder, 'b', { previous: join(folder, 'dist') }));
    expect(error.place).toBe(path);
    expect(error.fixes.length).toBeGreaterThanOrEqual(2);
    expect(error.message).not.toContain('undefined');
  });

  test('what a desktop left in it is passed over', () => {
    const folder = rendered();
    write(join(folder, 'dist/kind/dev/._10-web.yaml'), '\0\u0005\u0016\u0007');
    expect(() => renderConfig(folder, 'b', { previous: join(folder, 'dist') })).not.toThrow();
  });

  test('documents without an object in it are passed over', () => {
    const folder = rendered();
    write(join(folder, 'dist/kind/dev/10-web.yaml'), '---\n---\n# nothing\n');
    expect(() => renderConfig(folder, 'b', { previous: join(folder, 'dist') })).not.toThrow();
  });
});

test("a person's file beside what Argo CD reads is kept, and named; the files of the last render are not in the way", () => {
  const folder = newFolder();
  const targets = [aTarget('kind', 'dev')];
  renderTo(folder, targets);
  renderTo(folder, targets);
  write(join(folder, 'dist/argocd/notes.txt'), 'call me');
  expect(refusal(() => renderTo(folder, targets)).found).toContain('argocd/notes.txt');
  expect(readFileSync(join(folder, 'dist/argocd/notes.txt'), 'utf8')).toBe('call me');
});

describe('two targets of one cluster', () => {
  const [one, other, elsewhere] = [aTarget('shared', 'dev'), aTarget('shared', 'prod'), aTarget('kind', 'dev')];
  const rendering = (targets: readonly AnyTarget[], objectFor: (target: AnyTarget) => KubernetesObject) => () =>
    renderTo(newFolder(), targets, { compose: (target) => [aComponent('web', 0, [objectFor(target)])] });
  test('that render the same object are refused, whatever version of its API they use', () => {
    const error = refusal(rendering([one, other], () => anObject('ConfigMap', 'a')));
    expect([error.place, error.found]).toEqual([
      'dev@shared and prod@shared',
      'both render ConfigMap/ns/a, and they stand on the same cluster',
    ]);
    const route = (target: AnyTarget) =>
      anObject('HTTPRoute', 'a', {
        apiVersion: `gateway.networking.k8s.io/${target === one ? 'v1' : 'v1beta1'}`,
      });
    expect(refusal(rendering([one, other], route)).found).toContain('both render HTTPRoute/ns/a');
  });
  test('render objects of one name where their namespaces, kinds or API groups differ', () => {
    expect(
      rendering([one, other], ({ environment: { name } }) => anObject('ConfigMap', 'a', { namespace: name })),
    ).not.toThrow();
    expect(rendering([one, other], (target) => anObject(target === one ? 'ConfigMap' : 'Secret', 'a'))).not.toThrow();
    const service = (target: AnyTarget) =>
      anObject('Service', 'a', { apiVersion: target === one ? 'v1' : 'serving.knative.dev/v1' });
    expect(rendering([one, other], service)).not.toThrow();
  });
  test('and so do those of other clusters', () =>
    expect(rendering([one, elsewhere], () => anObject('ConfigMap', 'a'))).not.toThrow());
});

import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../../model/errors';
import type { Target } from '../../model/target';
import type { PublishRequest } from '../../publish/publish';
import { publish } from '../../publish/publish';
import { refusal } from '../model/support';
import { filesOf, newFolder } from '../render/support';
import { requestOf, suffix } from './request';
import { commitsAt, committed, ENV, filesAt, fsck, git, published, repositories } from './support';

const STATE = { 'dev@kind': { web: 'one', redis: 'r' }, 'prod@cloud': { web: 'one' } };
const messageAt = (repo: string, branch = 'main') => git(repo, 'log', '-1', '--format=%B', branch);

describe('a bare repository', () => {
  test('gets the rendered tree as one commit, in its folder, beside what people wrote', () => {
    const { bare } = repositories();
    const result = published(bare, STATE);
    expect(result).toMatchObject({
      landed: 'pushed',
      branches: [{ branch: 'main', isNew: false, written: 5, removed: 0 }],
    });
    expect(commitsAt(bare)).toBe(2);
    expect(Object.keys(filesAt(bare))).toEqual([
      'README.md',
      'tree/argocd/projects.yaml',
      'tree/cloud/prod/10-web.yaml',
      'tree/index.json',
      'tree/kind/dev/10-redis.yaml',
      'tree/kind/dev/10-web.yaml',
    ]);
    fsck(bare);
  });

  test('is told what others changed by hand, where that is taken back', () => {
    const { bare, clone } = repositories();
    published(bare, STATE);
    const edit = (files: Record<string, string>) => {
      git(clone, 'pull', '--quiet', 'origin', 'main');
      committed(clone, files);
      git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    };
    edit({ 'tree/cloud/prod/10-web.yaml': 'kind: ConfigMap\n', 'README.md': 'more\n' });
    // What is not written anew is no matter of this commit.
    published(clone, STATE, { push: true });
    const message = messageAt(bare);
    expect(message).toContain('Taken back, as others changed it since it was published:\n  cloud/prod/10-web.yaml: ');
    expect(message).toMatch(/10-web\.yaml: [0-9a-f]+ by hand\n/);
    expect(message).not.toContain('README');
    published(clone, { ...STATE, 'prod@cloud': { web: 'two' } }, { push: true });
    expect(messageAt(bare)).not.toContain('Taken back');
  });

  test('gets no commit where nothing has changed', () => {
    const { bare } = repositories();
    published(bare, STATE);
    const before = git(bare, 'rev-parse', 'main');
    expect(published(bare, STATE).branches).toMatchObject([{ commit: undefined, written: 0, removed: 0 }]);
    expect(git(bare, 'rev-parse', 'main')).toBe(before);
  });

  test('gets only what has changed, and its history is kept', () => {
    const { bare } = repositories();
    published(bare, STATE);
    published(bare, { ...STATE, 'prod@cloud': { web: 'two' } });
    expect(git(bare, 'diff-tree', '-r', '--name-only', '--no-commit-id', 'main').split('\n')).toEqual([
      'tree/cloud/prod/10-web.yaml',
      'tree/index.json',
    ]);
    expect(commitsAt(bare)).toBe(3);
  });

  test('keeps the earlier configs that a rollback needs, and drops them when their time is over', () => {
    const { bare } = repositories();
    const configs = () =>
      [...filesAt(bare)['tree/kind/dev/10-web.yaml']!.matchAll(/web-config-(\w+)/g)].map(([, hash]) => hash);
    const texts = ['one', 'two', 'three', 'four'];
    for (const web of texts) published(bare, { 'dev@kind': { web } });
    expect(new Set(configs())).toEqual(new Set(texts.slice(1).map(suffix)));
    // A rollback finds its own.
    published(bare, { 'dev@kind': { web: 'three' } });
    expect(configs()).toContain(suffix('four'));
    expect(published(bare, { 'dev@kind': { web: 'three' } }).branches[0]!.commit).toBeUndefined();
  });

  test('loses the targets and files that left the matrix, and nothing else', () => {
    const { bare } = repositories();
    published(bare, STATE);
    const { removed } = published(bare, { 'dev@kind': { web: 'one' } }).branches[0]!;
    expect(removed).toBe(2);
    expect(Object.keys(filesAt(bare))).toEqual([
      'README.md',
      'tree/argocd/projects.yaml',
      'tree/index.json',
      'tree/kind/dev/10-web.yaml',
    ]);
  });

  test('is only shown the commit without a push', () => {
    const { bare } = repositories();
    const result = published(bare, STATE, { push: false });
    expect(result).toMatchObject({ landed: 'shown', branches: [{ written: 5 }] });
    expect([commitsAt(bare), Object.keys(filesAt(bare))]).toEqual([1, ['README.md']]);
  });

  test('may be empty: the first commit is ours', () => {
    const { bare } = repositories([], { empty: true });
    published(bare, STATE);
    expect([commitsAt(bare), fsck(bare)]).toEqual([1, '']);
  });

  test('may name its objects by SHA-256', () => {
    const { bare } = repositories(['--object-format=sha256'], { empty: true });
    published(bare, STATE);
    published(bare, { 'dev@kind': { web: 'two' } });
    expect(git(bare, 'rev-parse', 'main')).toHaveLength(64);
    expect([commitsAt(bare), fsck(bare)]).toEqual([2, '']);
  });

  test('is reached by a URL as well, and is then fetched', () => {
    const { bare } = repositories();
    const url = `file://${bare}`;
    published(url, STATE);
    expect(published(url, STATE).branches[0]!.commit).toBeUndefined();
    published(url, { 'dev@kind': { web: 'two' } });
    expect(commitsAt(bare)).toBe(3);
    fsck(bare);
  });

  test('has the bytes that are rendered into a folder', async () => {
    const { bare } = repositories([], { empty: true });
    published(bare, STATE, { folder: '' });
    const { render } = await import('../../render/render');
    const { push, repo, env, message, layout, folder, ...request } = requestOf(bare, STATE);
    const out = join(newFolder(), 'dist');
    render({ ...request, out });
    const texts = Object.fromEntries(Object.entries(filesOf(out)).map(([path, text]) => [path, text.trimEnd()]));
    expect(filesAt(bare)).toEqual(texts);
  });

  test('begins a new branch at the default branch, so that a pull request can be made of it', () => {
    const { bare } = repositories();
    published(bare, STATE, { branch: 'change-1' });
    expect([commitsAt(bare), commitsAt(bare, 'change-1')]).toEqual([1, 2]);
    published(bare, STATE, { branch: 'change-1', push: true });
    expect(commitsAt(bare, 'change-1')).toBe(2);
  });

  test('has files that were changed by hand written again, which the message says', () => {
    const { bare, clone } = repositories();
    published(bare, STATE);
    git(clone, 'pull', '--quiet');
    committed(clone, { 'tree/cloud/prod/10-web.yaml': 'edited: true\n' });
    git(clone, 'push', '--quiet');
    published(bare, STATE);
    expect(filesAt(bare)['tree/cloud/prod/10-web.yaml']).toContain('kind: ConfigMap');
    expect(messageAt(bare)).toMatch(/^change files\n\ncloud\/prod\/10-web.yaml\n/);
  });

  test('has files that became executable as they were', () => {
    const { bare, clone } = repositories();
    published(bare, STATE);
    git(clone, 'pull', '--quiet');
    git(clone, 'update-index', '--chmod=+x', 'tree/kind/dev/10-web.yaml');
    git(clone, 'commit', '--quiet', '--message', 'executable');
    git(clone, 'push', '--quiet');
    expect(published(bare, STATE).branches).toMatchObject([{ written: 1, removed: 0 }]);
    expect(git(bare, 'ls-tree', 'main:tree/kind/dev', '10-web.yaml')).toMatch(/^100644 /);
  });
});

test('what somebody pushes in the meantime stays, and is rendered over', () => {
  const { bare, clone } = repositories();
  let turns = 0;
  const message = () => {
    if (turns++ === 0) {
      published(clone, { 'dev@kind': { web: 'theirs' }, 'prod@cloud': { web: 'one' } });
      committed(clone, { note: 'theirs' });
      git(clone, 'push', '--quiet');
    }
    return 'ours';
  };
  published(bare, { 'dev@kind': { web: 'ours' }, 'prod@cloud': { web: 'one' } }, { message });
  expect([turns, commitsAt(bare)]).toEqual([2, 4]);
  const files = filesAt(bare);
  expect(Object.keys(files)).toContain('note');
  // The config that theirs brought is one that a rollback may need.
  expect(files['tree/kind/dev/10-web.yaml']).toContain(suffix('theirs'));
  expect(files['tree/kind/dev/10-web.yaml']).toContain('text: ours');
});

describe('only some targets', () => {
  test('are published, and the others stay as they are', () => {
    const { bare } = repositories();
    published(bare, STATE);
    const before = filesAt(bare);
    published(bare, { 'dev@kind': { web: 'two', redis: 'r' }, 'prod@cloud': { web: 'two' } }, { only: ['dev@kind'] });
    const after = filesAt(bare);
    expect(after['tree/cloud/prod/10-web.yaml']).toBe(before['tree/cloud/prod/10-web.yaml']);
    expect(after['tree/kind/dev/10-web.yaml']).not.toBe(before['tree/kind/dev/10-web.yaml']);
  });

  test('are published over an index of before, which knew less of the others', () => {
    const { bare, clone } = repositories();
    published(bare, STATE);
    git(clone, 'pull', '--quiet');
    const index = JSON.parse(filesAt(bare)['tree/index.json']!);
    const { facts } = index.targets['cloud/prod'];
    expect(facts).toBeDefined();
    delete index.targets['cloud/prod'].facts;
    committed(clone, { 'tree/index.json': JSON.stringify(index) });
    git(clone, 'push', '--quiet');
    published(bare, { ...STATE, 'dev@kind': { web: 'two' } }, { only: ['dev@kind'] });
    expect(JSON.parse(filesAt(bare)['tree/index.json']!).targets['cloud/prod'].facts).toEqual(facts);
  });

  test('lose their own files, also beside one whose name theirs begins with; and the others are compared as they are', () => {
    const { bare } = repositories();
    const dev = { web: 'one', redis: 'r' };
    published(bare, { 'dev@kind': dev, 'dev2@kind': dev });
    const texts: (string | undefined)[] = [];
    const refuse: NonNullable<PublishRequest<Target>['refuse']> = (_, after) => {
      texts.push(...['dev', 'dev2'].map((name) => after.text(`kind/${name}/10-redis.yaml`)));
      return undefined;
    };
    published(bare, { 'dev@kind': dev, 'dev2@kind': { web: 'one' } }, { only: ['dev2@kind'], refuse });
    expect(texts).toEqual([expect.stringContaining('text: r'), undefined]);
    expect(Object.keys(filesAt(bare))).toEqual(expect.not.arrayContaining(['tree/kind/dev2/10-redis.yaml']));
    expect(Object.keys(filesAt(bare))).toContain('tree/kind/dev/10-redis.yaml');
  });

  test('are refused while another one that left the matrix is still there', () => {
    const { bare } = repositories();
    published(bare, STATE);
    const error = refusal(() => published(bare, { 'dev@kind': { web: 'two' } }, { only: ['dev@kind'] }));
    expect(error.message).toContain('holds cloud/prod, which is in the matrix no more');
    expect(commitsAt(bare)).toBe(2);
  });
});

describe('a branch for each environment', () => {
  const branches = { kind: 'branches', prefix: 'environment/' } as const;
  const names = (repo: string) =>
    git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/environment').split('\n');

  test('gets its own targets, as one commit', () => {
    const { bare } = repositories();
    published(bare, { ...STATE, 'prod@edge': { web: 'one' } }, { layout: branches, folder: '' });
    expect(names(bare)).toEqual(['environment/dev', 'environment/prod']);
    expect(Object.keys(filesAt(bare, 'environment/prod'))).toEqual([
      'argocd/projects.yaml',
      'cloud/prod/10-web.yaml',
      'edge/prod/10-web.yaml',
      'index.json',
    ]);
    expect([commitsAt(bare, 'environment/dev'), commitsAt(bare, 'environment/prod'), commitsAt(bare)]).toEqual([
      1, 1, 1,
    ]);
  });

  test('changes only if something of it does', () => {
    const { bare } = repositories();
    published(bare, STATE, { layout: branches });
    const { branches: told } = published(bare, { ...STATE, 'prod@cloud': { web: 'two' } }, { layout: branches });
    expect(told.map(({ branch, commit }) => [branch, commit !== undefined])).toEqual([
      ['environment/dev', false],
      ['environment/prod', true],
    ]);
    expect([commitsAt(bare, 'environment/dev'), commitsAt(bare, 'environment/prod')]).toEqual([1, 2]);
  });

  test('all move or none: where one is refused, the others stay', () => {
    const { bare } = repositories();
    published(bare, STATE, { layout: branches });
    writeFileSync(join(bare, 'hooks/update'), '#!/bin/sh\n[ "$1" != refs/heads/environment/prod ]\n', { mode: 0o755 });
    const changed = { 'dev@kind': { web: 'two' }, 'prod@cloud': { web: 'two' } };
    expect(refusal(() => published(bare, changed, { layout: branches })).message).toContain('hook declined');
    expect([commitsAt(bare, 'environment/dev'), commitsAt(bare, 'environment/prod')]).toEqual([1, 1]);
  });

  test('is left empty by an environment that left the matrix; a branch that is called alike is nobody of ours', () => {
    const { bare } = repositories();
    git(bare, 'branch', 'environment/notes', 'main');
    published(bare, STATE, { layout: branches, folder: '' });
    published(bare, { 'dev@kind': STATE['dev@kind'] }, { layout: branches, folder: '' });
    expect(Object.keys(filesAt(bare, 'environment/prod'))).toEqual(['argocd/projects.yaml', 'index.json']);
    expect(Object.keys(filesAt(bare, 'environment/notes'))).toEqual(['README.md']);
  });

  test('of an environment that left the matrix is left alone where only some targets are asked for', () => {
    const { bare } = repositories();
    published(bare, STATE, { layout: branches, folder: '' });
    const before = git(bare, 'rev-parse', 'environment/prod');
    published(bare, { 'dev@kind': { web: 'two' } }, { layout: branches, folder: '', only: ['dev@kind'] });
    expect(git(bare, 'rev-parse', 'environment/prod')).toBe(before);
    expect(commitsAt(bare, 'environment/dev')).toBe(2);
  });

  test('two environments that render the same object on one cluster are refused', () => {
    const { bare } = repositories();
    const request = requestOf(
      bare,
      { 'dev@kind': { web: 'a' }, 'prod@kind': { web: 'a' } },
      { env: ENV, layout: branches },
    );
    const shared = { ...request.compose(request.targets[0]!)[0]! };
    const error = refusal(() => publish({ ...request, compose: () => [shared] }));
    expect(error.message).toContain('both render ConfigMap/dev/web');
  });
});

describe('what stands in the way is named, and nothing is written', () => {
  test.each([
    [
      'a file in the folder of a target',
      { 'tree/kind/dev/notes.yaml': 'mine' },
      'tree/kind/dev/notes.yaml: stands in the folder of a target',
    ],
    [
      'a file where one is to be',
      { 'tree/argocd/projects.yaml': 'mine' },
      'tree/argocd/projects.yaml: is a file that strata did not write',
    ],
    ['a file where a folder is to be', { 'tree/kind': 'mine' }, 'tree/kind: is no folder'],
    ['a file where the folder of the tree is to be', { tree: 'mine' }, 'branch main, tree: is no folder'],
    [
      'a folder where a file is to be',
      { 'tree/index.json/mine': 'x' },
      'tree/index.json/mine: stands where the file index.json would be',
    ],
    [
      'an index of somebody else',
      { 'tree/index.json': '{"mine":true}' },
      'tree/index.json: is no index of a rendered tree',
    ],
  ])('%s', (_, files, message) => {
    const { bare, clone } = repositories();
    committed(clone, files);
    git(clone, 'push', '--quiet');
    expect(refusal(() => published(bare, STATE)).message).toContain(message);
    expect(commitsAt(bare)).toBe(2);
  });

  test('a submodule', () => {
    const { bare, clone } = repositories();
    const other = repositories();
    git(clone, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.bare, 'tree/kind');
    git(clone, 'commit', '--quiet', '--message', 'a submodule');
    git(clone, 'push', '--quiet');
    expect(refusal(() => published(bare, STATE)).message).toContain('tree/kind: is a submodule');
    // Elsewhere it stays as it is.
    published(bare, STATE, { folder: 'rendered' });
    expect(git(bare, 'ls-tree', 'main:tree', 'kind')).toMatch(/^160000 commit/);
  });

  test('what desktops leave in every folder is no offence, and names that are not UTF-8 stay as they are elsewhere', () => {
    const { bare, clone } = repositories();
    committed(clone, { 'tree/kind/dev/.DS_Store': 'x' });
    writeFileSync(Buffer.from(`${clone}/n\xe4me`, 'latin1'), Buffer.from([0xff, 0xfe]));
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message', 'more');
    git(clone, 'push', '--quiet');
    published(bare, STATE);
    expect(git(bare, 'ls-tree', 'main')).toContain('"n\\344me"');
    expect(git(bare, 'ls-tree', '--name-only', 'main:tree/kind/dev')).toContain('.DS_Store');
    fsck(bare);
  });

  test('a name that is not UTF-8 in the folder of a target', () => {
    const { bare, clone } = repositories();
    published(bare, STATE);
    git(clone, 'pull', '--quiet');
    writeFileSync(Buffer.from(`${clone}/tree/kind/dev/n\xe4me.yaml`, 'latin1'), 'mine');
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message', 'more');
    git(clone, 'push', '--quiet');
    expect(refusal(() => published(bare, { 'dev@kind': { web: 'x' } })).message).toContain(
      'tree/kind/dev/n\ufffdme.yaml: stands in',
    );
  });
});

test('the message ends with what the commit was made of', () => {
  const { bare } = repositories();
  published(bare, STATE, { source: () => 'c0ffee', message: () => 'subject\n\nbody' });
  const index = git(bare, 'cat-file', 'blob', 'main:tree/index.json');
  const sum = hash('sha256', `${index}\n`);
  expect(messageAt(bare)).toBe(
    ['subject', '', 'body', '', 'Source-Commit: c0ffee', `Render-Hash: sha256:${sum}`].join('\n'),
  );
  expect(git(bare, 'log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)', 'main').trim()).toBe('c0ffee');
});

test('a change that is refused, or that will break, is not published', () => {
  const { bare } = repositories();
  published(bare, STATE);
  const changed = { ...STATE, 'prod@cloud': { web: 'two' } };
  const judged: string[] = [];
  const error = refusal(() =>
    published(bare, changed, {
      judge: (rendered) => {
        judged.push(...rendered.map(({ target }) => target.name));
        throw new StrataError('prod@cloud', 'will break', ['mend it']);
      },
    }),
  );
  expect([error.found, judged]).toEqual(['will break', ['prod@cloud']]);
  const texts: (string | undefined)[] = [];
  const risky = refusal(() =>
    published(bare, changed, {
      refuse: (before, after) => {
        texts.push(
          before.text('cloud/prod/10-web.yaml'),
          after.text('cloud/prod/10-web.yaml'),
          after.text('kind/dev/10-web.yaml'),
        );
        return new StrataError('risk', 'data loss', ['think']);
      },
    }),
  );
  expect(risky.found).toBe('data loss');
  expect(texts.map((text) => /text: (\w+)/.exec(text ?? '')?.[1])).toEqual(['one', 'two', 'one']);
  expect(commitsAt(bare)).toBe(2);
  expect(readFileSync(join(bare, 'HEAD'), 'utf8')).toContain('main');
});

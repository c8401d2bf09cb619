import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { refusal } from '../model/support';
import { newFolder } from '../render/support';
import { commitsAt, ENV, git, published, repositories } from './support';

const STATE = { 'dev@kind': { web: 'one' } };
const isRoot = process.getuid?.() === 0;
const message = (...call: Parameters<typeof published>) => refusal(() => published(...call)).message;

describe('one error says what is wrong and what to do', () => {
  test('where git is not installed', () => {
    const { bare } = repositories();
    expect(message(bare, STATE, { env: { ...ENV, PATH: newFolder() } })).toMatch(
      /git is not installed\n {2}fix: install git/,
    );
  });

  test('of a folder that is no repository, a file, and what is neither', () => {
    const folder = newFolder();
    expect(message(folder, STATE)).toMatch(/: is no git repository .*\n {2}fix: name the root of a clone/);
    writeFileSync(join(folder, 'file'), '');
    expect(message(join(folder, 'file'), STATE)).toContain('is no folder, and no URL');
    expect(message(join(folder, 'none'), STATE)).toContain(`--repo ${join(folder, 'none')}: is no folder, and no URL`);
    expect(message(`file://${folder}/none`, STATE)).toContain('is no git repository');
  });

  test('of a server that is not there', () => {
    expect(message('http://127.0.0.1:1/x.git', STATE)).toContain('http://127.0.0.1:1/x.git: cannot be reached');
  });

  test('of a hook that refuses the push, with what it says', () => {
    const { bare } = repositories();
    writeFileSync(join(bare, 'hooks/pre-receive'), '#!/bin/sh\necho "no publishing on Fridays" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const said = message(bare, STATE);
    expect(said).toContain('refuses the push');
    expect(said).toContain('no publishing on Fridays');
    expect(said).toContain('--branch BRANCH');
    expect(commitsAt(bare)).toBe(1);
  });

  test('of a branch that stays locked there', () => {
    const { bare } = repositories();
    writeFileSync(join(bare, 'refs/heads/main.lock'), '');
    expect(message(bare, STATE)).toMatch(/others published to it each time, 12 times \(.*main\.lock': File exists/s);
  });

  test.each([
    ['name', { GIT_AUTHOR_NAME: undefined }],
    ['address', { GIT_AUTHOR_EMAIL: undefined }],
  ])('without the %s of who commits', (_, missing) => {
    const { bare, clone } = repositories();
    for (const repo of [bare, clone]) {
      const said = message(repo, STATE, { env: { ...ENV, ...missing } });
      expect(said).toContain('does not know who makes the commit');
      expect(said).toContain('git config --global user.name');
    }
    expect(commitsAt(bare)).toBe(1);
  });

  test('of a clone without a remote to push to', () => {
    const { clone } = repositories();
    git(clone, 'remote', 'remove', 'origin');
    expect(message(clone, STATE)).toContain('has no remote to push branch main to');
  });

  test.each(['../up', '/abs', 'a//b', 'a/.git', './a', 'a/'])('of the folder %s', (folder) => {
    const { bare } = repositories();
    expect(message(bare, STATE, { folder })).toContain(`--folder ${folder}: is no folder inside of the repository`);
  });

  test.each(['a..b', '-x', 'a b', 'x.lock'])('of the branch %s', (branch) => {
    const { bare } = repositories();
    expect(message(bare, STATE, { branch })).toContain(`branch ${branch}: is no name that git takes for a branch`);
  });

  test('of a matrix without targets', () => {
    const { bare } = repositories();
    expect(message(bare, {})).toContain('the matrix has no target');
  });

  test('of a place that may not be written, with nothing written', () => {
    const { bare, clone } = repositories();
    const folder = newFolder();
    chmodSync(folder, 0o777);
    const program = join(folder, 'program.cjs');
    buildSync({
      stdin: {
        contents: `import { runCall } from './program';
          try { runCall(process.argv[2]); } catch (error) { console.log(error.message); }`,
        resolveDir: __dirname,
      },
      bundle: true,
      platform: 'node',
      outfile: program,
    });
    // What root may write, nobody may not; git itself would refuse what is another's.
    const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};
    const trusting = { GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'), TMPDIR: folder };
    writeFileSync(trusting.GIT_CONFIG_GLOBAL, '[safe]\n\tdirectory = *\n');
    const said = (repo: string, push: boolean) => {
      const call = JSON.stringify({ repo, push, targets: 1, components: 1, text: 'x' });
      const env = { ...ENV, ...trusting };
      return spawnSync(process.execPath, [program, call], { ...nobody, cwd: folder, env, encoding: 'utf8' }).stdout;
    };
    const places = [join(bare, 'objects'), join(clone, '.git'), clone];
    for (const place of [...places, join(bare, '..')]) chmodSync(place, 0o555);
    try {
      expect(said(bare, true)).toContain('may not be written');
      expect(said(clone, false)).toMatch(/EACCES.*\.git/);
      chmodSync(join(clone, '.git'), 0o777);
      expect(said(clone, false)).toMatch(/EACCES.*access .*clone/);
      expect([commitsAt(bare), commitsAt(clone)]).toEqual([1, 1]);
    } finally {
      for (const place of [join(bare, '..'), ...places]) chmodSync(place, 0o755);
    }
  });

  test('of a damaged index', () => {
    const { bare, clone } = repositories();
    mkdirSync(join(clone, 'tree'));
    writeFileSync(join(clone, 'tree/index.json'), Buffer.from([0xff, 0xfe, 0x00]));
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message', 'damage');
    git(clone, 'push', '--quiet');
    expect(message(bare, STATE)).toContain('branch main, tree/index.json: is no index of a rendered tree');
  });
});

test('who is configured for the folder that strata runs in commits to a remote as well', () => {
  const { bare, clone } = repositories();
  git(clone, 'config', 'user.name', 'Configured');
  git(clone, 'config', 'user.email', 'configured@example.com');
  const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, ...env } = ENV;
  const before = process.cwd();
  process.chdir(clone);
  try {
    published(bare, STATE, { env });
  } finally {
    process.chdir(before);
  }
  expect(git(bare, 'log', '-1', '--format=%an <%ce>', 'main')).toBe('Configured <configured@example.com>');
});

test('what a hook of git says of another repository is not taken for ours', () => {
  const { bare, clone } = repositories();
  published(bare, STATE, {
    env: { ...ENV, GIT_DIR: join(clone, '.git'), GIT_INDEX_FILE: join(clone, '.git/index'), GIT_WORK_TREE: clone },
  });
  expect([commitsAt(bare), commitsAt(clone)]).toEqual([2, 1]);
});

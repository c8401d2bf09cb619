import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../model/support';
import { newFolder } from '../render/support';
import { commitsAt, committed, filesAt, fsck, git, published, repositories } from './support';

const ONE = { 'dev@kind': { web: 'one' }, 'prod@cloud': { web: 'one' } };
const TWO = { 'dev@kind': { web: 'two' } };
const statusOf = (clone: string) => git(clone, 'status', '--porcelain');
const here = { push: false };

describe('a clone', () => {
  test('gets the commit on its branch, and its files with it; the remote gets it with a push', () => {
    const { bare, clone } = repositories();
    expect(published(clone, ONE, here).landed).toBe('committed');
    expect([commitsAt(clone), commitsAt(bare), statusOf(clone)]).toEqual([2, 1, '']);
    expect(readFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'utf8')).toContain('text: one');
    expect(published(clone, ONE).landed).toBe('pushed');
    expect(git(bare, 'rev-parse', 'main')).toBe(git(clone, 'rev-parse', 'main'));
    expect(git(clone, 'reflog', '-1', '--format=%gs')).toBe('strata publish');
  });

  test('loses the files of what left the matrix, with their folders', () => {
    const { clone } = repositories();
    published(clone, ONE, here);
    writeFileSync(join(clone, 'tree/notes.txt'), 'untracked');
    published(clone, TWO, here);
    expect(existsSync(join(clone, 'tree/cloud'))).toBe(false);
    expect(readFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'utf8')).toContain('text: two');
    expect(statusOf(clone)).toBe('?? tree/notes.txt');
  });

  test('that is behind is brought along by a push, over what the others did', () => {
    const { bare, clone } = repositories();
    committed(clone, { 'tree/README.md': 'a note\n' });
    git(clone, 'push', '--quiet');
    git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    git(clone, 'update-ref', '-d', 'refs/remotes/origin/main');
    published(clone, ONE);
    expect([commitsAt(bare), commitsAt(clone), statusOf(clone)]).toEqual([3, 3, '']);
    expect(readFileSync(join(clone, 'tree/README.md'), 'utf8')).toBe('a note\n');
    // Also where there is nothing to publish.
    git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    expect(published(clone, ONE).branches[0]!.commit).toBeUndefined();
    expect([commitsAt(clone), statusOf(clone)]).toEqual([3, '']);
  });

  test('may be empty', () => {
    const { bare, clone } = repositories([], { empty: true });
    published(clone, ONE);
    expect([commitsAt(clone), commitsAt(bare), statusOf(clone)]).toEqual([1, 1, '']);
  });

  test('commits to a branch that is not checked out without a look at its files', () => {
    const { bare, clone } = repositories();
    writeFileSync(join(clone, 'README.md'), 'being edited\n');
    published(clone, ONE, { branch: 'rendered' });
    expect([commitsAt(bare, 'rendered'), commitsAt(clone), statusOf(clone)]).toEqual([2, 1, ' M README.md']);
  });

  test('moves the branches of all environments, of which one may be checked out', () => {
    const { bare, clone } = repositories();
    const rest = { layout: { kind: 'branches', prefix: 'env/' } as const };
    published(clone, ONE, rest);
    git(clone, 'switch', '--quiet', 'env/dev');
    published(clone, { 'dev@kind': { web: 'two' }, 'prod@cloud': { web: 'two' } }, rest);
    expect(readFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'utf8')).toContain('text: two');
    for (const branch of ['env/dev', 'env/prod']) {
      expect([commitsAt(bare, branch), commitsAt(clone, branch)]).toEqual([2, 2]);
      expect(filesAt(bare, branch)).toEqual(filesAt(clone, branch));
    }
    expect(statusOf(clone)).toBe('');
  });

  test('that is shallow is enough', () => {
    const { bare, clone } = repositories();
    published(clone, ONE);
    const shallow = join(newFolder(), 'shallow');
    git('.', 'clone', '--quiet', '--depth=1', `file://${bare}`, shallow);
    published(shallow, TWO);
    expect([commitsAt(bare), fsck(bare)]).toEqual([3, '']);
  });

  test('with other line ends in its files is brought along as git does it', () => {
    const { clone } = repositories();
    committed(clone, { '.gitattributes': '*.yaml text eol=crlf\n' });
    published(clone, ONE, here);
    published(clone, TWO, here);
    expect(readFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'utf8')).toContain('text: two\r\n');
    expect([statusOf(clone), filesAt(clone)['tree/kind/dev/10-web.yaml']!.includes('\r')]).toEqual(['', false]);
  });

  test('may be a working tree beside another one', () => {
    const { clone } = repositories();
    const beside = join(newFolder(), 'beside');
    git(clone, 'worktree', 'add', '--quiet', '-b', 'rendered', beside);
    published(beside, ONE, here);
    expect([commitsAt(clone, 'rendered'), statusOf(beside), existsSync(join(beside, 'tree/index.json'))]).toEqual([
      2,
      '',
      true,
    ]);
    expect(refusal(() => published(clone, TWO, { ...here, branch: 'rendered' })).message).toContain(
      'branch rendered is checked out in another working tree',
    );
  });
});

describe('is refused, with nothing written, a clone', () => {
  const refused = (clone: string, ...parts: readonly string[]) => {
    const before = [git(clone, 'for-each-ref'), statusOf(clone)];
    const { message } = refusal(() => published(clone, TWO, here));
    for (const part of parts) expect(message).toContain(part);
    expect([git(clone, 'for-each-ref'), statusOf(clone)]).toEqual(before);
    expect(readdirSync(join(clone, '.git')).filter((name) => name.startsWith('strata'))).toEqual([]);
  };

  test('with changes that are not committed, staged or not', () => {
    const { clone } = repositories();
    writeFileSync(join(clone, 'README.md'), 'being edited\n');
    refused(clone, 'has changes that are not committed: README.md', 'git stash');
    git(clone, 'add', '--all');
    refused(clone, 'has changes that are not committed: README.md');
  });

  test('in the middle of a merge', () => {
    const { clone } = repositories();
    writeFileSync(join(clone, '.git/MERGE_HEAD'), `${git(clone, 'rev-parse', 'HEAD')}\n`);
    refused(clone, 'is in the middle of a merge');
  });

  test('that is behind, or has diverged', () => {
    const { clone } = repositories();
    committed(clone, { one: '1' });
    git(clone, 'push', '--quiet');
    git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    refused(clone, 'branch main is behind origin/main', 'git pull --ff-only');
    committed(clone, { two: '2' });
    refused(clone, 'branch main and origin/main have diverged', 'git pull --rebase');
    expect(refusal(() => published(clone, ONE)).message).toContain('have diverged');
  });

  test('without a branch', () => {
    const { clone } = repositories();
    git(clone, 'switch', '--quiet', '--detach');
    refused(clone, 'its HEAD is detached', '--branch BRANCH');
  });

  test('with a file that git does not know where one would be written', () => {
    const { clone } = repositories();
    mkdirSync(join(clone, 'tree/kind/dev'), { recursive: true });
    writeFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'mine');
    refused(clone, 'tree/kind/dev/10-web.yaml: would be overwritten, and git does not know the file');
    expect(readFileSync(join(clone, 'tree/kind/dev/10-web.yaml'), 'utf8')).toBe('mine');
  });

  test('whose branch is locked', () => {
    const { clone } = repositories();
    const lock = join(clone, '.git/refs/heads/main.lock');
    writeFileSync(lock, '');
    refused(clone, 'is locked: ', 'main.lock exists', 'remove the file, if no other git is running');
    rmSync(lock);
    published(clone, ONE, here);
    expect(statusOf(clone)).toBe('');
  });

  test('that is only a folder in a repository', () => {
    const { clone } = repositories();
    committed(clone, { 'dist/x': '1' });
    const { message } = refusal(() => published(join(clone, 'dist'), ONE, here));
    expect(message).toContain(`is a folder inside of the repository ${clone}`);
    expect(refusal(() => published(join(clone, '.git'), ONE, here)).message).toContain(
      `inside of the repository ${clone}`,
    );
  });
});

test.each([
  ['the branch that is checked out', 'main'],
  ['a branch that is not', 'rendered'],
])('what somebody commits to %s in the meantime stays, and is built upon', (_, branch) => {
  const { clone } = repositories();
  published(clone, ONE, { ...here, branch });
  let turns = 0;
  const message = () => {
    if (turns++ === 0) {
      const tree = git(clone, 'rev-parse', `${branch}^{tree}`);
      const theirs = git(clone, 'commit-tree', tree, '-p', branch, '-m', 'theirs');
      git(clone, 'update-ref', `refs/heads/${branch}`, theirs);
    }
    return 'ours';
  };
  published(clone, TWO, { ...here, branch, message });
  expect(turns).toBe(2);
  expect(git(clone, 'log', '--format=%s', '-3', branch).split('\n').slice(0, 2)).toEqual(['ours', 'theirs']);
  expect(statusOf(clone)).toBe('');
});

test('a run that was killed after the branch had moved is finished by the next one', () => {
  const { clone } = repositories();
  published(clone, ONE, here);
  const from = git(clone, 'rev-parse', 'HEAD');
  published(clone, TWO, here);
  const to = git(clone, 'rev-parse', 'HEAD');
  const git_ = join(clone, '.git');
  for (const [branchAt, files] of [
    [to, from],
    [from, from],
    [to, to],
  ]) {
    git(clone, 'reset', '--quiet', '--hard', files!);
    git(clone, 'update-ref', 'refs/heads/main', branchAt!);
    writeFileSync(join(git_, 'strata-publish.json'), JSON.stringify({ branch: 'main', from, to }));
    writeFileSync(join(git_, 'index.lock'), 'strata publish\n');
    expect(published(clone, TWO, here).branches[0]!.commit).toBeUndefined();
    expect([git(clone, 'rev-parse', 'HEAD'), statusOf(clone)]).toEqual([to, '']);
    expect(readdirSync(git_).filter((name) => /^strata|lock$/.test(name))).toEqual([]);
  }
  // What somebody has edited in the meantime is not lost.
  git(clone, 'reset', '--quiet', '--hard', from);
  git(clone, 'update-ref', 'refs/heads/main', to);
  writeFileSync(join(git_, 'strata-publish.json'), JSON.stringify({ branch: 'main', from, to }));
  writeFileSync(join(clone, 'tree/index.json'), 'my work');
  expect(refusal(() => published(clone, TWO, here)).message).toContain('tree/index.json: was changed while');
  expect(readFileSync(join(clone, 'tree/index.json'), 'utf8')).toBe('my work');
  git(clone, 'checkout', '--quiet', 'HEAD', '--', 'tree/index.json');
  published(clone, TWO, here);
  expect(statusOf(clone)).toBe('');
});

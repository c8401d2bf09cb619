import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StrataError } from '../model/errors';
import type { Git } from './git';
import { zeroId } from './git';
import { LOST, push } from './push';
import type { Base, GitOpsRepository, Landed, Landing } from './repository';
import { WorkingTree } from './working-tree';

interface CloneOptions {
  readonly root: string;
  readonly gitFolder: string;
  readonly pushes: boolean;
}

/** Where a branch stands here and at the remote. */
interface Stand {
  readonly here: string | undefined;
  readonly there: string | undefined;
  readonly remote: string | undefined;
  /** The branch at the remote. */
  readonly ref: string;
}

/** What is under way in a working tree, by the file or folder that git keeps of it. */
const UNDER_WAY = {
  MERGE_HEAD: 'a merge',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
} as const;

/** A clone with its files: branches are committed to here, and pushed on request. */
export function clonedRepository(git: Git, { root, gitFolder, pushes }: CloneOptions): GitOpsRepository {
  const workingTree = new WorkingTree(git, root, gitFolder);
  workingTree.finish();
  const current = git.find(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const commitAt = (name: string) => git.find(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  const stands = new Map<string, Stand>();

  const land = (landings: readonly Landing[]): Landed => {
    const moved = landings.flatMap(({ base: { branch }, commit }) => {
      const stand = stands.get(branch);
      return commit === undefined || !stand ? [] : [{ branch, commit, ...stand }];
    });
    const own = moved.find(({ branch, here, commit }) => branch === current && here !== commit);
    if (own) workingTree.refuseInTheWay(own.here ?? null, own.commit);
    const pushed = pushes ? moved.filter(({ there, commit }) => there !== commit) : [];
    for (const remote of new Set(pushed.map((one) => one.remote!))) {
      const outcome = push(
        git,
        remote,
        pushed.filter((one) => one.remote === remote).map(({ ref, there: old, commit }) => ({ ref, old, commit })),
        isLocal(git, root, remote),
      );
      if (outcome !== 'landed') return outcome;
    }
    const lines = moved
      .filter(({ here, commit }) => here !== commit)
      .map(({ branch, here, commit }) => `update refs/heads/${branch} ${commit} ${here ?? zeroId(git.format)}\n`);
    if (lines.length === 0) return 'landed';
    let lost: Landed = 'landed';
    const moveBranches = () => {
      const args = ['update-ref', '-m', 'strata publish', '--stdin'];
      const outcome = git.try(args, { input: lines.join(''), apart: true });
      if (outcome.status === 0) return;
      if (pushed.length === 0 && LOST.test(outcome.stderr) && !/Unable to create/.test(outcome.stderr))
        lost = { lost: outcome.stderr };
      throw git.refusal(args, outcome);
    };
    try {
      if (own) workingTree.move({ branch: own.branch, from: own.here ?? null, to: own.commit }, moveBranches);
      else moveBranches();
    } catch (error) {
      if (lost === 'landed') throw error;
    }
    return lost;
  };

  return {
    git,
    defaultBranch: () => {
      if (current !== undefined) return current;
      throw new StrataError(git.place, 'has no branch checked out (its HEAD is detached)', [
        'name the branch to publish to: --branch BRANCH',
        'check one out: git switch BRANCH',
      ]);
    },
    branches: (prefix) => {
      const refs = git.text(['for-each-ref', '--format=%(refname)', 'refs/heads/', 'refs/remotes/']).split('\n');
      const names = refs.map((ref) => ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, ''));
      return [...new Set(names)].filter((name) => name.startsWith(prefix) && name !== 'HEAD').sort();
    },
    bases: (branches, from) => {
      refuseOtherWorkTrees(git, root, branches);
      if (current !== undefined && branches.includes(current)) {
        accessSync(root, constants.W_OK);
        refuseDirty(git, gitFolder);
      }
      const heads = new Map<string, ReadonlyMap<string, string>>();
      return branches.map((branch): Base => {
        const stand = pushes ? standAtRemote(git, branch, heads) : standKnown(git, branch);
        stands.set(branch, stand);
        const { here, there } = stand;
        if (here === undefined && there === undefined)
          return { branch, isNew: true, commit: from === 'nothing' ? undefined : commitAt('HEAD') };
        return { branch, isNew: false, commit: newer(git, branch, stand, pushes) };
      });
    },
    land,
    landed: pushes ? 'pushed' : 'committed',
  };
}

/** The one of both that has all commits of the other. */
function newer(git: Git, branch: string, { here, there, remote, ref }: Stand, pushes: boolean): string {
  if (here === undefined || there === undefined) return (here ?? there)!;
  if (here === there || isAncestor(git, there, here)) return here;
  const theirs = `${remote}/${ref.replace('refs/heads/', '')}`;
  const isBehind = isAncestor(git, here, there);
  if (isBehind && pushes) return there;
  if (isBehind)
    throw new StrataError(git.place, `branch ${branch} is behind ${theirs}`, [
      'bring it up to date: git pull --ff-only',
      'publish with --push, which builds upon what is there',
    ]);
  const isShallow = git.text(['rev-parse', '--is-shallow-repository']) === 'true';
  throw new StrataError(
    git.place,
    isShallow
      ? `branch ${branch} is another than ${theirs}, and the clone is too shallow to tell which of the two is newer`
      : `branch ${branch} and ${theirs} have diverged: each has commits that the other has not`,
    isShallow
      ? ['fetch what is missing: git fetch --unshallow']
      : ['bring yours onto theirs: git pull --rebase', `drop yours: git reset --hard ${theirs}`],
  );
}

function isAncestor(git: Git, older: string, younger: string): boolean {
  return git.try(['merge-base', '--is-ancestor', older, younger]).status === 0;
}

/** Asks the remote. */
function standAtRemote(git: Git, branch: string, heads: Map<string, ReadonlyMap<string, string>>): Stand {
  const { remote, ref, here } = standKnown(git, branch);
  if (remote === undefined)
    throw new StrataError(git.place, `has no remote to push branch ${branch} to`, [
      'add one: git remote add origin URL',
      'leave --push out',
    ]);
  let known = heads.get(remote);
  if (!known) {
    const lines = git.text(['ls-remote', '--heads', '--', remote]).split('\n');
    known = new Map(lines.map((line) => line.split('\t')).map(([id = '', name = '']) => [name, id]));
    heads.set(remote, known);
  }
  const there = known.get(ref);
  // That a commit is here says nothing of its files: a fetch that was killed leaves some of them. What a branch reaches is whole.
  if (there !== undefined && there !== here && !(here !== undefined && isAncestor(git, there, here)))
    git.bytes(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--refmap=', '--', remote, ref]);
  return { here, there, remote, ref };
}

/** What this clone knows of the remote. */
function standKnown(git: Git, branch: string): Stand {
  const remotes = (git.find(['remote']) ?? '').split('\n').filter(Boolean);
  const configured = git.find(['config', `branch.${branch}.remote`]);
  const remote = configured && configured !== '.' ? configured : remotes.includes('origin') ? 'origin' : remotes[0];
  const merge = configured === remote ? git.find(['config', `branch.${branch}.merge`]) : undefined;
  const ref = merge ?? `refs/heads/${branch}`;
  const commitOf = (name: string) => git.find(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return {
    here: commitOf(`refs/heads/${branch}`),
    there: remote === undefined ? undefined : commitOf(`refs/remotes/${remote}/${ref.replace('refs/heads/', '')}`),
    remote,
    ref,
  };
}

function isLocal(git: Git, root: string, remote: string): boolean {
  const url = (git.find(['remote', 'get-url', '--push', remote]) ?? remote).replace(/^file:\/\//, '');
  return existsSync(resolve(root, url));
}

function refuseDirty(git: Git, gitFolder: string): void {
  for (const [name, what] of Object.entries(UNDER_WAY))
    if (existsSync(join(gitFolder, name)))
      throw new StrataError(git.place, `is in the middle of ${what}`, [
        'finish it, or abort it',
        'publish to the remote: --repo URL',
      ]);
  const args = ['status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=dirty', '--no-renames'];
  const changed = git
    .bytes(args, { env: { GIT_OPTIONAL_LOCKS: '0' } })
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => line.slice(3));
  if (changed.length === 0) return;
  const shown = changed.slice(0, 3).join(', ') + (changed.length > 3 ? ` and ${changed.length - 3} more` : '');
  throw new StrataError(git.place, `has changes that are not committed: ${shown}`, [
    'commit them, or put them away: git stash',
    'publish to the remote: --repo URL',
  ]);
}

/** The files of another working tree would stay behind the branch. */
function refuseOtherWorkTrees(git: Git, root: string, branches: readonly string[]): void {
  const blocks = git.text(['worktree', 'list', '--porcelain', '-z']).split('\0\0');
  for (const block of blocks) {
    const [, folder] = /^worktree (.*)/.exec(block) ?? [];
    const [, branch] = /\0branch refs\/heads\/([^\0]*)/.exec(block) ?? [];
    if (folder === undefined || branch === undefined || folder.split('\0')[0] === root || !branches.includes(branch))
      continue;
    throw new StrataError(
      git.place,
      `branch ${branch} is checked out in another working tree: ${folder.split('\0')[0]}`,
      ['publish there: --repo that folder', 'check another branch out there'],
    );
  }
}

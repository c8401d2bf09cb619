import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../model/errors';
import type { Git } from './git';
import { push } from './push';
import type { Base, GitOpsRepository, Landing } from './repository';

interface Heads {
  readonly symbolic: string | undefined;
  readonly commits: ReadonlyMap<string, string>;
}

interface RemoteOptions {
  readonly scratch: string;
  readonly pushes: boolean;
  readonly readFrom: string | undefined;
}

/** A repository that is only reached by fetching and pushing: a URL, or a bare one on this disk. A temporary one stands for it. */
export function remoteRepository(
  outer: Git,
  url: string,
  { scratch, pushes, readFrom }: RemoteOptions,
): GitOpsRepository {
  const isLocal = existsSync(url);
  const at = outer.at(url, '.');
  let heads = headsOf(at, url);
  let areNew = true;
  const git = at.at(url, temporary(at, url, isLocal, heads, scratch), identity(at));
  const defaultBranch = () => {
    const isThere = readFrom !== undefined && (heads.commits.size === 0 || heads.commits.has(readFrom));
    return isThere ? readFrom : (heads.symbolic ?? unbornBranch(at, url, isLocal));
  };
  return {
    git,
    defaultBranch,
    branches: (prefix) => [...heads.commits.keys()].filter((branch) => branch.startsWith(prefix)),
    bases: (branches, from) => {
      if (!areNew) heads = headsOf(at, url);
      areNew = false;
      const begin = from === 'nothing' ? undefined : defaultBranch();
      const needed = [...new Set([...branches, ...(begin === undefined ? [] : [begin])])].filter((branch) =>
        heads.commits.has(branch),
      );
      fetch(git, url, isLocal, needed);
      const commit = (branch: string) =>
        heads.commits.has(branch)
          ? git.find(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`])
          : undefined;
      return branches.map((branch): Base => {
        const tip = commit(branch);
        return { branch, isNew: tip === undefined, commit: tip ?? (begin === undefined ? undefined : commit(begin)) };
      });
    },
    land: (landings: readonly Landing[]) => {
      if (!pushes) return 'landed';
      const moved = landings.flatMap(({ base, commit }) =>
        commit === undefined || commit === base.commit
          ? []
          : [{ ref: `refs/heads/${base.branch}`, old: base.isNew ? undefined : base.commit, commit }],
      );
      return push(git, url, moved, isLocal);
    },
    landed: pushes ? 'pushed' : 'shown',
  };
}

function headsOf(git: Git, url: string): Heads {
  const commits = new Map<string, string>();
  let symbolic: string | undefined;
  for (const line of git.text(['ls-remote', '--symref', '--', url, 'HEAD', 'refs/heads/*']).split('\n')) {
    const [first = '', name = ''] = line.split('\t');
    if (first.startsWith('ref: refs/heads/') && name === 'HEAD') symbolic = first.slice('ref: refs/heads/'.length);
    else if (name.startsWith('refs/heads/')) commits.set(name.slice('refs/heads/'.length), first);
  }
  return { symbolic, commits };
}

/** Who commits by the configuration of the folder that strata runs in: CI sets it for one checkout. */
function identity(git: Git): NodeJS.ProcessEnv {
  const [name, email] = [git.find(['config', 'user.name']), git.find(['config', 'user.email'])];
  return { ...(name ? { GIT_AUTHOR_NAME: name } : {}), ...(email ? { GIT_AUTHOR_EMAIL: email } : {}) };
}

/** Without templates and hooks. Of a repository on this disk it borrows the objects. */
function temporary(git: Git, url: string, isLocal: boolean, { commits }: Heads, scratch: string): string {
  const folder = join(scratch, 'repository');
  const [commit] = commits.values();
  const theirs = isLocal ? git.at(url, url) : undefined;
  const format = theirs?.format ?? (commit?.length === 64 ? 'sha256' : 'sha1');
  git.bytes(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, folder]);
  if (theirs) {
    const objects = join(theirs.text(['rev-parse', '--path-format=absolute', '--git-path', 'objects']), '\n');
    writeFileSync(join(folder, 'objects/info/alternates'), objects);
  }
  return folder;
}

/** The newest commit is all that is needed; where its objects are borrowed, nothing is copied. */
function fetch(git: Git, url: string, isLocal: boolean, branches: readonly string[]): void {
  if (branches.length === 0) return;
  const refs = branches.map((branch) => `+refs/heads/${branch}:refs/heads/${branch}`);
  const depth = isLocal ? '--update-shallow' : '--depth=1';
  git.bytes(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', depth, '--', url, ...refs]);
}

function unbornBranch(git: Git, url: string, isLocal: boolean): string {
  const theirs = isLocal ? git.at(url, url).find(['symbolic-ref', '--short', 'HEAD']) : undefined;
  return theirs ?? git.find(['config', 'init.defaultBranch']) ?? 'main';
}

/** What is wrong with a place that is neither a folder nor a URL. */
export function noRepository(repo: string): StrataError {
  return new StrataError(`--repo ${repo}`, 'is no folder, and no URL', [
    'name the root of a clone, a bare repository, or a URL such as https://git.example.com/platform/rendered.git',
  ]);
}

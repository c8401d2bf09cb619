import type { PublishedTree } from '../publish/branch-plan';
import { Git } from '../publish/git';
import { count } from '../report/show';

/**
 * Says where the sources stand before those that were published: a checkout of an earlier commit, or a branch that was not brought up to date,
 * takes back what others published since. It may be meant, as a way back, so it is said and not refused. Undefined where it is not so, and where
 * the repository of the sources does not have the commit.
 */
export function takenBack(
  before: PublishedTree,
  paths: readonly string[],
  root: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const git = new Git(root, root, env);
  const head = git.find(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) return undefined;
  for (const path of paths) {
    const commit = before.madeFrom?.(path)?.replace(/-dirty$/, '');
    if (commit === undefined || commit === head || !/^[0-9a-f]{40,64}$/.test(commit)) continue;
    if (git.try(['merge-base', '--is-ancestor', head, commit]).status !== 0) continue;
    const commits = Number(git.text(['rev-list', '--count', `${head}..${commit}`]));
    return `${path} was published from ${commit.slice(0, 12)}, which is ${count(commits, 'commit')} further than these sources (${head.slice(0, 12)}): what those changed is taken back`;
  }
  return undefined;
}

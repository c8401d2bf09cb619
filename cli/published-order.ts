import type { PublishedTree } from '../publish/branch-plan';
import { Git } from '../publish/git';
import { count } from '../report/show';

/**
 * Says where the sources stand before those that were published: a checkout of an earlier commit, or a branch that was not brought up to date,
 * takes back what others published since. It may be meant, as a way back, so it is said and not refused. Where the history is not here, as in a shallow
 * checkout, it is said that nobody can tell. Undefined where it is not so.
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
  const isShallow = git.find(['rev-parse', '--is-shallow-repository']) === 'true';
  const isBehind = (older: string, newer: string) =>
    git.try(['merge-base', '--is-ancestor', older, newer]).status === 0;
  let unknown: string | undefined;
  for (const path of paths) {
    const commit = before.madeFrom?.(path)?.replace(/-dirty$/, '');
    if (commit === undefined || commit === head || !/^[0-9a-f]{40,64}$/.test(commit)) continue;
    const isHere = git.try(['cat-file', '-e', `${commit}^{commit}`]).status === 0;
    const names = `${path} was published from ${commit.slice(0, 12)}`;
    if (isHere && isBehind(head, commit)) {
      const commits = git.text(['rev-list', '--count', `${head}..${commit}`]);
      return `${names}, which is ${count(Number(commits), 'commit')} further than these sources (${head.slice(0, 12)}): what those changed is taken back`;
    }
    // Of two that are here, the history between them may have been cut off.
    if (isHere && (!isShallow || isBehind(commit, head))) continue;
    unknown ??= isShallow
      ? `${names}, and this checkout is shallow: whether that is further than these sources (${head.slice(0, 12)}), so that something is taken back, cannot be known; fetch the history first: git fetch --unshallow, or fetch-depth: 0 of actions/checkout`
      : `${names}, a commit that is not here: whether that is further than these sources (${head.slice(0, 12)}), so that something is taken back, cannot be known; fetch what others have: git fetch --all`;
  }
  return unknown;
}

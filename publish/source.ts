import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Git } from './git';

/**
 * The commit of the project that is rendered, with `-dirty` if a file differs from it or is new; undefined where there is no
 * repository or no commit. A clone inside of the project that is published to is none of its files.
 */
export function sourceCommit(root: string, published: string, env: NodeJS.ProcessEnv): string | undefined {
  const git = new Git(root, root, env);
  const commit = git.find(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (commit === undefined) return undefined;
  const top = git.text(['rev-parse', '--show-toplevel']);
  const changed = git
    .bytes(['status', '--porcelain', '-z', '--no-renames'], { env: { GIT_OPTIONAL_LOCKS: '0' } })
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '' && !isSame(join(top, line.slice(3)), published));
  return changed.length > 0 ? `${commit}-dirty` : commit;
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === other || one === other + sep;
  }
}

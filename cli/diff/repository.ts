import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { StrataError } from '../../model/errors';

/** A git repository, read by `git` itself; nothing in it is changed, neither files nor the index. */
export class Repository {
  private constructor(
    /** The top folder of its files. */
    readonly top: string,
  ) {}

  /** The one that a folder is in; undefined where there is none. */
  static at(folder: string): Repository | undefined {
    const { status, stdout } = git(folder, ['rev-parse', '--show-toplevel']);
    return status === 0 ? new Repository(stdout.trim()) : undefined;
  }

  /** The commit that a revision names; undefined where it names none. */
  commitAt(revision: string): string | undefined {
    const { status, stdout } = git(this.top, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]);
    return status === 0 ? stdout.trim() : undefined;
  }

  /** What stands at `REVISION:PATH`: a folder or a file, by its hash. */
  objectAt(word: string, folder: string): { readonly hash: string; readonly is: 'tree' | 'blob' } | undefined {
    const { status, stdout } = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', word]);
    if (status !== 0) return undefined;
    const hash = stdout.trim();
    const type = git(this.top, ['cat-file', '-t', hash]).stdout.trim();
    return type === 'tree' || type === 'blob' ? { hash, is: type } : undefined;
  }

  /** The hash of all files of a commit. */
  treeOf(commit: string): string {
    return git(this.top, ['rev-parse', `${commit}^{tree}`]).stdout.trim();
  }

  /** Writes the files of a tree into a folder that is new. Its content is known by the hash: one that is there already is the same. */
  writeTree(tree: string, folder: string): void {
    if (existsSync(folder)) return;
    const fresh = `${folder}.${process.pid}`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    // An index of its own: that of the repository stays as its user left it.
    const env = { ...process.env, GIT_INDEX_FILE: join(fresh, '.index') };
    try {
      this.run(['read-tree', tree], env);
      this.run(['checkout-index', '--all', '--force', `--prefix=${fresh}${sep}`], env);
      rmSync(join(fresh, '.index'), { force: true });
      renameSync(fresh, folder);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      // Another run was faster, which is no failure of this one.
      if (!existsSync(folder)) throw error;
    }
  }

  /** The text of a file by its hash. */
  textOf(blob: string): string {
    return this.run(['cat-file', 'blob', blob]);
  }

  /** Where a folder stands in the repository; empty for the top. */
  pathOf(folder: string): string {
    return relative(this.top, folder);
  }

  private run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
    const { status, stdout, stderr, error } = git(this.top, args, env);
    if (status === 0) return stdout;
    throw new StrataError(
      `git ${args[0]}`,
      `failed in ${this.top}: ${(error?.message ?? stderr).trim().split('\n')[0]}`,
      ['look at the repository: git status, git fsck'],
    );
  }
}

function git(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const result = spawnSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env,
  });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new StrataError('git', 'is not installed, and revisions are read by it', [
      'install git',
      'compare folders instead',
    ]);
  return result;
}

/** How many earlier states of the sources are kept. */
const KEPT = 8;

/** Removes the states that were not used for the longest time. */
export function forgetOld(folder: string): void {
  const states = readdirSync(folder).map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }));
  const old = states.sort((a, b) => b.time - a.time).slice(KEPT);
  for (const { name } of old) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Does something with a folder that is gone afterwards. */
export async function withTemporaryFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-diff-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

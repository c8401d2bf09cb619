import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { Git } from '../../publish/git';

/** A git repository that is read; nothing in it is changed, neither files nor the index. */
export class Repository {
  private readonly git: Git;

  private constructor(
    /** The top folder of its files; of a bare one, where git keeps it. */
    readonly top: string,
    private readonly isBare: boolean,
  ) {
    this.git = gitIn(top);
  }

  /** The one that a folder is in; undefined where there is none. */
  static at(folder: string): Repository | undefined {
    const git = gitIn(folder);
    const top = git.find(['rev-parse', '--show-toplevel']);
    if (top !== undefined) return new Repository(top, false);
    // A bare one has no files, and commits all the same.
    const own = git.find(['rev-parse', '--absolute-git-dir']);
    return own === undefined ? undefined : new Repository(own, true);
  }

  /** Whether a folder is itself what git keeps of a repository without files. */
  static isBareAt(folder: string): boolean {
    return (
      ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name))) &&
      gitIn(folder).find(['rev-parse', '--is-inside-git-dir']) === 'true'
    );
  }

  /** Branches and tags, as they are named. */
  get names(): readonly string[] {
    const refs = ['refs/heads', 'refs/tags', 'refs/remotes'];
    const said = this.git.find(['for-each-ref', '--format=%(refname:short)', ...refs]) ?? '';
    return ['HEAD', ...said.split('\n').filter(Boolean)];
  }

  get hasCommit(): boolean {
    return this.names.length > 1 || this.commitAt('HEAD') !== undefined;
  }

  /** The files and folders of a revision, from its root. */
  pathsAt(revision: string): readonly string[] {
    const said = this.git.find(['ls-tree', '-r', '-t', '-z', '--name-only', '--full-tree', revision]) ?? '';
    return said.split('\0').filter(Boolean);
  }

  /** The commit that a revision names, and the hash of all of its files; undefined where it names none. */
  commitAt(revision: string): { readonly hash: string; readonly tree: string } | undefined {
    const said = this.git.find([
      'rev-list',
      '--max-count=1',
      '--format=%T',
      '--end-of-options',
      `${revision}^{commit}`,
      '--',
    ]);
    const [, hash, tree] = /^commit (\w+)\n(\w+)$/.exec(said ?? '') ?? [];
    return hash !== undefined && tree !== undefined ? { hash, tree } : undefined;
  }

  /** What stands at `REVISION:PATH`, which may be relative to a folder: a folder or a file, by its hash. */
  objectAt(word: string, folder: string): { readonly hash: string; readonly is: 'tree' | 'blob' } | undefined {
    const hash = gitIn(folder).find([...NAMED, word]);
    if (hash === undefined) return undefined;
    const type = this.git.text(['cat-file', '-t', hash]);
    return type === 'tree' || type === 'blob' ? { hash, is: type } : undefined;
  }

  /** Writes the files of a tree into a folder that is new. Its content is known by the hash: one that is there already is the same. */
  writeTree(tree: string, folder: string): void {
    if (existsSync(folder)) return;
    const fresh = `${folder}.${process.pid}`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    // An index of its own: that of the repository stays as its user left it.
    const env = {
      GIT_INDEX_FILE: join(fresh, '.index'),
      ...(this.isBare ? { GIT_DIR: this.top, GIT_WORK_TREE: fresh } : {}),
    };
    try {
      this.git.bytes(['read-tree', tree], { env });
      this.git.bytes(['checkout-index', '--all', '--force', `--prefix=${fresh}${sep}`], { env });
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
    return this.git.bytes(['cat-file', 'blob', blob]).toString('utf8');
  }

  /** Where a folder stands in the repository; empty for the top. */
  pathOf(folder: string): string {
    return relative(this.top, folder);
  }
}

/** What a name stands for, without a word where it stands for nothing. */
const NAMED = ['rev-parse', '--verify', '--quiet', '--end-of-options'];

/** Files come out as they were committed: what they hold is compared. */
function gitIn(folder: string): Git {
  return new Git(folder, folder, process.env, ['core.autocrlf=false']);
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

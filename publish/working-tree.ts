import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StrataError } from '../model/errors';
import type { Git } from './git';
import { zeroId } from './git';
import { pause } from './running';

/** A branch that is checked out moves: what is noted before, so that the next run finishes it if this one is killed. */
interface Move {
  readonly branch: string;
  /** Null: the branch had no commit. */
  readonly from: string | null;
  readonly to: string;
}

interface Changed {
  readonly path: string;
  /** As git writes modes and ids; zeros for nothing. */
  readonly [side: string]: string;
}

const NOTE = 'strata-publish.json';
/** What is in the lock of the index while this program holds it: of a lock that a killed run left, it tells whose it was. */
const MARK = 'strata publish\n';
const LOCK_PATIENCE = 5_000;

/** The files of a clone, as far as a published commit changes them. */
export class WorkingTree {
  constructor(
    private readonly git: Git,
    private readonly root: string,
    private readonly gitFolder: string,
  ) {}

  /** Moves the branch and brings the files along. Wherever this is killed, the branch stands at one of the two commits, and `finish` does the rest. */
  move(move: Move, moveBranch: () => void): void {
    const note = join(this.gitFolder, NOTE);
    writeFileSync(`${note}~`, JSON.stringify(move));
    renameSync(`${note}~`, note);
    try {
      moveBranch();
    } catch (error) {
      rmSync(note, { force: true });
      throw error;
    }
    this.bringAlong(move);
    rmSync(note, { force: true });
  }

  /** Finishes what a killed run began: the commit was whole, so the branch moves to it if it has not yet. */
  finish(): void {
    const note = join(this.gitFolder, NOTE);
    rmSync(`${note}~`, { force: true });
    if (!existsSync(note)) return;
    const move = JSON.parse(readFileSync(note, 'utf8')) as Move;
    // Elsewhere by now, by somebody who saw the files as they were.
    if (this.git.find(['symbolic-ref', '--quiet', 'HEAD']) === `refs/heads/${move.branch}`) {
      const old = move.from ?? zeroId(this.git.format);
      this.git.try(['update-ref', '-m', 'strata publish', 'HEAD', move.to, old], { apart: true });
      if (this.git.find(['rev-parse', '--verify', '--quiet', 'HEAD']) === move.to) this.bringAlong(move);
    }
    this.unlock();
    rmSync(note, { force: true });
  }

  /** Throws where a new file would overwrite one that git does not know. */
  refuseInTheWay(from: string | null, to: string): void {
    for (const { path, oldMode } of this.changes(from, to)) {
      if (oldMode !== GONE) continue;
      if (lstatSync(join(this.root, path), { throwIfNoEntry: false }))
        throw new StrataError(join(this.git.place, path), 'would be overwritten, and git does not know the file', [
          'move it elsewhere',
        ]);
    }
  }

  private bringAlong({ from, to }: Move): void {
    this.lock();
    try {
      const changes = this.changes(from, to);
      this.refuseEdited(changes);
      const [index, fresh] = [join(this.gitFolder, 'index'), join(this.gitFolder, 'strata-publish.index')];
      const files = join(this.gitFolder, 'strata-publish.files');
      rmSync(files, { recursive: true, force: true });
      rmSync(fresh, { force: true });
      if (existsSync(index)) copyFileSync(index, fresh);
      const env = { GIT_INDEX_FILE: fresh };
      const lines = changes.map(
        ({ path, newMode, newId }) => `${newMode === GONE ? '0' : newMode} ${newId}\t${path}\0`,
      );
      this.git.bytes(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
      // Beside the tree first, and then into it by renaming: at no time is there half of a file.
      const written = changes
        .filter(({ newMode }) => newMode !== GONE && newMode !== SUBMODULE)
        .map(({ path }) => path);
      this.git.bytes(['checkout-index', '--force', '-z', '--stdin', `--prefix=${files}/`], {
        env,
        input: written.join('\0'),
      });
      for (const { path, newMode } of changes) if (newMode === GONE) this.remove(path);
      for (const path of written) {
        mkdirSync(dirname(join(this.root, path)), { recursive: true });
        renameSync(join(files, path), join(this.root, path));
      }
      this.git.try(['update-index', '-q', '--refresh'], { env });
      renameSync(fresh, index);
      rmSync(files, { recursive: true, force: true });
    } finally {
      this.unlock();
    }
  }

  private remove(path: string): void {
    rmSync(join(this.root, path), { force: true });
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      try {
        rmdirSync(join(this.root, folder));
      } catch {
        // There is more in it.
        return;
      }
    }
  }

  private changes(
    from: string | null,
    to: string,
  ): (Changed & Record<'oldMode' | 'newMode' | 'oldId' | 'newId', string>)[] {
    const raw = this.git
      .bytes(['diff-tree', '--raw', '-z', '-r', '--no-renames', '--no-abbrev', from ?? this.git.emptyTree, to])
      .toString('utf8')
      .split('\0');
    const changes = [];
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const [oldMode = '', newMode = '', oldId = '', newId = ''] = raw[i]!.slice(1).split(' ');
      changes.push({ path: raw[i + 1]!, oldMode, newMode, oldId, newId });
    }
    return changes;
  }

  /** What somebody has edited since is not overwritten. */
  private refuseEdited(changes: ReturnType<WorkingTree['changes']>): void {
    const there = changes.filter(({ path }) => lstatSync(join(this.root, path), { throwIfNoEntry: false })?.isFile());
    if (there.length === 0) return;
    const input = there.map(({ path }) => `${path}\n`).join('');
    const ids = this.git.text(['hash-object', '--stdin-paths'], { input }).split('\n');
    const edited = there.find(({ oldId, newId }, i) => ids[i] !== oldId && ids[i] !== newId);
    if (edited)
      throw new StrataError(
        join(this.git.place, edited.path),
        'was changed while a commit that changes it was published; the commit is made, and the file is as you left it',
        ['keep your change elsewhere, and take the published file: git checkout HEAD -- FILE; then publish again'],
      );
  }

  private lock(): void {
    const lock = join(this.gitFolder, 'index.lock');
    const mark = join(this.gitFolder, 'strata-publish.mark');
    for (let waited = 0; ; waited += 50) {
      try {
        writeFileSync(mark, MARK);
        // Linked, so that it is never there without the mark.
        linkSync(mark, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (this.isOurs(lock)) return;
        if (waited >= LOCK_PATIENCE)
          throw new StrataError(this.git.place, `is locked: ${lock} exists`, [
            'wait until the other git has ended, and publish again: it brings your files along',
            'remove the file, if no other git is running',
          ]);
        pause(50);
      }
    }
  }

  private unlock(): void {
    rmSync(join(this.gitFolder, 'strata-publish.mark'), { force: true });
    const lock = join(this.gitFolder, 'index.lock');
    if (this.isOurs(lock)) rmSync(lock, { force: true });
  }

  /** Only one run at a time publishes to a clone: what bears our mark is ours, or of a run that is gone. */
  private isOurs(lock: string): boolean {
    try {
      return readFileSync(lock, 'latin1') === MARK;
    } catch {
      return false;
    }
  }
}

const GONE = '000000';
const SUBMODULE = '160000';

import type { FSWatcher } from 'node:fs';
import { existsSync, readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What is never a source: packages, and files that editors and programs put aside for a moment. */
const NEVER = /^(?:node_modules|\..*|.*~|#.*#|4913|.*\.sw[a-z])$/;

/** Tells of every change of files below folders, and of single files. Folders that come later are watched as well. */
export class Watcher {
  private readonly watchers = new Map<string, FSWatcher>();
  /** The files that are there, as far as somebody was told. */
  private readonly files = new Set<string>();

  constructor(
    private readonly ignores: (path: string) => boolean,
    private readonly changed: (path: string) => void,
  ) {}

  /** Watches a folder with all that is in it, or a file. What is not there is watched for in its folder. */
  add(path: string): void {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) this.addFolder(path);
    // The folder, because most editors put a new file in the place of the old one.
    else this.watch(path, dirname(path), (name) => name === basename(path) && this.changed(path));
  }

  /** Watches what a run has read, where no folder that is watched tells of it: it may lie outside, or among packages. */
  addRead(path: string): void {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const folder = isFolder ? path : dirname(path);
    if (!existsSync(folder) || this.watchers.has(path)) return;
    if (this.watchers.has(realpathSync(folder)) && (isFolder || !NEVER.test(basename(path)))) return;
    this.add(path);
    if (!isFolder && existsSync(path)) this.files.add(path);
  }

  /** The paths that are not as they were when this was asked last: what came and went meanwhile is none of them. */
  settled(paths: Iterable<string>): string[] {
    return [...paths].filter((path) => {
      const isThere = existsSync(path);
      const was = isThere ? this.files.has(path) : this.files.delete(path);
      if (isThere) this.files.add(path);
      return isThere || was;
    });
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private addFolder(folder: string): void {
    const isNew = this.watch(realpathSync(folder), folder, (name) => {
      const path = join(folder, name);
      if (NEVER.test(name) || this.ignores(path)) return;
      this.changed(path);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) this.addFolder(path);
    });
    if (!isNew) return;
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (NEVER.test(name) || this.ignores(path)) continue;
      this.files.add(path);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) this.addFolder(path);
    }
  }

  /** Whether it was not watched before. */
  private watch(key: string, folder: string, happened: (name: string) => void): boolean {
    if (this.watchers.has(key)) return false;
    const forget = () => {
      this.watchers.get(key)?.close();
      this.watchers.delete(key);
    };
    try {
      const watcher = watch(folder, (_, name) => {
        // A folder that is gone says so by its own name; one that comes back is watched anew.
        if (!statSync(folder, { throwIfNoEntry: false })) forget();
        happened(name ?? '');
      });
      watcher.on('error', forget);
      this.watchers.set(key, watcher);
      return true;
    } catch (error) {
      // A folder that was removed meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
}

import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { DeliveryFacts } from '../model/delivered';
import { StrataError } from '../model/errors';
import type { SecretOutline } from '../model/secret-contract';
import type { SystemReasons } from '../model/system-errors';
import { SYSTEM_REASONS, systemReason } from '../model/system-errors';
import { foreignIn, isLitter } from './foreign';
import type { IndexEntry } from './plan';

/** The index of a rendered tree: every object of every target. */
export interface TreeIndex {
  readonly targets: Readonly<Record<string, IndexedTarget>>;
  /** Files beside the targets', relative to the root: what Argo CD reads. */
  readonly delivery?: readonly string[];
}

export interface IndexedTarget {
  readonly objects: readonly IndexEntry[];
  /** What those who apply it must know beyond that. */
  readonly facts: DeliveryFacts;
  /** Secrets that its pods need and that nothing in the tree makes: for `strata verify`, which may have the tree alone. @default - none */
  readonly secrets?: readonly SecretOutline[];
}

export const INDEX_FILE = 'index.json';
/** A tree to be: files with their text, and folders taken over as they stand in the tree that is there. */
export interface Tree {
  readonly files: ReadonlyMap<string, string>;
  /** Folders of the old tree, relative to its root. */
  readonly keptFolders: readonly string[];
}

/** The index of the tree at `root`; undefined where there is none. */
export function readIndex(root: string): TreeIndex | undefined {
  const path = join(root, INDEX_FILE);
  return explained(root, () => {
    recover(root);
    if (!existsSync(path)) return undefined;
    return indexIn(path, readFileSync(path, 'utf8'), `remove ${root} and render everything again`);
  });
}

/** What an index file says. */
export function indexIn(place: string, text: string, fix: string): TreeIndex {
  try {
    const index: unknown = JSON.parse(text);
    if (isIndex(index)) return index;
  } catch {
    // Said below: to a reader it is the same.
  }
  throw new StrataError(place, 'is no index of a rendered tree', [fix]);
}

/**
 * Writes the tree beside `root` and swaps it in whole. Whatever fails or is killed before the swap leaves the old tree as it
 * was; what a killed run left behind, the next one clears away.
 */
export function replaceTree(root: string, tree: Tree): void {
  explained(root, () => {
    // Through a link, so that what it leads to is replaced and the link stays.
    const place = existsSync(root) ? realpathSync(root) : resolve(root);
    recover(place);
    refuseForeign(place);
    const fresh = `${place}.rendering-${process.pid}`;
    const old = `${place}.replaced-${process.pid}`;
    try {
      writeTree(fresh, tree, place);
      if (existsSync(place)) renameSync(place, old);
      try {
        renameSync(fresh, place);
      } catch (error) {
        if (existsSync(old)) renameSync(old, place);
        throw error;
      }
    } catch (error) {
      tryRemove(fresh);
      throw error;
    }
    // The new tree stands: an old one that cannot be removed is no failure of this render.
    tryRemove(old);
  });
}

function writeTree(fresh: string, tree: Tree, old: string): void {
  const folders = new Set<string>();
  mkdirSync(fresh, { recursive: true });
  for (const [path, text] of tree.files) {
    const folder = dirname(path);
    if (!folders.has(folder)) mkdirSync(join(fresh, folder), { recursive: true });
    folders.add(folder);
    if (!tookOver(join(old, path), join(fresh, path), text)) writeFileSync(join(fresh, path), text);
  }
  // The same files, not copies: kept folders cost no disk and little time.
  for (const folder of tree.keptFolders) {
    mkdirSync(join(fresh, folder), { recursive: true });
    for (const file of readdirSync(join(old, folder)))
      if (!isLitter(file)) linkSync(join(old, folder, file), join(fresh, folder, file));
  }
}

/** A file whose text stays the same is linked, in less than half of the time of writing it; false where that cannot be. */
function tookOver(old: string, fresh: string, text: string): boolean {
  try {
    if (!lstatSync(old).isFile() || !readFileSync(old).equals(Buffer.from(text))) return false;
    linkSync(old, fresh);
    return true;
  } catch {
    // There is none, it is somebody else's, or the file system knows no links: it is written.
    return false;
  }
}

/** Clears away what killed runs left, and brings the old tree back if the kill fell between the two renames of the swap. */
function recover(root: string): void {
  const place = resolve(root);
  const parent = dirname(place);
  if (!existsSync(parent)) return;
  for (const entry of readdirSync(parent)) {
    const match = /^(.+)\.(rendering|replaced)-(\d+)$/.exec(entry);
    if (!match || match[1] !== basename(place) || isAlive(Number(match[3]))) continue;
    const left = join(parent, entry);
    if (match[2] === 'replaced' && !existsSync(place)) renameSync(left, place);
    else tryRemove(left);
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next run tries again.
  }
}

/** A folder that holds what strata did not write is never replaced. */
function refuseForeign(root: string): void {
  if (!existsSync(root)) return;
  const index = readIndex(root);
  const targets = Object.entries(index?.targets ?? {});
  const foreign = foreignIn(readdirSync(root, { recursive: true, encoding: 'utf8' }), {
    files: [
      INDEX_FILE,
      ...(index?.delivery ?? []),
      ...targets.flatMap(([path, { objects }]) => [`${path}/`, ...objects.map(({ file }) => `${path}/${file}`)]),
    ],
    // A tree of before has no list of them.
    folders: index && !index.delivery ? ['argocd'] : [],
  });
  if (foreign.length) {
    throw new StrataError(
      root,
      `holds what strata did not render (${foreign.slice(0, 3).join(', ')}), and it would be lost`,
      ['render into a folder of its own: --out FOLDER', 'move these files elsewhere'],
    );
  }
}

function isIndex(value: unknown): value is TreeIndex {
  const targets = (value as Partial<TreeIndex> | null)?.targets;
  return (
    typeof targets === 'object' &&
    targets !== null &&
    Object.values(targets).every((target: { objects?: unknown } | null) => Array.isArray(target?.objects))
  );
}

/** What means something else of a tree that is swapped. */
const REASONS: SystemReasons = {
  ...SYSTEM_REASONS,
  EBUSY: ['is in use, as a mount point is, and cannot be swapped', 'render beside it and copy'],
  ENOENT: [
    'was changed while it was rendered, or a part of it is gone',
    'render everything again, one render at a time',
  ],
  ENOTEMPTY: ['was changed while it was rendered', 'render again, one render at a time'],
};

/** What the operating system refuses, in words. */
function explained<T>(root: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = systemReason(error, REASONS);
    throw reason
      ? new StrataError(root, `${reason[0]} (${(error as Error).message})`, [
          reason[1],
          'render elsewhere: --out FOLDER',
        ])
      : error;
  }
}

import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StrataError } from '../model/errors';
import type { IndexEntry } from './plan';

/** The index of a rendered tree: every object of every target. */
export interface TreeIndex {
  readonly targets: Readonly<Record<string, { readonly objects: readonly IndexEntry[] }>>;
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
  recover(root);
  const path = join(root, INDEX_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const index = JSON.parse(readFileSync(path, 'utf8')) as TreeIndex;
    if (typeof index.targets !== 'object') throw new Error('it has no targets');
    return index;
  } catch (error) {
    throw new StrataError(path, `is no index of a rendered tree: ${(error as Error).message}`, [`remove ${root} and render everything again`]);
  }
}

/**
 * Writes the tree beside `root` and swaps it in whole. Whatever fails or is killed before the swap leaves the old tree as it
 * was; what a killed run left behind, the next one clears away.
 */
export function replaceTree(root: string, tree: Tree): void {
  recover(root);
  refuseForeign(root);
  const fresh = `${resolve(root)}.rendering-${process.pid}`;
  const old = `${resolve(root)}.replaced-${process.pid}`;
  const folders = new Set<string>();
  try {
    mkdirSync(fresh, { recursive: true });
    for (const [path, text] of tree.files) {
      const folder = dirname(path);
      if (!folders.has(folder)) mkdirSync(join(fresh, folder), { recursive: true });
      folders.add(folder);
      writeFileSync(join(fresh, path), text);
    }
    for (const folder of tree.keptFolders) linkFolder(join(root, folder), join(fresh, folder));
    if (existsSync(root)) renameSync(root, old);
    try {
      renameSync(fresh, root);
    } catch (error) {
      if (existsSync(old)) renameSync(old, root);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw writeError(root, error);
  }
}

/** Clears away what killed runs left, and brings the old tree back if the kill fell between the two renames of the swap. */
function recover(root: string): void {
  const parent = dirname(resolve(root));
  if (!existsSync(parent)) return;
  for (const entry of readdirSync(parent)) {
    const match = /^(.+)\.(rendering|replaced)-(\d+)$/.exec(entry);
    if (!match || match[1] !== basename(resolve(root)) || isAlive(Number(match[3]))) continue;
    const left = join(parent, entry);
    if (match[2] === 'replaced' && !existsSync(root)) renameSync(left, root);
    else rmSync(left, { recursive: true, force: true });
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

/** A folder that holds what strata did not write is never replaced. */
function refuseForeign(root: string): void {
  if (!existsSync(root)) return;
  const found = listFolder(root);
  const index = readIndex(root);
  const ours = new Set([INDEX_FILE, 'argocd', ...Object.keys(index?.targets ?? {}).map((path) => path.split('/')[0]!)]);
  const foreign = found.filter((entry) => !ours.has(entry));
  if (foreign.length === 0 && (index || found.length === 0)) return;
  throw new StrataError(root, `holds what strata did not render (${(foreign.length ? foreign : found).slice(0, 3).join(', ')}), and it would be lost`, [
    'render into a folder of its own: --out FOLDER',
    'move these files elsewhere',
  ]);
}

function listFolder(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    throw writeError(root, error);
  }
}

/** The same files, not copies: kept folders cost no disk and little time. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) linkSync(join(from, file), join(to, file));
}

const REASONS: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  ENOSPC: ['the disk is full', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['may not be written', 'give yourself permission to write there'],
  EPERM: ['may not be written', 'give yourself permission to write there'],
  EROFS: ['is on a read-only file system', 'choose a place that can be written'],
  ENOTDIR: ['is no folder', 'remove the file that is in the way'],
};

function writeError(root: string, error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  return reason ? new StrataError(root, `${reason[0]} (${(error as Error).message})`, [reason[1], 'render elsewhere: --out FOLDER']) : error;
}

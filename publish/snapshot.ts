import { hash } from 'node:crypto';
import { StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_OF } from '../model/kubernetes';
import { isLitter } from '../render/foreign';
import { objectsOfFile } from '../render/render';
import type { TreeIndex } from '../render/tree';
import { INDEX_FILE, indexIn } from '../render/tree';
import type { Git, ObjectFormat } from './git';
import { SOURCE_TRAILER } from './trailers';

/** What a commit has at a path: a file, a link (120000) or a commit of a submodule (160000). */
export interface Entry {
  readonly mode: string;
  readonly id: string;
}

export const FILE_MODE = '100644';
const SUBMODULE = '160000';

/** The rendered tree that a commit holds. Paths are relative to its folder. */
export class Snapshot {
  readonly index: TreeIndex | undefined;
  /** All that the commit has, by path from the root of the repository. Names that are not UTF-8 are none of ours. */
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly prefix: string;
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly git: Git,
    /** Undefined: nothing yet. */
    readonly commit: string | undefined,
    private readonly branch: string,
    folder: string,
  ) {
    this.prefix = folder === '' ? '' : `${folder}/`;
    this.entries = commit === undefined ? new Map() : entriesOf(git, commit);
    const text = this.text(INDEX_FILE);
    this.index =
      text === undefined
        ? undefined
        : indexIn(this.placeOf(INDEX_FILE), text, 'publish into a folder of its own: --folder FOLDER');
  }

  entry(path: string): Entry | undefined {
    return this.entries.get(this.prefix + path);
  }

  text(path: string): string | undefined {
    const entry = this.entry(path);
    if (!entry || entry.mode === SUBMODULE) return undefined;
    if (!this.texts.has(entry.id)) this.read([path]);
    return this.texts.get(entry.id);
  }

  /** The commit of the sources that a folder was rendered from, as the last commit that touched it says; undefined where it does not say one. */
  madeFrom(folder: string): string | undefined {
    if (this.commit === undefined) return undefined;
    const format = `--format=%(trailers:key=${SOURCE_TRAILER},valueonly)`;
    const said = this.git.find(['log', '-1', format, this.commit, '--', `:(top,literal)${this.prefix}${folder}`]);
    const commits = (said ?? '').split('\n').filter(Boolean);
    return commits.length === 1 ? commits[0] : undefined;
  }

  /** Reads files with one process: those that are asked for next. */
  read(paths: readonly string[]): void {
    const ids = [...new Set(paths.flatMap((path) => this.entry(path)?.id ?? []))].filter((id) => !this.texts.has(id));
    if (ids.length === 0) return;
    const printed = this.git.bytes(['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
    let at = 0;
    for (const id of ids) {
      const end = printed.indexOf('\n', at);
      const size = Number(/ blob (\d+)$/.exec(printed.toString('latin1', at, end))?.[1]);
      if (Number.isNaN(size))
        throw new StrataError(this.git.place, `is damaged: it has no file ${id} of branch ${this.branch}`, [
          'see what is broken: git fsck',
          'fetch it whole: git fetch --refetch',
        ]);
      this.texts.set(id, printed.toString('utf8', end + 1, end + 1 + size));
      at = end + 1 + size + 1;
    }
  }

  /** The files that strata wrote. */
  get own(): readonly string[] {
    const { index } = this;
    if (!index) return [];
    const files = new Set([INDEX_FILE, ...(index.delivery ?? [])]);
    for (const [path, { objects }] of Object.entries(index.targets))
      for (const { file } of objects) files.add(`${path}/${file}`);
    // A tree of before has no list of them.
    if (!index.delivery) for (const path of this.below('argocd')) files.add(path);
    return [...files].filter((path) => this.entry(path));
  }

  /** Throws for what strata did not write and would have to overwrite, or that stands among what it writes. */
  refuseForeign(files: Iterable<string>, targets: readonly string[]): void {
    const own = new Set(this.own);
    const folders = [...new Set([...targets, ...Object.keys(this.index?.targets ?? {})])];
    for (const path of folders.flatMap((folder) => [...this.below(folder)]))
      if (!own.has(path) && !isLitter(path.slice(path.lastIndexOf('/') + 1)))
        throw this.inTheWay(path, 'stands in the folder of a target, and strata did not write it');
    const folderNames = new Set<string>();
    for (const path of files) {
      if (this.entry(path) && !own.has(path)) throw this.inTheWay(path, 'is a file that strata did not write');
      const whole = this.prefix + path;
      for (let at = whole.indexOf('/'); at >= 0; at = whole.indexOf('/', at + 1)) folderNames.add(whole.slice(0, at));
    }
    for (const name of folderNames) {
      const entry = this.entries.get(name);
      if (entry && !own.has(name.slice(this.prefix.length)))
        throw this.inTheWay(name, entry.mode === SUBMODULE ? 'is a submodule' : 'is no folder', '');
    }
    for (const path of files)
      for (const below of this.below(path))
        if (!own.has(below)) throw this.inTheWay(below, `stands where the file ${path} would be`);
  }

  /** The earlier versions of hashed configs that the commit holds of a target; only the files are read that can have one. */
  earlier(target: string, components: readonly Component[]): KubernetesObject[] {
    const standing = this.index?.targets[target];
    if (!standing) return [];
    const name = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }) =>
      `${kind}/${namespace ?? ''}/${name}`;
    const current = new Set<string>();
    const kinds = new Set<string>();
    for (const { kind, metadata } of components.flatMap(({ objects }) => objects)) {
      if (metadata.annotations?.[CONFIG_OF] === undefined) continue;
      kinds.add(kind);
      current.add(name({ kind, ...metadata }));
    }
    const files = new Set(
      standing.objects.flatMap((entry) => (kinds.has(entry.kind) && !current.has(name(entry)) ? entry.file : [])),
    );
    return this.objectsOf(target, files, (text) => text.includes(CONFIG_OF));
  }

  /** All objects that the commit holds of a target. */
  objects(target: string): KubernetesObject[] {
    const files = this.index?.targets[target]?.objects.map(({ file }) => file) ?? [];
    return this.objectsOf(target, new Set(files), () => true);
  }

  private objectsOf(
    target: string,
    files: ReadonlySet<string>,
    isWanted: (text: string) => boolean,
  ): KubernetesObject[] {
    const paths = [...files].sort().map((file) => `${target}/${file}`);
    this.read(paths);
    return paths.flatMap((path) => {
      const text = this.text(path);
      if (text === undefined || !isWanted(text)) return [];
      return objectsOfFile(this.placeOf(path), text, [
        'restore the file in the repository',
        `remove the folder ${target} there: its earlier configs are then gone`,
      ]);
    });
  }

  private *below(folder: string): Iterable<string> {
    for (const path of this.sorted.from(`${this.prefix}${folder}/`)) yield path.slice(this.prefix.length);
  }

  private get sorted(): SortedPaths {
    this.known ??= new SortedPaths([...this.entries.keys()]);
    return this.known;
  }
  private known: SortedPaths | undefined;

  private placeOf(path: string): string {
    return `${this.git.place}, branch ${this.branch}, ${this.prefix}${path}`;
  }

  private inTheWay(path: string, found: string, prefix = this.prefix): StrataError {
    return new StrataError(`${this.git.place}, branch ${this.branch}, ${prefix}${path}`, found, [
      'move it elsewhere in the repository',
      'publish into a folder of its own: --folder FOLDER',
    ]);
  }
}

/** Finds the paths in a folder without a look at all others. */
class SortedPaths {
  private readonly paths: readonly string[];

  constructor(paths: string[]) {
    this.paths = paths.sort();
  }

  *from(start: string): Iterable<string> {
    let [low, high] = [0, this.paths.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.paths[middle]! < start) low = middle + 1;
      else high = middle;
    }
    for (; this.paths[low]?.startsWith(start); low++) yield this.paths[low]!;
  }
}

function entriesOf(git: Git, commit: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of git.bytes(['ls-tree', '-r', '-z', '--full-tree', commit]).toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    // `100644 blob ID`
    const [mode, , id] = line.slice(0, tab).split(' ');
    entries.set(line.slice(tab + 1), { mode: mode!, id: id! });
  }
  return entries;
}

/** The id that git gives a file. */
export function blobId(text: string, format: ObjectFormat): string {
  const content = Buffer.from(text);
  return hash(format, Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]));
}

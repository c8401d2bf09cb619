import type { Git } from './git';
import { HASH_TRAILER } from './trailers';

/** A file of the tree that somebody changed since it was published last. */
export interface HandEdit {
  /** From the root of the tree. */
  readonly path: string;
  /** The newest commit that changed it: `1590225 raise the limit`. */
  readonly commit: string;
}

/**
 * The files among some that commits of others changed since the last one that was published; none where that is not in the history that is here.
 * `folder` is that of the tree in the repository, with a slash at its end, or empty.
 */
export function handEdits(git: Git, commit: string | undefined, folder: string, files: readonly string[]): HandEdit[] {
  if (commit === undefined || files.length === 0) return [];
  const place = folder === '' ? [] : ['--', `:(top,literal)${folder}`];
  const last = git.find(['log', '-1', '--format=%H', `--grep=^${HASH_TRAILER}: `, commit, ...place]);
  if (!last || last === commit) return [];
  const log = git.find([
    'log',
    '-z',
    '--format=%x01%h %s',
    '--name-only',
    '--no-renames',
    `${last}..${commit}`,
    ...place,
  ]);
  const wanted = new Set(files);
  const found = new Map<string, string>();
  let by = '';
  // The newest comes first.
  for (const part of (log ?? '').split(/[\0\n]/)) {
    if (part.startsWith('\x01')) by = part.slice(1);
    else if (part.startsWith(folder)) {
      const path = part.slice(folder.length);
      if (wanted.has(path) && !found.has(path)) found.set(path, by);
    }
  }
  return [...found]
    .map(([path, own]) => ({ path, commit: own }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** So many files are named. */
const NAMED = 10;

/** What a commit says of them; empty where there are none. */
export function handEditsText(edits: readonly HandEdit[]): string {
  if (edits.length === 0) return '';
  const lines = edits.slice(0, NAMED).map(({ path, commit }) => `  ${path}: ${commit}`);
  const more = edits.length > NAMED ? [`  and ${edits.length - NAMED} more`] : [];
  return ['Taken back, as others changed it since it was published:', ...lines, ...more].join('\n');
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git';
import { zeroId } from './git';
import { FILE_MODE } from './snapshot';

/** What a commit changes, by path from the root of the repository. */
export interface CommitChanges {
  readonly written: ReadonlyMap<string, { readonly id: string; readonly text: string }>;
  readonly removed: readonly string[];
}

/** A line of `update-index --index-info` that takes a path out of the index. */
const goneLine = (git: Git, path: string) => entryLine('0', zeroId(git.format), path);
const entryLine = (mode: string, id: string, path: string) => `${mode} ${id}\t${path}\0`;

/**
 * Makes a commit that no branch has yet, so that nothing has happened until a branch is moved to it. Files are written into the
 * repository by one process, and the tree is made in an index of its own.
 */
export function makeCommit(
  git: Git,
  {
    parent,
    changes,
    message,
    scratch,
  }: { parent: string | undefined; changes: CommitChanges; message: string; scratch: string },
): string {
  const files = [...changes.written.values()];
  const blobs = files.flatMap(({ text }) => {
    const content = Buffer.from(text);
    return [Buffer.from(`blob\ndata ${content.length}\n`), content, Buffer.from('\n')];
  });
  if (files.length > 0)
    git.bytes(['fast-import', '--quiet', '--done'], { input: Buffer.concat([...blobs, Buffer.from('done\n')]) });
  const index = join(scratch, 'index');
  rmSync(index, { force: true });
  const env = { GIT_INDEX_FILE: index };
  if (parent !== undefined) git.bytes(['read-tree', parent], { env });
  const lines = [
    ...changes.removed.map((path) => goneLine(git, path)),
    ...[...changes.written].map(([path, { id }]) => entryLine(FILE_MODE, id, path)),
  ];
  git.bytes(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
  const tree = git.text(['write-tree'], { env });
  const signed = git.find(['config', '--type=bool', 'commit.gpgSign']) === 'true' ? ['-S'] : [];
  const parents = parent === undefined ? [] : ['-p', parent];
  return git.text(['commit-tree', tree, ...parents, ...signed, '-F', '-'], { input: message });
}

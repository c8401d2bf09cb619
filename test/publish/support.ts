import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../model/target';
import type { PublishRequest, PublishResult } from '../../publish/publish';
import { publish } from '../../publish/publish';
import { newFolder } from '../render/support';
import { ENV, fsck, git } from './git';
import type { State } from './request';
import { requestOf } from './request';

/** A bare repository with a README, and a clone of it. */
export function repositories(
  options: readonly string[] = [],
  { empty = false } = {},
): { readonly bare: string; readonly clone: string } {
  const folder = newFolder();
  const [bare, clone] = [join(folder, 'bare.git'), join(folder, 'clone')];
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', ...options, bare);
  git(folder, 'clone', '--quiet', bare, clone);
  if (!empty) {
    committed(clone, { 'README.md': 'what people wrote\n' });
    git(clone, 'push', '--quiet', 'origin', 'main');
  }
  return { bare, clone };
}

/** Commits files to the branch that is checked out. */
export function committed(clone: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  git(clone, 'add', '--all');
  git(clone, 'commit', '--quiet', '--message', 'by hand');
}

export function published(repo: string, state: State, rest: Partial<PublishRequest<Target>> = {}): PublishResult {
  return publish(requestOf(repo, state, { env: ENV, ...rest }));
}

/** The files of a branch, by path. */
export function filesAt(repo: string, branch = 'main'): Record<string, string> {
  const names = git(repo, 'ls-tree', '-r', '--name-only', '-z', branch).split('\0').filter(Boolean);
  return Object.fromEntries(names.map((name) => [name, git(repo, 'cat-file', 'blob', `${branch}:${name}`)]));
}

export const commitsAt = (repo: string, branch = 'main') => Number(git(repo, 'rev-list', '--count', branch));

export { ENV, fsck, git };

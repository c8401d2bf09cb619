import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** What is no source: packages, what is rendered, and what tools keep for themselves. */
const NO_SOURCES: readonly string[] = ['node_modules', '.git', '.strata', 'dist'];

/**
 * Does something with a copy of a project's sources in which one file has another text, and removes it afterwards. The copy stands below the
 * project, so that it finds the same packages. In a repository it is all of it: a project may import what stands beside it.
 */
export async function withEditedCopy<T>(
  root: string,
  edit: { readonly file: string; readonly text: string },
  act: (root: string) => Promise<T>,
): Promise<T> {
  const below = join(root, '.strata');
  mkdirSync(below, { recursive: true });
  const copy = mkdtempSync(join(below, 'edited-'));
  try {
    const { top, files } = sourcesOf(root);
    if (files) for (const file of files) copyInto(top, copy, file);
    else
      for (const name of readdirSync(root).filter(isSource))
        cpSync(join(root, name), join(copy, name), {
          recursive: true,
          filter: (path) => isSource(relative(root, path)),
        });
    const inside = join(copy, relative(top, root));
    writeFileSync(join(inside, edit.file), edit.text);
    return await act(inside);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The files of the repository that git has or would add; undefined where there is no repository. */
function sourcesOf(root: string): { readonly top: string; readonly files?: readonly string[] } {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const top = git('rev-parse', '--show-toplevel');
  if (top.status !== 0) return { top: root };
  const listed = git('ls-files', '-z', '--cached', '--others', '--exclude-standard', '--full-name', top.stdout.trim());
  if (listed.status !== 0) return { top: root };
  return { top: top.stdout.trim(), files: listed.stdout.split('\0').filter((file) => file !== '' && isSource(file)) };
}

function isSource(path: string): boolean {
  return !path.split(sep).some((part) => NO_SOURCES.includes(part));
}

function copyInto(top: string, copy: string, file: string): void {
  // One that is deleted and not committed is no source any more; a folder is a repository of its own.
  const from = join(top, file);
  if (!existsSync(from)) return;
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  if (file.endsWith('/')) cpSync(from, join(copy, file), { recursive: true });
  else copyFileSync(from, join(copy, file));
}

import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../../model/errors';

/** The files and folders below a folder, sorted, as paths relative to it. A link that leads back up is an error. */
export function* entriesBelow(
  root: string,
  folder = '',
  inside: readonly string[] = [],
): Generator<{ readonly path: string; readonly isFolder: boolean }> {
  const real = realpathSync(join(root, folder));
  if (inside.includes(real))
    throw new StrataError(join(root, folder), 'is a link to a folder that it stands in, so that it has no end', [
      'remove the link',
    ]);
  for (const name of readdirSync(join(root, folder)).sort()) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) throw new StrataError(join(root, path), 'is a link to a file that is not there', ['remove the link']);
    yield { path, isFolder: stat.isDirectory() };
    if (stat.isDirectory()) yield* entriesBelow(root, path, [...inside, real]);
  }
}

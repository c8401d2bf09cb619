import { sep } from 'node:path';

/** What desktops, editors and network file systems leave in every folder that is looked into. */
const LITTER =
  /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.directory|\..*\.sw[a-p]|\..*\.kate-swp|.*~|#.*#|\.#.*|\.nfs[\da-f]+)$/i;

/** The name of a file that nobody misses. */
export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

/**
 * Which of the paths found in a tree, files and folders, are neither `files` nor folders around them, nor in one of `folders`.
 * The tree names its paths with slashes everywhere; the file system uses its own separator.
 */
export function foreignIn(
  found: readonly string[],
  { files, folders }: { readonly files: readonly string[]; readonly folders: readonly string[] },
  separator: string = sep,
): string[] {
  const known = new Set(files);
  for (const file of files)
    for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1)) known.add(file.slice(0, at));
  return found.filter((name) => {
    const path = name.split(separator).join('/');
    const isInside = folders.some((folder) => `${path}/`.startsWith(`${folder}/`));
    return !known.has(path) && !isInside && !isLitter(path.slice(path.lastIndexOf('/') + 1));
  });
}

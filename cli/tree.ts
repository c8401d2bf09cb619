import { join, relative } from 'node:path';

/** `prod@cloud` for the folder of a target in a tree, `cloud/prod`: also of one that the matrix does not have any more. */
export function targetAtPath(path: string): string {
  return path.split('/').reverse().join('@');
}

/** Where a tree is rendered to if nobody says: at the root of the project, as this folder calls it. */
export function defaultTree(root: string): string {
  return relative(process.cwd(), join(root, 'dist'));
}

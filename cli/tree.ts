import { join, relative } from 'node:path';

/** Where a tree is rendered to if nobody says: at the root of the project, as this folder calls it. */
export function defaultTree(root: string): string {
  return relative(process.cwd(), join(root, 'dist'));
}

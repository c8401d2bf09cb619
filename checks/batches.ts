import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from '../manifests/resource';

/** Says of a folder that `strata render` wrote it; see render/tree.ts. */
export const TREE_INDEX = 'index.json';

/** Files and folders that go to one cluster, and so are judged together. */
export interface Batch {
  readonly paths: readonly string[];
  /** The cluster of a rendered target. @default - nobody said */
  readonly cluster?: string;
  /** The manifests that are live now, of the same target. */
  readonly previous: readonly string[];
}

/**
 * What is judged together: all paths, except trees of `strata render`. Of a tree each target goes to a cluster of its own, and
 * what stands beside the targets is judged for itself. `previous` may be such a tree, too.
 */
export function batchesOf(paths: readonly string[], previous: string | undefined): Batch[] {
  const trees = paths.map((path) => ({ path, targets: targetsIn(path) }));
  const together = trees.flatMap(({ path, targets }) => (targets.length > 0 ? [] : [path]));
  return [
    ...(together.length > 0 ? [{ paths: together, previous: previous === undefined ? [] : [previous] }] : []),
    ...trees.flatMap(({ path, targets }) => (targets.length > 0 ? batchesOfTree(path, targets, previous) : [])),
  ];
}

function batchesOfTree(root: string, targets: readonly string[], previous: string | undefined): Batch[] {
  const beside = readdirSync(root).filter(
    (name) => name !== TREE_INDEX && !targets.some((target) => target.startsWith(`${name}/`)),
  );
  return [
    ...targets.map((target) => ({
      paths: [join(root, target)],
      cluster: target.slice(0, target.indexOf('/')),
      previous: previousOf(target, previous),
    })),
    ...(beside.length > 0 ? [{ paths: beside.map((name) => join(root, name)), previous: [] }] : []),
  ];
}

/** The folder of a target in a tree that is live now, if it is there. */
export function previousOf(target: string, previous: string | undefined): readonly string[] {
  const path = previous === undefined ? undefined : join(previous, target);
  return path !== undefined && existsSync(path) ? [path] : [];
}

/** The folders of the targets in a tree that `strata render` wrote. */
function targetsIn(path: string): string[] {
  const file = join(path, TREE_INDEX);
  if (!existsSync(file)) return [];
  try {
    const index = record(JSON.parse(readFileSync(file, 'utf8')));
    return Object.keys(record(index?.['targets']) ?? {}).filter((target) => existsSync(join(path, target)));
  } catch {
    // A file of this name that something else wrote.
    return [];
  }
}

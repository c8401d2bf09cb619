import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import type { TreePlan, TreeRequest } from '../render/plan-tree';
import { planTree } from '../render/plan-tree';
import type { TreeIndex } from '../render/tree';
import type { CommitChanges } from './commit';
import type { Git } from './git';
import type { Base } from './repository';
import { blobId, FILE_MODE, Snapshot } from './snapshot';

/** A rendered tree as a branch holds it, before or after. */
export interface PublishedTree {
  readonly index: TreeIndex | undefined;
  /** A file by its path from the root of the tree; undefined where there is none. */
  readonly text: (path: string) => string | undefined;
  /** Reads files at once: those that are asked for next. */
  readonly read: (paths: readonly string[]) => void;
  /** The commit of the sources that a folder of it was rendered from. @default - nobody noted it */
  readonly madeFrom?: (folder: string) => string | undefined;
}

/** What a run does to one branch. */
export interface BranchPlan<T extends Target> {
  readonly base: Base;
  readonly tree: TreePlan<T>;
  readonly before: PublishedTree;
  readonly after: PublishedTree;
  /** The files that differ, by path from the root of the tree, sorted: written and removed ones. */
  readonly changed: readonly string[];
  /** By path from the root of the repository. */
  readonly changes: CommitChanges;
}

/** Renders over what a branch holds, and compares: files are read only where an earlier config may have to be kept. */
export function planBranch<T extends Target>(
  git: Git,
  base: Base,
  folder: string,
  request: Omit<TreeRequest<T>, 'standing' | 'standingObjects' | 'earlier'>,
): BranchPlan<T> {
  const snapshot = new Snapshot(git, base.commit, base.branch, folder);
  refuseOrphansKept(git, base, snapshot, request);
  const tree = planTree<T>({
    ...request,
    standing: snapshot.index,
    standingObjects: ({ path }) => snapshot.objects(path),
    earlier: ({ path }, components) => snapshot.earlier(path, components),
  });
  snapshot.refuseForeign(
    [...tree.files.keys()],
    tree.rendered.map(({ target }) => target.path),
  );
  const prefix = folder === '' ? '' : `${folder}/`;
  const isKept = (path: string) => tree.keptFolders.some((kept) => path.startsWith(`${kept}/`));
  const removed = snapshot.own.filter((path) => !tree.files.has(path) && !isKept(path));
  const written = new Map<string, { readonly id: string; readonly text: string }>();
  for (const [path, text] of tree.files) {
    const id = blobId(text, git.format);
    const entry = snapshot.entry(path);
    if (entry?.id !== id || entry.mode !== FILE_MODE) written.set(path, { id, text });
  }
  return {
    base,
    tree,
    before: snapshot,
    after: {
      index: tree.index,
      text: (path) => tree.files.get(path) ?? (isKept(path) ? snapshot.text(path) : undefined),
      read: (paths) => snapshot.read(paths.filter((path) => !tree.files.has(path) && isKept(path))),
    },
    changed: [...written.keys(), ...removed].sort(),
    changes: {
      written: new Map([...written].map(([path, file]) => [prefix + path, file])),
      removed: removed.map((path) => prefix + path),
    },
  };
}

/** What left the matrix goes, and what hands targets to Argo CD names all of them: that is for a run over all targets. */
function refuseOrphansKept(
  git: Git,
  { branch }: Base,
  { index }: Snapshot,
  { targets, only }: Pick<TreeRequest<Target<never>>, 'targets' | 'only'>,
): void {
  const orphan = Object.keys(index?.targets ?? {}).find((path) => !targets.some((target) => target.path === path));
  if (only === undefined || orphan === undefined) return;
  throw new StrataError(
    `${git.place}, branch ${branch}`,
    `holds ${orphan}, which is in the matrix no more: it would go, and the run is for ${only.join(', ')} alone`,
    ['publish all targets once: leave --target out', 'bring it back into environments/matrix.ts'],
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { StrataError } from '../model/errors';
import type { KubernetesObject } from '../model/kubernetes';
import type { Target } from '../model/target';
import { isLitter } from './foreign';
import type { RenderSummary, TreeRequest } from './plan-tree';
import { planTree, refuseNoTargets } from './plan-tree';
import { readIndex, replaceTree } from './tree';

export interface RenderRequest<T extends Target>
  extends Omit<TreeRequest<T>, 'standing' | 'standingObjects' | 'earlier'> {
  /** The folder of the tree. */
  readonly out: string;
  /** The tree that is live now: earlier versions of its hashed configs are kept. @default - none are */
  readonly previous?: string;
}

/** Renders targets to a tree of files, all or nothing. Every target that is asked for is composed anew: nothing is reused that could be stale. */
export function render<T extends Target>({ out, previous, ...request }: RenderRequest<T>): RenderSummary {
  if (out === '') throw new StrataError('--out', 'names no folder', ['name the folder to render into, such as dist']);
  refuseNoTargets(request.targets);
  const standing = readIndex(out);
  if (previous !== undefined && !readIndex(previous)) {
    throw new StrataError(`--previous ${previous}`, 'is no rendered tree: it has no index.json', [
      'name the folder that holds the index.json of the live tree',
      'leave --previous out for the first render',
    ]);
  }
  const { files, keptFolders, summary } = planTree<T>({
    ...request,
    standing,
    standingObjects: ({ path }) => readObjects(join(out, path)),
    ...(previous === undefined ? {} : { earlier: ({ path }) => readObjects(join(previous, path)) }),
  });
  replaceTree(out, { files, keptFolders });
  return summary;
}

/** The objects of a rendered target's folder; none where there is no folder yet. */
export function readObjects(folder: string): KubernetesObject[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml') && !isLitter(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((name) =>
    objectsOfFile(join(folder, name), readFileSync(join(folder, name), 'utf8'), [
      'restore the file',
      'render without --previous',
    ]),
  );
}

/** The objects of a rendered file. */
export function objectsOfFile(place: string, text: string, fixes: readonly string[]): KubernetesObject[] {
  const refuse = (why: string) => new StrataError(place, `cannot be read: ${why}`, fixes);
  let documents: unknown[];
  try {
    documents = loadAll(text);
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]!);
  }
  return documents
    .filter((document) => document !== null)
    .map((document) => {
      if (typeof (document as Partial<KubernetesObject>).metadata?.name !== 'string')
        throw refuse('it holds something that is no Kubernetes object with a name');
      return document as KubernetesObject;
    });
}

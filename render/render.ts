import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { groupOf } from '../model/kubernetes';
import type { Target } from '../model/target';
import { isLitter } from './foreign';
import { keepEarlierConfigs } from './history';
import type { PlannedFile } from './plan';
import { planTarget } from './plan';
import type { IndexedTarget, TreeIndex } from './tree';
import { INDEX_FILE, readIndex, replaceTree } from './tree';

export interface RenderRequest<T extends Target> {
  /** Every target of the matrix: what else stands in the tree is an orphan and goes. */
  readonly targets: readonly T[];
  /** The names of those to render; the others stay as they are. @default - all */
  readonly only?: readonly string[];
  /** A target's objects. */
  readonly compose: (target: T) => readonly Component[];
  /** Files beside the targets, made from all that is rendered: what hands them to Argo CD. */
  readonly deliver: (targets: readonly T[], index: TreeIndex) => readonly PlannedFile[];
  /** The folder of the tree. */
  readonly out: string;
  /** The tree that is live now: earlier versions of its hashed configs are kept. @default - none are */
  readonly previous?: string;
}

export interface RenderSummary {
  /** `kept`: not named in `only`, so its files stay as they were. */
  readonly targets: readonly { readonly target: string; readonly objects: number; readonly kept: boolean }[];
}

/** Renders targets to a tree of files, all or nothing. Every target that is asked for is composed anew: nothing is reused that could be stale. */
export function render<T extends Target>(request: RenderRequest<T>): RenderSummary {
  const { out, targets, only } = request;
  if (out === '') throw new StrataError('--out', 'names no folder', ['name the folder to render into, such as dist']);
  if (targets.length === 0)
    throw new StrataError('environments/matrix.ts', 'the matrix has no target, so there is nothing to render', [
      'add target(environment, cluster, [...]) to it',
    ]);
  const names = only?.length ? new Set(only) : undefined;
  const old = readIndex(out);
  if (request.previous !== undefined && !readIndex(request.previous)) {
    throw new StrataError(`--previous ${request.previous}`, 'is no rendered tree: it has no index.json', [
      'name the folder that holds the index.json of the live tree',
      'leave --previous out for the first render',
    ]);
  }
  const files = new Map<string, string>();
  const kept = new Set<T>();
  const keptFolders: string[] = [];
  const index: Record<string, IndexedTarget> = {};
  const rendered: T[] = [];
  for (const target of targets) {
    const { path } = target;
    const standing = old?.targets[path];
    const asked = names?.has(target.name) ?? true;
    if (!asked && !standing) continue;
    rendered.push(target);
    if (standing && !asked) {
      kept.add(target);
      // One without objects has no folder.
      if (standing.objects.length > 0) keptFolders.push(path);
      index[path] = standing;
      continue;
    }
    const components = request.compose(target);
    const plan = planTarget(
      target,
      request.previous === undefined
        ? components
        : keepEarlierConfigs(components, readObjects(join(request.previous, path))),
    );
    for (const file of plan.files) files.set(`${path}/${file.path}`, file.text);
    index[path] = { objects: plan.objects, ...(plan.secrets.length > 0 ? { secrets: plan.secrets } : {}) };
  }
  refuseSharedObjects(rendered, index);
  const tree: TreeIndex = { targets: index };
  const delivery = request.deliver(rendered, tree);
  for (const file of delivery) files.set(file.path, file.text);
  files.set(INDEX_FILE, indexText({ ...tree, delivery: delivery.map(({ path }) => path) }));
  replaceTree(out, { files, keptFolders });
  return {
    targets: rendered.map((target) => ({
      target: target.name,
      objects: index[target.path]!.objects.length,
      kept: kept.has(target),
    })),
  };
}

/** Two targets of one cluster that render the same object would overwrite each other for ever. */
export function refuseSharedObjects(
  targets: readonly Target[],
  index: Readonly<Record<string, Pick<IndexedTarget, 'objects'>>>,
): void {
  const owners = new Map<string, string>();
  for (const target of targets) {
    for (const entry of index[target.path]!.objects) {
      const name = [entry.kind, entry.namespace, entry.name].filter(Boolean).join('/');
      const identity = `${target.cluster.name} ${groupOf(entry.apiVersion)}/${name}`;
      const owner = owners.get(identity);
      if (owner !== undefined) {
        throw new StrataError(
          `${owner} and ${target.name}`,
          `both render ${name}, and they stand on the same cluster`,
          [
            'switch the feature that brings it on in one of the two only',
            'give the object the name of its namespace as a prefix',
          ],
        );
      }
      owners.set(identity, target.name);
    }
  }
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
  return names.flatMap((name) => {
    const path = join(folder, name);
    const refuse = (why: string) =>
      new StrataError(path, `cannot be read: ${why}`, ['restore the file', 'render without --previous']);
    let documents: unknown[];
    try {
      documents = loadAll(readFileSync(path, 'utf8'));
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
  });
}

function lines(entries: readonly object[]): string {
  return `[\n${entries.map((entry) => `      ${JSON.stringify(entry)}`).join(',\n')}\n    ]`;
}

/** A line per object, so that a difference of the index reads like a list of what changed. */
function indexText(index: TreeIndex): string {
  const targets = Object.entries(index.targets).map(
    ([path, { objects, secrets }]) =>
      `    ${JSON.stringify(path)}: { "objects": ${lines(objects)}${secrets ? `, "secrets": ${lines(secrets)}` : ''} }`,
  );
  const delivery = (index.delivery ?? []).map((path) => `    ${JSON.stringify(path)}`);
  return `{\n  "targets": {\n${targets.join(',\n')}\n  },\n  "delivery": [\n${delivery.join(',\n')}\n  ]\n}\n`;
}
